"""The command line: `nurture ...` and `python -m nurture ...`."""

import gc
import sys
from typing import Final

_YOUNG: Final = 20_000
"""New objects until the collector looks; with 700, what loads modules is a tenth slower."""


def main() -> None:
    """Runs the command; `--version` answers without loading anything else."""
    if sys.argv[1:] == ["--version"]:
        from nurture import SCHEMA, __version__

        sys.stdout.write(f"nurture {__version__} (schema {SCHEMA})\n")
        return
    gc.set_threshold(_YOUNG)
    from nurture.cli.root import nurture

    nurture(prog_name="nurture")


if __name__ == "__main__":
    main()

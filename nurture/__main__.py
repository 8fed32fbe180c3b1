"""The command line: `nurture ...` and `python -m nurture ...`."""

import gc
import sys
from os import environ
from typing import Final

_YOUNG: Final = 400_000
"""New objects until the collector looks; loading all of the daemon makes half as many.

Hardly any of them is ever garbage, and with the 700 of Python they are looked through again and
again.
"""


def main() -> None:
    """Runs the command; `--version` answers without loading anything else."""
    if sys.argv[1:] == ["--version"]:
        from nurture import SCHEMA, __version__

        sys.stdout.write(f"nurture {__version__} (schema {SCHEMA})\n")
        return
    gc.set_threshold(_YOUNG)
    # Else pydantic searches everything installed for what might change how it validates.
    environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from nurture.cli.root import nurture

    nurture(prog_name="nurture")


if __name__ == "__main__":
    main()

"""The command line: `nurture ...` and `python -m nurture ...`."""

import sys


def main() -> None:
    """Runs the command; `--version` answers without loading anything else."""
    if sys.argv[1:] == ["--version"]:
        from nurture import SCHEMA, __version__

        sys.stdout.write(f"nurture {__version__} (schema {SCHEMA})\n")
        return
    from nurture.cli.root import nurture

    nurture(prog_name="nurture")


if __name__ == "__main__":
    main()

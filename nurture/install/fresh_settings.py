"""The files that a new installation under /etc/nurture begins with."""

import secrets
from importlib.resources import files

from nurture.transport.sequence_folder import shipped_sequences

_STATE = "/var/lib/nurture"


def fresh_settings() -> dict[str, tuple[str, int]]:
    """Each by its name below /etc/nurture, with its text and mode.

    Only the group may read; the state lies where alone the service may write.
    """
    start = files("nurture.cli").joinpath("start")
    toml = start.joinpath("nurture.toml").read_text("utf-8")
    toml = toml.replace("sqlite:///nurture.db", f"sqlite:///{_STATE}/nurture.db")
    toml = toml.replace(
        'sequences = "sequences"', f'sequences = "sequences"\ntokens = "{_STATE}/tokens"'
    )
    toml = toml.replace("# [watch]\n# listen", "[watch]\nlisten")
    found = {
        "nurture.toml": (toml, 0o640),
        "secrets/README": (start.joinpath("secrets.txt").read_text("utf-8"), 0o640),
        "secrets/nurture.key": (f"{secrets.token_hex(32)}\n", 0o640),
    }
    folder = shipped_sequences()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = f"sequences/{file.relative_to(folder).as_posix()}"
        found[name] = (file.read_text("utf-8"), 0o644)
    return found

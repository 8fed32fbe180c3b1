"""An agency that writes to thousands: becomes `nurture run` on its folder."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

OWN, PASSWORD = "sam@agency.example", "secret"

_SETTINGS = """
[log]
format = "json"

[storage]
url = "{database}"

[owners.sam]
name = "Sam Carter"
address = "{own}"
zone = "UTC"
postal_address = "Example Industries, 12 Harbour Street, Springfield"
"""

_ACCOUNT = """
[accounts.{name}]
owner = "sam"
address = "{address}"
files_sent_copy = true

[accounts.{name}.smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
login = "none"

[accounts.{name}.imap]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
password_file = "secrets/mail.password"

[accounts.{name}.limits]
per_day = 10_000_000
per_family = 1_000_000
per_domain = 0
spread = "0 seconds"
ramp = []
gap = "0 seconds"
batch = 100
connections = 10
"""


def main(folder: str, accounts: str = "sam", database: str = "sqlite:///nurture.db") -> None:
    """Writes the settings for the servers that PORT and IMAP_PORT name, and runs the daemon."""
    ports = int(os.environ["PORT"]), int(os.environ["IMAP_PORT"])
    write_settings(Path(folder), database, accounts.split(","), ports)
    config = f"{folder}/nurture.toml"
    os.execv(sys.executable, [sys.executable, "-m", "nurture", "--config", config, "run"])


def write_settings(
    folder: Path, database: str, accounts: Sequence[str], ports: tuple[int, int] = (25, 143)
) -> Path:
    """The settings of these accounts, which submit and read at these ports."""
    text = _SETTINGS.format(database=database, own=OWN)
    for name in accounts:
        text += _ACCOUNT.format(
            name=name,
            address=address_of(name),
            smtp_port=ports[0],
            imap_port=ports[1],
        )
    file = folder / "nurture.toml"
    file.write_text(text, "utf-8")
    return file


def address_of(account: str) -> str:
    """The mailbox of an account."""
    return f"{account}@agency.example"


if __name__ == "__main__":
    main(*sys.argv[1:])

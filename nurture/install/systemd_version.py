"""Which systemd this machine has."""

import re
import shutil
import subprocess

_OLDEST = 252  # Debian 12; what the units are written for


def systemd_version() -> int:
    """Its number, or the oldest that is supported where there is none to ask."""
    program = shutil.which("systemctl")
    if program is None:
        return _OLDEST
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"systemd (\d+)", said.stdout)
    return int(found[1]) if found else _OLDEST

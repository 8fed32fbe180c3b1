"""Runs a program under the system calls that the unit leaves it: `confined.py UNIT PROGRAM ARG...`.

What systemd would do before it starts the service, done by libseccomp: SystemCallFilter with
EPERM, NoNewPrivileges and MemoryDenyWriteExecute.  Ends with 77 where this machine cannot.
"""

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

CANNOT = 77
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(EPERM): seccomp.h
_NO_NEW_PRIVILEGES, _NO_EXEC_GAIN = 38, 65  # PR_SET_NO_NEW_PRIVS, PR_SET_MDWE: prctl.h


def calls_of(group: str) -> set[str]:
    """The system calls of a group such as @system-service, as systemd itself lists them."""
    listing = ["systemd-analyze", "syscall-filter", group]
    said = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    names = {line.strip() for line in said.splitlines()[1:]} - {""}
    found = {name for name in names if name[0] not in "#@"}
    return found.union(*(calls_of(name) for name in names if name.startswith("@")))


def allowed_by(unit: Path) -> set[str]:
    """What SystemCallFilter= leaves; systemd always leaves @default (systemd.exec(5))."""
    always = calls_of("@default")
    left = set(always)
    for words in re.findall(r"^SystemCallFilter=(.+)$", unit.read_text("utf-8"), re.MULTILINE):
        groups = [calls_of(group) for group in words.removeprefix("~").split()]
        left = left.difference(*groups) | always if words[0] == "~" else left.union(*groups)
    return left


def confine(names: set[str]) -> None:
    """From now on, and in whatever is started from here, every other call fails with EPERM."""
    seccomp, libc = ctypes.CDLL("libseccomp.so.2"), ctypes.CDLL(None)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    filters = ctypes.c_void_p(seccomp.seccomp_init(_EPERM))
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add_array(filters, _ALLOW, number, 0, None)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_NO_EXEC_GAIN, 1, 0, 0, 0):
        raise OSError("this kernel cannot refuse executable memory")
    if seccomp.seccomp_load(filters):
        raise OSError("this kernel loads no filter")


def main(unit: str, *command: str) -> None:
    """Confines itself and becomes the program."""
    try:
        confine(allowed_by(Path(unit)))
    except OSError as error:
        sys.stderr.write(f"cannot confine: {error}\n")
        raise SystemExit(CANNOT) from error
    try:
        os.nice(1)
    except PermissionError:
        os.execv(command[0], command)
    raise SystemExit("the filter does not hold")


if __name__ == "__main__":
    main(*sys.argv[1:])

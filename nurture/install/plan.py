"""What is to be done to a machine, as a list that can be read before it is done."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import nurture
from nurture.errors import Misconfigured
from nurture.value import frozen

PROGRAM: Final = "/opt/nurture/bin/nurture"
"""Where the units that we ship look for the program."""

UNITS: Final = Path("etc/systemd/system")
SETTINGS: Final = Path("etc/nurture")
MANUAL: Final = Path("usr/local/share/man/man1/nurture.1")
_NEWER: Final = 254  # the systemd from which the drop-in is understood
_HOMES: Final = frozenset({"home", "root"})  # ProtectHome= hides them from the service


@frozen
class Write:
    """A file of ours, written anew where it differs."""

    path: Path
    text: str | bytes
    mode: int = 0o644


@frozen
class Keep:
    """A file of the owner's: written only where there is none."""

    path: Path
    text: str | bytes
    mode: int


@frozen
class Remove:
    """A file or folder of ours that goes."""

    path: Path


@frozen
class Run:
    """A command; one that `may_fail` is about something that may be gone already."""

    words: tuple[str, ...]
    may_fail: bool = False


Step = Write | Keep | Remove | Run


@frozen
class Machine:
    """What the plan depends on: systemd's version, our own program, and how many workers."""

    systemd: int
    program: str
    workers: int = 1
    is_sqlite: bool = True


def shipped() -> Path:
    """The folder of units that come with nurture: inside a wheel, or in a checkout."""
    package = Path(nurture.__file__).parent
    inside = package / "deployed"
    return inside if inside.is_dir() else package.parent / "deploy"


def installing(
    machine: Machine, settings: Mapping[str, tuple[str | bytes, int]]
) -> tuple[Step, ...]:
    """Every step in order; `settings` are the files that a new installation begins with.

    Raises Misconfigured where the service could not reach the program.
    """
    if _HOMES.intersection(Path(machine.program).parts[1:2]):
        raise Misconfigured(
            f"{machine.program} lies in somebody's home, which the service cannot see: install "
            "nurture into /opt/nurture (python3 -m venv /opt/nurture), and run that one"
        )
    files = shipped()
    kept = [Keep(SETTINGS / name, text, mode) for name, (text, mode) in settings.items()]
    return (
        Write(Path("etc/sysusers.d/nurture.conf"), _text(files / "nurture.sysusers")),
        Run(("systemd-sysusers",)),
        *kept,
        Write(Path("etc/tmpfiles.d/nurture.conf"), _text(files / "nurture.tmpfiles")),
        Run(("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/nurture.conf")),
        Run(("chown", "-R", "root:nurture", "/etc/nurture")),
        *_units(machine, files),
        Write(MANUAL, _text(files / MANUAL.name)),
        Run(("systemctl", "daemon-reload")),
        *_enabled(machine),
    )


def packaged(machine: Machine, settings: Mapping[str, tuple[str | bytes, int]]) -> tuple[Step, ...]:
    """What is left to do where units, user and folders are a package's; its scripts do the rest."""
    drop_in = _text(shipped() / "nurture.service.d/254.conf")
    names = ("nurture.service", "nurture@.service") if machine.systemd >= _NEWER else ()
    return (
        *(Keep(SETTINGS / name, text, mode) for name, (text, mode) in settings.items()),
        Run(("chown", "-R", "root:nurture", "/etc/nurture")),
        *(Write(UNITS / f"{name}.d" / "254.conf", drop_in) for name in names),
    )


def _units(machine: Machine, files: Path) -> list[Step]:
    service = _text(files / "nurture.service").replace(PROGRAM, machine.program)
    backup = _text(files / "nurture-backup.service").replace(PROGRAM, machine.program)
    name = "nurture@.service" if machine.workers > 1 else "nurture.service"
    text = worker_unit(service) if machine.workers > 1 else service
    units: list[Step] = [
        Write(UNITS / name, text),
        Write(UNITS / "nurture-backup.service", backup),
        Write(UNITS / "nurture-backup.timer", _text(files / "nurture-backup.timer")),
    ]
    if machine.systemd >= _NEWER:
        drop_in = _text(files / "nurture.service.d/254.conf")
        units.append(Write(UNITS / f"{name}.d" / "254.conf", drop_in))
    return units


def worker_unit(service: str) -> str:
    """The unit as a template: as many workers as there are instances, on one PostgreSQL.

    A lease gives each account to one of them, so all are the same but for the port of their
    metrics.
    """
    named = re.sub(r"^Description=.*$", r"\g<0> (worker %i)", service, count=1, flags=re.MULTILINE)
    return re.sub(r"^ExecStart=.* run$", r"\g<0> --worker %i", named, count=1, flags=re.MULTILINE)


def _enabled(machine: Machine) -> list[Step]:
    names = ["nurture.service"]
    if machine.workers > 1:
        names = [f"nurture@{number}.service" for number in range(1, machine.workers + 1)]
    if machine.is_sqlite:
        names.append("nurture-backup.timer")
    return [Run(("systemctl", "enable", *names))]


def removing(*, purge: bool) -> tuple[Step, ...]:
    """Every step back; settings and database stay, unless they are to be purged."""
    services = ("nurture.service", "nurture@*.service", "nurture-backup.timer")
    own = (
        "nurture.service", "nurture.service.d", "nurture@.service", "nurture@.service.d",
        "nurture-backup.service", "nurture-backup.timer",
    )  # fmt: skip
    remains = (Path("etc/nurture"), Path("var/lib/nurture")) if purge else ()
    return (
        Run(("systemctl", "disable", "--now", *services), may_fail=True),
        *(Remove(UNITS / name) for name in own),
        Remove(MANUAL),
        Remove(Path("etc/tmpfiles.d/nurture.conf")),
        Remove(Path("etc/sysusers.d/nurture.conf")),
        *(Remove(path) for path in remains),
        Run(("systemctl", "daemon-reload"), may_fail=True),
    )


def _text(path: Path) -> str:
    return path.read_text("utf-8")

"""What a disk holds when the power fails: all that was synced, and any part of what was not."""

import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.servers.dovecot import require

_CALLS = "pwrite64,write,ftruncate,fdatasync,fsync"
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_LINE = re.compile(rf"(\d+) +(\w+)\(\d+<{_HEX}>(.*)")
_RESUMED = re.compile(r"(\d+) +<\.\.\. f\w+ resumed>")
_DATA = re.compile(rf', "{_HEX}", (\d+)(?:, (\d+))?')
_SECTOR = 512


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the system: the file, and what was done to it there."""

    name: str
    file: str
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Disk:
    """Files as they are for certain, and what may or may not have reached each of them."""

    files: dict[str, bytearray]
    pending: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    said: list[str] = field(default_factory=list)

    def does(self, call: Call) -> None:
        """What the call leaves behind."""
        if call.name == "write":
            self.said += call.data.decode(errors="replace").split("\n")
        elif call.name in ("fdatasync", "fsync"):
            for each in self.pending.pop(call.file, []):
                _apply(self.files.setdefault(call.file, bytearray()), each)
        else:
            self.pending[call.file].append(call)

    def after_a_power_cut(self, dice: Random) -> Mapping[str, bytes]:
        """Of what was not synced, any sectors of any calls may be there."""
        left = {name: bytearray(content) for name, content in self.files.items()}
        for name, calls in self.pending.items():
            for call in calls:
                for part in _sectors(call):
                    if dice.random() < 0.5:
                        _apply(left.setdefault(name, bytearray()), part)
        return left


def trace(command: list[str], cwd: Path, folder: Path) -> list[Call]:
    """Every call of this process that speaks, or writes or syncs a file of the folder.

    How SQLite's shared memory looks is nobody's concern: it is made anew.
    """
    require("strace", "strace")
    log = folder.with_name("calls.txt")
    asked = ["strace", "-f", "-y", "-xx", "-s", "10000000", "-o", str(log), "-e", f"trace={_CALLS}"]
    subprocess.run([*asked, *command], check=True, cwd=cwd, timeout=60, stdout=subprocess.DEVNULL)
    return read(log.read_text(), folder)


def read(log: str, folder: Path) -> list[Call]:
    """The calls in their order; a sync counts from its end, a write from its beginning."""
    calls: list[Call] = []
    syncing: dict[str, Call] = {}
    for line in log.splitlines():
        if (ended := _RESUMED.match(line)) and ended[1] in syncing:
            calls.append(syncing.pop(ended[1]))
        found = _LINE.match(line)
        if found is None:
            continue
        thread, name, where, rest = found.groups()
        file = _plain(where).decode()
        if name != "write" and (not file.startswith(f"{folder}/") or file.endswith("-shm")):
            continue
        call = _call(name, file, rest)
        if name.startswith("f") and "unfinished" in rest:
            syncing[thread] = call
        else:
            calls.append(call)
    return calls


def _call(name: str, file: str, rest: str) -> Call:
    if data := _DATA.match(rest):
        return Call(name, file, int(data[3] or 0), _plain(data[1]))
    size = re.match(r", (\d+)", rest)
    return Call(name, file, int(size[1]) if size else 0)


def _plain(spelled: str) -> bytes:
    return bytes.fromhex(spelled.replace("\\x", ""))


def _sectors(call: Call) -> list[Call]:
    if call.name == "ftruncate":
        return [call]
    starts = range(0, len(call.data), _SECTOR)
    return [Call(call.name, call.file, call.at + at, call.data[at : at + _SECTOR]) for at in starts]


def _apply(content: bytearray, call: Call) -> None:
    if call.name == "ftruncate":
        del content[call.at :]
        return
    content.extend(bytes(max(0, call.at - len(content))))
    content[call.at : call.at + len(call.data)] = call.data

"""A private PostgreSQL cluster from the system's own binaries, gone with the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = ("max_connections=60", "listen_addresses=127.0.0.1")
_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def find_binaries() -> Path | None:
    """The folder of the newest server, Debian's own or the one on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts)
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(binaries: Path, *, is_durable: bool = False) -> Iterator[str]:
    """The URL of a running cluster whose files live in a short temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="npg"))  # a socket's path may have 107 bytes at most
    port = _free_port()
    chosen = _OPTIONS if is_durable else (*_OPTIONS, *_FORGETFUL)
    settings = (*chosen, f"port={port}", f"unix_socket_directories={folder}")
    try:
        _hand_over(folder)
        cluster = str(folder / "data")
        _run(
            binaries / "initdb", ["-D", cluster, "-U", "nurture", "-A", "trust", "-N", "-E", "UTF8"]
        )
        options = " ".join(f"-c {each}" for each in settings)
        log = str(folder / "log")
        _run(binaries / "pg_ctl", ["-D", cluster, "-w", "-l", log, "-o", options, "start"])
        try:
            yield f"postgresql://nurture@127.0.0.1:{port}/postgres"
        finally:
            _run(binaries / "pg_ctl", ["-D", cluster, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, arguments: Sequence[str]) -> None:
    command = [*_as_somebody(), str(program), *arguments]
    done = subprocess.run(
        command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 0, f"{program.name}: {done.stderr.decode()}"


def _somebody() -> pwd.struct_passwd | None:
    """Whom the server runs as where we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as_somebody() -> tuple[str, ...]:
    user = _somebody()
    if user is None:
        return ()
    return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


def _hand_over(folder: Path) -> None:
    user = _somebody()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

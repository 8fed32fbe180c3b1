"""`nurture run` as a process of its own, in front of a private Dovecot and a counting sink."""

import contextlib
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.agency import PASSWORD, address_of
from bench.race import ROOT, environment, require
from bench.row import Missing
from tests.servers.dovecot import Dovecot

_COUNTED = re.compile(rb"mesg=(\d+)")
_PATIENCE = 90.0  # seconds without a mail
_GOODBYE = 40.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker reads and sends."""

    imap_port: int
    sink_port: int
    counter: IO[bytes]

    @property
    def taken(self) -> int:
        """How many mails the sink has."""
        self.counter.seek(0, 2)
        self.counter.seek(max(0, self.counter.tell() - 200))
        found = _COUNTED.findall(self.counter.read())
        return int(found[-1]) if found else 0

    def wait_for(self, count: int, worker: "Worker") -> float:
        """Seconds until the sink has so many; raises where the worker is gone or stands still."""
        began = moved = time.perf_counter()
        had = 0
        while (taken := self.taken) < count:
            if taken > had:
                had, moved = taken, time.perf_counter()
            if not worker.is_running or time.perf_counter() - moved > _PATIENCE:
                raise RuntimeError(f"{taken} of {count} mails: {worker.last_words()}")
            time.sleep(0.01)
        return time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class Worker:
    """One process of `nurture run`."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def memory(self, kind: str) -> float:
        """Its resident memory in MB: VmRSS now, VmHWM at its highest."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(rf"^{kind}:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0

    def last_words(self) -> str:
        """The end of what it said."""
        self.log.seek(0)
        return self.log.read()[-1000:].decode("utf-8", "replace")


@contextmanager
def place(*accounts: str) -> Iterator[Place]:
    """Servers for these accounts."""
    require("smtp-sink", "postfix")
    require("dovecot", "dovecot-imapd")
    users = {address_of(account): PASSWORD for account in accounts}
    with Dovecot.running(users) as server, tempfile.TemporaryFile() as counter:
        port = _free_port()
        sink = subprocess.Popen(
            ["smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{port}", "1024"],
            stdout=counter, stderr=subprocess.DEVNULL, env=environment(),
        )  # fmt: skip
        try:
            _await(port)
            yield Place(server.imap_port, port, counter)
        finally:
            sink.kill()
            sink.wait()


@contextmanager
def worker(
    folder: Path, at: Place, *options: str, notify: Path | None = None, is_set_up: bool = False
) -> Iterator[Worker]:
    """A daemon on this folder, which is set up first unless it was; ended politely."""
    program = ["bench.agency", str(folder), *options]
    if is_set_up:
        program = ["nurture", "--config", f"{folder}/nurture.toml", "run"]
    more = {"PORT": str(at.sink_port), "IMAP_PORT": str(at.imap_port)}
    more |= {"NOTIFY_SOCKET": str(notify)} if notify else {}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *program],
            env=environment() | more, stdout=log, stderr=log, cwd=ROOT,
        )  # fmt: skip
        try:
            yield Worker(process, log)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GOODBYE)
            process.kill()
            process.wait()


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise Missing("smtp-sink does not listen")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

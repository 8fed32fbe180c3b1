"""A working folder and the real daemon on it, whose journal a test listens to."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from nurture.errors import Misconfigured
from nurture.settings import load_settings
from nurture.storage import open_store

OWNER = "anna@example.org"
PASSWORD = "only-on-loopback"

_SETTINGS = """\
[owners.anna]
name = "Anna Carter"
address = "{owner}"
zone = "UTC"
postal_address = "12 Mill Lane, York YO1 7AB, United Kingdom"

[accounts.anna]
owner = "anna"
address = "{owner}"
pauses_colleagues = false

[accounts.anna.smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
password_file = "secrets/anna.password"

[accounts.anna.imap]
host = "127.0.0.1"
port = {imap}
tls = "none"
password_file = "secrets/anna.password"

[accounts.anna.limits]
{limits}

[log]
level = "debug"
format = "json"
"""
_LIMITS = {
    "gap": "0s",
    "spread": "0s",
    "contact_gap": "0s",
    "company_gap": "0s",
    "per_contact_month": "100",
    "unheard_after": "5s",
    "sweep_every": "1s",
}
_SEQUENCE = """\
sequence: {name}
why: you once asked us for an offer
window:
  days: monday to sunday
  hours: 00:00 to 23:59
steps:
"""
_STEP = "  - id: {step}\n    email: mail/{step}.md\n"
_MAIL = "---\nsubject: The {step} note\n---\nDear {{{{ given_name }}}},\n\nthis is {step}.\n"

Event = dict[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, object]]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Home:
    """A folder such as `nurture init` writes, made for haste: no gaps, every hour of the week."""

    folder: Path
    is_proven: bool = True

    @classmethod
    def made(
        cls, folder: Path, smtp_port: int, imap_port: int, limits: Mapping[str, str] | None = None
    ) -> Self:
        """Settings that point to these ports; `limits` replaces some of them."""
        chosen = {**_LIMITS, **(limits or {})}
        lines = "\n".join(_line(name, value) for name, value in chosen.items())
        home = cls(folder)
        home.write(
            "nurture.toml",
            _SETTINGS.format(owner=OWNER, smtp=smtp_port, imap=imap_port, limits=lines),
        )
        home.write("secrets/nurture.key", f"{'k' * 64}\n")
        home.write("secrets/anna.password", f"{PASSWORD}\n")
        return home

    def write(self, name: str, text: str) -> Path:
        """A file of the folder, readable by us alone."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(0o600)
        return path

    def write_sequence(self, name: str, *steps: str) -> None:
        """A sequence of mails without waits between them."""
        written = "".join(_STEP.format(step=step) for step in steps)
        self.write(f"sequences/{name}.yaml", _SEQUENCE.format(name=name) + written)
        for step in steps:
            self.write(f"sequences/mail/{step}.md", _MAIL.format(step=step))

    async def run(self, *arguments: str) -> Said:
        """What the command line says."""
        process = await asyncio.create_subprocess_exec(
            *self._command(*arguments), stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=_env()
        )
        out, err = await asyncio.wait_for(process.communicate(), 30)
        return Said(process.returncode or 0, out.decode(), err.decode())

    async def enroll(self, sequence: str, *addresses: str) -> None:
        """Imports these people from a table and enrolls them, as an owner does."""
        rows = [f"{address},{address.partition('@')[0].title()}" for address in addresses]
        table = self.write("people.csv", "\n".join(["email,given_name", *rows, ""]))
        asked = ("--basis", "express", "--evidence", "a signed form", "--since", "2025-01-01")
        imported = await self.run("contacts", "import", str(table), *asked)
        assert imported.code == 0, imported
        enrolled = await self.run("enroll", sequence, *addresses)
        assert enrolled.code == 0, enrolled

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, read or written behind the daemon's back."""
        with sqlite3.connect(self.folder / "nurture.db", timeout=10) as connection:
            return connection.execute(statement, values).fetchall()

    def hold_database(self) -> sqlite3.Connection:
        """Keeps every other writer out until it is closed."""
        connection = sqlite3.connect(self.folder / "nurture.db", timeout=10, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    def id_of(self, address: str) -> int:
        """How the journal calls this contact."""
        ((known,),) = self.query("SELECT id FROM contacts WHERE address = ?", address)
        assert isinstance(known, int)
        return known

    async def prove(self) -> None:
        """As if `nurture doctor` had seen an answer recognised."""
        try:
            settings = load_settings(self.folder / "nurture.toml", _env())
        except Misconfigured:
            return
        now = datetime.now(UTC)
        store = await open_store(settings.storage_url, settings.key, now)
        for each in settings.accounts:
            await store.accounts.prove(each.account.name, each.place, "a test", now)
        await store.close()

    def end_leases(self) -> None:
        """As if two minutes had gone by since a daemon died."""
        self.query("UPDATE accounts SET leased_until = NULL")

    @asynccontextmanager
    async def daemon(self) -> AsyncIterator["Daemon"]:
        """A running daemon; killed at the end, unless the test has ended it."""
        if self.is_proven:
            await self.prove()
        daemon = Daemon(
            await asyncio.create_subprocess_exec(
                *self._command("run"), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=_env()
            )
        )
        try:
            yield daemon
        finally:
            await daemon.kill()

    def _command(self, *arguments: str) -> Sequence[str]:
        return (
            sys.executable,
            "-m",
            "nurture",
            "--config",
            f"{self.folder}/nurture.toml",
            *arguments,
        )


@dataclass(slots=True)
class Daemon:
    """`nurture run`, and everything its journal has told so far."""

    process: Process
    events: list[Event] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    _stirred: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reading: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def tells(
        self, event: str, *, times: int = 1, within: float = 20, since: int = 0, **facts: object
    ) -> Event:
        """The event of this name and these facts, past or to come, its last of so many `times`.

        Only what was told after the first `since` events counts.
        """

        def found() -> list[Event]:
            return [each for each in self.events[since:] if _fits(each, event, facts)]

        try:
            async with asyncio.timeout(within), self._stirred:
                await self._stirred.wait_for(lambda: len(found()) >= times)
        except TimeoutError:
            told = "\n".join(str(each) for each in self.events[-30:])
            words = "\n".join(self.words)
            raise AssertionError(f"no {event} {facts} (x{times})\n{told}\n{words}") from None
        return found()[times - 1]

    def told(self, event: str, **facts: object) -> list[Event]:
        """Every such event so far."""
        return [each for each in self.events if _fits(each, event, facts)]

    async def stop(self, within: float = 10) -> None:
        """Asks it to end, as systemd does; it obeys in time and reports success."""
        self.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(self.process.wait(), within) == 0, self.words
        await self._end_reading()
        assert self.told("daemon_stopped")

    async def kill(self) -> None:
        """Ends it without a word of warning; harmless when it has ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._end_reading()

    async def _end_reading(self) -> None:
        if self._reading:
            await self._reading

    async def _read(self) -> None:
        stream = self.process.stderr
        while stream and (line := await stream.readline()):
            async with self._stirred:
                if line.startswith(b"{"):
                    self.events.append(json.loads(line))
                else:
                    self.words.append(line.decode().rstrip())
                self._stirred.notify_all()


def _fits(told: Event, event: str, facts: Mapping[str, object]) -> bool:
    return told["event"] == event and all(told.get(name) == facts[name] for name in facts)


def _env() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("NURTURE_")}


def _line(name: str, value: str) -> str:
    return f"{name} = {value}" if value.isdecimal() else f'{name} = "{value}"'

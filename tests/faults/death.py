"""Processes that play an evening and are killed in it, forked from one that has all it takes."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from multiprocessing import get_context
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event

from nurture.errors import Unreachable
from nurture.settings import Settings
from nurture.signals import hear
from nurture.transport.smtp_line import Line
from tests.faults.evening import mail_from, play
from tests.faults.trip import Fault, Trip

# Every table of phrases is loaded here, in front of the fork, and not by each child.
hear(mail_from("ada@example.net", "Back soon."), known_contact=True, today=date(2026, 3, 2))

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
_A_PACKET = 16 * 1024  # beyond it the text of a mail leaves before its final dot


class When(StrEnum):
    """Where in the call."""

    BEFORE = "before"
    COMMIT = "in the commit of"  # every statement was run, and nothing is durable yet
    AFTER = "after"
    NEVER = "never"


@dataclass(slots=True)
class Death(Trip):
    """Dies at the first call of this name, of whichever port.

    Where no port has it, as `content`, the text of a mail, somebody else sees to the end.
    """

    call: str = ""
    when: When = When.NEVER
    is_armed: bool = False

    def in_front_of(self, name: str) -> None:
        """As for any other call."""
        if self.when is When.BEFORE and name.partition(".")[2] == self.call:
            die()

    def behind(self, name: str) -> None:
        """As for any other call."""
        if self.when is When.AFTER and name.partition(".")[2] == self.call:
            die()

    async def around(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """The call's own result, for whoever lives to see it; whoever is to die tells nobody."""
        if self.call and name == "MailChannel.tell":
            raise Unreachable("the owner's mail would reach the named place first")
        if name.partition(".")[2] != self.call:
            return await call()
        if self.when is When.BEFORE:
            die()
        self.is_armed = self.when is When.COMMIT
        result = await call()
        if self.when is When.AFTER:
            die()
        return result


def die() -> None:
    """As by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


def live_to(told: Settings, start: datetime, at: int, only: frozenset[str] = frozenset()) -> None:
    """Plays the evening up to the call numbered `at`, of those that count, and dies there."""
    asyncio.run(play(told, start, Trip(Fault.KILL, at, only)))


def live(told: Settings, start: datetime, call: str, when: When) -> None:
    """Plays an evening up to that death, or to its end."""
    death = Death(Fault.KILL, -1, call=call, when=when)

    @event.listens_for(Engine, "commit")
    def _commit(_connection: object) -> None:
        if death.is_armed:
            die()

    if call == "content":
        _die_amid_the_content()
    asyncio.run(play(told, start, death))


def _die_amid_the_content() -> None:
    honest = Line.write

    def write(line: Line, raw: bytes) -> None:
        honest(line, raw)
        if len(raw) > _A_PACKET:
            die()

    patch.object(Line, "write", write).start()

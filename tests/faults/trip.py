"""Ports that do as they should until a given call, and then fail as the world does."""

import asyncio
import inspect
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any

from nurture import ports
from nurture.errors import Unreachable
from nurture.mail.delivery import Delivery, Envelope
from nurture.speech import one_by_one

_TOGETHER = 4
_DELIVER = "SmtpCourier.deliver"


class Fault(StrEnum):
    """What happens at the chosen call."""

    RAISE = "raise"  # it fails, and nothing was done
    LOSE = "lose"  # it was done, and the answer got lost
    BREAK = "break"  # it fails by a mistake of ours
    CANCEL = "cancel"  # the whole daemon is cancelled while it is under way
    STALL = "stall"  # everything stands still, and somebody else does all there is to do
    KILL = "kill"  # the process is gone, in front of the call: that is also behind the one before


# At a call that only reads, these leave the same behind as a mistake of ours, or as a kill.
_WHERE_IT_MATTERS = (Fault.RAISE, Fault.LOSE, Fault.CANCEL, Fault.STALL)
_WRITING = frozenset((
    "begin", "copy_filed", "deliver", "doubt", "file_copy", "file_draft", "keep", "lose_sight",
    "move", "note", "notice_failed", "notice_told", "notice_tried", "record", "release", "remind",
    "renew", "resolve", "rest", "run_out", "sent_by_hand", "set_cursor", "settle", "take",
    "take_back", "tell", "was_read",
))  # fmt: skip


@dataclass(slots=True)
class Trip:
    """Counts the awaited calls of all ports; the one numbered `at` fails.

    Where the fault makes a difference only at calls that write, those alone are counted; so are
    those named in `only`, if there are any.
    """

    fault: Fault
    at: int
    only: frozenset[str] = frozenset()
    calls: list[str] = field(default_factory=list)
    victim: asyncio.Task[None] | None = None
    meanwhile: Callable[[], Awaitable[None]] | None = None

    @property
    def has_sprung(self) -> bool:
        """Whether the chosen call was reached."""
        return len(self.calls) > self.at

    def in_front_of(self, name: str) -> None:
        """A call that is made without waiting begins; death alone finds it."""
        if self._is_chosen(name):
            os.kill(os.getpid(), signal.SIGKILL)

    def behind(self, name: str) -> None:
        """It has ended."""

    async def around(self, name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """The call's own result, or the fault."""
        if not self._is_chosen(name):
            return await call()
        match self.fault:
            case Fault.RAISE:
                raise Unreachable(f"{name} fails")
            case Fault.BREAK:
                raise RuntimeError(f"{name} is broken")
            case Fault.LOSE:
                await call()
                raise Unreachable(f"the answer to {name} got lost")
            case Fault.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            case Fault.STALL if self.meanwhile:
                await self.meanwhile()
            case Fault.CANCEL if self.victim:
                asyncio.get_running_loop().call_soon(self.victim.cancel)
        return await call()

    def _is_chosen(self, name: str) -> bool:
        """Whether it is this call; counts those that count."""
        called = name.partition(".")[2]
        if self.fault in _WHERE_IT_MATTERS and called not in _WRITING:
            return False
        if self.only and called not in self.only:
            return False
        self.calls.append(name)
        return len(self.calls) == self.at + 1


class Tripping:
    """Any port behind a trip: its methods are counted, everything else is passed on."""

    def __init__(self, inner: Any, trip: Trip) -> None:
        self._inner = inner
        self._trip = trip

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._inner, name)
        said = f"{type(self._inner).__name__}.{name}"
        if inspect.iscoroutinefunction(part):

            async def counted(*args: object, **kwargs: object) -> Any:
                return await self._trip.around(said, lambda: part(*args, **kwargs))

            return counted
        if inspect.isasyncgenfunction(part):

            def each(*args: object, **kwargs: object) -> AsyncIterator[Any]:
                return self._counted(said, part(*args, **kwargs))

            return each
        return part

    async def _counted(self, said: str, source: AsyncIterator[Any]) -> AsyncIterator[Any]:
        end = object()
        while (item := await self._trip.around(said, lambda: anext(source, end))) is not end:
            yield item


class TrippingCourier(Tripping):
    """A courier each of whose mails is a call of `deliver`, in whatever load it comes."""

    async def carry(self, load: ports.Load) -> None:
        """As the one behind it does; for a fault that takes time, one mail after the other."""
        if self._trip.fault is Fault.KILL:
            await self._inner.carry(_Watched(load, self._trip))
        else:
            await one_by_one(load, self.deliver)


@dataclass(frozen=True, slots=True)
class _Watched:
    """A ports.Load in which death may lie."""

    load: ports.Load
    trip: Trip

    def draw(self) -> Envelope | None:
        """See the port."""
        envelope = self.load.draw()
        if envelope is not None:
            self.trip.in_front_of(_DELIVER)
        return envelope

    def tell(self, envelope: Envelope, delivery: Delivery) -> None:
        """See the port."""
        self.trip.behind(_DELIVER)
        self.load.tell(envelope, delivery)

    def give_back(self, envelope: Envelope) -> None:
        """See the port."""
        self.load.give_back(envelope)


async def sweep(one: Callable[[int], Awaitable[bool]], at_least: int) -> None:
    """Plays with the fault at each call in turn, some at a time, until one ends in front of it.

    `one` tells whether the fault was met; fewer than `at_least` of them prove nothing.
    """
    for first in count(0, _TOGETHER):
        played = (one(first + more) for more in range(_TOGETHER))
        # All of them end before any of them fails: a scene that is left open holds the test up.
        sprung = await asyncio.gather(*played, return_exceptions=True)
        for each in sprung:
            if isinstance(each, BaseException):
                raise each
        if not all(sprung):
            assert first > at_least
            return

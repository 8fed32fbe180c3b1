"""Mails whose intents are on disk, on their way out over the account's connections."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from nurture import ports
from nurture.mail.delivery import Delivery, Envelope
from nurture.outcome import NOT_TRIED, Rest, rest_after
from nurture.value import frozen

_GLANCE: Final = timedelta(milliseconds=250)  # a halt is seen so soon, however fast mails leave


@frozen
class Utterance:
    """One mail, and how its outcome is settled."""

    envelope: Envelope
    settled: Callable[[Delivery, datetime], ports.Settlement]


@dataclass(slots=True)
class Speech:
    """One worker's dialogues for one account; `rest` is what an answer to them asks for."""

    courier: ports.Courier
    outgoing: ports.Outgoing
    switch: ports.Switch
    clock: ports.Clock
    is_stopping: Callable[[], bool]
    rest: Rest | None = None
    is_over: bool = False
    _look_again_at: datetime | None = None

    async def deliver(
        self, begun: Iterable[Utterance], tell: Callable[[Iterable[ports.Settlement]], None]
    ) -> None:
        """Carries these; their ends are committed even when a dialogue is cut short, then told.

        The touch in whose dialogue that happens stays `sending`: the next run finds it uncertain.
        Those beside it are finished, unless all of us are cancelled.
        """
        load = _Load(self, deque(begun))
        try:
            while load.waiting and not await self._must_end():
                await self.courier.carry(load)
        except BaseException:
            self.is_over = True
            raise
        finally:
            now = self.clock.now()
            load.settled += [each.settled(NOT_TRIED, now) for each in load.waiting]
            if load.settled:
                await self.outgoing.settle(load.settled)
                tell(load.settled)

    async def _must_end(self) -> bool:
        """Whether nothing more may leave; the switch is asked once for what leaves in a moment."""
        if self.must_look():
            halts = await self.switch.halts()
            self._look_again_at = self.clock.now() + _GLANCE
            self.is_over = self.is_over or bool(halts)
        return self.must_end()

    def must_end(self) -> bool:
        """Whether nothing more may leave, as far as is known without a look at the switch."""
        self.is_over = self.is_over or self.rest is not None or self.is_stopping()
        return self.is_over

    def must_look(self) -> bool:
        """Whether the switch must be asked before another mail leaves."""
        return self._look_again_at is None or self.clock.now() >= self._look_again_at


@dataclass(slots=True)
class _Load:
    """A ports.Load of utterances; those drawn and not told may have left."""

    speech: Speech
    waiting: deque[Utterance]
    settled: list[ports.Settlement] = field(default_factory=list)
    _drawn: dict[int, Utterance] = field(default_factory=dict)

    def draw(self) -> Envelope | None:
        """The next of them, unless silence is due, or a look at the switch."""
        speech = self.speech
        if not self.waiting or speech.must_end() or speech.must_look():
            return None
        utterance = self.waiting.popleft()
        self._drawn[id(utterance.envelope)] = utterance
        return utterance.envelope

    def tell(self, envelope: Envelope, delivery: Delivery) -> None:
        """Its outcome, to be settled, and what it asks of the account."""
        speech, now = self.speech, self.speech.clock.now()
        self.settled.append(self._drawn.pop(id(envelope)).settled(delivery, now))
        speech.rest = speech.rest or rest_after(delivery, now)

    def give_back(self, envelope: Envelope) -> None:
        """In front of all others."""
        self.waiting.appendleft(self._drawn.pop(id(envelope)))


async def one_by_one(load: ports.Load, deliver: Callable[[Envelope], Awaitable[Delivery]]) -> None:
    """How a ports.Courier carries a load that has nothing to gain by more at once."""
    while (envelope := load.draw()) is not None:
        load.tell(envelope, await deliver(envelope))


async def together(work: Iterable[Awaitable[None]]) -> None:
    """All of these beside each other, each to its own end; raises the first fault then."""
    for end in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(end, BaseException):
            raise end

"""Mails whose intents are on disk, on their way out over the account's connections."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
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
    connections: int = 1
    rest: Rest | None = None
    is_over: bool = False
    _glanced_at: datetime | None = None

    async def deliver(self, begun: Iterable[Utterance]) -> list[ports.Settlement]:
        """What became of these; committed even when one of the dialogues is cut short.

        The touch in whose dialogue that happens stays `sending`: the next run finds it uncertain.
        Those beside it are finished, unless all of us are cancelled.
        """
        waiting, settled = deque(begun), list[ports.Settlement]()
        mouths = min(self.connections, len(waiting))
        try:
            await together(self._speak(waiting, settled) for _ in range(mouths))
        except BaseException:
            self.is_over = True
            raise
        finally:
            now = self.clock.now()
            settled += [each.settled(NOT_TRIED, now) for each in waiting]
            if settled:
                await self.outgoing.settle(settled)
        return settled

    async def _speak(self, waiting: deque[Utterance], settled: list[ports.Settlement]) -> None:
        now = self.clock.now()
        try:
            while waiting and not await self._must_end(now) and waiting:
                utterance = waiting.popleft()
                delivery = await self.courier.deliver(utterance.envelope)
                now = self.clock.now()
                settled.append(utterance.settled(delivery, now))
                self.rest = self.rest or rest_after(delivery, now)
        except BaseException:
            self.is_over = True
            raise

    async def _must_end(self, now: datetime) -> bool:
        """Whether nothing more may leave; the switch is asked once for what leaves in a moment."""
        if self._glanced_at is None or now - self._glanced_at >= _GLANCE:
            self._glanced_at = now
            self.is_over = self.is_over or bool(await self.switch.halts())
        self.is_over = self.is_over or self.rest is not None or self.is_stopping()
        return self.is_over


async def together(work: Iterable[Awaitable[None]]) -> None:
    """All of these beside each other, each to its own end; raises the first fault then."""
    for end in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(end, BaseException):
            raise end

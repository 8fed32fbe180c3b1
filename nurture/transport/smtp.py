"""The Courier port over SMTP: kept connections, mail behind mail on each, no doubt unnamed."""

import asyncio
from dataclasses import dataclass

from nurture import ports
from nurture.mail.delivery import Delivery, Envelope
from nurture.mail.write.smtp_status import classify
from nurture.transport.smtp_dialogue import Dialogue
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue
from nurture.transport.smtp_tour import Drawn, Single, Tour


@dataclass(slots=True)
class _Kept:
    """A connection that waits for its next mail; it leaves in time."""

    dialogue: Dialogue
    used_at: float = 0
    leaving: asyncio.TimerHandle | None = None

    def forget_to_leave(self) -> None:
        """Nobody closes it for its age any more."""
        if self.leaving is not None:
            self.leaving.cancel()
            self.leaving = None


@dataclass(slots=True, eq=False)
class _Hand:
    """Somebody who carries, and what."""

    task: asyncio.Task[None] | None = None
    tour: Tour | None = None
    dialogue: Dialogue | None = None

    def is_at(self, tour: Tour | None) -> bool:
        """Whether a mail of this one is at hand, or none at all."""
        return (self.dialogue.tour if self.dialogue else self.tour) is tour


class SmtpCourier:
    """Submits an account's mail, over so many connections at once as there are mails for them.

    A connection is kept for the next mail while it is fresh.  At most `connections` are open; who
    asks for one more waits for its turn.
    """

    def __init__(self, endpoint: SmtpEndpoint, connections: int = 1) -> None:
        self._endpoint = endpoint
        self._connections = connections
        self._tours: list[Tour] = []
        self._crew: list[_Hand] = []
        self._kept: list[_Kept] = []
        self._appends = True

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        A failure before the final dot is Deferred or Rejected, one after it Unknown.  A cancelled
        call closes its connection.  Raises Broken for an envelope that is none, Misconfigured
        for a `ca_file` that is none.
        """
        load = Single(envelope)
        await self.carry(load)
        (delivery,) = load.told
        return delivery

    async def carry(self, load: ports.Load) -> None:
        """Each mail as by `deliver`, and mail behind mail on each connection.

        Loads that come while another is on its way follow it over the same connections.
        """
        tour = Tour(load, asyncio.get_running_loop().create_future())
        self._tours.append(tour)
        self._call_another()
        try:
            await tour.ended
        except asyncio.CancelledError:
            await self._cut_off(tour)
            raise
        finally:
            self._tours.remove(tour)

    async def close(self) -> None:
        """Ends the kept connections in an orderly way; harmless twice."""
        idle = [hand.task for hand in self._crew if hand.task and hand.is_at(None)]
        if idle:
            await asyncio.wait(idle)
        while self._kept:
            self._leave(self._kept[-1])

    def _draw(self) -> Drawn | None:
        """The next mail of the oldest load that has one."""
        for tour in self._tours:
            envelope = tour.draw()
            if envelope is not None:
                return tour, envelope
        return None

    def _call_another(self) -> None:
        """Somebody for one more connection, where there may be one."""
        if len(self._crew) < self._connections:
            hand = _Hand()
            hand.task = asyncio.get_running_loop().create_task(self._work(hand))
            self._crew.append(hand)

    async def _work(self, hand: _Hand) -> None:
        """One connection after the other, until there is nothing more to draw."""
        try:
            while (drawn := self._draw()) is not None:
                self._call_another()
                hand.tour, hand.dialogue = drawn[0], None
                await self._set_out(drawn, hand)
        finally:
            # At once, so that whoever brings a load next sees that somebody is missing.
            self._crew.remove(hand)

    async def _cut_off(self, tour: Tour) -> None:
        """Whoever has a mail of it at hand stops, and closes the connection."""
        hurt = [hand.task for hand in self._crew if hand.task and hand.is_at(tour)]
        for task in hurt:
            task.cancel()
        if hurt:
            await asyncio.wait(hurt)
        self._call_another()

    async def _set_out(self, drawn: Drawn, hand: _Hand) -> None:
        """Carries this one, and what follows it on the same connection."""
        used, is_doubted = self._freshest()
        if used is None:
            used = await self._opened(drawn)
        if used is None:
            return
        hand.dialogue = dialogue = used.dialogue
        try:
            await dialogue.carry(drawn, self._draw, is_doubted=is_doubted)
        except BaseException:
            used.forget_to_leave()
            raise
        self._appends = self._appends and dialogue.appends
        if dialogue.is_open:
            self._keep(used)
        else:
            used.forget_to_leave()
            dialogue.leave()

    async def _opened(self, drawn: Drawn) -> _Kept | None:
        """A new connection, or None where none came about, which is told."""
        tour, envelope = drawn
        try:
            opened = await open_dialogue(self._endpoint)
        except BaseException as fault:
            tour.lose(fault)
            if isinstance(fault, Exception):
                return None
            raise
        if isinstance(opened, Dialogue):
            opened.appends = self._appends
            return _Kept(opened)
        tour.tell(envelope, classify(opened, self._endpoint.provider))
        return None

    def _freshest(self) -> tuple[_Kept | None, bool]:
        """The kept connection that was used last, and whether it must be asked if it lives."""
        while self._kept:
            kept = self._kept.pop()
            if kept.dialogue.is_open:
                unused = asyncio.get_running_loop().time() - kept.used_at
                return kept, unused >= self._endpoint.patience.trusted
            kept.forget_to_leave()
            kept.dialogue.abort()
        return None, False

    def _keep(self, used: _Kept) -> None:
        loop = asyncio.get_running_loop()
        used.used_at = loop.time()
        self._kept.append(used)
        if used.leaving is None:
            used.leaving = loop.call_later(self._endpoint.patience.idle, self._grow_old, used)

    def _grow_old(self, kept: _Kept) -> None:
        """The timer of a connection outlasts its use: only who was idle for so long must go."""
        loop, leaves_at = asyncio.get_running_loop(), kept.used_at + self._endpoint.patience.idle
        if kept not in self._kept:
            kept.leaving = None
        elif loop.time() < leaves_at:
            kept.leaving = loop.call_at(leaves_at, self._grow_old, kept)
        else:
            self._leave(kept)

    def _leave(self, kept: _Kept) -> None:
        kept.forget_to_leave()
        self._kept.remove(kept)
        kept.dialogue.leave()

"""The Courier port over SMTP: kept connections, mail behind mail on each, no doubt unnamed."""

import asyncio
from dataclasses import dataclass

from nurture import ports
from nurture.mail.delivery import Delivery, Envelope
from nurture.mail.write.smtp_status import classify
from nurture.transport.smtp_dialogue import Dialogue
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue
from nurture.transport.smtp_tour import Single, Tour


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


class SmtpCourier:
    """Submits an account's mail, over so many connections at once as there are mails for them.

    A connection is kept for the next mail while it is fresh.  At most `connections` are open; who
    asks for one more waits for its turn.
    """

    def __init__(self, endpoint: SmtpEndpoint, connections: int = 1) -> None:
        self._endpoint = endpoint
        self._connections = connections
        self._room = asyncio.Semaphore(connections)
        self._kept: list[_Kept] = []
        self._appends = True

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        A failure before the final dot is Deferred or Rejected, one after it Unknown.  A cancelled
        call closes its connection.  Raises Broken for an envelope that is none, Misconfigured
        for a `ca_file` that is none.
        """
        load = Single(envelope)
        tour = Tour(load)
        await self._work(tour)
        tour.end()
        (delivery,) = load.told
        return delivery

    async def carry(self, load: ports.Load) -> None:
        """Each mail as by `deliver`, and mail behind mail on each connection."""
        tour = Tour(load)
        await asyncio.gather(*(self._work(tour) for _ in range(self._connections)))
        tour.end()

    async def close(self) -> None:
        """Ends the kept connections in an orderly way; harmless twice."""
        while self._kept:
            self._leave(self._kept[-1])

    async def _work(self, tour: Tour) -> None:
        """One connection after the other, until nothing more may leave."""
        async with self._room:
            try:
                while (envelope := tour.draw()) is not None:
                    await self._set_out(envelope, tour)
            except Exception as fault:
                tour.fail(fault)

    async def _set_out(self, envelope: Envelope, tour: Tour) -> None:
        """Carries this one, and what follows it on the same connection."""
        used, is_doubted = self._freshest()
        if used is None:
            opened = await open_dialogue(self._endpoint)
            if not isinstance(opened, Dialogue):
                tour.load.tell(envelope, classify(opened, self._endpoint.provider))
                return
            opened.appends = self._appends
            used = _Kept(opened)
        try:
            await used.dialogue.carry(envelope, tour, is_doubted=is_doubted)
        except BaseException:
            used.forget_to_leave()
            raise
        self._appends = self._appends and used.dialogue.appends
        if used.dialogue.is_open:
            self._keep(used)
        else:
            used.forget_to_leave()
            used.dialogue.leave()

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

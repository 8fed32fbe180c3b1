"""The Courier port over SMTP: kept connections, an envelope at a time on each, no doubt unnamed."""

import asyncio
from dataclasses import dataclass

from nurture.mail.delivery import Deferred, Delivery, Envelope, Phase
from nurture.mail.write.smtp_status import classify
from nurture.transport.smtp_dialogue import Dialogue
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue


@dataclass(slots=True)
class _Kept:
    """A connection that waits for its next envelope, having carried some; it leaves in time."""

    dialogue: Dialogue
    used_at: float = 0
    carried: int = 0
    leaving: asyncio.TimerHandle | None = None

    def forget_to_leave(self) -> None:
        """Nobody closes it for its age any more."""
        if self.leaving is not None:
            self.leaving.cancel()
            self.leaving = None


class SmtpCourier:
    """Submits an account's mail, over so many connections at once as its callers need.

    A connection is kept for the next envelope while it is fresh.  At most `connections` are open;
    who asks for one more waits for its turn.
    """

    def __init__(self, endpoint: SmtpEndpoint, connections: int = 1) -> None:
        self._endpoint = endpoint
        self._room = asyncio.Semaphore(connections)
        self._kept: list[_Kept] = []

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        A failure before the final dot is Deferred or Rejected, one after it Unknown.  A cancelled
        call closes its connection.  Raises Broken for an envelope that is none, Misconfigured
        for a `ca_file` that is none.
        """
        async with self._room:
            kept = await self._fresh()
            if kept is not None:
                delivery = await self._over(kept, envelope)
                if not _died_waiting(delivery):
                    return delivery
            opened = await open_dialogue(self._endpoint)
            if not isinstance(opened, Dialogue):
                return classify(opened, self._endpoint.provider)
            return await self._over(_Kept(opened), envelope)

    async def close(self) -> None:
        """Ends the kept connections in an orderly way; harmless twice."""
        while self._kept:
            self._leave(self._kept[-1])

    async def _over(self, used: _Kept, envelope: Envelope) -> Delivery:
        try:
            delivery = await used.dialogue.deliver(envelope)
        except BaseException:
            used.forget_to_leave()
            raise
        used.carried += 1
        if used.dialogue.is_open and not 0 < self._endpoint.per_connection <= used.carried:
            self._keep(used)
            return delivery
        used.forget_to_leave()
        used.dialogue.leave()
        return delivery

    async def _fresh(self) -> _Kept | None:
        """A kept connection that still lives, the last used one first."""
        while self._kept:
            kept = self._kept.pop()
            unused = asyncio.get_running_loop().time() - kept.used_at
            is_fresh = unused < self._endpoint.patience.trusted
            if kept.dialogue.is_open and (is_fresh or await kept.dialogue.is_alive()):
                return kept
            kept.forget_to_leave()
            kept.dialogue.abort()
        return None

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


def _died_waiting(delivery: Delivery) -> bool:
    """A kept connection the server had given up: nothing was said on it, a new one may be tried."""
    return (
        isinstance(delivery, Deferred)
        and delivery.answer.phase is Phase.MAIL
        and delivery.answer.code in (0, 421)
    )

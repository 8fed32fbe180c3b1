"""The Courier port over SMTP: one kept connection, one envelope at a time, no doubt unnamed."""

import asyncio

from nurture.mail.delivery import Deferred, Delivery, Envelope, Phase
from nurture.mail.write.smtp_status import classify
from nurture.transport.smtp_dialogue import Dialogue
from nurture.transport.smtp_endpoint import SmtpEndpoint
from nurture.transport.smtp_opening import open_dialogue


class SmtpCourier:
    """Submits an account's mail; keeps its connection for the next envelope while it is fresh."""

    def __init__(self, endpoint: SmtpEndpoint) -> None:
        self._endpoint = endpoint
        self._lock = asyncio.Lock()
        self._dialogue: Dialogue | None = None
        self._used_at = 0.0
        self._carried = 0
        self._leaving: asyncio.TimerHandle | None = None

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of it; never raises for anything the world does.

        A failure before the final dot is Deferred or Rejected, one after it Unknown.  A cancelled
        call closes the connection.  Raises Broken for an envelope that is none, Misconfigured
        for a `ca_file` that is none.
        """
        async with self._lock:
            self._stay()
            try:
                return await self._deliver(envelope)
            finally:
                self._rest()

    async def close(self) -> None:
        """Ends the kept connection in an orderly way; harmless twice."""
        async with self._lock:
            self._stay()
            self._leave()

    async def _deliver(self, envelope: Envelope) -> Delivery:
        kept = await self._kept()
        if kept is not None:
            self._carried += 1
            delivery = await kept.deliver(envelope)
            if not _died_waiting(delivery):
                return delivery
        opened = await open_dialogue(self._endpoint)
        if not isinstance(opened, Dialogue):
            return classify(opened, self._endpoint.provider)
        self._dialogue, self._carried = opened, 1
        return await opened.deliver(envelope)

    async def _kept(self) -> Dialogue | None:
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is None:
            return None
        if 0 < self._endpoint.per_connection <= self._carried:
            dialogue.leave()
            return None
        unused = asyncio.get_running_loop().time() - self._used_at
        is_fresh = unused < self._endpoint.patience.trusted
        if dialogue.is_open and (is_fresh or await dialogue.is_alive()):
            self._dialogue = dialogue
            return dialogue
        dialogue.abort()
        return None

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        self._used_at = loop.time()
        if self._dialogue is not None and self._dialogue.is_open:
            self._leaving = loop.call_later(self._endpoint.patience.idle, self._leave)

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _leave(self) -> None:
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is not None:
            dialogue.leave()


def _died_waiting(delivery: Delivery) -> bool:
    """A kept connection the server had given up: nothing was said on it, a new one may be tried."""
    return (
        isinstance(delivery, Deferred)
        and delivery.answer.phase is Phase.MAIL
        and delivery.answer.code in (0, 421)
    )

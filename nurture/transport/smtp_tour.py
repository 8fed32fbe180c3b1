"""What a courier has on its way: loads, each with its end, and one mail as a load."""

import asyncio
from dataclasses import dataclass, field

from nurture import ports
from nurture.mail.delivery import Answer, Delivery, Envelope, Phase, Rejected, Scope
from nurture.transport.smtp_command import Commands, Offer, commands, stuffed
from nurture.transport.smtp_endpoint import SmtpEndpoint


@dataclass(slots=True, eq=False)
class Tour:
    """A load on its way, perhaps over several connections.

    It has `ended` when the load has run dry, or a fault of ours keeps the rest of it at home, and
    nothing of it is under way any more.
    """

    load: ports.Load
    ended: asyncio.Future[None]
    _under_way: int = 0
    _has_run_dry: bool = False
    _fault: BaseException | None = None

    @property
    def is_over(self) -> bool:
        """Nobody waits for it any more, or a fault of ours keeps the rest at home."""
        return self._fault is not None or self.ended.done()

    def draw(self) -> Envelope | None:
        """The next mail, if any more may leave."""
        if self._has_run_dry or self.ended.done():
            return None
        try:
            envelope = self.load.draw()
        except Exception as fault:
            envelope, self._fault = None, self._fault or fault
        if envelope is not None:
            self._under_way += 1
            return envelope
        self._has_run_dry = True
        self._perhaps_end()
        return None

    def tell(self, envelope: Envelope, delivery: Delivery) -> None:
        """What became of one of them."""
        try:
            self.load.tell(envelope, delivery)
        except Exception as fault:
            self.lose(fault)
            return
        self._under_way -= 1
        self._perhaps_end()

    def give_back(self, envelope: Envelope) -> None:
        """One of them was not tried, and may be drawn again."""
        try:
            self.load.give_back(envelope)
        except Exception as fault:
            self.lose(fault)
            return
        self._under_way -= 1
        self._has_run_dry = self._fault is not None
        self._perhaps_end()

    def lose(self, fault: BaseException) -> None:
        """By a fault of ours nobody knows of one of them what became of it; no more are drawn."""
        self._fault = self._fault or fault
        self._has_run_dry = True
        self._under_way -= 1
        self._perhaps_end()

    def _perhaps_end(self) -> None:
        if self._under_way or not self._has_run_dry or self.ended.done():
            return
        if self._fault is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(self._fault)


Drawn = tuple[Tour, Envelope]
"""A mail, and the load that it belongs to."""

Spelt = tuple[Drawn, Commands, bytes]
"""A mail as one server takes it, with its content."""


def spelt(drawn: Drawn, offer: Offer, endpoint: SmtpEndpoint) -> Spelt | None:
    """For this server; None where it takes it in no way, which is told, or no server may."""
    tour, envelope = drawn
    try:
        wanted, content = commands(envelope, offer), stuffed(envelope.wire)
    except Exception as fault:
        tour.lose(fault)
        return None
    if isinstance(wanted, str):
        refusal = Answer(Phase.MAIL, 0, f"{endpoint.place}: {wanted}")
        tour.tell(envelope, Rejected(refusal, Scope.UNKNOWN))
        return None
    return drawn, wanted, content


@dataclass(slots=True)
class Single:
    """A load of one mail."""

    envelope: Envelope
    is_here: bool = True
    told: list[Delivery] = field(default_factory=list)

    def draw(self) -> Envelope | None:
        """It, while it is here."""
        is_here, self.is_here = self.is_here, False
        return self.envelope if is_here else None

    def tell(self, _envelope: Envelope, delivery: Delivery) -> None:
        """Its end."""
        self.told.append(delivery)

    def give_back(self, _envelope: Envelope) -> None:
        """It is here again."""
        self.is_here = True

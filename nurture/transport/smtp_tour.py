"""What a courier has on its way: a load, and one mail as a load."""

from dataclasses import dataclass, field

from nurture import ports
from nurture.mail.delivery import Delivery, Envelope


@dataclass(slots=True)
class Tour:
    """A load on its way, perhaps over several connections; after a fault of ours it is over."""

    load: ports.Load
    _fault: Exception | None = None

    def draw(self) -> Envelope | None:
        """The next mail, if any more may leave."""
        return self.load.draw() if self._fault is None else None

    def fail(self, fault: Exception) -> None:
        """Nothing more is drawn; the first fault is the one that is told."""
        self._fault = self._fault or fault

    def end(self) -> None:
        """Raises the first fault, if there was any."""
        if self._fault is not None:
            raise self._fault


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

"""A load of mails for a courier, and what it was told of each."""

from collections import deque

from nurture.mail.delivery import Delivery, Envelope


class FakeLoad:
    """The port Load; `told` by recipient, `drawn` and `given_back` in their order.

    With `most`, no more than that are drawn, as where a halt comes.
    """

    def __init__(self, *envelopes: Envelope, most: int | None = None) -> None:
        self.waiting = deque(envelopes)
        self.most = most
        self.drawn: list[str] = []
        self.given_back: list[str] = []
        self.told: dict[str, Delivery] = {}

    def draw(self) -> Envelope | None:
        """The next one."""
        if not self.waiting or (self.most is not None and len(self.drawn) >= self.most):
            return None
        envelope = self.waiting.popleft()
        self.drawn.append(envelope.recipient)
        return envelope

    def tell(self, envelope: Envelope, delivery: Delivery) -> None:
        """Nobody is told of twice."""
        assert envelope.recipient not in self.told
        assert envelope.recipient in self.drawn
        self.told[envelope.recipient] = delivery

    def give_back(self, envelope: Envelope) -> None:
        """To the front."""
        assert envelope.recipient not in self.told
        self.given_back.append(envelope.recipient)
        self.waiting.appendleft(envelope)

    @property
    def kinds(self) -> dict[str, str]:
        """How each ended, in a word."""
        return {who: type(delivery).__name__ for who, delivery in self.told.items()}

"""A submission server in memory, with outcomes as the test scripts them."""

import asyncio
from collections import deque
from collections.abc import Iterable

from nurture.mail.delivery import Accepted, Answer, Delivery, Envelope, Phase
from nurture.mail.write.smtp_status import classify
from nurture.ports import Load
from nurture.speech import one_by_one


class FakeCourier:
    """The port Courier without a server.

    `delivered` holds what the server owns: every envelope accepted, and those whose answer got
    lost on the way back when the script says so.  `will` scripts the coming deliveries, once
    each; an exception is raised, as a cancelled call raises.  `pause` makes deliveries wait in
    front of the server until `go_on`.
    """

    def __init__(self, unknown: Iterable[str] = ()) -> None:
        self.delivered: list[Envelope] = []
        self.tried: list[Envelope] = []
        self.is_closed = False
        self._unknown = frozenset(unknown)
        self._script: deque[tuple[Delivery | BaseException, bool]] = deque()
        self._may_go = asyncio.Event()
        self._may_go.set()
        self._lock = asyncio.Lock()

    def will(self, outcome: Delivery | BaseException, *, arrives: bool | None = None) -> None:
        """The next delivery comes to this; by default it arrives only if it is accepted."""
        lands = isinstance(outcome, Accepted) if arrives is None else arrives
        self._script.append((outcome, lands))

    def repent(self) -> None:
        """Whatever was scripted and has not happened yet is forgotten."""
        self._script.clear()

    def pause(self) -> None:
        """From now on nothing reaches the server."""
        self._may_go.clear()

    def go_on(self) -> None:
        """Deliveries under way go on."""
        self._may_go.set()

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What the script says; else accepted, or 550 5.1.1 for the unknown."""
        self.is_closed = False
        self.tried.append(envelope)
        async with self._lock:
            await self._may_go.wait()
            outcome, lands = self._script.popleft() if self._script else self._honest(envelope)
            if lands:
                self.delivered.append(envelope)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def carry(self, load: Load) -> None:
        """Each as by `deliver`, in its turn."""
        await one_by_one(load, self.deliver)

    async def close(self) -> None:
        """Nothing to end; harmless twice."""
        self.is_closed = True

    def _honest(self, envelope: Envelope) -> tuple[Delivery, bool]:
        if envelope.recipient in self._unknown:
            return classify(Answer(Phase.RCPT, 550, "5.1.1 no such user here")), False
        return Accepted(Answer(Phase.BODY, 250, "2.0.0 Ok: queued")), True

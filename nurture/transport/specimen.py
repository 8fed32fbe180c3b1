"""Couriers that reach no contact: one writes files, one sends everything to a single address."""

import os
import re
from dataclasses import field, replace
from itertools import count
from pathlib import Path
from typing import Final

from nurture.errors import Unreachable
from nurture.mail.delivery import Accepted, Answer, Delivery, Envelope, Phase
from nurture.mail.redirect import redirected
from nurture.ports import Clock, Courier, Load
from nurture.speech import one_by_one
from nurture.value import frozen

_UNSAFE: Final = re.compile(r"[^\w.@+-]")


@frozen
class FolderCourier:
    """A ports.Courier that only ever writes files, one a mail, in the order of sending."""

    folder: Path
    clock: Clock
    _order: "count[int]" = field(default_factory=lambda: count(1))

    async def deliver(self, envelope: Envelope) -> Delivery:
        """The very bytes that would travel, in a file of their own; raises Unreachable."""
        when, who = self.clock.now(), _UNSAFE.sub("_", envelope.recipient)
        file = self.folder / f"{next(self._order):04d}-{when:%Y%m%dT%H%M%SZ}-{who}.eml"
        try:
            descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as written:
                written.write(envelope.wire)
        except OSError as error:
            raise Unreachable(f"{file} cannot be written: {error.strerror}") from error
        return Accepted(Answer(Phase.BODY, 250, f"written to {file}"))

    async def carry(self, load: Load) -> None:
        """A file for each; raises Unreachable."""
        await one_by_one(load, self.deliver)

    async def close(self) -> None:
        """Nothing to end."""


@frozen
class RedirectCourier:
    """A ports.Courier that sends every mail to one address instead of to its recipient."""

    courier: Courier
    to: str

    async def deliver(self, envelope: Envelope) -> Delivery:
        """What became of the specimen; the recipient of the envelope is never told to a server."""
        wire = redirected(envelope.wire, envelope.recipient, self.to)
        return await self.courier.deliver(replace(envelope, recipient=self.to, wire=wire))

    async def carry(self, load: Load) -> None:
        """A specimen for each."""
        await one_by_one(load, self.deliver)

    async def close(self) -> None:
        """Ends the connections behind it."""
        await self.courier.close()

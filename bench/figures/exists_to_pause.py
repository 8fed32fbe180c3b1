"""From the server's word that mail came (EXISTS) to the committed pause."""

import asyncio
import time
from dataclasses import dataclass, field

from bench.laboratory import USER, dovecot, ear_of, mailbox_of, reply, store_with
from bench.row import Row, percentile
from nurture.flows.hear import listen
from nurture.transport.imap_answer import Part
from nurture.transport.imap_protocol import GuardedProtocol
from tests.servers.dovecot import Dovecot

NAME = "EXISTS -> pause committed, p99"
GOAL = "<= 60 ms, p50 <= 15"
_COUNT = 100
_EARS_UP = 0.02  # seconds until the client surely listens


@dataclass
class _Watch:
    """When the server last spoke of mail, and how long each pause took from then."""

    spoke_at: float = 0.0
    took: list[float] = field(default_factory=list)

    def listens_in(self) -> None:
        """From now on every client of this process tells when it hears EXISTS."""
        heard = GuardedProtocol._untagged

        def noting(protocol: GuardedProtocol, parts: list[Part]) -> None:
            if bytes(parts[0]).endswith(b"EXISTS"):
                self.spoke_at = time.perf_counter()
            heard(protocol, parts)

        GuardedProtocol._untagged = noting  # type: ignore[assignment,method-assign]

    def paused(self) -> None:
        """A pause was committed just now."""
        self.took.append(time.perf_counter() - self.spoke_at)


def measure() -> Row:
    """Replies to a listening client, one at a time, on Dovecot and SQLite."""
    watch = _Watch()
    watch.listens_in()
    with dovecot() as server:
        asyncio.run(_measure(server, watch))
    found = [each * 1000 for each in watch.took]
    if len(found) != _COUNT:
        raise ValueError(f"{len(found)} pauses for {_COUNT} replies")
    p50, p99 = percentile(found, 0.5), percentile(found, 0.99)
    note = f"p50 {p50:.1f} ms of {_COUNT} replies, Dovecot and SQLite (synchronous FULL)"
    return Row(p99, "ms", p50 <= 15 and p99 <= 60, note)


async def _measure(server: Dovecot, watch: _Watch) -> None:
    async with store_with(_COUNT) as store:
        mailbox = mailbox_of(server)
        ear = await ear_of(store, mailbox, on_pause=watch.paused)
        await listen(ear)
        for number in range(_COUNT):
            waiting = asyncio.ensure_future(mailbox.wait(10))
            await asyncio.sleep(_EARS_UP)
            server.deliver(USER, reply(number))
            await waiting
            await listen(ear)
        await mailbox.close()

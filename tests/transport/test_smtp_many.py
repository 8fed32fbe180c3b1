"""Several mails at once: no more connections than allowed, and no harm to those beside."""

import asyncio

from nurture.mail.delivery import Accepted, Delivery, Envelope, Unknown
from nurture.transport.security import Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import SmtpEndpoint
from tests.servers.lying_smtp import Fault, LyingSmtp

_WIRE = b"Subject: one of many\r\n\r\nHello\r\n"


async def _deliver(server: LyingSmtp, count: int, connections: int) -> list[Delivery]:
    courier = SmtpCourier(SmtpEndpoint("127.0.0.1", server.port, tls=Tls.NONE), connections)
    envelopes = [
        Envelope("anna@example.com", f"p{number}@example.org", _WIRE, f"{number}@example.com")
        for number in range(count)
    ]
    try:
        return await asyncio.gather(*map(courier.deliver, envelopes))
    finally:
        await courier.close()


async def test_no_more_connections_are_open_than_allowed_and_each_is_used_again() -> None:
    server = LyingSmtp()
    async with server.running():
        deliveries = await _deliver(server, 20, connections=3)
    assert all(isinstance(each, Accepted) for each in deliveries)
    assert server.connections == 3
    assert len({each.recipient for each in deliveries_of(server)}) == 20


async def test_a_dialogue_that_breaks_off_leaves_those_beside_it_alone() -> None:
    server = LyingSmtp()
    server.will("dot", Fault.DROP)
    async with server.running():
        deliveries = await _deliver(server, 12, connections=4)
    assert sum(isinstance(each, Unknown) for each in deliveries) == 1
    assert sum(isinstance(each, Accepted) for each in deliveries) == 11


def deliveries_of(server: LyingSmtp) -> list[Envelope]:
    """What the server took, as envelopes."""
    return [Envelope(each.sender, each.recipient, each.wire, "") for each in server.taken]

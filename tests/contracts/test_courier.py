"""What every Courier promises: the fake, an embedded server, and a real Postfix."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from nurture.mail.delivery import (
    Accepted,
    Envelope,
    Phase,
    Rejected,
    Scope,
)
from nurture.mail.write.smtp_status import says_address_is_dead
from nurture.ports import Courier
from nurture.transport.security import Tls
from nurture.transport.smtp import SmtpCourier
from nurture.transport.smtp_endpoint import SmtpEndpoint
from tests.fakes.courier import FakeCourier
from tests.fakes.load import FakeLoad
from tests.servers.lying_smtp import LyingSmtp
from tests.servers.postfix import Postfix

_JIM, _ANN, _GONE = "jim@example.test", "ann@example.test", "gone@example.test"
_LATER = "nobody@later.test"

Arrived = Callable[[int], Awaitable[list[tuple[str, str, bytes]]]]


@dataclass
class _World:
    courier: Courier
    arrived: Arrived


@pytest.fixture(scope="module")
def lmtp_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="module")
def postfix(lmtp_port: int) -> Iterator[Postfix]:
    with Postfix.running([_JIM, _ANN], lmtp_port, later="later.test") as server:
        yield server


def _fake() -> _World:
    fake = FakeCourier(unknown={_GONE})

    async def arrived(count: int) -> list[tuple[str, str, bytes]]:
        return [(each.sender, each.recipient, each.wire) for each in fake.delivered[:count]]

    return _World(fake, arrived)


async def _real(stack: AsyncExitStack, server: LyingSmtp, port: int = 0) -> _World:
    await stack.enter_async_context(server.running())
    endpoint = SmtpEndpoint("127.0.0.1", port or server.port, tls=Tls.NONE)

    async def arrived(count: int) -> list[tuple[str, str, bytes]]:
        return [(each.sender, each.recipient, each.wire) for each in await server.took(count)]

    return _World(SmtpCourier(endpoint), arrived)


@pytest.fixture(params=["fake", "embedded", pytest.param("postfix", marks=pytest.mark.real)])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[_World]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            made = _fake()
        elif request.param == "embedded":
            made = await _real(stack, LyingSmtp(unknown=frozenset({_GONE})))
        else:
            postfix = request.getfixturevalue("postfix")
            port = request.getfixturevalue("lmtp_port")
            sink = LyingSmtp(port=port, offer=("PIPELINING",), unknown=frozenset({_LATER}))
            made = await _real(stack, sink, postfix.port)
        yield made
        await made.courier.close()


def _envelope(name: str, recipient: str = _JIM) -> Envelope:
    wire = (
        f"From: anna@example.test\r\nTo: {recipient}\r\nSubject: {name}\r\n"
        "Date: Sun, 22 Nov 2026 12:00:00 +0100\r\n"
        f"Message-ID: <{name}@example.test>\r\n\r\n.dot\r\n..two\r\n\r\nend of {name}\r\n"
    )
    return Envelope("ann@example.test", recipient, wire.encode(), f"{name}@example.test")


async def test_what_is_accepted_arrives_as_it_was_handed_over(world: _World) -> None:
    envelope = _envelope("m1")
    delivery = await world.courier.deliver(envelope)
    assert isinstance(delivery, Accepted)
    assert delivery.answer.phase is Phase.BODY
    assert delivery.answer.code == 250
    ((sender, recipient, wire),) = await world.arrived(1)
    assert (sender, recipient) == (envelope.sender, envelope.recipient)
    # A server on the way puts its trace on top and touches nothing else.
    assert wire.endswith(envelope.wire)


async def test_an_unknown_recipient_is_refused_for_good_and_harms_nobody_else(
    world: _World,
) -> None:
    refused = await world.courier.deliver(_envelope("m1", _GONE))
    assert isinstance(refused, Rejected)
    assert (refused.scope, refused.answer.phase) == (Scope.RECIPIENT, Phase.RCPT)
    assert says_address_is_dead(refused)
    assert isinstance(await world.courier.deliver(_envelope("m2")), Accepted)
    arrived = await world.arrived(1)
    assert [wire.endswith(b"end of m2\r\n") for _, _, wire in arrived] == [True]


async def test_many_at_once_arrive_once_each(world: _World) -> None:
    names = [f"m{number}" for number in range(12)]
    deliveries = await asyncio.gather(*(world.courier.deliver(_envelope(each)) for each in names))
    assert all(isinstance(each, Accepted) for each in deliveries)
    arrived = [wire.splitlines()[-1] for _, _, wire in await world.arrived(len(names))]
    assert sorted(arrived) == sorted(f"end of {each}".encode() for each in names)


async def test_a_load_arrives_whole_and_each_of_it_is_told_once(world: _World) -> None:
    names = [f"m{number}" for number in range(12)]
    load = FakeLoad(
        *(_envelope(each, _GONE if each == "m5" else f"jim+{each}@example.test") for each in names)
    )
    await world.courier.carry(load)
    refused = load.told.pop(_GONE)
    assert isinstance(refused, Rejected)
    assert refused.scope is Scope.RECIPIENT
    assert {type(each) for each in load.told.values()} == {Accepted}
    arrived = [wire.splitlines()[-1] for _, _, wire in await world.arrived(len(names) - 1)]
    assert sorted(arrived) == sorted(f"end of {each}".encode() for each in names if each != "m5")


async def test_closing_twice_is_harmless_and_a_later_envelope_opens_again(world: _World) -> None:
    await world.courier.close()
    assert isinstance(await world.courier.deliver(_envelope("m1")), Accepted)
    await world.courier.close()
    await world.courier.close()
    assert isinstance(await world.courier.deliver(_envelope("m2", _ANN)), Accepted)
    assert len(await world.arrived(2)) == 2


@pytest.mark.real
async def test_postfix_bounces_later_by_mail_what_it_accepted_first(
    postfix: Postfix, lmtp_port: int
) -> None:
    async with AsyncExitStack() as stack:
        sink = LyingSmtp(port=lmtp_port, offer=("PIPELINING",), unknown=frozenset({_LATER}))
        world = await _real(stack, sink, postfix.port)
        assert isinstance(await world.courier.deliver(_envelope("m1", _LATER)), Accepted)
        ((sender, recipient, wire),) = await world.arrived(1)
        assert (sender, recipient) == ("", "ann@example.test")
        assert b"report-type=delivery-status" in wire
        assert b"Status: 5.1.1" in wire
        assert b"Original-Envelope-Id: m1@example.test" in wire
        await world.courier.close()

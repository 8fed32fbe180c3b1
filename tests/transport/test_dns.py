"""TXT records asked of a name server that answers, cuts short, refuses, or is not there."""

import asyncio
import socket
from pathlib import Path

import pytest

from nurture.errors import Unreachable
from nurture.transport.dns import Resolver, name_servers
from tests.servers.name_server import name_server

LONG = "v=spf1 " + "include:a.example " * 60 + "-all"
RECORDS = {"carter.example": ("v=spf1 -all", "another"), "long.example": (LONG,)}


async def test_every_text_record_is_given_and_a_stranger_is_not_heard() -> None:
    async with name_server(RECORDS) as port:
        resolver = Resolver(("127.0.0.1",), port)
        assert await resolver.texts("carter.example") == ("v=spf1 -all", "another")
        assert await resolver.texts("long.example") == (LONG,)


async def test_a_name_that_does_not_exist_has_no_records() -> None:
    async with name_server(RECORDS) as port:
        assert await Resolver(("127.0.0.1",), port).texts("nobody.example") == ()


async def test_an_answer_that_was_cut_is_asked_for_again_by_tcp() -> None:
    async with name_server(RECORDS, is_cut=True) as port:
        assert await Resolver(("127.0.0.1",), port).texts("long.example") == (LONG,)


async def test_nobody_there_is_unreachable_and_names_the_server() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = Resolver(("127.0.0.1",), silent.getsockname()[1], patience=0.05)
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1 did not answer"):
            await resolver.texts("carter.example")


@pytest.mark.parametrize("junk", [b"", b"\0" * 11, b"\x81\x80" + b"\xff" * 40])
async def test_nonsense_is_unreachable(junk: bytes) -> None:
    class Liar(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            self.transport.sendto(data[:2] + junk, addr)  # type: ignore[attr-defined]

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Liar, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    with pytest.raises(Unreachable):
        await Resolver(("127.0.0.1",), port, patience=0.2).texts("carter.example")
    transport.close()
    await asyncio.sleep(0)


def test_the_systems_own_servers_are_asked(tmp_path: Path) -> None:
    conf = tmp_path / "resolv.conf"
    conf.write_text("# none\nsearch x\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver x")
    assert name_servers(conf) == ("192.0.2.1", "fe80::1%eth0")
    assert name_servers(tmp_path / "nothing") == ("127.0.0.1",)

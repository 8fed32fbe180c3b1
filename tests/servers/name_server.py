"""A name server on loopback that knows a few TXT records, and may cut its answers short."""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

Records = Mapping[str, tuple[str, ...]]


def _answer(wire: bytes, records: Records, *, is_cut: bool) -> bytes:
    labels, at = [], 12
    while wire[at]:
        labels.append(wire[at + 1 : at + 1 + wire[at]].decode())
        at += 1 + wire[at]
    texts = records.get(".".join(labels))
    code = 3 if texts is None else 0
    flags = 0x8180 | code | (0x0200 if is_cut else 0)
    shown = () if is_cut else texts or ()
    head = wire[:2] + struct.pack(">HHHHH", flags, 1, len(shown), 0, 0)
    return head + wire[12 : at + 5] + b"".join(map(_record, shown))


def _record(text: str) -> bytes:
    raw = text.encode()
    pieces = [raw[start : start + 255] for start in range(0, len(raw), 255)]
    block = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(block)) + block


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, records: Records, is_cut: bool) -> None:
        self._records, self._is_cut = records, is_cut

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        stranger = bytes([data[0] ^ 1]) + _answer(data, self._records, is_cut=False)[1:]
        self._transport.sendto(stranger, addr)
        self._transport.sendto(_answer(data, self._records, is_cut=self._is_cut), addr)


@asynccontextmanager
async def name_server(records: Records, *, is_cut: bool = False) -> AsyncIterator[int]:
    """Its port; with `is_cut` the whole answer is given by TCP alone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack(">H", await reader.readexactly(2))
        answer = _answer(await reader.readexactly(size), records, is_cut=False)
        writer.write(struct.pack(">H", len(answer)) + answer)
        await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    stream = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = stream.sockets[0].getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Datagrams(records, is_cut), local_addr=("127.0.0.1", port)
    )
    try:
        yield port
    finally:
        transport.close()
        await asyncio.sleep(0)
        stream.close()
        await stream.wait_closed()

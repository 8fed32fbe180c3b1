"""TXT records by one question to the system's own name server (RFC 1035, RFC 6891)."""

import asyncio
import ipaddress
import secrets
import socket
import struct
from pathlib import Path
from typing import Final

from nurture.errors import Unreachable
from nurture.value import frozen

_RESOLV_CONF: Final = Path("/etc/resolv.conf")
_TXT, _IN, _OPT = 16, 1, 41
_PAYLOAD: Final = 4096  # what RFC 6891 6.2.5 asks a requestor to begin with
_RECURSE: Final = 0x0100
_CUT_OFF: Final = 0x0200
_RESPONSE: Final = 0x8000
_NO_SUCH_NAME: Final = 3
_POINTER: Final = 0xC0
_MOST_LABELS: Final = 128  # 255 bytes hold no more (RFC 1035 2.3.4)
_TRIES: Final = 2


def name_servers(conf: Path = _RESOLV_CONF) -> tuple[str, ...]:
    """The addresses of resolv.conf(5), in its order; loopback where it names none."""
    try:
        words = [line.split() for line in conf.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ("127.0.0.1",)
    named = [each[1] for each in words if len(each) > 1 and each[0] == "nameserver"]
    return tuple(each for each in named if _is_address(each)) or ("127.0.0.1",)


@frozen
class Resolver:
    """Asks each server in turn; `patience` is the seconds that each of its answers may take."""

    servers: tuple[str, ...] = ()
    port: int = 53
    patience: float = 3

    async def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of this name, each joined; empty where there are none.

        Raises Unreachable where no server answers the question.
        """
        wire, fault = _question(name), "no name server is known"
        for server in (self.servers or name_servers()) * _TRIES:
            try:
                async with asyncio.timeout(self.patience):
                    answer = await _by_datagram(server, self.port, wire)
                    if _flags(answer) & _CUT_OFF:
                        answer = await _by_stream(server, self.port, wire)
                return _texts(answer)
            except _Refusal as error:
                fault = f"{server} says: {error}"
            except TimeoutError:
                fault = f"{server} did not answer"
            except (OSError, ValueError, IndexError, struct.error) as error:
                fault = f"{server}: {error}"
        raise Unreachable(f"{name} cannot be looked up: {fault}")


class _Refusal(Exception):
    """The server answers with an error."""


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word.partition("%")[0])
    except ValueError:
        return False
    return True


def _question(name: str) -> bytes:
    head = struct.pack(">HHHHHH", secrets.randbits(16), _RECURSE, 1, 0, 0, 1)
    labels = [each.encode("idna" if not each.isascii() else "ascii") for each in name.split(".")]
    path = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    optional = b"\0" + struct.pack(">HHIH", _OPT, _PAYLOAD, 0, 0)
    return head + path + struct.pack(">HH", _TXT, _IN) + optional


async def _by_datagram(server: str, port: int, wire: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)
        await loop.sock_connect(channel, (server, port))  # from now on only it is heard
        await loop.sock_sendall(channel, wire)
        while True:
            answer = await loop.sock_recv(channel, _PAYLOAD)
            if answer[:2] == wire[:2]:
                return answer


async def _by_stream(server: str, port: int, wire: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(server, port)
    try:
        writer.write(struct.pack(">H", len(wire)) + wire)
        (size,) = struct.unpack(">H", await reader.readexactly(2))
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        raise OSError("the answer was cut off") from error
    finally:
        writer.close()


def _flags(answer: bytes) -> int:
    flags: int = struct.unpack_from(">H", answer, 2)[0]
    return flags


def _texts(answer: bytes) -> tuple[str, ...]:
    flags = _flags(answer)
    code = flags & 0xF
    if not flags & _RESPONSE:
        raise ValueError("that is no answer")
    if code == _NO_SUCH_NAME:
        return ()
    if code:
        raise _Refusal(f"error {code}")
    questions, count = struct.unpack_from(">HH", answer, 4)
    at = 12
    for _ in range(questions):
        at = _behind_name(answer, at) + 4
    found: list[str] = []
    for _ in range(count):
        at = _behind_name(answer, at)
        kind, _, _, size = struct.unpack_from(">HHIH", answer, at)
        at += 10
        if kind == _TXT:
            found.append(_joined(answer[at : at + size]))
        at += size
    return tuple(found)


def _behind_name(wire: bytes, at: int) -> int:
    for _ in range(_MOST_LABELS):
        length = wire[at]
        if length >= _POINTER:  # it ends the name (RFC 1035 4.1.4)
            return at + 2
        at += 1 + length
        if not length:
            return at
    raise ValueError("a name without end")


def _joined(block: bytes) -> str:
    pieces, at = [], 0
    while at < len(block):
        pieces.append(block[at + 1 : at + 1 + block[at]])
        at += 1 + block[at]
    return b"".join(pieces).decode("utf-8", "replace")

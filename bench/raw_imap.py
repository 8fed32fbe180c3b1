"""The least a client can do to have 20,000 headers in hand: the limit that ours is measured by."""

import email.parser
import re
import socket
import time

_UID = re.compile(rb"UID (\d+)")
_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")
_FIELDS = "BODY.PEEK[HEADER.FIELDS (FROM TO CC DATE)]"
_BLOCK = 500


def read_headers(port: int, user: str, password: str, count: int) -> float:
    """Seconds from the first FETCH until every header is parsed by the standard library."""
    parser = email.parser.BytesHeaderParser()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        stream = sock.makefile("rb", 1 << 20)
        stream.readline()
        seen: list[tuple[int, list[tuple[str, str]]]] = []

        def ask(command: str) -> None:
            sock.sendall(f"a {command}\r\n".encode())
            while not (line := stream.readline()).startswith(b"a "):
                if not line:
                    raise ConnectionError(command)
                if literal := _LITERAL.search(line):
                    block = stream.read(int(literal[1]))
                    uid = _UID.search(line) or _UID.search(stream.readline())
                    seen.append((int(uid[1]) if uid else 0, parser.parsebytes(block).items()))

        ask(f'LOGIN "{user}" "{password}"')
        ask("EXAMINE INBOX")
        began = time.perf_counter()
        for first in range(1, count + 1, _BLOCK):
            ask(f"UID FETCH {first}:{first + _BLOCK - 1} (UID {_FIELDS})")
        took = time.perf_counter() - began
    if len(seen) != count:
        raise ValueError(f"{len(seen)} headers instead of {count}")
    return took

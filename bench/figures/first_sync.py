"""`nurture history` over 20,000 mails against the least that any client must do."""

import asyncio
import time

from bench.laboratory import ACCOUNT, PASSWORD, USER, address_of, dovecot, mailbox_of, store_with
from bench.raw_imap import read_headers
from bench.row import Row
from nurture.flows.read_history import Archive, read_history
from nurture.transport.clock import SystemClock
from tests.servers.dovecot import Dovecot

NAME = "first sync of 20,000 headers / raw client"
GOAL = "<= 3x"
_COUNT = 20_000
_PEOPLE = 500
_ROUNDS = 3


def measure() -> Row:
    """The best of three of each, in turns, on a warm server."""
    with dovecot() as server:
        _fill(server)
        read_headers(server.imap_port, USER, PASSWORD, _COUNT)
        raw, ours = [], []
        for _ in range(_ROUNDS):
            raw.append(read_headers(server.imap_port, USER, PASSWORD, _COUNT))
            ours.append(asyncio.run(_history(server)))
    ratio = min(ours) / min(raw)
    note = f"ours {min(ours):.2f} s, raw with the standard library's parser {min(raw):.2f} s"
    return Row(ratio, "x", ratio <= 3, note)


def _fill(server: Dovecot) -> None:
    folder = server.maildir(USER) / "cur"
    for number in range(_COUNT):
        wire = (
            f"From: P <{address_of(number % _PEOPLE)}>\r\nTo: Anna <{USER}>\r\n"
            f"Date: Mon, 0{number % 9 + 1} Dec 2025 10:00:00 +0100\r\nSubject: {number}\r\n"
            f"Message-ID: <{number}@x.example>\r\n\r\nHello\r\n"
        )
        (folder / f"17650000{number:05d}.M{number}.host:2,S").write_bytes(wire.encode())
    for path in folder.iterdir():
        server._own(path)


async def _history(server: Dovecot) -> float:
    async with store_with(_PEOPLE) as store:
        mailbox = mailbox_of(server)
        own = ACCOUNT.own_addresses
        archive = Archive(own, store.people, store.incoming, mailbox, SystemClock())
        began = time.perf_counter()
        found = await read_history(archive, lambda _done: None)
        took = time.perf_counter() - began
        await mailbox.close()
    if (found.mails, found.contacts) != (_COUNT, _PEOPLE):
        raise ValueError(f"read {found}")
    return took

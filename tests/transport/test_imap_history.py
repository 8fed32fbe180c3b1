"""Conversations, past headers and a day's ration, against a scripted server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nurture.mail.cursor import SPARING_BYTES, Fetched, Folder
from nurture.mail.read.heading import Heading
from nurture.transport import imap_ration
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.imap_ration import Ration
from nurture.transport.security import Tls
from tests.servers.lying_imap import PASSWORD, THREAD, Lie, LyingImap

SINCE = datetime(2026, 3, 2, tzinfo=UTC)
HEAD = b"From: Ada <ada@x.example>\r\nTo: me@x.example, b@x.example\r\n"
DATED = HEAD + b"Date: Mon, 02 Mar 2026 10:00:00 +0100\r\n\r\n"


@pytest.fixture
async def server() -> AsyncIterator[LyingImap]:
    async with LyingImap({3: DATED + b"Hi\r\n"}).running() as running:
        yield running


def mailbox_of(server: LyingImap, **fields: object) -> ImapMailbox:
    endpoint = ImapEndpoint("127.0.0.1", server.port, "me", PASSWORD, Tls.NONE)
    return ImapMailbox(replace(endpoint, **fields))


async def read(mailbox: ImapMailbox) -> list[Fetched]:
    await mailbox.open()
    found = [one async for one in mailbox.fetch(Folder.INBOX, None, SINCE)]
    await mailbox.close()
    return found


async def test_the_conversation_is_asked_for_where_the_server_names_it(server: LyingImap) -> None:
    (without,) = await read(mailbox_of(server))
    server.lies.add(Lie.GMAIL)
    (named,) = await read(mailbox_of(server))
    assert (without.thread, named.thread) == ("", THREAD)
    assert sum("X-GM-THRID" in command for command in server.commands) == 1


async def test_past_headers_come_in_blocks_and_nothing_else_is_fetched(server: LyingImap) -> None:
    server.messages = dict.fromkeys(range(1, 451), DATED)
    mailbox = mailbox_of(server)
    await mailbox.open()
    blocks = [block async for block in mailbox.headings(Folder.INBOX)]
    missing = [block async for block in mailbox.headings(Folder.SENT)]
    await mailbox.close()
    assert [len(block) for block in blocks] == [200, 200, 50]
    assert missing == []
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert blocks[0][0] == Heading("ada@x.example", ("me@x.example", "b@x.example"), at)
    fetches = [command for command in server.commands if "FETCH" in command]
    assert all("BODY.PEEK[HEADER.FIELDS" in command for command in fetches)


async def test_p27_a_day_that_has_cost_its_bytes_goes_on_by_beginnings(server: LyingImap) -> None:
    large = DATED + b"x" * (3 * SPARING_BYTES)
    server.messages = dict.fromkeys((3, 4, 5), large)
    mailbox = mailbox_of(server, daily_bytes=len(large) + 1)
    found = await read(mailbox)
    assert [len(one.raw) for one in found] == [len(large), len(large), SPARING_BYTES]
    assert [one.size for one in found] == [len(large)] * 3
    assert len({one.digest for one in found}) == 1
    assert mailbox.is_sparing


def test_a_ration_begins_anew_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(imap_ration, "monotonic", lambda: now)
    ration = Ration(100)
    ration.take(100)
    assert ration.is_spent
    now = 24 * 3600.0
    assert not ration.is_spent
    ration.take(99)
    assert not ration.is_spent


async def test_a_folder_that_appears_later_is_found_without_a_new_login(
    server: LyingImap,
) -> None:
    inbox, junk = server.folders
    server.folders = (inbox,)
    mailbox = mailbox_of(server)
    await mailbox.open()
    assert await mailbox.position(Folder.JUNK) is None
    server.folders = (inbox, junk)
    assert await mailbox.position(Folder.JUNK) is not None
    await mailbox.close()
    assert sum("LOGIN" in command for command in server.commands) == 1

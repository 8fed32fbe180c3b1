"""Whatever a server does to us ends in Unreachable or Refused, in time, and the next open works."""

import asyncio
import logging
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nurture.errors import Misconfigured, Refused, Unreachable
from nurture.mail.cursor import Cursor, Fetched, Folder
from nurture.transport.imap import Deadlines, ImapEndpoint, ImapMailbox
from nurture.transport.security import Login, Tls
from tests.fakes.tokens import FakeTokens
from tests.servers.lying_imap import PASSWORD, Lie, LyingImap

SOON = 0.4
DEADLINES = Deadlines(
    connect=SOON,
    login=SOON,
    command=3 * SOON,
    fetch=2 * SOON,
    acknowledge=SOON,
    poll=0.02,
    leave=SOON,
)
SINCE = datetime(2026, 3, 2, tzinfo=UTC)
RAW = b"Subject: (hello\r\n\r\n* BYE\r\nnot protocol at all\r\n"


@pytest.fixture
async def server() -> AsyncIterator[LyingImap]:
    async with LyingImap({3: RAW, 5: RAW}).running() as running:
        yield running


@pytest.fixture
async def mailbox(server: LyingImap) -> AsyncIterator[ImapMailbox]:
    made = ImapMailbox(endpoint(server))
    yield made
    await made.close()


def endpoint(server: LyingImap) -> ImapEndpoint:
    return ImapEndpoint(
        "127.0.0.1", server.port, "me@example.org", PASSWORD, Tls.NONE, deadlines=DEADLINES
    )


async def read(mailbox: ImapMailbox, after: Cursor | None = None) -> list[Fetched]:
    return [one async for one in mailbox.fetch(Folder.INBOX, after, SINCE)]


async def assert_works(mailbox: ImapMailbox) -> None:
    await mailbox.open()
    assert [(one.uid, one.raw, one.size) for one in await read(mailbox)] == [
        (3, RAW, len(RAW)),
        (5, RAW, len(RAW)),
    ]


@pytest.mark.parametrize(
    ("lie", "fault", "words"),
    [
        (Lie.SILENT_GREETING, Unreachable, "no answer to greeting"),
        (Lie.BYE_GREETING, Unreachable, "too many connections"),
        (Lie.BYE_AT_LOGIN, Unreachable, "shutting down"),
        (Lie.SILENT_LOGIN, Unreachable, "no answer to LOGIN"),
        (Lie.NO_AT_LOGIN, Refused, "Invalid credentials"),
        (Lie.BUSY_AT_LOGIN, Unreachable, "try later"),
        (Lie.BAD_AT_LOGIN, Unreachable, "not connected"),
    ],
)
async def test_a_failed_opening_says_why_and_the_next_one_works(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie, fault: type[Exception], words: str
) -> None:
    server.lies = {lie}
    with pytest.raises(Unreachable, match=words) as caught:
        await asyncio.wait_for(mailbox.open(), 3)
    assert type(caught.value) is fault
    assert PASSWORD not in str(caught.value)
    server.lies = set()
    await assert_works(mailbox)


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (Lie.NO_AT_EXAMINE, "renamed by somebody"),
        (Lie.NO_AT_SEARCH, "index broken"),
        (Lie.BYE_AT_FETCH, "AccessTokenExpired"),
        (Lie.SILENT_FETCH, "no answer to UID FETCH"),
        (Lie.CLOSED_MID_LITERAL, "closed the connection"),
        (Lie.LITERAL_TOO_LONG, "no answer to UID FETCH"),
        (Lie.LITERAL_TOO_SHORT, "nobody gave"),
        (Lie.HUGE_LITERAL, "more than asked for"),
        (Lie.ENDLESS_LINE, "without an end"),
        (Lie.ENDLESS_ANSWER, "answers without an end"),
        (Lie.WRONG_TAG, "nobody gave"),
        (Lie.GARBAGE, "nobody gave"),
    ],
)
async def test_a_failed_reading_says_why_and_the_next_one_works(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie, words: str
) -> None:
    await mailbox.open()
    server.lies = {lie}
    with pytest.raises(Unreachable, match=words):
        await asyncio.wait_for(read(mailbox), 5)
    with pytest.raises(Unreachable, match="not connected any more"):
        await mailbox.position(Folder.INBOX)
    server.lies = set()
    await assert_works(mailbox)


@pytest.mark.parametrize(
    ("lie", "seconds", "words"),
    [
        (Lie.SILENT_IDLE, 60, "no answer to IDLE"),
        (Lie.IDLE_REFUSED, 60, "ended IDLE by itself"),
        (Lie.BYE_IN_IDLE, 60, "going down"),
        (Lie.TOKEN_EXPIRES_IN_IDLE, 60, "AccessTokenExpired"),
        (Lie.CLOSED_IN_IDLE, 60, "closed the connection"),
        (Lie.FROZEN_IN_IDLE, SOON, "no answer to IDLE"),
    ],
)
async def test_a_listening_that_dies_is_noticed_and_the_next_one_works(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie, seconds: float, words: str
) -> None:
    await mailbox.open()
    server.lies = {lie}
    with pytest.raises(Unreachable, match=words):
        await asyncio.wait_for(mailbox.wait(seconds), 3)
    server.lies = set()
    await assert_works(mailbox)
    assert await mailbox.wait(0.01) is False


@pytest.mark.parametrize(
    "lie",
    [Lie.DUPLICATE_UIDS, Lie.UID_BEHIND_LITERAL, Lie.CHATTER, Lie.ONE_BYTE_PACKETS, Lie.NO_UIDNEXT],
)
async def test_an_odd_server_is_read_all_the_same(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie
) -> None:
    server.lies = {lie}
    await assert_works(mailbox)
    assert await mailbox.position(Folder.INBOX) == Cursor(7, 5)
    assert await read(mailbox, Cursor(7, 5)) == []
    assert not [command for command in server.commands if command.startswith("STATUS")]
    server.lies -= {Lie.CHATTER}
    assert await mailbox.wait(0.01) is False


async def test_what_is_deleted_while_it_is_read_is_left_out(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await mailbox.open()
    server.lies = {Lie.EXPUNGED_WHILE_FETCHING}
    assert await read(mailbox) == []
    server.lies = set()
    await assert_works(mailbox)


async def test_news_without_mail_wakes_once_and_finds_nothing(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await assert_works(mailbox)
    server.lies = {Lie.EXISTS_WITHOUT_MAIL}
    assert await mailbox.wait(1) is True
    assert await read(mailbox, Cursor(7, 5)) == []
    server.lies = set()
    assert await mailbox.wait(0.01) is False


async def test_a_push_wakes_and_flags_or_a_sign_of_life_do_not(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await assert_works(mailbox)
    waiting = asyncio.ensure_future(mailbox.wait(5))
    await asyncio.wait_for(server.is_idling.wait(), 1)
    server.push("OK Still here")
    server.push("1 FETCH (FLAGS (\\Seen))")
    ended, _ = await asyncio.wait({waiting}, timeout=0.05)
    assert not ended
    server.push("3 EXISTS")
    assert await asyncio.wait_for(waiting, 1) is True
    assert await mailbox.wait(0.01) is False


async def test_a_listening_gives_way_and_goes_on(server: LyingImap, mailbox: ImapMailbox) -> None:
    await assert_works(mailbox)
    waiting = asyncio.ensure_future(mailbox.wait(20))
    for _ in range(2):
        await asyncio.wait_for(server.is_idling.wait(), 1)
        await asyncio.wait_for(mailbox.position(Folder.JUNK), 1)
    await asyncio.wait_for(server.is_idling.wait(), 1)
    assert not waiting.done()
    server.push("3 EXISTS")
    assert await asyncio.wait_for(waiting, 1) is True


async def test_a_folder_renumbered_while_it_is_read_is_left_at_once(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await mailbox.open()
    reading = mailbox.fetch(Folder.INBOX, None, SINCE)
    assert (await anext(reading)).uid == 3
    await mailbox.holds(Folder.JUNK, "another@folder.example")
    server.uidvalidity = 8
    with pytest.raises(Unreachable, match="renumbered"):
        await anext(reading)
    assert [one.uidvalidity for one in await reread(mailbox)] == [8, 8]


async def reread(mailbox: ImapMailbox) -> list[Fetched]:
    await mailbox.open()
    return await read(mailbox)


async def test_where_idle_is_not_offered_it_is_asked_again_and_again(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    server.lies = {Lie.NO_IDLE}
    await assert_works(mailbox)
    assert await mailbox.wait(0.05) is False
    server.lies |= {Lie.CHATTER}
    assert await asyncio.wait_for(mailbox.wait(5), 1) is True
    assert "IDLE" not in server.commands


async def test_a_changed_uidvalidity_reads_since_the_day_before(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await assert_works(mailbox)
    await mailbox.close()
    server.uidvalidity, server.messages = 8, {1: RAW}
    await mailbox.open()
    assert [one.cursor for one in await read(mailbox, Cursor(7, 5))] == [Cursor(8, 1)]
    assert "UID SEARCH SINCE 1-Mar-2026" in server.commands


async def test_a_cancelled_call_throws_the_connection_away(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await mailbox.open()
    waiting = asyncio.ensure_future(mailbox.wait(5))
    await asyncio.wait_for(server.is_idling.wait(), 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(Unreachable, match="not connected any more"):
        await mailbox.position(Folder.INBOX)
    await assert_works(mailbox)


async def test_a_hung_up_connection_ends_the_listening_at_once(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await mailbox.open()
    waiting = asyncio.ensure_future(mailbox.wait(60))
    await asyncio.wait_for(server.is_idling.wait(), 1)
    server.hang_up()
    with pytest.raises(Unreachable, match="closed the connection"):
        await asyncio.wait_for(waiting, 1)


async def test_a_listening_that_the_server_ends_is_over_at_once(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    await mailbox.open()
    waiting = asyncio.ensure_future(mailbox.wait(60))
    await asyncio.wait_for(server.is_idling.wait(), 1)
    server.end_idle()
    with pytest.raises(Unreachable, match="ended IDLE by itself"):
        await asyncio.wait_for(waiting, 1)


async def test_an_expired_token_is_refused_and_a_new_one_is_asked_for(server: LyingImap) -> None:
    tokens = FakeTokens("old", "new")
    mailbox = ImapMailbox(replace(endpoint(server), secret=tokens, login=Login.XOAUTH2))
    server.token = "new"
    with pytest.raises(Refused, match=r"token expired.*was the login made as me@example\.org"):
        await asyncio.wait_for(mailbox.open(), 3)
    assert tokens.doubted == ["old"]
    await assert_works(mailbox)
    await mailbox.close()
    assert tokens.asked == 2


async def test_a_session_begins_anew_before_its_token_ends(server: LyingImap) -> None:
    tokens = FakeTokens("old", "new", lasts=0.2)
    mailbox = ImapMailbox(replace(endpoint(server), secret=tokens, login=Login.XOAUTH2))
    await mailbox.open()
    await mailbox.open()
    assert tokens.asked == 1
    assert not await asyncio.wait_for(mailbox.wait(60), 2)  # no mail came, yet it ends
    server.token = "new"
    await mailbox.open()
    assert server.commands.count("LOGOUT") == 1
    await mailbox.close()


async def test_without_a_token_no_server_is_called(server: LyingImap) -> None:
    mailbox = ImapMailbox(replace(endpoint(server), secret=FakeTokens(), login=Login.XOAUTH2))
    with pytest.raises(Refused, match="nobody has logged in"):
        await mailbox.open()
    assert server.commands == []


@pytest.mark.parametrize(
    ("lie", "words"),
    [(Lie.NO_STARTTLS, "refuses STARTTLS"), (Lie.INJECTED_STARTTLS, "behind STARTTLS")],
)
async def test_no_password_leaves_where_starttls_is_stripped(
    server: LyingImap, lie: Lie, words: str
) -> None:
    server.lies = {lie}
    mailbox = ImapMailbox(replace(endpoint(server), tls=Tls.STARTTLS))
    with pytest.raises(Unreachable, match=words):
        await mailbox.open()
    assert not [command for command in server.commands if "LOGIN" in command]


async def test_a_huge_literal_costs_no_memory(server: LyingImap, mailbox: ImapMailbox) -> None:
    server.messages[6] = b"x" * (1 << 20)
    server.lies = {Lie.WHOLE_BODIES}
    mailbox = ImapMailbox(replace(endpoint(server), max_message_bytes=1000))
    await mailbox.open()
    tracemalloc.start()
    with pytest.raises(Unreachable, match="more than asked for"):
        await read(mailbox)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
    assert "BODY.PEEK[]<0.1000>" in server.commands[-1]


async def test_nothing_secret_is_logged(
    server: LyingImap, mailbox: ImapMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await assert_works(mailbox)
    assert PASSWORD not in caplog.text
    assert "not protocol at all" not in caplog.text
    assert PASSWORD not in repr(endpoint(server))


async def test_a_junk_folder_that_is_not_there_is_told_with_what_is(server: LyingImap) -> None:
    mailbox = ImapMailbox(replace(endpoint(server), folders={Folder.JUNK: "Unfug"}))
    with pytest.raises(Refused, match=r"'Unfug'.*INBOX, Spam"):
        await mailbox.open()


async def test_a_closed_port_is_unreachable(server: LyingImap) -> None:
    gone = replace(endpoint(server), port=1)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 "):
        await ImapMailbox(gone).open()


def test_plain_text_is_for_loopback_alone() -> None:
    with pytest.raises(Misconfigured, match="loopback only"):
        ImapEndpoint("imap.example.org", 143, "me", "secret", Tls.NONE)
    assert ImapEndpoint("localhost", 143, "me", "secret", Tls.NONE).place == "localhost:143 (IMAP)"

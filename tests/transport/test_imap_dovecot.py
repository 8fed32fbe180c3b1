"""The guarded client against a real server that is frozen, killed, and spoken to over TLS."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from nurture.errors import Refused, Unreachable
from nurture.mail.cursor import Fetched, Folder
from nurture.transport.imap import Deadlines, ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.servers.dovecot import HOST, JUNK, Dovecot

pytestmark = pytest.mark.real

USER, PASSWORD = "owner@example.org", "pass word"
DEADLINES = Deadlines(connect=1, login=5, command=0.5, fetch=2, acknowledge=0.5, leave=0.5)
RAW = b"Subject: hello\r\n\r\nWorld\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot.running({USER: PASSWORD, "away@example.org": PASSWORD}) as running:
        yield running


@pytest.fixture
async def mailbox(server: Dovecot) -> AsyncIterator[ImapMailbox]:
    made = made_for(server)
    await made.open()
    yield made
    await made.close()


def made_for(
    server: Dovecot, tls: Tls = Tls.NONE, host: str = HOST, password: str = PASSWORD
) -> ImapMailbox:
    port = server.imaps_port if tls is Tls.IMPLICIT else server.imap_port
    return ImapMailbox(
        ImapEndpoint(
            host, port, USER, password, tls, ca_file=server.certificate, deadlines=DEADLINES
        )
    )


async def read(mailbox: ImapMailbox) -> list[Fetched]:
    since = datetime.now(UTC)
    return [one async for one in mailbox.fetch(Folder.INBOX, None, since)]


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
async def test_reads_over_tls(server: Dovecot, tls: Tls) -> None:
    mailbox = made_for(server, tls)
    await mailbox.open()
    known = len(await read(mailbox))
    server.deliver(USER, RAW)
    assert len(await read(mailbox)) == known + 1
    await mailbox.close()
    assert "TLS" in server.log()


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
async def test_a_certificate_nobody_vouches_for_is_refused_with_advice(
    server: Dovecot, tls: Tls
) -> None:
    port = server.imaps_port if tls is Tls.IMPLICIT else server.imap_port
    mailbox = ImapMailbox(ImapEndpoint(HOST, port, USER, PASSWORD, tls, deadlines=DEADLINES))
    with pytest.raises(Unreachable, match="ca_file"):
        await mailbox.open()


async def test_tls_on_a_plain_port_says_so(server: Dovecot) -> None:
    endpoint = ImapEndpoint(HOST, server.imap_port, USER, PASSWORD, deadlines=DEADLINES)
    with pytest.raises(Unreachable, match="check port and tls"):
        await ImapMailbox(endpoint).open()


async def test_a_wrong_password_is_refused_in_the_servers_words(server: Dovecot) -> None:
    with pytest.raises(Refused, match="AUTHENTICATIONFAILED"):
        await made_for(server, password="wrong").open()


async def test_a_frozen_server_is_noticed_and_read_again_after_the_thaw(
    server: Dovecot, mailbox: ImapMailbox
) -> None:
    known = len(await read(mailbox))
    waiting = asyncio.ensure_future(mailbox.wait(0.3))
    await asyncio.wait({waiting}, timeout=0.1)
    server.freeze()
    try:
        started = time.monotonic()
        with pytest.raises(Unreachable, match="no answer to IDLE"):
            await waiting
        with pytest.raises(Unreachable, match="no answer"):
            await mailbox.open()
        assert time.monotonic() - started < 4
    finally:
        server.thaw()
    server.deliver(USER, RAW)
    await mailbox.open()
    assert len(await read(mailbox)) == known + 1


async def test_a_killed_session_ends_the_listening_at_once(
    server: Dovecot, mailbox: ImapMailbox
) -> None:
    waiting = asyncio.ensure_future(mailbox.wait(30))
    await asyncio.wait({waiting}, timeout=0.1)
    server.kill_sessions()
    with pytest.raises(Unreachable):
        await asyncio.wait_for(waiting, 2)
    await mailbox.open()
    assert await mailbox.position(Folder.INBOX) is not None


async def test_no_file_is_touched_by_reading(server: Dovecot, mailbox: ImapMailbox) -> None:
    server.deliver(USER, RAW)
    new = server.maildir(USER) / "new"
    before = sorted(new.iterdir())
    await read(mailbox)
    await mailbox.wait(0.05)
    assert sorted(new.iterdir()) == before  # SELECT would have moved them to cur
    assert not list((server.maildir(USER) / "cur").iterdir())


async def test_mail_through_lmtp_wakes_the_listening(server: Dovecot, mailbox: ImapMailbox) -> None:
    await read(mailbox)
    waiting = asyncio.ensure_future(mailbox.wait(10))
    await asyncio.wait({waiting}, timeout=0.1)
    await asyncio.to_thread(server.deliver_by_lmtp, "a@b.example", USER, RAW)
    assert await asyncio.wait_for(waiting, 5) is True
    assert (await read(mailbox))[-1].raw.endswith(RAW)


async def test_a_thousand_messages_in_one_folder_are_read_in_order(
    server: Dovecot, mailbox: ImapMailbox
) -> None:
    known = len(await read(mailbox))
    for number in range(1000):
        server.deliver(USER, b"Subject: %d\r\n\r\n(\r\n" % number)
    found = (await read(mailbox))[known:]
    assert [one.raw for one in found] == [
        b"Subject: %d\r\n\r\n(\r\n" % number for number in range(1000)
    ]


async def test_a_sieve_vacation_answers_through_the_submission_port() -> None:
    answers: asyncio.Queue[Envelope] = asyncio.Queue()

    class Taker:
        async def handle_DATA(  # noqa: N802 aiosmtpd looks for this name
            self, _server: SMTP, _session: object, mail: Envelope
        ) -> str:
            await answers.put(mail)
            return "250 2.0.0 Ok"

    loop = asyncio.get_running_loop()
    taker = await loop.create_server(lambda: SMTP(Taker(), hostname="x", loop=loop), HOST, 0)
    port = taker.sockets[0].getsockname()[1]
    with Dovecot.running({USER: PASSWORD}, submission_port=port) as server:
        server.install_sieve(USER, 'require "vacation"; vacation :days 1 "I am away.";')
        headers = f"From: a@b.example\r\nTo: {USER}\r\nMessage-ID: <1@b.example>\r\n"
        raw = headers.encode() + RAW
        await asyncio.to_thread(server.deliver_by_lmtp, "a@b.example", USER, raw)
        answer = await asyncio.wait_for(answers.get(), 5)
    taker.close()
    assert answer.rcpt_tos == ["a@b.example"]
    assert b"Auto-Submitted: auto-replied" in answer.content


async def test_a_folder_that_is_renamed_while_it_is_read_is_found_again(
    server: Dovecot, mailbox: ImapMailbox
) -> None:
    junk, renamed = server.maildir(USER, JUNK), server.maildir(USER, "Abfall")
    assert await mailbox.position(Folder.JUNK) is not None
    junk.rename(renamed)
    try:
        with suppress(Unreachable):
            await mailbox.position(Folder.JUNK)
            _ = [one async for one in mailbox.fetch(Folder.JUNK, None, datetime.now(UTC))]
        await mailbox.open()
        assert await mailbox.position(Folder.INBOX) is not None
        with suppress(Unreachable):
            await mailbox.position(Folder.JUNK)
    finally:
        renamed.rename(junk)
    await mailbox.close()  # Dovecot itself remembers its folders for as long as a session lasts
    await mailbox.open()
    assert await mailbox.position(Folder.JUNK) is not None


async def test_past_headers_are_read_without_a_mark(server: Dovecot, mailbox: ImapMailbox) -> None:
    server.deliver(USER, b"From: ada@x.example\r\nTo: me@x.example\r\n\r\nHi\r\n")
    found = [each async for block in mailbox.headings(Folder.INBOX) for each in block]
    assert "ada@x.example" in {each.sender for each in found}
    assert not any("S" in file.name.partition(":2,")[2] for file in server.maildir(USER).rglob("*"))

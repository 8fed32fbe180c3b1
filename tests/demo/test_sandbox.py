"""The embedded provider behaves as the demo's proof needs it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiosmtplib
import pytest

from nurture.demo.sandbox import Received, Sandbox
from nurture.errors import Unreachable
from nurture.mail.cursor import Folder
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.imap_connection import Connection
from nurture.transport.security import Tls

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWNER, PERSONA, GONE = "owner@studio.example", "anna@client.example", "Gone@client.example"
WIRE = b"Subject: hello\r\n\r\n.dots stay\r\n"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    made = Sandbox(lambda: NOW, refuse={GONE: "550 5.1.1 No such user"})
    await made.start({OWNER: "pw"})
    yield made
    await made.close()


async def submit(sandbox: Sandbox, recipient: str, password: str = "pw") -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False)
    async with client:
        if password:
            await client.login(OWNER, password)
        await client.sendmail(OWNER, [recipient], WIRE)


async def test_mail_to_a_persona_is_received_and_handed_on(sandbox: Sandbox) -> None:
    heard: list[Received] = []
    sandbox.on_mail = heard.append
    await submit(sandbox, PERSONA)
    assert heard == [Received(OWNER, PERSONA, WIRE, NOW)]
    assert sandbox.received == heard


async def test_mail_to_a_user_lies_in_the_inbox(sandbox: Sandbox) -> None:
    await submit(sandbox, OWNER.upper())
    mailbox = ImapMailbox(ImapEndpoint("127.0.0.1", sandbox.imap_port, OWNER, "pw", Tls.NONE))
    await mailbox.open()
    found = [one async for one in mailbox.fetch(Folder.INBOX, None, NOW)]
    await mailbox.close()
    assert [(one.raw, one.arrived_at) for one in found] == [(WIRE, NOW)]


async def test_an_unknown_recipient_meets_the_given_reply_and_receives_nothing(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused, match=r"5\.1\.1 No such user"):
        await submit(sandbox, GONE.lower())
    assert sandbox.received == []


async def test_nobody_submits_without_the_password(sandbox: Sandbox) -> None:
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await submit(sandbox, PERSONA, password="wrong")
    with pytest.raises(aiosmtplib.SMTPResponseException, match="Authentication required"):
        await submit(sandbox, PERSONA, password="")
    assert sandbox.received == []


async def test_closing_ends_a_submission_that_is_kept_open(sandbox: Sandbox) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False)
    await client.connect()
    await asyncio.wait_for(sandbox.close(), 2)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()


async def test_what_came_just_before_idle_is_told_at_its_start(sandbox: Sandbox) -> None:
    connection = Connection("sandbox", 1 << 20)
    await connection.connect("127.0.0.1", sandbox.imap_port, None, 2)
    await connection.log_in(OWNER, "pw", 2)
    await connection.examine("INBOX", 2)
    await sandbox.deliver(OWNER, WIRE)
    await asyncio.wait_for(connection.listen(20, 2), 2)
    assert connection.has_news
    await connection.leave(2)


async def test_hidden_mailboxes_come_back_as_they_were(sandbox: Sandbox) -> None:
    mailbox = ImapMailbox(ImapEndpoint("127.0.0.1", sandbox.imap_port, OWNER, "pw", Tls.NONE))
    await mailbox.open()
    waiting = asyncio.ensure_future(mailbox.wait(20))
    await asyncio.wait({waiting}, timeout=0.05)
    await sandbox.hide_mailboxes()
    with pytest.raises(Unreachable):
        await asyncio.wait_for(waiting, 2)
    with pytest.raises(Unreachable):
        await mailbox.open()
    await sandbox.deliver(OWNER, WIRE)
    await sandbox.show_mailboxes()
    await mailbox.open()
    assert [one.raw async for one in mailbox.fetch(Folder.INBOX, None, NOW)] == [WIRE]
    await mailbox.close()

"""A draft is put into its folder once and taken out alone, whatever the server can and says."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from nurture.errors import Unreachable
from nurture.mail.cursor import Cursor, Folder
from nurture.ports import Declined, TakenBack
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.servers.lying_imap import PASSWORD, Lie, LyingImap

WIRE = b"Message-ID: <7.1@carter.example>\r\n\r\nDear Ada\r\n"
OTHER = b"Message-ID: <other@carter.example>\r\n\r\nDear Bob\r\n"
ID = "7.1@carter.example"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOLDERS = ('(\\HasNoChildren) "/" INBOX', '(\\Drafts) "/" "Kladde"', '() "/" "Drafts"')


@pytest.fixture
async def server() -> AsyncIterator[LyingImap]:
    async with LyingImap({5: OTHER}, folders=FOLDERS).running() as running:
        yield running


@pytest.fixture
async def mailbox(server: LyingImap) -> AsyncIterator[ImapMailbox]:
    made = ImapMailbox(endpoint(server))
    yield made
    await made.close()


def endpoint(server: LyingImap) -> ImapEndpoint:
    return ImapEndpoint("127.0.0.1", server.port, "me@example.org", PASSWORD, Tls.NONE)


async def placed(mailbox: ImapMailbox) -> Cursor:
    await mailbox.open()
    place = await mailbox.file_draft(WIRE, ID, AT)
    assert isinstance(place, Cursor)
    return place


@pytest.mark.parametrize("lies", [set(), {Lie.NO_UIDPLUS}])
async def test_it_is_filed_where_the_server_keeps_drafts_and_taken_out_by_its_uid(
    server: LyingImap, mailbox: ImapMailbox, lies: set[Lie]
) -> None:
    server.lies = lies
    assert await placed(mailbox) == Cursor(7, 6)
    assert server.messages == {5: OTHER, 6: WIRE}
    (append,) = [each for each in server.commands if each.startswith("APPEND")]
    wanted = r'APPEND "Kladde" \(\\Draft \\Seen\) "02-Mar-2026 09:00:00 \+0000" \{\d+\}'
    assert re.fullmatch(wanted, append)
    assert await mailbox.take_back(ID, Cursor(7, 6)) is TakenBack.DONE
    assert server.messages == {5: OTHER}


async def test_without_uidplus_nobody_elses_mail_is_deleted_with_it(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    server.lies = {Lie.NO_UIDPLUS}
    place = await placed(mailbox)
    server.deleted = {5}  # by the owner, who may still think better of it
    answer = await mailbox.take_back(ID, place)
    assert isinstance(answer, Declined)
    assert "marked as deleted" in answer.why
    assert server.messages == {5: OTHER, 6: WIRE}
    assert server.deleted == {5}


async def test_a_server_that_drops_us_behind_the_filing_gets_it_once(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    server.lies = {Lie.CLOSED_BEHIND_APPEND}
    await mailbox.open()
    with pytest.raises(Unreachable):
        await mailbox.file_draft(WIRE, ID, AT)
    server.lies = set()
    assert await placed(mailbox) == Cursor(7, 6)
    assert server.messages == {5: OTHER, 6: WIRE}


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (Lie.NO_AT_APPEND, "the server does not take it: NO [OVERQUOTA] the mailbox is full"),
        (Lie.NO_AT_EXAMINE, "the Drafts folder cannot be opened: NO [NONEXISTENT]"),
    ],
)
async def test_a_no_to_a_filing_is_an_answer_and_the_connection_stays(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie, words: str
) -> None:
    await mailbox.open()
    server.lies = {lie}
    answer = await mailbox.file_draft(WIRE, ID, AT)
    assert isinstance(answer, Declined)
    assert answer.why.startswith(words)
    server.lies = set()
    assert await placed(mailbox) == Cursor(7, 6)
    assert [each for each in server.commands if each.startswith("LOGIN")][1:] == []


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (Lie.READ_ONLY, "the Drafts folder cannot be changed: OK [READ-ONLY]"),
        (Lie.NO_AT_STORE, "it cannot be deleted: NO [NOPERM] not yours"),
        (Lie.NO_AT_EXPUNGE, "it cannot be deleted: NO [NOPERM] not yours"),
    ],
)
async def test_a_no_to_taking_back_is_an_answer(
    server: LyingImap, mailbox: ImapMailbox, lie: Lie, words: str
) -> None:
    place = await placed(mailbox)
    server.lies = {lie}
    answer = await mailbox.take_back(ID, place)
    assert isinstance(answer, Declined)
    assert answer.why.startswith(words)


async def test_a_renumbered_folder_proves_nothing_so_nothing_is_deleted(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    place = await placed(mailbox)
    server.uidvalidity = 8
    assert await mailbox.take_back(ID, place) is TakenBack.CHANGED
    assert server.messages[6] == WIRE


async def test_one_that_the_owners_program_has_marked_as_deleted_is_gone(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    place = await placed(mailbox)
    server.deleted = {6}
    assert await mailbox.take_back(ID, place) is TakenBack.ABSENT


async def test_a_folder_is_known_by_name_where_no_server_says_what_it_is_for(
    server: LyingImap, mailbox: ImapMailbox
) -> None:
    server.folders = ('() "/" INBOX', '() "/" "Entw&APw-rfe"')
    await placed(mailbox)
    assert any(each.startswith('APPEND "Entw&APw-rfe"') for each in server.commands)


@pytest.mark.parametrize(
    ("name", "found"), [("Drafts", Cursor(7, 6)), ("Papers", Declined("there is no Drafts folder"))]
)
async def test_a_folder_that_the_settings_name_stands_alone(
    server: LyingImap, name: str, found: Cursor | Declined
) -> None:
    named = ImapMailbox(replace(endpoint(server), folders={Folder.DRAFTS: name}))
    await named.open()
    assert await named.file_draft(WIRE, ID, AT) == found
    appended = [each for each in server.commands if each.startswith("APPEND")]
    assert all(each.startswith('APPEND "Drafts"') for each in appended)
    await named.close()

"""The Drafts folder of a real server: each way of a copy, and a folder that nobody may change."""

import imaplib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from nurture.core.draft import CopyState, DraftState
from nurture.errors import Unreachable
from nurture.flows.answer_draft import Bureau, accept_draft, skip_draft
from nurture.ports import Draft
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.fakes.small_house import ACCOUNT, SEQUENCE, SmallHouse, mail_from, person
from tests.servers.dovecot import DRAFTS, HOST, Dovecot

pytestmark = pytest.mark.real

PASSWORD = "secret"
ADA = person("Ada", "Brandt")
ASKED = SEQUENCE.replace("email: first.md", "email: first.md, approval: required")
SOON = timedelta(minutes=3)
SPELT = {"drafts": '"Entw&APw-rfe"', "sent": '"Verschickt &- &APY-"'}
ROOMY, FULL = [f"anna{number}@carter.example" for number in range(9)], "full@carter.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot.running(dict.fromkeys((*ROOMY, FULL), PASSWORD), full=(FULL,)) as running:
        yield running


@pytest.fixture(scope="module")
def users() -> Iterator[str]:
    return iter(ROOMY)


@dataclass
class Office:
    """A house on fakes with a real mailbox, and the owner's own mail program."""

    server: Dovecot
    user: str
    house: SmallHouse

    def program(self) -> imaplib.IMAP4:
        """The owner's mail program, in their Drafts."""
        client = imaplib.IMAP4(HOST, self.server.imap_port)
        client.login(self.user, PASSWORD)
        client.select(SPELT["drafts"])
        return client

    def drafts(self) -> list[tuple[bytes, bytes]]:
        """Flags and bytes of each draft."""
        with self.program() as client:
            if not client.search(None, "ALL")[1][0]:
                return []
            _, found = client.fetch("1:*", "(FLAGS BODY.PEEK[])")
            return [(each[0], each[1]) for each in found if isinstance(each, tuple)]

    def save(self, change: tuple[bytes, bytes], folder: str = "drafts") -> None:
        """Files the one draft with a change, and deletes what was there."""
        ((_, raw),) = self.drafts()
        assert change[0] in raw
        with self.program() as client:
            assert client.append(SPELT[folder], "(\\Seen)", None, raw.replace(*change))[0] == "OK"
            client.store("1", "+FLAGS", "\\Deleted")
            client.expunge()

    async def later(self, by: timedelta = SOON) -> None:
        await self.house.clock.advance_to(self.house.clock.now() + by)
        try:
            await self.house.round()
        except Unreachable:
            await self.house.round()  # connected anew, as the daemon does

    async def draft(self) -> Draft:
        draft = await self.house.store.drafts.draft(1)
        assert draft is not None
        return draft

    @property
    def bureau(self) -> Bureau:
        store, house = self.house.store, self.house
        accounts = {"anna": house.account}
        return Bureau(store.drafts, store.people, store.desk, house.shelf, accounts, house.clock)


async def opened(server: Dovecot, user: str) -> Office:
    house = SmallHouse(replace(ACCOUNT, drafts_in_mailbox=True))
    house.mailbox = ImapMailbox(  # type: ignore[assignment]
        ImapEndpoint(HOST, server.imap_port, user, PASSWORD, Tls.NONE)
    )
    await house.shelve({"tips": ASKED})
    await house.invite(ADA)
    await house.round()
    await house.round()
    return Office(server, user, house)


@pytest.fixture
async def office(server: Dovecot, users: Iterator[str]) -> AsyncIterator[Office]:
    made = await opened(server, next(users))
    yield made
    await made.house.mailbox.close()


async def test_what_waits_lies_there_once_and_as_a_draft(office: Office) -> None:
    office.server.kill_sessions()
    for _ in range(3):
        await office.later()
    ((flags, raw),) = office.drafts()
    assert {b"\\Draft", b"\\Seen"} <= set(re.findall(rb"\\\w+", flags))
    assert (await office.draft()).sheet.message_id.encode() in raw


@pytest.mark.parametrize("new_id", [b"Message-ID: <", b"Message-ID: <another."])
async def test_p2_sent_by_hand_it_is_settled_and_never_sent_again(
    office: Office, new_id: bytes
) -> None:
    office.save((b"Message-ID: <", new_id), "sent")
    await office.later()
    assert (await office.draft()).state is DraftState.SENT
    for _ in range(4):
        await office.later(timedelta(minutes=20))
    assert office.house.courier.tried == []


async def test_p2_accepted_it_is_taken_out_before_it_leaves(office: Office) -> None:
    await accept_draft(office.bureau, 1)
    await office.house.round()
    assert office.drafts() == []
    assert office.house.courier.tried == []
    await office.later()
    assert await office.house.sent_to(ADA.address) == ["Hello Ada"]


async def test_p2_sent_by_hand_while_it_is_accepted_it_leaves_once(office: Office) -> None:
    await accept_draft(office.bureau, 1)
    office.save((b"Message-ID: <", b"Message-ID: <another."), "sent")
    for _ in range(3):
        await office.later(timedelta(minutes=20))
    assert office.house.courier.tried == []
    assert (await office.draft()).state is DraftState.SENT


async def test_p1_an_answer_takes_it_out(office: Office) -> None:
    office.server.deliver(office.user, mail_from(ADA.address, "Please call me."))
    await office.later()
    assert office.drafts() == []


async def test_what_the_owner_wrote_stays(office: Office) -> None:
    office.save((b"a thought", b"a longer thought"))
    await skip_draft(office.bureau, 1)
    await office.later()
    ((_, raw),) = office.drafts()
    assert b"a longer thought" in raw


async def test_p2_a_folder_that_nobody_may_change_keeps_an_accepted_mail_back(
    office: Office,
) -> None:
    office.server.allow(office.user, DRAFTS, "lr")
    office.server.kill_sessions()  # which know the rights that there were
    await accept_draft(office.bureau, 1)
    for _ in range(3):
        await office.later(timedelta(minutes=20))
    assert office.house.courier.tried == []
    (notice,) = await office.house.store.desk.notices_due(office.house.clock.now())
    assert "Drafts folder cannot be changed" in notice.text
    office.server.allow(office.user, DRAFTS, "lrwstipekxa")
    office.server.kill_sessions()
    await office.later()
    await office.later()
    assert await office.house.sent_to(ADA.address) == ["Hello Ada"]


async def test_a_full_mailbox_is_told_and_commands_work_all_the_same(server: Dovecot) -> None:
    office = await opened(server, FULL)
    assert office.drafts() == []
    copy = (await office.draft()).copy
    assert copy is not None
    assert copy.state is CopyState.REFUSED
    (notice,) = await office.house.store.desk.notices_due(office.house.clock.now())
    assert "OVERQUOTA" in notice.text
    await accept_draft(office.bureau, 1)
    await office.house.round()
    assert await office.house.sent_to(ADA.address) == ["Hello Ada"]
    await office.house.mailbox.close()

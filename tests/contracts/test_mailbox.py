"""What every Mailbox promises: the fake, the embedded server and Dovecot."""

import asyncio
import imaplib
import itertools
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from nurture.demo.sandbox import Sandbox
from nurture.errors import Unreachable
from nurture.mail.cursor import READ_FOLDERS, Cursor, Fetched, Folder
from nurture.ports import Declined, Mailbox, TakenBack
from nurture.transport.clock import SystemClock
from nurture.transport.imap import ImapEndpoint, ImapMailbox
from nurture.transport.security import Tls
from tests.fakes.mailbox import FakeMailbox
from tests.servers.dovecot import DRAFTS, JUNK, SENT, Dovecot

OWNER = "owner@example.org"
BARE = "bare@example.org"
PASSWORD = 'p"a\\ss word'
CAP = 4096
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=40)

Flags = tuple[frozenset[str], ...]


@dataclass
class World:
    """A mailbox under test, and what others can do to it."""

    mailbox: Mailbox
    bare: Mailbox
    deliver: Callable[..., object]
    renumber: Callable[[Folder], object]
    flags: Callable[[Folder], Flags]

    async def put(self, folder: Folder, name: str, at: datetime | None = None) -> bytes:
        raw = mail(name)
        await _done(self.deliver(folder, raw, at))
        return raw


async def _done(result: object) -> None:
    if asyncio.iscoroutine(result):
        await result


def mail(name: str) -> bytes:
    return (
        f"From: a@b.example\r\nSubject: ({name}\r\nMessage-ID: <{name}@b.example>\r\n\r\n"
        f"* 1 FETCH (FLAGS ())\r\nA1 OK {name}\r\n"
    ).encode()


async def read(mailbox: Mailbox, folder: Folder, after: Cursor | None) -> list[Fetched]:
    return [one async for one in mailbox.fetch(folder, after, NOW)]


def server_flags(port: int, user: str, folder: str) -> Flags:
    with imaplib.IMAP4("127.0.0.1", port) as client:
        client.login(user, PASSWORD)
        client.select(folder, readonly=True)
        _, lines = client.fetch("1:*", "(FLAGS)")
    found = [re.search(rb"FLAGS \(([^)]*)\)", line) for line in lines if isinstance(line, bytes)]
    return tuple(frozenset(m[1].decode().split()) - {"\\Recent"} for m in found if m is not None)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    numbers = range(70)  # one pair for each test: Dovecot reads its users once a second at most
    owners = {f"owner{number}@example.org": PASSWORD for number in numbers}
    bare = {f"bare{number}@example.org": PASSWORD for number in numbers}
    with Dovecot.running(owners | bare, bare) as server:
        yield server


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture(params=["fake", "embedded", pytest.param("dovecot", marks=pytest.mark.real)])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    build = {"fake": _fake, "embedded": _embedded, "dovecot": _dovecot}[request.param]
    async for made in build(request):
        await made.mailbox.open()
        await made.bare.open()
        yield made
        await made.mailbox.close()
        await made.bare.close()


async def _fake(_request: pytest.FixtureRequest) -> AsyncIterator[World]:
    clock = SystemClock()
    mailbox = FakeMailbox(clock, max_message_bytes=CAP)
    bare = FakeMailbox(clock, folders=[Folder.INBOX])

    async def flags(folder: Folder) -> Flags:
        return mailbox.flags(folder)

    yield World(mailbox, bare, mailbox.deliver, mailbox.renumber, flags)


def _real(port: int, owner: str, bare: str) -> tuple[ImapMailbox, ImapMailbox]:
    return tuple(
        ImapMailbox(
            ImapEndpoint("127.0.0.1", port, user, PASSWORD, Tls.NONE, max_message_bytes=CAP)
        )
        for user in (owner, bare)
    )


async def _embedded(_request: pytest.FixtureRequest) -> AsyncIterator[World]:
    names = {
        Folder.INBOX: "INBOX",
        Folder.JUNK: "Junk",
        Folder.SENT: "Sent",
        Folder.DRAFTS: "Drafts",
    }
    sandbox = Sandbox(lambda: datetime.now(UTC))
    await sandbox.start({OWNER: PASSWORD})
    await sandbox.add_user(BARE, PASSWORD, folders=False)

    async def renumber(folder: Folder) -> None:
        raws = [one.raw for one in await read(made.mailbox, folder, None)]
        await made.mailbox.close()
        await sandbox.renumber(OWNER, names[folder])
        for raw in raws:
            await sandbox.deliver(OWNER, raw, names[folder])
        await made.mailbox.open()

    made = World(
        *_real(sandbox.imap_port, OWNER, BARE),
        lambda folder, raw, at=None: sandbox.deliver(OWNER, raw, names[folder], at),
        renumber,
        lambda folder: asyncio.to_thread(server_flags, sandbox.imap_port, OWNER, names[folder]),
    )
    yield made
    await sandbox.close()


async def _dovecot(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    server: Dovecot = request.getfixturevalue("dovecot")
    names = {
        Folder.INBOX: "INBOX",
        Folder.JUNK: JUNK,
        Folder.SENT: SENT,
        Folder.DRAFTS: DRAFTS,
    }
    spelt = {
        Folder.INBOX: "INBOX",
        Folder.JUNK: '"M&APw-ll"',
        Folder.SENT: '"Verschickt &- &APY-"',
        Folder.DRAFTS: '"Entw&APw-rfe"',
    }
    number = next(request.getfixturevalue("numbers"))
    owner, bare = f"owner{number}@example.org", f"bare{number}@example.org"

    def deliver(folder: Folder, raw: bytes, at: datetime | None = None) -> None:
        server.deliver(owner, raw, names[folder], at.timestamp() if at else None)

    async def renumber(folder: Folder) -> None:
        await made.mailbox.close()
        server.renumber(owner, names[folder])
        await made.mailbox.open()

    made = World(
        *_real(server.imap_port, owner, bare),
        deliver,
        renumber,
        lambda folder: asyncio.to_thread(server_flags, server.imap_port, owner, spelt[folder]),
    )
    yield made


async def test_reads_every_message_to_the_end_in_order(world: World) -> None:
    raws = [await world.put(Folder.INBOX, f"m{number}") for number in range(12)]
    found = await read(world.mailbox, Folder.INBOX, None)
    assert [one.raw for one in found] == raws
    assert [one.size for one in found] == [len(raw) for raw in raws]
    assert [one.uid for one in found] == sorted({one.uid for one in found})
    assert all(one.arrived_at and one.arrived_at.tzinfo is UTC for one in found)


@pytest.mark.parametrize("folder", READ_FOLDERS)
async def test_resumes_behind_the_cursor_in_each_folder(world: World, folder: Folder) -> None:
    await world.put(folder, "first")
    second = await world.put(folder, "second")
    first_read, *_ = await read(world.mailbox, folder, None)
    behind = await read(world.mailbox, folder, first_read.cursor)
    assert [one.raw for one in behind] == [second]
    assert await read(world.mailbox, folder, behind[0].cursor) == []
    third = await world.put(folder, "third")
    assert [one.raw for one in await read(world.mailbox, folder, behind[0].cursor)] == [third]


async def test_the_position_is_the_end_and_what_comes_later_lies_behind_it(world: World) -> None:
    await world.put(Folder.INBOX, "old")
    position = await world.mailbox.position(Folder.INBOX)
    assert await read(world.mailbox, Folder.INBOX, position) == []
    new = await world.put(Folder.INBOX, "new")
    assert [one.raw for one in await read(world.mailbox, Folder.INBOX, position)] == [new]
    moved = await world.mailbox.position(Folder.INBOX)
    assert position is not None
    assert moved == Cursor(position.uidvalidity, position.uid + 1)


async def test_a_first_reading_leaves_out_what_is_older_than_asked(world: World) -> None:
    await world.put(Folder.INBOX, "ancient", LONG_AGO)
    fresh = await world.put(Folder.INBOX, "fresh")
    assert [one.raw for one in await read(world.mailbox, Folder.INBOX, None)] == [fresh]


async def test_survives_a_change_of_uidvalidity_by_reading_since(world: World) -> None:
    raws = [await world.put(Folder.JUNK, name) for name in ("one", "two")]
    before = (await read(world.mailbox, Folder.JUNK, None))[-1].cursor
    await _done(world.renumber(Folder.JUNK))
    again = await read(world.mailbox, Folder.JUNK, before)
    assert [one.raw for one in again] == raws
    assert again[0].uidvalidity != before.uidvalidity


async def test_a_long_message_is_cut_and_its_size_tells(world: World) -> None:
    raw = mail("long") + b"x" * 60 + b"\r\n" * CAP
    await _done(world.deliver(Folder.INBOX, raw, None))
    (found,) = await read(world.mailbox, Folder.INBOX, None)
    assert found.raw == raw[:CAP]
    assert found.size == len(raw)


async def test_waiting_ends_when_mail_arrives_and_not_before(world: World) -> None:
    await world.put(Folder.INBOX, "known")
    cursor = (await read(world.mailbox, Folder.INBOX, None))[-1].cursor
    assert await world.mailbox.wait(0.05) is False
    waiting = asyncio.ensure_future(world.mailbox.wait(20))
    ended, _ = await asyncio.wait({waiting}, timeout=0.2)  # long enough to be listening
    assert not ended
    raw = await world.put(Folder.INBOX, "new")
    assert await asyncio.wait_for(waiting, 5) is True
    assert [one.raw for one in await read(world.mailbox, Folder.INBOX, cursor)] == [raw]


async def test_a_waiting_is_woken_politely(world: World) -> None:
    await read(world.mailbox, Folder.INBOX, None)
    world.mailbox.wake()  # nobody waits yet: harmless
    waiting = asyncio.ensure_future(world.mailbox.wait(20))
    ended, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not ended
    world.mailbox.wake()
    assert await asyncio.wait_for(waiting, 2) is False
    assert await world.mailbox.position(Folder.INBOX) is not None


async def test_a_waiting_woken_before_it_listens_does_not_begin_to(world: World) -> None:
    await read(world.mailbox, Folder.INBOX, None)
    waiting = asyncio.ensure_future(world.mailbox.wait(20))
    await asyncio.sleep(0)  # it has begun, and no server can have answered yet
    world.mailbox.wake()
    assert await asyncio.wait_for(waiting, 2) is False


async def test_closing_ends_a_waiting_at_once(world: World) -> None:
    waiting = asyncio.ensure_future(world.mailbox.wait(20))
    await asyncio.sleep(0)
    await asyncio.wait_for(world.mailbox.close(), 2)
    with pytest.raises(Unreachable):
        await asyncio.wait_for(waiting, 2)


async def test_mail_that_came_while_another_folder_was_read_ends_the_waiting(world: World) -> None:
    await world.put(Folder.INBOX, "known")
    await read(world.mailbox, Folder.INBOX, None)
    await read(world.mailbox, Folder.JUNK, None)
    await world.put(Folder.INBOX, "unseen")
    await read(world.mailbox, Folder.SENT, None)
    assert await asyncio.wait_for(world.mailbox.wait(20), 5) is True


async def test_a_waiting_gives_way_to_another_call_and_goes_on(world: World) -> None:
    await world.put(Folder.SENT, "filed")
    await read(world.mailbox, Folder.INBOX, None)
    waiting = asyncio.ensure_future(world.mailbox.wait(20))
    for _ in range(3):
        assert await asyncio.wait_for(world.mailbox.holds(Folder.SENT, "filed@b.example"), 5)
    assert not waiting.done()
    await world.put(Folder.INBOX, "new")
    assert await asyncio.wait_for(waiting, 5) is True


async def test_nothing_is_marked_by_any_reading(world: World) -> None:
    for folder in READ_FOLDERS:
        await world.put(folder, "untouched")
    before = [await world.flags(folder) for folder in READ_FOLDERS]
    for folder in READ_FOLDERS:
        await world.mailbox.position(folder)
        await read(world.mailbox, folder, None)
        await world.mailbox.holds(folder, "untouched@b.example")
    await world.mailbox.wait(0.05)
    assert [await world.flags(folder) for folder in READ_FOLDERS] == before
    assert before == [(frozenset(),)] * 3


async def test_a_copy_is_filed_as_read_and_found_by_its_id(world: World) -> None:
    wire = mail("copy")
    assert not await world.mailbox.holds(Folder.SENT, "copy@b.example")
    await world.mailbox.file_copy(wire, LONG_AGO)
    assert await world.mailbox.holds(Folder.SENT, "copy@b.example")
    assert not await world.mailbox.holds(Folder.SENT, "cop@b.example")
    assert await world.flags(Folder.SENT) == (frozenset({"\\Seen"}),)
    (found,) = await read(world.mailbox, Folder.SENT, Cursor(0, 0)) or await read_since(world)
    assert found.raw == wire
    assert found.arrived_at == LONG_AGO.replace(microsecond=0)


_REPLACED = ("X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID")


@pytest.mark.parametrize("name", _REPLACED)
async def test_a_mail_is_found_by_the_id_that_its_provider_replaced(
    name: str, world: World
) -> None:
    """Outlook.com does so (domain.md M6): what it filed itself proves that our mail left."""
    field = f"\r\n{name}: <ours@b.example>\r\n\r\n".encode()
    wire = mail("given-by-them").replace(b"\r\n\r\n", field, 1)
    await _done(world.deliver(Folder.SENT, wire, None))
    assert not await world.mailbox.holds(Folder.SENT, "ours@b.example")
    assert await world.mailbox.holds(Folder.SENT, "ours@b.example", or_replaced=True)
    assert not await world.mailbox.holds(Folder.SENT, "our@b.example", or_replaced=True)


async def read_since(world: World) -> list[Fetched]:
    return [one async for one in world.mailbox.fetch(Folder.SENT, None, LONG_AGO)]


async def test_a_missing_folder_is_empty_and_sent_is_made_for_the_first_copy(world: World) -> None:
    for folder in (Folder.JUNK, Folder.SENT):
        assert await world.bare.position(folder) is None
        assert await read(world.bare, folder, None) == []
        assert not await world.bare.holds(folder, "copy@b.example")
    await world.bare.file_copy(mail("copy"), NOW)
    assert await world.bare.holds(Folder.SENT, "copy@b.example")


async def drafts(world: World) -> list[bytes]:
    found = world.mailbox.fetch(Folder.DRAFTS, Cursor(0, 0), LONG_AGO)
    return [one.raw async for one in found]


async def placed(world: World, name: str = "draft") -> Cursor:
    place = await world.mailbox.file_draft(mail(name), f"{name}@b.example", LONG_AGO)
    assert isinstance(place, Cursor)
    return place


async def test_a_draft_is_filed_as_one_and_its_place_is_known(world: World) -> None:
    place = await placed(world)
    assert await world.mailbox.position(Folder.DRAFTS) == place
    assert await world.flags(Folder.DRAFTS) == (frozenset({"\\Draft", "\\Seen"}),)
    assert await drafts(world) == [mail("draft")]
    assert not await world.mailbox.holds(Folder.SENT, "draft@b.example")


async def test_a_draft_that_lies_there_already_is_not_filed_twice(world: World) -> None:
    place = await placed(world)
    assert await placed(world) == place
    assert len(await drafts(world)) == 1
    assert await placed(world, "other") != place
    assert len(await drafts(world)) == 2


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_draft_is_taken_back_and_no_other(world: World, is_known: bool) -> None:
    before = await world.put(Folder.DRAFTS, "before")
    place = await placed(world)
    behind = await world.put(Folder.DRAFTS, "behind")
    took = await world.mailbox.take_back("draft@b.example", place if is_known else None)
    assert took is TakenBack.DONE
    assert await drafts(world) == [before, behind]
    again = await world.mailbox.take_back("draft@b.example", place)
    assert again is TakenBack.ABSENT


async def test_a_draft_in_which_a_person_wrote_stays(world: World) -> None:
    place = await placed(world)
    assert await world.mailbox.take_back("draft@b.example", None) is TakenBack.DONE
    theirs = await world.put(Folder.DRAFTS, "draft")  # programs save under another UID
    assert await world.mailbox.take_back("draft@b.example", place) is TakenBack.CHANGED
    assert await drafts(world) == [theirs]


async def test_a_draft_beside_which_a_person_saved_another_stays_as_well(world: World) -> None:
    place = await placed(world)
    await world.put(Folder.DRAFTS, "draft")
    assert await world.mailbox.take_back("draft@b.example", place) is TakenBack.CHANGED
    assert len(await drafts(world)) == 2


async def test_without_a_drafts_folder_nothing_is_filed_and_nothing_is_there(world: World) -> None:
    answer = await world.bare.file_draft(mail("draft"), "draft@b.example", NOW)
    assert answer == Declined("there is no Drafts folder")
    assert await world.bare.take_back("draft@b.example", Cursor(1, 1)) is TakenBack.ABSENT


async def test_what_comes_while_a_draft_is_taken_back_ends_the_waiting(world: World) -> None:
    await read(world.mailbox, Folder.INBOX, None)
    place = await placed(world)
    await world.put(Folder.INBOX, "unseen")
    await world.mailbox.take_back("draft@b.example", place)
    assert await asyncio.wait_for(world.mailbox.wait(20), 5) is True


async def test_a_draft_taken_back_is_no_news(world: World) -> None:
    await read(world.mailbox, Folder.INBOX, None)
    await world.mailbox.take_back("draft@b.example", await placed(world))
    assert await world.mailbox.wait(0.05) is False


async def test_opening_and_closing_twice_is_harmless_and_closed_means_unreachable(
    world: World,
) -> None:
    await world.mailbox.open()
    await world.mailbox.close()
    await world.mailbox.close()
    with pytest.raises(Unreachable):
        await world.mailbox.position(Folder.INBOX)
    await world.mailbox.open()
    assert await world.mailbox.position(Folder.INBOX) is not None

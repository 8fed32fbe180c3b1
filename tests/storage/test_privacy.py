"""Everything on a person is told when they ask, and nothing of it stays when they say so (L9)."""

import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, insert, select

from nurture.core.contact import Basis, Consent, Contact
from nurture.core.contact.hush import Hushed
from nurture.core.effect import Effect
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.halt import HaltKind
from nurture.core.override import Overridden
from nurture.core.promise import Promise
from nurture.core.reconnection import AppointmentState
from nurture.core.task import Channel, Task
from nurture.core.touch import TouchMove, TouchState
from nurture.errors import Unreachable
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.write.compose import Correspondent
from nurture.ports import Errand, Merge
from nurture.storage import Store, open_store
from nurture.storage.backup import back_up
from nurture.storage.holding import Person
from nurture.storage.tables import (
    contacts,
    cues,
    encounters,
    hushes,
    inbound,
    metadata,
    notices,
    overrides,
    promises,
    quarantine,
    reconnections,
    tasks,
    touches,
)
from nurture.storage.wiping import wipe
from tests.fakes.story import ACCEPTED, ACCOUNT, DAY, MINUTE, SHEET, START, Story, draft_of

KEY = b"a key for tests"
MARA = "mara.lindqvist@brandt-garden.example"
PRIVATE = "zoe.private@home.example"
RAW = f"From: Mara <{MARA}>\r\nSubject: Re: tulips\r\n\r\nMy roof leaks.\r\n".encode()
# What no file may hold afterwards; each stands in the database at first.
SECRETS = (
    MARA, PRIVATE, "Lindqvist", "roof leaks", "+49 170 555", "prefers tulips", "Hortensia",
    "signed at the fair", "Zo\\u00eb",
)  # fmt: skip
PERSON = Contact(
    MARA,
    given_name="Mara",
    family_name="Lindqvist",
    company="Brandt Garden",
    phone="+49 170 555",
    notes="prefers tulips",
    interests=("Hortensia",),
    dates={"birthday": date(1980, 1, 1)},
    custom={"friend": "Zoë"},
    country="US",
    consent=Consent(Basis.EXPRESS, date(2025, 1, 1), "signed at the fair"),
    aliases=(PRIVATE,),
)
IMPERSONAL = {
    "accounts",
    "cursors",
    "halts",
    "meta",
    "proposals",
    "revisions",
    "sources",
    "tickets",
}


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await open_store(url, KEY, START)
    yield opened
    await opened.close()


async def lived(store: Store) -> Contact:
    """Mara was written to and answered; a colleague was paused; mails of hers lie everywhere."""
    story = Story(store)
    stranger = replace(story.mail(), sender=MARA, subject="tulips", text="My roof leaks.")
    await store.incoming.record(stranger)
    await store.people.merge([PERSON], START)
    mara = await store.people.contact(MARA)
    assert mara is not None
    walk = await story.enrolled(MARA, because="Mara Lindqvist asked")
    colleague = await story.enrolled("ben@brandt-garden.example")
    intent = replace(
        story.intent(walk, MARA), subject="Thank you, Mara Lindqvist", why=f"due to {MARA}",
        wire=RAW,
    )  # fmt: skip
    (begun,) = await story.look(intent)
    await story.settled(begun.touch_id, TouchMove.ACCEPTED, ACCEPTED)  # type: ignore[union-attr]
    named = replace(SHEET, recipient=Correspondent(MARA, "Mara Lindqvist"))
    await store.drafts.keep(draft_of(await story.now_at(walk), sheet=named, step="next"), START)
    await store.database.write(tact, walk)
    answered = Effect(
        move=Move.ANSWERED, colleague_move=Move.COLLEAGUE_ANSWERED,
        handoff="Mara Lindqvist answered", alert=f"{mara.name} has left",
    )  # fmt: skip
    heard = story.mail(
        mara, answered, text="My roof leaks.", to_check="odd", fetched=fetched(RAW, 90)
    )
    await store.incoming.record(heard)
    mentioned = replace(
        story.mail(await store.people.contact("ben@brandt-garden.example")),
        text=f"Ask mara lindqvist ({MARA.upper()}) about it",
        references=(MARA,),
    )
    await store.incoming.record(mentioned)
    await store.incoming.quarantine(ACCOUNT, fetched(RAW, 91), START, f"broke on {MARA}")
    other = f"From: ben@x.example\r\nCc: {MARA}\r\n\r\nHi\r\n".encode()
    await store.incoming.quarantine(ACCOUNT, fetched(other, 92), START, "broke")
    await store.desk.tell(ACCOUNT, f"about {MARA} and others", "and Kim", START, "a digest")
    (alert,) = [each for each in await store.desk.notices_due(START) if "others" in each.subject]
    await store.desk.notice_tried(alert.id, Errand("hook", 1, START, None, f"no {MARA} here"))
    await store.switch.halt(HaltKind.RESTORED, f"Sent holds a mail to {MARA}", START)
    await store.people.suppress("dead@x.example", f"550 <{MARA}> unknown", START)
    assert (await story.now_at(colleague)).reason == "their colleague Mara Lindqvist answered"
    return mara


def tact(connection: Connection, walk: Enrollment) -> None:
    """A task for her, a call with her, silence about her, and what was decided about a step."""
    of = {"contact_id": walk.contact_id}
    where = {"sequence": "tips", "step": "first"}
    task = Task(
        0, walk.id, walk.contact_id, ACCOUNT, "tips", "call", "1", Channel.CALL,
        "call Mara Lindqvist", "prefers tulips", START.date(), START,
    )  # fmt: skip
    row = {name: value for name, value in asdict(task).items() if name != "id"}
    connection.execute(insert(tasks).values(row))
    connection.execute(insert(encounters).values(of | {"at": START, "channel": Channel.CALL}))
    words = {"what": Overridden.REWORDED, "text": "prefers tulips", "why": "Hortensia"}
    connection.execute(insert(overrides).values(of | where | words))
    turn = {"account": ACCOUNT, "sequence": "reconnect", "per_week": 10, "week": START.date()}
    settled = {"place": 1, "state": AppointmentState.DROPPED, "why": "roof leaks"}
    connection.execute(insert(reconnections).values(of | turn | settled))
    promise = Promise(
        0, walk.contact_id, ACCOUNT, "I'll bring Mara Lindqvist tulips", START.date(), START
    )
    row = {name: value for name, value in asdict(promise).items() if name != "id"}
    connection.execute(insert(promises).values(row))
    cue = {"text": "Mara Lindqvist prefers tulips", "created_at": START, "channel": Channel.CALL}
    connection.execute(insert(cues).values(of | cue | {"account": ACCOUNT}))
    hush = {"scope": Hushed.CONTACT, "key": MARA, "until": START + DAY, "why": "roof leaks"}
    connection.execute(insert(hushes).values(hush))


def fetched(raw: bytes, uid: int) -> Fetched:
    return Fetched(Folder.INBOX, 7, uid, raw, len(raw))


def everything(connection: Connection) -> str:
    """All that any table holds, as one text."""
    rows = [
        [part.decode("latin-1") if isinstance(part, bytes) else str(part) for part in row]
        for table in metadata.sorted_tables
        for row in connection.execute(select(table))
    ]
    return json.dumps(rows)


async def test_an_export_finds_every_table(store: Store) -> None:
    await lived(store)
    held = await store.privacy.held(MARA)
    assert set(held) == set(metadata.tables) - IMPERSONAL - {"suppressions"}
    assert held == await store.privacy.held(PRIVATE)
    told = json.dumps({name: [str(row) for row in rows] for name, rows in held.items()})
    for secret in (MARA, PRIVATE, "Lindqvist", "roof leaks", "prefers tulips", "Hortensia", "Kim"):
        assert secret in told
    assert await store.privacy.held("nobody@x.example") == {}


async def test_p3_an_erased_person_is_nowhere_and_their_no_is_known(store: Store) -> None:
    mara = await lived(store)
    counted = await store.privacy.erase(MARA, START + DAY)
    assert counted["touches"] == 1
    left = (await store.database.read(everything)).casefold()
    for secret in SECRETS:
        assert secret.casefold() not in left
    for address in (MARA, PRIVATE):
        assert await store.people.contact(address) is None
        assert await store.people.suppressed([address]) == {address: "erased on request"}
        again = await store.people.merge([replace(PERSON, address=address, aliases=())], START)
        assert again == (Merge.SUPPRESSED,)
    assert await store.people.contact_by_id(mara.id) is None
    assert [each.address for each in await store.people.page()] == ["ben@brandt-garden.example"]


async def test_old_mail_is_still_known_as_ours_without_a_person(store: Store) -> None:
    mara = await lived(store)
    before = await store.incoming.touch_of(["1.first@firm.example"])
    assert before is not None
    await store.privacy.erase(MARA, START + DAY)
    after = await store.incoming.touch_of(["1.first@firm.example"])
    assert after is not None
    assert (after.id, after.step, after.state) == (before.id, "first", TouchState.SENT)
    assert after.subject == ""
    assert await store.outgoing.copies_owed(ACCOUNT) == ()
    (walk,) = await store.desk.enrollments(mara.id)
    assert (walk.state, walk.due_at) == (State.ENDED, None)
    assert (await store.desk.ledger(mara.id))[-1].event == "contact_erased"


async def test_what_is_about_others_stays(store: Store) -> None:
    await lived(store)
    await store.privacy.erase(MARA, START + DAY)

    def others(connection: Connection) -> tuple[list[str], list[bytes], list[str]]:
        texts = connection.scalars(select(inbound.c.text).where(inbound.c.text != ""))
        raws = connection.scalars(select(quarantine.c.raw).where(quarantine.c.size > 0))
        return list(texts), [bytes(raw) for raw in raws], list(connection.scalars(
            select(notices.c.text)))  # fmt: skip

    texts, raws, alerts = await store.database.read(others)
    assert texts == ["Ask (erased) ((erased)) about it"]
    assert raws == [b"From: ben@x.example\r\nCc: (erased)\r\n\r\nHi\r\n"]
    assert alerts == ["and Kim"]
    assert await store.desk.handoffs(open_only=False) == ()


@pytest.mark.parametrize(
    ("text", "is_about_her"),
    [
        (f"to <{MARA}>", True),
        (f"{MARA.upper()}.", True),
        ("MARA LINDQVIST,", True),
        (f"x{MARA}", False),
        (f"{MARA}.org", False),
        ("mara lindqvistson", False),
        ("Mara", False),
    ],
)
def test_only_she_is_meant(text: str, is_about_her: bool) -> None:
    person = Person((MARA,), "Mara Lindqvist", 1)
    assert bool(person.mentioned.search(text)) == is_about_her


def test_one_name_alone_is_many_peoples() -> None:
    person = Person((MARA,), "Mara", 1)
    assert not person.mentioned.search("Mara asked")
    assert person.mentioned.search("their colleague Mara answered")


async def test_whoever_never_was_a_contact_can_be_erased_and_refused(store: Store) -> None:
    story = Story(store)
    await store.incoming.record(replace(story.mail(), sender=MARA, text="My roof leaks."))
    await store.privacy.erase(MARA, START)
    assert MARA not in await store.database.read(everything)
    assert MARA in await store.people.suppressed([MARA])
    assert await store.privacy.erase(MARA, START) == {"suppressions": 1}


async def test_a_mail_that_was_matched_before_the_erasure_is_a_strangers(store: Store) -> None:
    story = Story(store)
    bob = await story.known("bob@firm.example")
    late = story.mail(bob, Effect(move=Move.ANSWERED, handoff="answered", alert="Bob answered"))
    await store.privacy.erase(bob.address, START)
    recorded = await store.incoming.record(late)
    assert (recorded.is_new, recorded.handoff_id, recorded.moved) == (True, None, ())
    assert await store.desk.handoffs() == ()
    assert await store.desk.notices_due(START + DAY) == ()
    assert "call me" not in await store.database.read(everything)


async def test_nobody_is_erased_while_a_mail_to_them_is_on_its_way(store: Store) -> None:
    story = Story(store)
    walk = await story.enrolled()
    await story.begun(walk)
    with pytest.raises(Unreachable, match="on its way"):
        await store.privacy.erase("bob@firm.example", START + MINUTE)
    assert await store.people.contact("bob@firm.example") is not None


async def test_every_table_is_about_people_or_known_not_to_be(store: Store) -> None:
    """Whoever adds a table says here where its people are."""
    refers = {
        table.name
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table in {contacts, touches, inbound}
    }
    assert not refers & IMPERSONAL


async def test_no_byte_of_them_is_left_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url, KEY, START)
    await lived(store)
    person = await store.privacy.person(MARA)
    assert holding(tmp_path, MARA)
    back_up(sqlite_url, None, START)
    await store.privacy.erase(MARA, START + DAY)
    assert any(holding(tmp_path, secret) for secret in SECRETS)  # deleting alone does not wipe
    wiped = wipe(sqlite_url, person)
    for secret in (*SECRETS, "Zoë"):
        assert holding(tmp_path, secret) == []
    assert wiped.remains == ()
    assert [copy.parent.name for copy in wiped.copies] == ["backups"]
    await store.close()


async def test_what_was_deleted_long_ago_is_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    """A SQLite that is built without secure deletion leaves it in the free space of the file."""
    store = await open_store(sqlite_url, KEY, START)
    person = await store.privacy.person(MARA)
    await store.close()
    with sqlite3.connect(tmp_path / "nurture.db") as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        rows = [(f"{number}", f"{MARA} {'x' * 2000}") for number in range(50)]
        connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", rows)
        connection.commit()
        connection.execute("DELETE FROM meta WHERE value LIKE 'mara%'")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert holding(tmp_path, MARA) == ["nurture.db"]
    assert wipe(sqlite_url, person).remains == ()
    assert holding(tmp_path, MARA) == []


async def test_a_file_that_is_being_read_is_said_not_to_be_wiped(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nurture.storage.wiping._PATIENCE", 0.1)
    store = await open_store(sqlite_url, KEY, START)
    await lived(store)
    person = await store.privacy.person(MARA)
    reader = sqlite3.connect(tmp_path / "nurture.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM contacts").fetchall()
    await store.privacy.erase(MARA, START)
    with pytest.raises(Unreachable, match="once more"):
        wipe(sqlite_url, person)
    reader.close()
    assert wipe(sqlite_url, person).remains == ()
    await store.close()


def holding(folder: Path, secret: str) -> list[str]:
    """The files of the database in which these bytes stand."""
    words = {secret.casefold().encode(), secret.encode()}
    return [
        file.name
        for file in folder.glob("nurture.db*")
        if any(word in file.read_bytes() or word in file.read_bytes().lower() for word in words)
    ]

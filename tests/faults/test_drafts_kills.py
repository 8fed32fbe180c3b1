"""P1 and P2 for drafts in the mailbox, whatever call fails, is lost, or kills the daemon."""

import asyncio
import imaplib
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from nurture.flows.answer_draft import Bureau, accept_draft, skip_draft
from nurture.settings import Settings
from nurture.wiring.world import world_of
from tests.faults.death import FORKS, live_to
from tests.faults.evening import (
    ACCOUNT,
    ADA,
    BOB,
    CLEO,
    DAN,
    OWNER,
    PASSWORD,
    PEOPLE,
    SEQUENCE,
    START,
    Evening,
    HastyClock,
    evening,
    fill,
    mail_from,
    play,
    settings,
    write_sequence,
)
from tests.faults.trip import Fault, Trip, sweep

AT_HAND = replace(ACCOUNT, drafts_in_mailbox=True)
ASKED = SEQUENCE + "    approval: required\n"
MAIL = "---\nsubject: The first note\n---\nDear {{ given_name }},\n\nall the best.\n"
DECIDED = START + timedelta(hours=1)
# Whoever was killed leaves a lease behind, and the clock leaps over it: so the days after as well.
AFTERWARDS = [DECIDED + timedelta(days=days, minutes=1) for days in range(1, 3)]
CALLS_AT_LEAST = 8
ABOUT_DRAFTS = frozenset(("move", "doubt", "sent_by_hand", "record", "file_draft", "take_back"))


def told(scene: Evening) -> Settings:
    """What waits lies in the mailbox, too."""
    return settings(scene.folder, scene.sandbox.smtp_port, scene.sandbox.imap_port, AT_HAND)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four people are due for a mail that wants a word first."""
    folder = tmp_path_factory.mktemp("asked")
    write_sequence(folder, ASKED, first=MAIL)
    asyncio.run(fill(settings(folder, 1, 1), PEOPLE, START))
    return folder


def program(scene: Evening) -> imaplib.IMAP4:
    """The owner's mail program, in their Drafts."""
    client = imaplib.IMAP4("127.0.0.1", scene.sandbox.imap_port)
    client.login(OWNER, PASSWORD)
    client.select("Drafts")
    return client


def drafts(scene: Evening) -> dict[int, bytes]:
    """What lies in Drafts, by number."""
    with program(scene) as client:
        numbers = client.search(None, "ALL")[1][0].split()
        found = {int(each): client.fetch(each.decode(), "(BODY.PEEK[])")[1] for each in numbers}
    return {number: parts[0][1] for number, parts in found.items() if isinstance(parts[0], tuple)}


def send_by_hand(scene: Evening, whom: str) -> None:
    """The program sends the draft under an id of its own, files it, and deletes it."""
    number, raw = next((n, raw) for n, raw in drafts(scene).items() if whom.encode() in raw)
    renamed = raw.replace(b"Message-ID: <", b"Message-ID: <its.own.")
    with program(scene) as client:
        client.append("Sent", "(\\Seen)", None, renamed)
        client.store(str(number), "+FLAGS", "\\Deleted")
        client.expunge()


async def decide(scene: Evening) -> None:
    """Ada is sent hers by hand, Bob's is accepted, Cleo's skipped, and Dan answers."""
    await asyncio.to_thread(send_by_hand, scene, ADA)
    async with world_of(told(scene), HastyClock(DECIDED)) as world:
        store = world.store
        bureau = Bureau(
            store.drafts, store.people, store.desk, world.shelf, world.accounts, world.clock
        )
        for draft in await store.drafts.open():
            if draft.sheet.recipient.address == BOB:
                await accept_draft(bureau, draft.id)
            if draft.sheet.recipient.address == CLEO:
                await skip_draft(bureau, draft.id)
    await scene.sandbox.deliver(OWNER, mail_from(DAN, "Yes, please call me tomorrow."))


@asynccontextmanager
async def decided(asked: Path, folder: Path) -> AsyncIterator[Evening]:
    """Each of the four drafts was in the mailbox, and has met its fate."""
    async with evening(asked, folder, {}) as scene:
        await play(told(scene), START, Trip(Fault.RAISE, -1))
        assert len(await asyncio.to_thread(drafts, scene)) == len(PEOPLE)
        await decide(scene)
        yield scene


async def recovers(scene: Evening, where: str) -> None:
    """Daemons without faults find what was left, and every promise holds."""
    for later in AFTERWARDS:
        await play(told(scene), later, Trip(Fault.RAISE, -1))
    copies = Counter(person for person, _ in scene.copies())
    states = dict(scene.rows("SELECT address, drafts.state FROM drafts"
                             " JOIN contacts ON contacts.id = contact_id"))  # fmt: skip
    asked_again = scene.rows("SELECT id FROM notices WHERE subject LIKE 'Did you send%'")
    # What vanished between the deed and its record is the owner's to tell.
    assert copies == {BOB: 1} or (not copies and states[BOB] == "waiting" and asked_again), where
    sent = scene.rows("SELECT address FROM touches JOIN contacts ON contacts.id = contact_id"
                      " WHERE state = 'sent' AND message_id LIKE 'its.own.%'")  # fmt: skip
    assert sent == [(ADA,)], where
    assert await asyncio.to_thread(drafts, scene) == {}, where
    assert scene.rows("SELECT kind FROM halts") == [], where


@pytest.mark.slow
async def test_sigkill_at_any_call_leaves_no_two_copies_and_none_forgotten(
    asked: Path, tmp_path: Path
) -> None:
    async def one(at: int) -> bool:
        async with evening(asked, tmp_path / f"{at}", {}) as scene:
            process = FORKS.Process(target=live_to, args=(told(scene), START, at, ABOUT_DRAFTS))
            process.start()
            await asyncio.to_thread(process.join, 30)
            await play(told(scene), DECIDED + timedelta(days=2), Trip(Fault.RAISE, -1))
            found = await asyncio.to_thread(drafts, scene)
            whom = Counter(p for raw in found.values() for p in PEOPLE if p.encode() in raw)
            assert whom == dict.fromkeys(PEOPLE, 1), (at, whom)
            assert not scene.copies(), at
        return process.exitcode == -signal.SIGKILL

    await sweep(one, CALLS_AT_LEAST)


@pytest.mark.slow
async def test_p2_sigkill_at_any_call_after_the_owner_has_decided(
    asked: Path, tmp_path: Path
) -> None:
    async def one(at: int) -> bool:
        async with decided(asked, tmp_path / f"{at}") as scene:
            process = FORKS.Process(target=live_to, args=(told(scene), DECIDED, at, ABOUT_DRAFTS))
            process.start()
            await asyncio.to_thread(process.join, 30)
            await recovers(scene, f"killed at call {at}")
        return process.exitcode == -signal.SIGKILL

    await sweep(one, CALLS_AT_LEAST)

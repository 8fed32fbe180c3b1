"""R19: two daemons that both believe to hold the account's lease, for the lock is taken away."""

import asyncio
import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.definition import read_sequence
from nurture.demo.story_clock import StoryClock
from nurture.flows.send import Voice, send_due
from nurture.flows.shelve import Shelf, shelve
from nurture.mail.write.template import parse_template
from nurture.storage import Store
from tests.fakes.courier import FakeCourier
from tests.fakes.small_house import ACCOUNT, SEQUENCE, TEMPLATES
from tests.fakes.story import ALLOWED, START, Story

_SENDS = int(os.environ.get("NURTURE_UNLOCKED", "300"))
_FREELY = Limits(
    per_day=1_000_000, per_family=0, gap=timedelta(0), batch=20, connections=4, spread=timedelta(0)
)


@pytest.mark.slow
async def test_p2_with_the_lock_taken_away_nobody_gets_a_second_copy(
    workers: tuple[Store, Store],
) -> None:
    courier, clock = FakeCourier(), StoryClock(START)
    lease = await Story(workers[0]).leased()
    shelf = await _everybody_is_due(workers[0])
    account = replace(ACCOUNT, limits=_FREELY)
    voices = [
        Voice.over(store, account, lease, courier, shelf, clock, b"k" * 32) for store in workers
    ]
    await asyncio.gather(*(_work(replace(voice, drafts=None)) for voice in voices))
    copies = Counter(each.recipient for each in courier.delivered)
    assert len(copies) == _SENDS
    assert set(copies.values()) == {1}


async def _everybody_is_due(store: Store) -> Shelf:
    sequence = read_sequence(SEQUENCE, "tips.yaml", TEMPLATES)
    parsed = {name: parse_template(text, name) for name, text in TEMPLATES.items()}
    shelf = await shelve({"tips": sequence}, {"tips": SEQUENCE}, parsed, store.outgoing, START)
    people = [
        Contact(f"p{number}@firm{number}.example", given_name="Pat", consent=ALLOWED)
        for number in range(_SENDS)
    ]
    await store.people.merge(people, START)
    known = [await store.people.contact(each.address) for each in people]
    walks = [
        Enrollment(0, each.id, ACCOUNT.name, "tips", sequence.revision, State.ACTIVE, "first",
                   anchor_at=START, due_at=START, enrolled_at=START)
        for each in known if each
    ]  # fmt: skip
    await store.outgoing.enroll(walks)
    return shelf


async def _work(voice: Voice) -> None:
    while await voice.outgoing.due(voice.account.name, START, 1):
        await send_due(voice, START)

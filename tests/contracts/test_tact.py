"""What every store promises about hushes and overrides (ports.Tact; domain.md E10)."""

from dataclasses import replace
from datetime import date

import pytest

from nurture.core.contact.hush import Hush, Hushed
from nurture.core.decision import Advance, Rest
from nurture.core.override import Overridden, Override
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Stopped, Stores
from tests.fakes.story import ACCEPTED, ACCOUNT, DAY, START, Story

BOB = "bob@firm.example"
MOURNING = Hush(Hushed.CONTACT, BOB, START + 30 * DAY, "her father died")


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        (Hushed.CONTACT, BOB),
        (Hushed.COMPANY, "firm.example"),
        (Hushed.COMPANY, "firm & sons"),
        (Hushed.COUNTRY, "US"),
        (Hushed.COUNTRY, "US-CA"),
        (Hushed.EVERYBODY, ""),
    ],
)
async def test_a_hush_between_decision_and_last_look_stops_the_mail(
    store: Stores, story: Story, scope: Hushed, key: str
) -> None:
    await story.known(BOB, company="Firm & Sons", country="US", subdivision="CA")
    await story.known("zoe@other.example", country="DE")
    walk, other = await story.enrolled(BOB), await story.enrolled("zoe@other.example")
    await story.leased()
    hush = Hush(scope, key, START + DAY, "wildfires")
    await store.tact.hush(hush, START)
    bob_due, zoe_due = await store.outgoing.due(ACCOUNT, START, 10)
    assert (bob_due.hush, zoe_due.hush) == (hush, hush if scope is Hushed.EVERYBODY else None)
    (look,) = await story.look(story.intent(walk))
    assert look == Stopped("silence until 2026-03-03 09:00Z: wildfires")
    assert await store.tact.lift(scope, key, START)
    looks = await story.look(story.intent(walk), story.intent(other, "zoe@other.example"))
    assert [type(look) for look in looks] == [Begun, Begun]


async def test_of_two_hushes_the_longer_counts_and_one_that_is_over_does_not(
    store: Stores, story: Story
) -> None:
    await story.enrolled(BOB)
    everybody = Hush(Hushed.EVERYBODY, "", START + DAY, "a war")
    for hush in (MOURNING, everybody):
        await store.tact.hush(hush, START)
    assert await store.tact.hushes(START) == (everybody, MOURNING)
    (due,) = await store.outgoing.due(ACCOUNT, START, 10)
    assert due.hush == MOURNING
    assert await store.tact.hushes(START + DAY) == (MOURNING,)
    (due,) = await store.outgoing.due(ACCOUNT, START + 30 * DAY, 10)
    assert due.hush is None


async def test_a_hush_is_replaced_by_one_of_the_same_scope_and_told(
    store: Stores, story: Story
) -> None:
    bob = await story.known(BOB)
    await store.tact.hush(MOURNING, START)
    shorter = replace(MOURNING, until=START + DAY)
    await store.tact.hush(shorter, START)
    assert await store.tact.hushes(START) == (shorter,)
    assert await store.tact.lift(Hushed.CONTACT, BOB, START)
    assert not await store.tact.lift(Hushed.CONTACT, BOB, START)
    events = await story.events(bob.id)
    assert (events.count("hushed"), events.count("hush_lifted")) == (2, 1)


# --- overrides ---


async def overridden(story: Story, **fields: object) -> Override:
    """An override of the step at which Bob's walk stands."""
    bob = await story.known(BOB)
    first = Override(bob.id, "tips", "first", Overridden.SKIPPED, why="she knows it")
    override = replace(first, **fields)
    await story.store.tact.override(override, START)
    return override


async def test_an_override_reaches_the_decision_about_its_step_alone(
    store: Stores, story: Story
) -> None:
    await story.enrolled(BOB)
    await story.enrolled(BOB, "news")
    override = await overridden(story)
    tips, news = await store.outgoing.due(ACCOUNT, START, 10)
    assert (tips.override, news.override) == (override, None)
    assert (tips.overridden, news.overridden) == ({override.step}, frozenset())
    assert await store.tact.overrides(tips.contact.id) == (override,)
    assert "step_overridden" in await story.events(tips.contact.id)


async def test_the_last_decision_about_a_step_counts_and_can_be_forgotten(
    store: Stores, story: Story
) -> None:
    bob = await story.known(BOB)
    await overridden(story)
    moved = await overridden(story, what=Overridden.MOVED, to=date(2026, 5, 1))
    assert await store.tact.overrides(bob.id) == (moved,)
    assert await store.tact.forget(bob.id, "tips", "first")
    assert not await store.tact.forget(bob.id, "tips", "first")
    assert await store.tact.overrides(bob.id) == ()


async def test_what_was_decided_after_the_decision_stops_the_mail(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(BOB)
    override = await overridden(story, what=Overridden.REWORDED, text="Hello again")
    (look,) = await story.look(story.intent(walk))
    assert look == Stopped("you decided something else about this step meanwhile")
    (look,) = await story.look(replace(story.intent(walk), override=override))
    assert isinstance(look, Begun)


async def test_an_override_has_had_its_day_once_the_step_is_left(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(BOB)
    await overridden(story)
    await story.noted(walk, Rest(START + DAY))
    assert len(await store.tact.overrides(walk.contact_id)) == 1
    await story.noted(walk, Advance("second", START, "you skipped it"))
    assert await store.tact.overrides(walk.contact_id) == ()


async def test_an_override_has_had_its_day_once_the_step_was_sent(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(BOB)
    override = await overridden(story, what=Overridden.REWORDED, text="Hello again")
    (look,) = await story.look(replace(story.intent(walk), override=override))
    assert isinstance(look, Begun)
    onward = Advance("second", START + DAY, "sent")
    await story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, next=onward)
    assert await store.tact.overrides(walk.contact_id) == ()


async def test_to_find_the_first_day_of_an_occasion_spends_no_override(
    store: Stores, story: Story
) -> None:
    card = await story.enrolled(BOB, lane="first", occurrence="")
    await overridden(story)
    planned = Advance("first", START + DAY, "planned", occurrence="2026-07-04")
    await story.noted(card, planned)
    assert len(await store.tact.overrides(card.contact_id)) == 1
    await story.noted(card, replace(planned, occurrence="2027-07-04"))
    assert await store.tact.overrides(card.contact_id) == ()

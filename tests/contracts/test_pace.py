"""What every store knows of the contact that people and companies have had (promise P6)."""

from dataclasses import replace
from datetime import timedelta

from nurture.core.decision import Advance
from nurture.core.effect import Effect
from nurture.core.situation import Pace
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Stopped, Stores
from tests.fakes.story import ACCEPTED, DAY, HOUR, MINUTE, START, Story

BOB, EVE, ZOE = "bob@firm.example", "eve@firm.example", "zoe@other.example"


async def pace_of(store: Stores, address: str, days: int = 1) -> Pace:
    """A contact's pace so many days after START."""
    contact = await store.people.contact(address)
    assert contact is not None
    return (await store.outgoing.paces([contact.id], START + days * DAY))[contact.id]


async def test_a_touch_counts_for_the_person_and_around_their_colleagues(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled(BOB)
    for address in (EVE, ZOE):
        await story.known(address)
    await story.sent(walk)
    sent = START + MINUTE
    assert await pace_of(store, BOB) == Pace(last_touch_at=sent, touched=(sent,))
    assert await pace_of(store, EVE) == Pace(company_touch_at=sent, company_touched=(sent,))
    assert await pace_of(store, ZOE) == Pace()
    old = await pace_of(store, EVE, 366)
    assert (old.company_touch_at, old.company_touched) == (sent, ())


async def test_a_company_name_makes_colleagues_a_freemail_domain_none(
    store: Stores, story: Story
) -> None:
    await story.known("bob@gmail.com", company="Firm  Ltd")
    await story.known("eve@gmail.com")
    await story.known(ZOE, company="firm ltd")
    await story.sent(await story.enrolled("bob@gmail.com"))
    assert (await pace_of(store, "eve@gmail.com")).company_touch_at is None
    assert (await pace_of(store, ZOE)).company_touch_at == START + MINUTE


async def test_who_shares_name_and_domain_is_counted_once(store: Stores, story: Story) -> None:
    for address in (BOB, EVE):
        await story.known(address, company="Firm")
    await story.sent(await story.enrolled(BOB))
    assert (await pace_of(store, EVE)).company_touched == (START + MINUTE,)


async def test_the_owners_own_mail_counts_each_time(store: Stores, story: Story) -> None:
    bob = await story.known(BOB)
    await story.known(EVE)
    for hours in (1, 5, 5):
        await story.hears(bob, Effect(owner_spoke=True), at=START + hours * HOUR)
    own = (START + HOUR, START + 5 * HOUR)
    pace = await pace_of(store, BOB)
    assert (pace.touched, pace.last_touch_at) == (own, own[-1])
    assert (await pace_of(store, EVE)).company_touched == own


async def test_what_they_wrote_is_no_touch_but_known(store: Stores, story: Story) -> None:
    bob = await story.known(BOB)
    await story.hears(bob, Effect())
    assert await pace_of(store, BOB) == Pace(last_heard_at=START + HOUR)


async def test_a_mail_that_a_backup_forgot_counts(store: Stores, story: Story) -> None:
    bob = await story.known(BOB)
    await store.recovery.doubt(bob.id, "found in Sent", START, START + HOUR)
    assert (await pace_of(store, BOB)).touched == (START,)


async def test_what_came_back_counts_what_never_left_does_not(store: Stores, story: Story) -> None:
    walk = await story.enrolled(BOB)
    await story.deferred(walk)
    assert (await pace_of(store, BOB)).touched == ()
    later = replace(story.intent(walk), last_touch_at=START)
    (look,) = await story.look(later, at=START + DAY, heard_since=START)
    assert isinstance(look, Begun)
    await story.settled(look.touch_id, TouchMove.ACCEPTED, ACCEPTED, next=Advance(None, START, ""))
    assert len((await pace_of(store, BOB)).touched) == 1


async def test_nobody_is_in_no_ones_company(store: Stores, story: Story) -> None:
    assert await store.outgoing.paces([99], START) == {}
    bob = await story.known("bob@gmail.com")
    assert await store.outgoing.paces([bob.id], START + timedelta(days=9)) == {bob.id: Pace()}


# --- the last look ---


async def test_p6_two_people_of_one_company_do_not_leave_in_one_batch(
    store: Stores, story: Story
) -> None:
    bob, eve = await story.enrolled(BOB), await story.enrolled(EVE)
    zoe = await story.enrolled(ZOE)
    intents = [story.intent(bob), story.intent(eve, EVE), story.intent(zoe, ZOE)]
    looks = await story.look(*intents)
    assert [isinstance(look, Begun) for look in looks] == [True, False, True]
    assert looks[1] == Stopped("another mail to their company is on its way")
    (again,) = await story.look(intents[1])
    assert again == looks[1]


async def test_p6_a_colleague_touched_since_the_decision_stops_the_mail(
    store: Stores, story: Story
) -> None:
    bob, eve = await story.enrolled(BOB), await story.enrolled(EVE)
    await story.sent(bob)
    intent = story.intent(eve, EVE)
    (look,) = await story.look(intent)
    assert isinstance(look, Stopped)
    assert "a colleague was touched meanwhile" in look.why
    (look,) = await story.look(replace(intent, company_touch_at=START + MINUTE))
    assert isinstance(look, Begun)

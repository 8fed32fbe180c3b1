"""What every store promises about contacts and noes (ports.People; promise P3)."""

from datetime import date

from nurture.core.contact import Basis, Consent, Contact, Relationship
from nurture.core.contact.address import address_mark
from nurture.core.enrollment import State
from nurture.ports import Merge, Stopped, Stores
from tests.fakes.memory_world import KEY
from tests.fakes.story import DAY, OPTED_OUT, START, Story, walk_of

FULL = Contact(
    "bob@firm.example",
    given_name="Bob",
    company="Firm",
    relationship=Relationship.FORMER_CLIENT,
    value=1200,
    interests=("roofs", "solar"),
    dates={"birthday": date(1980, 2, 29)},
    zone="Europe/Vienna",
    consent=Consent(
        Basis.CONTRACT, date(2020, 1, 1), "invoice 7", date(2030, 1, 1), "CA", notice=True
    ),
    custom={"dog": "Rex"},
    aliases=("bob@home.example",),
)


async def test_a_contact_comes_back_as_it_was_given(store: Stores) -> None:
    assert await store.people.merge([FULL], START) == (Merge.ADDED,)
    kept = await store.people.contact(FULL.address)
    assert kept is not None
    assert (kept.created_at, kept.id) == (START, 1)
    assert kept.custom == FULL.custom
    assert kept.dates == FULL.dates
    assert kept.consent == FULL.consent
    assert (kept.interests, kept.aliases) == (FULL.interests, FULL.aliases)
    assert kept.relationship is Relationship.FORMER_CLIENT
    assert await store.people.contact_by_id(kept.id) == kept


async def test_the_same_import_twice_changes_nothing(store: Stores) -> None:
    await store.people.merge([FULL], START)
    before = await store.people.contact(FULL.address)
    assert await store.people.merge([FULL], START + DAY) == (Merge.UNCHANGED,)
    assert await store.people.contact(FULL.address) == before


async def test_filled_fields_win_and_empty_ones_change_nothing(store: Stores) -> None:
    await store.people.merge([FULL], START)
    new = Contact(FULL.address, company="Firm & Sons", custom={"cat": "Tom"})
    assert await store.people.merge([new], START) == (Merge.UPDATED,)
    kept = await store.people.contact(FULL.address)
    assert kept is not None
    assert (kept.company, kept.given_name) == ("Firm & Sons", "Bob")
    assert kept.custom == {"dog": "Rex", "cat": "Tom"}


async def test_one_address_twice_in_an_import_is_one_contact(store: Stores) -> None:
    twice = [Contact("a@firm.example", city="Graz"), Contact("a@firm.example", phone="1")]
    assert await store.people.merge(twice, START) == (Merge.ADDED, Merge.UPDATED)
    (kept,) = await store.people.page()
    assert (kept.city, kept.phone) == ("Graz", "1")


async def test_a_dry_run_says_the_same_and_writes_nothing(store: Stores) -> None:
    assert await store.people.merge([FULL], START, write=False) == (Merge.ADDED,)
    assert await store.people.contact(FULL.address) is None


async def test_importing_an_alias_updates_the_person_known_by_it(store: Stores) -> None:
    await store.people.merge([FULL], START)
    renamed = Contact("bob@home.example", phone="0123")
    assert await store.people.merge([renamed], START) == (Merge.UPDATED,)
    (kept,) = await store.people.page()
    assert (kept.address, kept.phone) == (FULL.address, "0123")


async def test_an_import_never_lowers_a_suppression(store: Stores, story: Story) -> None:
    await store.people.suppress(FULL.address, "opted out", START)
    assert await store.people.merge([FULL], START) == (Merge.SUPPRESSED,)
    assert await store.people.contact(FULL.address) is None
    assert await store.people.suppressed([FULL.address]) == {FULL.address: "opted out"}


async def test_pages_follow_the_addresses_and_end(store: Stores) -> None:
    people = [Contact(f"{name}@firm.example") for name in "dbace"]
    await store.people.merge(people, START)
    first = await store.people.page(limit=3)
    rest = await store.people.page(after=first[-1].address, limit=3)
    assert [contact.address[0] for contact in (*first, *rest)] == list("abcde")
    assert await store.people.page(after=rest[-1].address) == ()


async def test_a_learnt_alias_leads_to_the_contact(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    await story.learns(bob.id, "bob@home.example")
    await story.learns(bob.id, "bob@home.example")
    await story.learns(bob.id, bob.address)
    found = await store.people.contact("bob@home.example")
    assert found is not None
    assert (found.id, found.aliases) == (bob.id, ("bob@home.example",))


async def test_an_alias_belongs_to_whom_it_was_learnt_of_last(store: Stores, story: Story) -> None:
    bob, eve = await story.known("bob@firm.example"), await story.known("eve@firm.example")
    await story.learns(bob.id, "shared@home.example")
    await story.learns(eve.id, "shared@home.example")
    found = await store.people.contact("shared@home.example")
    assert found is not None
    assert found.id == eve.id
    kept = await store.people.contact(bob.address)
    assert kept is not None
    assert kept.aliases == ()


async def test_suppressing_ends_every_walk_and_cancels_what_is_queued(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    other = await story.enrolled(sequence="news")
    await story.deferred(walk)
    await store.people.suppress("bob@firm.example", "said no on the phone", START)
    walks = [await story.now_at(each) for each in (walk, other)]
    assert [(each.state, each.reason) for each in walks] == [(State.ENDED, "opted_out")] * 2
    events = await story.events(walk.contact_id)
    assert {"address_suppressed", "enrollment_ended", "touch_cancelled"} <= set(events)
    assert await store.outgoing.next_due("anna") is None


async def test_suppressing_an_alias_silences_the_whole_person(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.learns(walk.contact_id, "bob@home.example")
    await store.people.suppress("bob@home.example", "no", START)
    both = ["bob@home.example", "bob@firm.example"]
    assert set(await store.people.suppressed(both)) == set(both)
    assert (await story.now_at(walk)).state is State.ENDED


async def test_the_first_reason_of_a_suppression_stays(store: Stores) -> None:
    for reason in ("complaint", "dead"):
        await store.people.suppress("bob@firm.example", reason, START)
    assert await store.people.suppressed(["bob@firm.example"]) == {"bob@firm.example": "complaint"}


async def test_p3_a_mark_alone_suppresses_whoever_comes_with_that_address(store: Stores) -> None:
    mark = address_mark(KEY, "bob@firm.example")
    for _ in range(2):
        await store.people.suppress_mark(mark, "opted out", START)
    assert await store.people.suppressed(["bob@firm.example", "ada@firm.example"]) == {
        "bob@firm.example": "opted out"
    }
    assert await store.people.merge([Contact("bob@firm.example")], START) == (Merge.SUPPRESSED,)


async def test_p3_who_is_suppressed_cannot_be_enrolled(store: Stores, story: Story) -> None:
    bob = await story.known("bob@firm.example")
    await store.people.suppress(bob.address, "no", START)
    assert await store.outgoing.enroll([walk_of(bob)]) == (None,)


async def test_p3_a_no_heard_after_the_decision_stops_the_mail(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.leased()
    bob = await store.people.contact("bob@firm.example")
    assert bob is not None
    recorded = await story.hears(bob, OPTED_OUT)
    assert [moved.state for moved in recorded.moved] == [State.ENDED]
    (look,) = await story.look(story.intent(walk))
    assert isinstance(look, Stopped)
    assert await store.incoming.last_touch_to(bob.id) is None

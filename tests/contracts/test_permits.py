"""What every store promises about permissions that end (ports.Permits)."""

from dataclasses import replace
from datetime import date

from nurture.core.contact import Basis, Consent, Contact, LegalForm
from nurture.core.effect import Effect
from nurture.core.enrollment import Move
from nurture.ports import Stores, Stretch
from tests.fakes.story import ACCOUNT, ALLOWED, START, Story

NOBODY = 1 << 40
EVERY_GROUND = (
    {},
    {"country": "DE"},
    {"legal_form": LegalForm.INDIVIDUAL},
    {"consent": Consent()},
    {"consent": replace(ALLOWED, basis=Basis.PURCHASE)},
    {"consent": replace(ALLOWED, since=date(2021, 1, 1))},
    {"consent": replace(ALLOWED, evidence='a "form", signed')},
    {"consent": replace(ALLOWED, expires=date(2027, 1, 1))},
    {"consent": replace(ALLOWED, jurisdiction="FR")},
    {"consent": replace(ALLOWED, notice=True)},
)


async def everybody(store: Stores) -> Stretch:
    """All people as one stretch."""
    stretch = await store.permits.next_stretch(ACCOUNT, limit=NOBODY)
    assert stretch is not None
    return stretch


async def walkers(store: Stores, stretch: Stretch) -> list[str]:
    """The addresses of all who walk in it."""
    names = [ground.name for ground in stretch.grounds]
    found = await store.permits.standing_on(ACCOUNT, stretch, names)
    return [contact.address for contact, _ in found]


async def test_only_who_is_under_way_for_the_account_is_looked_at(
    store: Stores, story: Story
) -> None:
    ada = await story.known("ada@firm.example")
    await story.known("idle@firm.example", country="FR")
    await story.enrolled(ada.address)
    await story.enrolled(ada.address, "other")
    eve = await story.known("eve@else.example", country="IT")
    await story.enrolled(eve.address)
    far = await story.known("far@away.example", country="US")
    await story.enrolled(far.address, account="bob")
    await story.hears(eve, Effect(move=Move.STOPPED))
    stretch = await everybody(store)
    assert [each.anybody for each in stretch.grounds] == [Contact("", consent=ALLOWED)]
    assert await walkers(store, stretch) == [ada.address]
    everywhere = replace(stretch, after=ada.id)
    assert await walkers(store, everywhere) == []
    assert await store.permits.observers(ACCOUNT) == (Contact(""),)


async def test_stretch_by_stretch_everybody_is_looked_at_once(store: Stores, story: Story) -> None:
    for name in "abcde":
        await story.known(f"{name}@{name}.example")
    for name in "abde":
        await story.enrolled(f"{name}@{name}.example")
    found, stretch = [], await store.permits.next_stretch(ACCOUNT, limit=2)
    while stretch:
        found.append([address[0] for address in await walkers(store, stretch)])
        stretch = await store.permits.next_stretch(ACCOUNT, stretch.upto, limit=2)
    assert found == [["a", "b"], ["d"], ["e"]]


async def test_a_ground_is_all_that_a_permission_rests_on(store: Stores, story: Story) -> None:
    people = {}
    for number, fields in enumerate(EVERY_GROUND):
        for twin in "ab":
            given = fields | {"given_name": "Ada", "family_name": twin, "city": twin}
            who = await story.known(f"{twin}{number}@firm.example", **given)
            people[who.address] = who
            await story.enrolled(who.address)
    stretch = await everybody(store)
    assert len(stretch.grounds) == len(EVERY_GROUND)
    for ground in stretch.grounds:
        found = await store.permits.standing_on(ACCOUNT, stretch, [ground.name])
        assert [name for _, name in found] == [ground.name] * 2
        for contact, _ in found:
            whole = people[contact.address]
            assert contact == Contact(whole.address, whole.id, "Ada", whole.family_name)
            theirs = replace(
                ground.anybody,
                address=whole.address,
                id=whole.id,
                given_name="Ada",
                family_name=whole.family_name,
                city=whole.city,
                created_at=whole.created_at,
            )
            assert theirs == whole


async def test_who_observes_what_and_where_is_told_once(store: Stores, story: Story) -> None:
    cases = [
        {"country": "DE", "subdivision": "BY", "observes": ("islam", "Diwali")},
        {"country": "DE", "subdivision": "BY"},
        {"country": "DE"},
    ]
    for number, fields in enumerate(cases * 2):
        who = await story.known(f"{number}@firm.example", city=f"city {number}", **fields)
        await story.enrolled(who.address)
    found = await store.permits.observers(ACCOUNT)
    assert len(found) == len(cases)
    assert all(replace(Contact(""), **fields) in found for fields in cases)


async def test_a_warning_and_its_marks_are_kept_together(store: Stores, story: Story) -> None:
    walks = [await story.enrolled(f"{name}@firm.example") for name in "abc"]
    marks = dict(zip((walk.contact_id for walk in walks), ("one", "one", "two"), strict=True))
    await store.permits.warn(ACCOUNT, "soon", "Bob", START, marks)
    stretch = await everybody(store)
    mark_of = {ground.name: ground.mark for ground in stretch.grounds}
    found = await store.permits.standing_on(ACCOUNT, stretch, mark_of)
    assert {contact.id: mark_of[ground] for contact, ground in found} == marks
    (notice,) = await store.desk.notices_due(START)
    assert (notice.subject, notice.text, notice.account) == ("soon", "Bob", ACCOUNT)

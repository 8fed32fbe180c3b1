"""What lies ahead of one person, due or not, comes with the facts that a decision needs."""

from nurture.core.decision import Rest
from nurture.ports import Stores
from tests.fakes.story import DAY, START, Story


async def test_every_active_lane_of_a_person_is_ahead_of_them_due_or_not(store: Stores) -> None:
    story = Story(store)
    walk = await story.enrolled()
    await story.enrolled("other@else.example")
    other = await story.enrolled(sequence="news")
    await story.noted(walk, Rest(START + 30 * DAY))
    found = await store.outgoing.ahead(walk.contact_id, START)
    assert [each.enrollment.id for each in found] == [walk.id, other.id]
    (now_due,) = [each for each in found if each.enrollment.id == other.id]
    assert now_due in await store.outgoing.due(now_due.enrollment.account, START, 10)


async def test_nothing_is_ahead_of_whom_a_no_has_ended(store: Stores) -> None:
    story = Story(store)
    walk = await story.enrolled()
    await store.people.suppress("bob@firm.example", "opted out", START)
    assert await store.outgoing.ahead(walk.contact_id, START) == ()

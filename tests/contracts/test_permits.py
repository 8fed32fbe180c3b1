"""What every store promises about permissions that end (ports.Permits)."""

from nurture.core.effect import Effect
from nurture.core.enrollment import Move
from nurture.ports import Stores
from tests.fakes.story import ACCOUNT, START, Story


async def test_only_who_is_under_way_for_the_account_is_looked_at(
    store: Stores, story: Story
) -> None:
    ada = await story.known("ada@firm.example")
    await story.known("idle@firm.example")
    await story.enrolled(ada.address)
    await story.enrolled(ada.address, "other")
    eve = await story.known("eve@else.example")
    await story.enrolled(eve.address)
    far = await story.known("far@away.example")
    await story.enrolled(far.address, account="bob")
    await story.hears(eve, Effect(move=Move.STOPPED))
    assert [each.address for each, _ in await store.permits.walkers(ACCOUNT)] == [ada.address]
    assert await store.permits.walkers(ACCOUNT, ada.id) == ()


async def test_a_page_ends_where_it_is_told_to(store: Stores, story: Story) -> None:
    for name in "abc":
        await story.enrolled(f"{name}@{name}.example")
    first = await store.permits.walkers(ACCOUNT, limit=2)
    rest = await store.permits.walkers(ACCOUNT, first[-1][0].id)
    assert [who.address[0] for who, _ in (*first, *rest)] == ["a", "b", "c"]


async def test_a_warning_and_its_marks_are_kept_together(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await store.permits.warn(ACCOUNT, "soon", "Bob", START, {walk.contact_id: "2026-05-01/60"})
    ((_, mark),) = await store.permits.walkers(ACCOUNT)
    assert mark == "2026-05-01/60"
    (notice,) = await store.desk.notices_due(START)
    assert (notice.subject, notice.text, notice.account) == ("soon", "Bob", ACCOUNT)

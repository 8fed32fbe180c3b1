"""What every store promises about halts (ports.Switch), and about what it forgot (Recovery)."""

from dataclasses import replace

import pytest

from nurture import ports
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, State
from nurture.core.halt import Halt, HaltKind
from nurture.core.touch import TouchState
from nurture.ports import Stores
from tests.fakes.story import ACCOUNT, DAY, HOUR, MINUTE, START, Story

WHY = "a wrong price"


def found(walk: Enrollment, step: str = "first", to: str | None = "second") -> ports.Recalled:
    return ports.Recalled(
        enrollment_id=walk.id,
        step=step,
        ids=(f"{step}@firm.example", f"{step}@provider.example"),
        subject="Hello",
        recipient="bob@firm.example",
        sent_at=START + HOUR,
        next=Advance(to, START + HOUR, f"{step} was found"),
        why="found in Sent",
    )


@pytest.mark.parametrize("halt_kind", list(HaltKind))
async def test_no_last_look_passes_while_anything_is_halted(
    store: Stores, story: Story, halt_kind: HaltKind
) -> None:
    walk = await story.enrolled()
    assert await store.switch.halt(halt_kind, WHY, START)
    (look,) = await story.look(story.intent(walk))
    assert isinstance(look, ports.Stopped)
    assert WHY in look.why
    assert await store.switch.lift(halt_kind, "mended", START)
    assert await story.begun(walk)


async def test_the_first_reason_of_a_halt_stays(store: Stores) -> None:
    assert await store.switch.halt(HaltKind.STOPPED, WHY, START)
    assert not await store.switch.halt(HaltKind.STOPPED, "again", START + DAY)
    assert await store.switch.halts() == (Halt(HaltKind.STOPPED, WHY, START),)


async def test_each_halt_is_lifted_by_its_own_word(store: Stores) -> None:
    await store.switch.halt(HaltKind.STOPPED, WHY, START)
    await store.switch.halt(HaltKind.RESTORED, "a backup", START + HOUR)
    assert await store.switch.lift(HaltKind.STOPPED, "mended", START + DAY)
    assert not await store.switch.lift(HaltKind.STOPPED, "mended", START + DAY)
    assert [each.kind for each in await store.switch.halts()] == [HaltKind.RESTORED]


async def test_it_is_remembered_when_each_halt_was_last_lifted(store: Stores) -> None:
    for at in (START, START + DAY):
        await store.switch.halt(HaltKind.RESTORED, "a backup", at)
        assert await store.switch.lift(HaltKind.RESTORED, "compared", at + HOUR)
    assert await store.switch.lifted_at(HaltKind.RESTORED) == START + DAY + HOUR
    assert await store.switch.lifted_at(HaltKind.STOPPED) is None


async def test_a_database_that_stays_where_it_is_is_no_stranger(store: Stores) -> None:
    for hours in range(3):
        assert await store.switch.settle_in(START + hours * HOUR) == ""
    assert await store.switch.halts() == ()


async def test_the_newest_touch_is_known_else_the_first_enrollment(
    store: Stores, story: Story
) -> None:
    assert await store.recovery.newest_touch(ACCOUNT) is None
    walk = await story.enrolled()
    assert await store.recovery.newest_touch(ACCOUNT) == START
    await story.begun(walk, at=START + MINUTE)
    assert await store.recovery.newest_touch(ACCOUNT) == START + MINUTE
    assert await store.recovery.newest_touch("ben") is None


async def test_only_mail_recorded_before_the_halt_is_known(store: Stores, story: Story) -> None:
    await store.incoming.record(story.mail(message_id="by-hand@anna.example"))
    assert await store.recovery.knows_mail("by-hand@anna.example", START + DAY)
    assert not await store.recovery.knows_mail("by-hand@anna.example", START + HOUR)
    assert not await store.recovery.knows_mail("other@anna.example", START + DAY)


async def test_a_recalled_step_is_sent_and_its_walk_is_behind_it(
    store: Stores, story: Story
) -> None:
    walk = await story.enrolled()
    assert await store.recovery.recall(found(walk), START + DAY)
    after = await story.now_at(walk)
    assert (after.position, after.anchor_at, after.due_at) == (
        "second", START + HOUR, START + HOUR,
    )  # fmt: skip
    (touch,) = await store.recovery.touches(walk.id)
    assert (touch.step, touch.state, touch.sent_at) == ("first", TouchState.SENT, START + HOUR)
    for each in found(walk).ids:
        known = await store.incoming.touch_of([each])
        assert known is not None
        assert known.id == touch.id
    assert await story.counted() == 1
    (due,) = await store.outgoing.due(ACCOUNT, START + DAY, 9)
    assert due.pace.last_touch_at == START + HOUR
    assert "mail_recalled" in await story.events(walk.contact_id)


async def test_a_recalled_step_never_passes_a_last_look_again(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    intent = story.intent(walk)
    await store.recovery.recall(found(walk), START + DAY)
    (look,) = await story.look(replace(intent, message_id="new@firm.example"))
    assert isinstance(look, ports.Stopped)


async def test_what_is_known_is_not_recalled_twice(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await story.sent(walk)
    before = await story.now_at(walk)
    assert not await store.recovery.recall(found(walk), START + DAY)
    assert await story.now_at(walk) == before
    assert len(await store.recovery.touches(walk.id)) == 1


async def test_the_last_step_recalled_ends_the_walk(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await store.recovery.recall(found(walk, to=None), START + DAY)
    assert (await story.now_at(walk)).state is State.ENDED


async def test_a_paused_walk_is_brought_forward_lying_down(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    await store.recovery.doubt(walk.contact_id, "look", START, START)
    await store.recovery.recall(found(walk), START + DAY)
    after = await story.now_at(walk)
    assert (after.state, after.position) == (State.PAUSED, "second")


async def test_a_deferred_touch_found_in_sent_was_sent(store: Stores, story: Story) -> None:
    walk = await story.enrolled()
    touch_id = await story.deferred(walk)
    onward = Advance("second", START + HOUR, "found")
    assert await store.recovery.confirm(touch_id, START + HOUR, onward, START + DAY)
    (touch,) = await store.recovery.touches(walk.id)
    assert (touch.state, touch.sent_at) == (TouchState.SENT, START + HOUR)
    assert (await story.now_at(walk)).position == "second"
    assert not await store.recovery.confirm(touch_id, START + HOUR, onward, START + DAY)


async def test_a_mail_nobody_explains_pauses_every_active_walk(store: Stores, story: Story) -> None:
    first, second = await story.enrolled(), await story.enrolled(sequence="news")
    other = await story.enrolled("eve@else.example")
    assert await store.recovery.doubt(first.contact_id, "look at it", START + HOUR, START) == 2
    for walk in (first, second):
        after = await story.now_at(walk)
        assert (after.state, after.reason) == (State.PAUSED, "look at it")
    assert (await story.now_at(other)).state is State.ACTIVE
    assert await store.recovery.doubt(first.contact_id, "once more", START, START) == 0

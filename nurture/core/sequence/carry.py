"""How people under way come from one text of a sequence to another, and what they miss by it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence.course import lanes
from nurture.core.sequence.outline import Sequence as StepSequence
from nurture.value import frozen


@frozen
class Carried:
    """What becomes of one person's walk: its lanes as they were, go on, begin, and end.

    `missed` are steps ahead of them in neither text any more, or that stand before their place in
    the new one: they will not get them.
    """

    was: tuple[Enrollment, ...]
    kept: tuple[Enrollment, ...] = ()
    begun: tuple[Enrollment, ...] = ()
    ended: tuple[Enrollment, ...] = ()
    missed: tuple[str, ...] = ()


def carry(
    walk: Sequence[Enrollment],
    contact: Contact,
    old: StepSequence,
    new: StepSequence,
    had: Collection[str],
    now: datetime,
    *,
    zone: str,
) -> Carried:
    """The lanes of one walk on the new text, carried over by the ids of steps.

    Whoever stands at a step that is gone goes on at the next one, in the old order, that the new
    text has.  Nobody is sent a step again (`had` are those of the order that had their touch or
    task); nothing is skipped unsaid.  State, anchors and the days of occasions stay, so that the
    same text applied again restores the very same schedule; what is due is looked at now.
    """
    live = [lane for lane in walk if lane.state is not State.ENDED]
    kept, ended, missed = list[Enrollment](), list[Enrollment](), tuple[str, ...]()
    for lane in live:
        position = lane.lane or _place(lane.position, old, new)
        if position is None or new.step(position) is None:
            ended.append(lane)
            continue
        if not lane.lane:
            missed = _missed(lane.position, position, old, new, had)
        kept.append(_on(lane, position, new, now))
    return Carried(
        tuple(live), tuple(kept), _begun(walk, contact, new, now, zone), tuple(ended), missed
    )


def _on(lane: Enrollment, position: str, new: StepSequence, now: datetime) -> Enrollment:
    ids = [step.id for step in new.steps]
    first = new.entry.first
    owes = first if not lane.lane and first and ids.index(position) <= ids.index(first) else ""
    # A lane that waits for a task is due no more until the task is done.
    stands = lane.due_at is None and position == lane.position and lane.occurrence
    due_at = None if stands else max(now, lane.held_until or now)
    return replace(lane, revision=new.revision, position=position, due_at=due_at, owes=owes)


def _place(position: str, old: StepSequence, new: StepSequence) -> str | None:
    """The first step at or behind this place that the new text still has; None behind the last."""
    ids = [step.id for step in old.steps]
    there = {step.id for step in new.steps}
    ahead = ids[ids.index(position) :] if position in ids else []
    return next((each for each in ahead if each in there), None)


def _missed(
    position: str, place: str, old: StepSequence, new: StepSequence, had: Collection[str]
) -> tuple[str, ...]:
    old_ids, new_ids = [each.id for each in old.steps], [each.id for each in new.steps]
    passed = set(old_ids[: old_ids.index(position)]) if position in old_ids else set()
    before = new_ids[: new_ids.index(place)]
    silent = {each.id for each in new.steps if each.kind in {"wait", "branch"}}
    return tuple(each for each in before if each not in {*passed, *had, *silent})


def _begun(
    walk: Sequence[Enrollment], contact: Contact, new: StepSequence, now: datetime, zone: str
) -> tuple[Enrollment, ...]:
    """Lanes for occasions that this walk did not know; they join it in its state."""
    model = next((lane for lane in walk if lane.state is not State.ENDED), None)
    if model is None:
        return ()
    known = {lane.lane for lane in walk}
    fresh = lanes(new, contact, model.account, now, because=model.because, run=model.run, zone=zone)
    return tuple(
        replace(lane, state=model.state, reason=model.reason, enrolled_at=model.enrolled_at)
        for lane in fresh
        if lane.lane and lane.lane not in known
    )

"""What to do with one enrollment that is due: the general rules first, then its step."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nurture.core.calendar import Wait, at_wall_time
from nurture.core.choice.occasion import Occurrence, next_occurrence, stride, unasked, unsure
from nurture.core.decision import Advance, Decision, End, Hold, Postpone, Rest
from nurture.core.enrollment import FIRST, State
from nurture.core.override import Overridden
from nurture.core.sequence import Occasion, Sequence, Step, greets
from nurture.core.sequence.exit import Past, ending
from nurture.core.situation import Situation

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_ACTIVE = State.ACTIVE  # looked up once, not for each mail


def decide(situation: Situation) -> Decision:
    """The decision for an enrollment that is due, by promises P3 and P6, then by its step."""
    enrollment, now = situation.enrollment, situation.now
    if enrollment.state is not _ACTIVE:
        return End(f"the enrollment is {enrollment.state}")
    if situation.is_suppressed:
        return End("the address is suppressed")
    if enrollment.held_until and now < enrollment.held_until:
        return Postpone(enrollment.held_until, enrollment.held_why)
    if why := _way_out(situation):
        return End(why)
    step = situation.step
    if step is None:
        return Hold(now + _DAY, f"step {enrollment.position!r} is not in this revision")
    occasion = situation.sequence.occasion(step.id)
    if occasion and (aside := _not_today(situation, occasion)):
        return aside
    return _passed_over(situation, step) or _as_told(situation) or step.decide(situation)


def passed(situation: Situation, why: str) -> Advance:
    """On to what follows this step: the next one, or the occasion's next day."""
    walk, sequence = situation.enrollment, situation.sequence
    if occasion := sequence.occasion(walk.position):
        day = _day_of(walk.occurrence)
        # Where the day is corrected afterwards, it is not the next time yet.
        after = day + stride(occasion.on) if day else situation.today
        return _planned(situation, upcoming(situation, occasion, after), why)
    following = sequence.after(walk.position)
    return Advance(following.id if following else None, situation.now, why)


def reached(
    situation: Situation, at: datetime, why: str, overridden: Collection[str] = ()
) -> Advance:
    """On behind a step that reached them at that instant, and to the end of a wait that follows.

    What the next look would find is known already: where it only rests, nobody need look before.
    A step that the owner `overridden` is looked at in its own time.
    """
    walk = situation.enrollment
    if walk.lane:
        return passed(replace(situation, now=at), why)
    step = situation.sequence.after(walk.position)
    wait = getattr(step, "wait", None)
    if step is None or not isinstance(wait, Wait) or step.id in overridden:
        return Advance(step.id if step else None, at, why)
    if step.when is None and not situation.sequence.exits.names_any:
        # Nothing but the wait itself has a say.
        return Advance(step.id, wait_ends(situation, wait, at), why)
    then = decide(_arrived(situation, step, at))
    rests_until = then.until if isinstance(then, Rest) else None
    return Advance(step.id, rests_until or at, why)


def wait_ends(situation: Situation, wait: Wait, since: datetime) -> datetime:
    """When a wait that began at that instant is over, in the contact's own calendar."""
    return wait.after(since, situation.zones[0], situation.contact.country)


def _arrived(situation: Situation, step: Step, at: datetime) -> Situation:
    """What will be known once the walk stands at this step, behind a touch of that instant."""
    walk, pace = situation.enrollment, situation.pace
    return replace(
        situation,
        now=at,
        enrollment=replace(
            walk, position=step.id, occurrence=FIRST, anchor_at=at, due_at=at, held_until=None
        ),
        pace=replace(pace, last_touch_at=at, touched=(*pace.touched, at)),
        sent=situation.sent | {walk.position},
        override=None,
    )


def behind(
    sequence: Sequence | None, step: str, occurrence: str, at: datetime, why: str
) -> Advance | None:
    """Where a walk goes from a step that had its touch; None where the text is gone.

    An occasion comes back to itself, and its next day is found when it is looked at.
    """
    if sequence is None or sequence.step(step) is None:
        return None
    following = sequence.after(step)
    return Advance(following.id if following else None, at, why, occurrence=occurrence)


def upcoming(situation: Situation, occasion: Occasion, after: date) -> Occurrence | None:
    """The occasion's first day behind that one, for this person."""
    return next_occurrence(
        occasion.on,
        situation.contact,
        after,
        situation.calendar,
        greets=greets(occasion.step),
        window=situation.sequence.window,
        home=situation.account.owner.country,
    )


def lapses_at(situation: Situation, step: Step) -> datetime | None:
    """When it is too late for this step; None for never.

    An occasion counts from the beginning of its day, and ends where that day ends first; a step
    in the order counts from when it became due.
    """
    if step.lasts is None:
        return None
    walk, zones, country = situation.enrollment, situation.zones, situation.contact.country
    day = _day_of(walk.occurrence) if walk.lane else None
    if day is None:
        return step.lasts.after(walk.anchor_at, zones[0], country)
    return min(
        step.lasts.after(at_wall_time(day, _MIDNIGHT, zone), zone, country) for zone in zones
    )


def _way_out(situation: Situation) -> str:
    sequence, pace = situation.sequence, situation.pace
    if not sequence.exits.names_any:
        return ""
    why = ending(
        sequence.exits,
        situation.enrollment,
        situation.contact,
        situation.facts,
        Past(pace.touched, pace.last_heard_at),
        situation.zones[0],
        situation.now,
    )
    if not why and sequence.exits.leaves_audience:
        why = sequence.entry.matches(situation.contact, situation.facts)
    return why


def _day_of(occurrence: str) -> date | None:
    return date.fromisoformat(occurrence) if occurrence and occurrence != FIRST else None


def _not_today(situation: Situation, occasion: Occasion) -> Decision | None:
    """What to do instead where the day is not here, has moved, or is not known."""
    walk = situation.enrollment
    day = _day_of(walk.occurrence)
    after = day - stride(occasion.on) if day else situation.today
    found = upcoming(situation, occasion, after)
    if found is None:
        return Rest(None, "")
    begins = _begins(situation, found)
    if situation.now < begins:
        return Rest(begins, found.key)
    if found.key != walk.occurrence:
        return _planned(situation, found, "the day is another now")
    # First whether it is too late: a day that nobody confirms must not hold the lane for ever.
    return _passed_over(situation, occasion.step) or _unwelcome(situation, occasion, found)


def _unwelcome(situation: Situation, occasion: Occasion, found: Occurrence) -> Decision | None:
    """A greeting needs a sure day, and a feast they are known to keep (domain.md E1, E3)."""
    if not greets(occasion.step):
        return None
    if why := unasked(found, situation.contact):
        return passed(situation, why)
    if why := unsure(found):
        return Hold(situation.now + _DAY / 4, why)
    return None


def _planned(situation: Situation, found: Occurrence | None, why: str) -> Advance:
    to = situation.enrollment.position
    if found is None:
        return Advance(to, None, why, occurrence="")
    return Advance(to, _begins(situation, found), why, occurrence=found.key)


def _begins(situation: Situation, found: Occurrence) -> datetime:
    """The beginning of the day to act, where it begins first."""
    return min(at_wall_time(found.day, _MIDNIGHT, zone) for zone in situation.zones)


def _passed_over(situation: Situation, step: Step) -> Advance | None:
    lapse = lapses_at(situation, step)
    if lapse and situation.now >= lapse:
        return passed(situation, f"{step.id} is too late and was dropped")
    if step.when and not step.when.holds(situation.contact, situation.facts):
        why = f"{step.id} is not for them: {step.when}"
        return replace(passed(situation, why), took_no_time=True)
    return None


def _as_told(situation: Situation) -> Decision | None:
    """What the owner decided about this very step of this person; rewording is the step's."""
    override = situation.override
    if override is None:
        return None
    if override.what is Overridden.SKIPPED:
        return passed(situation, f"you skipped it: {override.why}")
    if override.what is Overridden.MOVED and override.to and situation.today < override.to:
        return Postpone(at_wall_time(override.to, _MIDNIGHT, situation.zones[0]), "you moved it")
    return None

"""The lanes of a walk as they stand when somebody begins a sequence."""

from datetime import datetime, time

from nurture.core.calendar import at_wall_time
from nurture.core.contact import Contact
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import FIRST, Enrollment, State
from nurture.core.sequence.outline import Sequence

_MIDNIGHT = time(0)


def lanes(
    sequence: Sequence,
    contact: Contact,
    account: str,
    now: datetime,
    *,
    because: str,
    run: int = 1,
    zone: str = "UTC",
) -> tuple[Enrollment, ...]:
    """The first place of each lane, the order first; occasions are looked at now.

    Where the entry names a date of the contact's own, the order begins with that day, in their
    zone or in `zone` where theirs is not known, and the first wait counts from it, though it is
    past; else all begins now.
    """
    first = sequence.steps[0].id if sequence.steps else ""
    anchor = _anchor(sequence, contact, now, zone)
    positions = [("", first, FIRST, anchor)] if first else []
    positions += [(each.step.id, each.step.id, "", now) for each in sequence.occasions]
    return tuple(
        Enrollment(
            id=0,
            contact_id=contact.id,
            account=account,
            sequence=sequence.name,
            revision=sequence.revision,
            state=State.ACTIVE,
            position=position,
            anchor_at=anchor_at,
            due_at=max(now, anchor_at),
            enrolled_at=now,
            because=because,
            run=run,
            lane=lane,
            occurrence=occurrence,
            owes="" if lane else sequence.entry.first,
        )
        for lane, position, occurrence, anchor_at in positions
    )


def _anchor(sequence: Sequence, contact: Contact, now: datetime, zone: str) -> datetime:
    day = contact.dates.get(sequence.entry.anchor)
    if day is None:
        return now
    return at_wall_time(day, _MIDNIGHT, zones_of(contact, zone)[0])

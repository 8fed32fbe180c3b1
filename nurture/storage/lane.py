"""What the lanes of one walk, and the walks of one person, have to do with one another."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State

_ROOTS_OF_DAYS: Final = (
    "dates", "country", "subdivision", "zone", "city", "tags", "custom", "relationship", "observes",
)  # fmt: skip


def parting_owed(walk_id: int, others: Iterable[Enrollment]) -> str:
    """The sequence whose parting note this person must have before this walk speaks, or nothing.

    Of two walks that both owe one, the elder goes first; else both would wait for ever.
    """
    owing = sorted(
        (each for each in others if each.owes and each.state is State.ACTIVE),
        key=lambda each: each.id,
    )
    if any(each.id == walk_id for each in owing[:1]):
        return ""
    return next((each.sequence for each in owing if each.id != walk_id), "")


def first_of_lanes(walks: Iterable[Enrollment]) -> tuple[Enrollment, ...]:
    """One for each walk and way it stands: what is told of a person, not of every lane."""
    first: dict[tuple[object, ...], Enrollment] = {}
    for each in walks:
        alike = (each.contact_id, each.sequence, each.run, each.state, each.reason, each.held_why)
        first.setdefault(alike, each)
    return tuple(first.values())


def lanes_together(given: Iterable[Enrollment]) -> tuple[tuple[Enrollment, ...], ...]:
    """The lanes of each walk; where a lane comes twice, it is the same walk once more."""
    found: list[list[Enrollment]] = []
    last: dict[tuple[int, str, int], list[Enrollment]] = {}
    for each in given:
        walk = (each.contact_id, each.sequence, each.run)
        lanes = last.get(walk, [])
        if not lanes or each.lane in {other.lane for other in lanes}:
            lanes = last[walk] = []
            found.append(lanes)
        lanes.append(each)
    return tuple(tuple(lanes) for lanes in found)


def count_walks(lanes: Iterable[Enrollment]) -> int:
    """How many walks these lanes belong to."""
    return len({(each.contact_id, each.sequence, each.run) for each in lanes})


def moves_occasions(old: Contact, new: Contact) -> bool:
    """Whether something changed by which the days of occasions are found."""
    return any(getattr(old, name) != getattr(new, name) for name in _ROOTS_OF_DAYS)


def replanned(walk: Enrollment, now: datetime) -> Enrollment:
    """An occasion that is looked at at once, since its day may be another now."""
    if not walk.lane or walk.state is not State.ACTIVE:
        return walk
    return replace(walk, due_at=min(now, walk.due_at or now))

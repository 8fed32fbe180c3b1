"""Walks as they are read: what many of them have in common comes as one text, read once."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from nurture.core.enrollment import Enrollment, State
from nurture.storage.tables import enrollments
from nurture.storage.together import Together


class Course(NamedTuple):
    """What many walks have in common: the text that they follow, and where they stand in it."""

    account: str
    sequence: str
    revision: str
    state: State
    position: str
    because: str
    reason: str
    run: int
    lane: str
    occurrence: str
    owes: str
    held_why: str


COURSE: Final = Together(*(enrollments.c[name] for name in Course._fields))
_OWN: Final = ("id", "contact_id", "anchor_at", "due_at", "enrolled_at", "held_until")
WALK: Final = (*(enrollments.c[name] for name in _OWN), COURSE)
"""What an enrollment is made of, in as few columns as it can be read."""


@lru_cache(maxsize=1024)
def course_of(text: str) -> Course:
    """The value of a COURSE, one for all who share it."""
    account, sequence, revision, state, *more = json.loads(text)
    return Course(account, sequence, revision, State(state), *more)


def walk_of(row: Sequence[Any]) -> Enrollment:
    """The value of a row of the WALK columns."""
    number, contact_id, anchor_at, due_at, enrolled_at, held_until, text = row
    course = course_of(text)
    return Enrollment(
        number,
        contact_id,
        course.account,
        course.sequence,
        course.revision,
        course.state,
        course.position,
        anchor_at,
        due_at,
        enrolled_at,
        course.because,
        course.reason,
        course.run,
        course.lane,
        course.occurrence,
        course.owes,
        held_until,
        course.held_why,
    )

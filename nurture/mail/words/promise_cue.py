"""What a clause is asked for, and what it may answer, in any language."""

from enum import StrEnum

from nurture.value import frozen


class Cue(StrEnum):
    """How a clause promises something."""

    FIRM = "firm"  # it is a promise as it stands
    BY_DAY = "by_day"  # it is one where a day is named with it


@frozen
class Said:
    """A clause, made plain, and what stands around it.

    `may_drop_subject`: nobody else was spoken of before it in the sentence; `goes_on`: the clause
    before it promised something, and this one may share its subject.
    """

    clause: str
    sentence: str
    may_drop_subject: bool
    goes_on: bool

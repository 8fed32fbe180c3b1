"""How people come into a sequence and how they leave it, as a file says it."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from nurture.core.calendar import Wait
from nurture.core.calendar.on import own_name
from nurture.core.calendar.stretch import read_wait
from nurture.core.contact import Relationship
from nurture.core.sequence.entry import Again, Entry, Start
from nurture.core.sequence.exit import Exits
from nurture.core.spelling import did_you_mean, listed, read_each
from nurture.core.written import Name, Words, WrittenCondition, WrittenWait, YesNo, read_words
from nurture.definition.value import Written, WrittenDate

_OWN = re.compile(r"contact['\u2019]s ([a-z][\w -]*)", re.IGNORECASE)
_SILENT = re.compile(r"(\d{1,2}) +silent +touch(?:es)?", re.IGNORECASE)
_AFTER = re.compile(r"after +(.+)", re.IGNORECASE)


def _relationships(written: object) -> frozenset[Relationship]:
    return frozenset(read_each(read_words(written), _relationship))


def _relationship(word: str) -> Relationship:
    known = {str(each).replace("_", " "): each for each in Relationship}
    name = " ".join(re.split(r"[\s_-]+", word.lower()))
    if name not in known:
        raise ValueError(f"{word!r} is no relationship: {listed(known)}{did_you_mean(name, known)}")
    return known[name]


def _anchor(written: object) -> str:
    found = _OWN.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"write a date of theirs like contact's project-end, not {written!r}")
    return own_name(found[1])


def _again(written: object) -> tuple[Again, Wait | None]:
    word = " ".join(written.lower().split()) if isinstance(written, str) else ""
    if word in (Again.NEVER, Again.IF_INACTIVE):
        return Again(word), None
    if found := _AFTER.fullmatch(word):
        return Again.AFTER, read_wait(found[1])
    raise ValueError(f"write never, after 1 year, or if inactive, not {written!r}")


def _silent_touches(written: object) -> int:
    found = _SILENT.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"write after: 3 silent touches, not {written!r}")
    return int(found[1])


_WHO = {"type": "string", "enum": [str(each).replace("_", " ") for each in Relationship]}


class EntryText(Written):
    """Who may begin the sequence, and how; without it anybody, by hand."""

    who: Annotated[
        frozenset[Relationship],
        BeforeValidator(_relationships),
        WithJsonSchema({"anyOf": [_WHO, {"type": "array", "items": _WHO, "minItems": 1}]}),
    ] = Field(default=frozenset(), description="The relationship to the owner, or several.")
    when: WrittenCondition | None = Field(default=None, description="For whom this holds.")
    start: Start = Field(
        default=Start.BY_HAND,
        strict=False,
        description="Who enrolls the people that match: the owner by hand; the owner, who is told "
        "who matches (ask); or nurture as soon as somebody does (automatic).",
    )
    anchor: Annotated[
        str,
        BeforeValidator(_anchor),
        WithJsonSchema({"type": "string", "pattern": r"^[Cc]ontact['\u2019]s .+$"}),
    ] = Field(
        default="",
        alias="from",
        description="The date of theirs on which the order begins and from which the first wait "
        "counts, past or to come, like contact's project-end; without it the day they are "
        "enrolled.",
    )
    again: Annotated[
        tuple[Again, Wait | None],
        BeforeValidator(_again),
        WithJsonSchema({"type": "string", "pattern": "^(never|if inactive|after .+)$"}),
    ] = Field(
        default=(Again.NEVER, None),
        description="Whether somebody may go through it once more: never, after 1 year, or if "
        "inactive (nothing has passed between us for half a year).",
    )
    alone: YesNo = Field(
        default=False,
        description="Whether it keeps away from people who are in another that is alone too.",
    )
    instead_of: Words = Field(
        default=(),
        alias="instead of",
        description="Sequences in which somebody cannot be at the same time.",
    )
    priority: int = Field(
        default=5, ge=1, le=9, description="Where several that are alone compete, the highest wins."
    )
    first: Name | None = Field(
        default=None,
        description="The parting note: until this step is done nothing else of ours goes to them.",
    )

    def entry(self) -> Entry:
        """The door itself."""
        again, after = self.again
        return Entry(
            who=self.who,
            when=self.when,
            start=self.start,
            anchor=self.anchor,
            again=again,
            after=after,
            is_alone=self.alone,
            instead_of=self.instead_of,
            priority=self.priority,
            first=self.first or "",
        )


class ExitsText(Written):
    """When it ends early; a reply, a no, a bounce and the owner's word always end or pause it."""

    goal: WrittenCondition | None = Field(
        default=None, description="It ends as soon as this holds, such as: tags include booked."
    )
    leaves: YesNo = Field(
        default=False,
        alias="no longer matches",
        description="Whether it ends when who and when of the entry do not hold any more.",
    )
    silent: Annotated[
        int,
        BeforeValidator(_silent_touches),
        WithJsonSchema({"type": "string", "pattern": r"^\d{1,2} +silent +touch(es)?$"}),
    ] = Field(
        default=0,
        alias="after",
        description="It ends after so many unanswered touches of 12 months, like 3 silent touches.",
    )
    on: WrittenDate | None = Field(default=None, description="The last day, like 2028-12-31.")
    lasts: WrittenWait | None = Field(
        default=None,
        alias="at the latest after",
        description="How long one walk may last, like 3 years.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> "ExitsText":
        if not self.model_fields_set:
            raise ValueError("name a way out: goal, after, on, or at the latest after")
        return self

    def exits(self) -> Exits:
        """The ways out themselves."""
        return Exits(self.goal, self.leaves, self.silent, self.on, self.lasts)

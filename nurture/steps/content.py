"""A piece of the library, chosen for each person by topic."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from nurture.core.decision import Decision, Pick
from nurture.core.library.reader import primary
from nurture.core.situation import Situation
from nurture.core.written import Words
from nurture.steps import Mailing

_THEIRS = "their interests"


def read_notes(written: object) -> tuple[tuple[str, str], ...]:
    """Each note under its language, empty for the owner's; raises ValueError with words."""
    notes = {"": written} if isinstance(written, str) else written
    if not isinstance(notes, Mapping) or not notes:
        raise ValueError(f"write a few lines, or one text for each language, not {written!r}")
    for language, text in notes.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"the note in {language!r} has no text")
    return tuple(sorted((primary(str(language)), text) for language, text in notes.items()))


Notes = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(read_notes),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
"""A note, or one for each language."""


class Content(Mailing):
    """A piece of the library: the one that suits the person best and that they never had."""

    kind: ClassVar[str] = "content"
    wording: ClassVar[frozenset[str]] = Mailing.wording | {"note"}
    example: ClassVar[str] = (
        "id: something-to-read\ncontent: [bookkeeping, cash flow]\nwhen: interests are known"
    )

    topics: Words = Field(
        alias="content",
        description="What it should be about, the best first, or: their interests. Where no "
        "piece fits, the owner is asked for one.",
        examples=[["bookkeeping", "cash flow"], _THEIRS],
    )

    note: Notes = Field(
        default=(),
        description="Two or three lines of your own to this person, as a template: they stand "
        "where the piece says {{ note }}, else above it. In your language, or one under each "
        "language: {en: ..., de: ...}.",
        examples=["Dear {{ given_name }}, this made me think of {{ company }}."],
    )

    @property
    def is_theirs(self) -> bool:
        """Whether each person's own interests decide what it is about."""
        return self.topics == (_THEIRS,)

    def asked(self, situation: Situation) -> Decision:
        """To pick a piece."""
        why = f"step {self.id!r} of {situation.sequence.name!r} is due"
        topics = () if self.is_theirs else self.topics
        return Pick(self.id, topics, self.intent, why, self.note, self.attachments)

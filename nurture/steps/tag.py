"""Words that the sequence puts on a contact, or takes off."""

from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Change, Decision
from nurture.core.situation import Situation
from nurture.core.spelling import listed
from nurture.core.written import Words
from nurture.steps import Note


class Tag(Note):
    """Puts tags on the contact, for conditions to ask for."""

    kind: ClassVar[str] = "tag"
    example: ClassVar[str] = "id: wrote-back\ntag: [warm, vip]\nwhen: they have answered"

    tags: Words = Field(alias="tag", description="One tag, or a list of them.")

    def decide(self, situation: Situation) -> Decision:
        """On, with the tags put on."""
        return self.done(situation, f"tagged {listed(self.tags, 'and')}", Change(tags=self.tags))


class Untag(Note):
    """Takes tags off the contact."""

    kind: ClassVar[str] = "untag"
    example: ClassVar[str] = "id: cooled-down\nuntag: warm\nwhen: silent for 6 months"

    tags: Words = Field(alias="untag", description="One tag, or a list of them.")

    def decide(self, situation: Situation) -> Decision:
        """On, with the tags taken off."""
        why = f"no longer tagged {listed(self.tags, 'and')}"
        return self.done(situation, why, Change(untags=self.tags))

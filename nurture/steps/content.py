"""A piece of the library, chosen for each person by topic."""

from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Decision, Pick
from nurture.core.situation import Situation
from nurture.steps import Mailing, Words

_THEIRS = "their interests"


class Content(Mailing):
    """A piece of the library: the one that suits the person best and that they never had."""

    kind: ClassVar[str] = "content"
    example: ClassVar[str] = (
        "id: something-to-read\ncontent: [bookkeeping, cash flow]\nwhen: interests are known"
    )

    topics: Words = Field(
        alias="content",
        description="What it should be about, the best first, or: their interests. Where no "
        "piece fits, the owner is asked for one.",
        examples=[["bookkeeping", "cash flow"], _THEIRS],
    )

    def asked(self, situation: Situation) -> Decision:
        """To pick a piece."""
        why = f"step {self.id!r} of {situation.sequence.name!r} is due"
        topics = situation.contact.interests if self.topics == (_THEIRS,) else self.topics
        return Pick(self.id, topics, self.intent, why)

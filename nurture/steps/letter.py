"""A letter on paper, written as a template beside the sequence."""

from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Decision
from nurture.core.situation import Situation
from nurture.core.task import Channel
from nurture.steps import HumanStep


class Letter(HumanStep):
    """A letter: the template is rendered for the person; the owner prints, signs and posts it."""

    kind: ClassVar[str] = "letter"
    example: ClassVar[str] = (
        "id: on-paper\nletter: letters/hello-again.md\nintent: greet\nexpires: 1 month"
    )
    channel: ClassVar[Channel] = Channel.LETTER

    template: str = Field(
        alias="letter",
        min_length=1,
        description="The template, as a path beside this file, such as letters/hello-again.md.",
    )

    def asked(self, situation: Situation) -> Decision:
        """A task with the letter in full."""
        return self.assigned(situation, template=self.template)

"""A mail, written as a template beside the sequence."""

from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Decision, Send, Situation, may_speak
from nurture.core.sequence import Intent
from nurture.steps import StepModel, Words, WrittenApproval


class Email(StepModel):
    """Sends the template as soon as manners allow."""

    kind: ClassVar[str] = "email"

    template: str = Field(alias="email", min_length=1)
    intent: Intent = Field(default=Intent.GIVE, strict=False)
    approval: WrittenApproval = ""
    attachments: Words = ()

    def decide(self, situation: Situation) -> Decision:
        """Send, unless `may_speak` knows why not yet."""
        why = f"step {self.id!r} of {situation.sequence.name!r} is due"
        return may_speak(situation, self.intent) or Send(
            self.id, self.template, self.intent, why, self.attachments
        )

"""A mail, written as a template beside the sequence."""

from functools import lru_cache
from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Decision, Send
from nurture.core.sequence import Intent
from nurture.core.situation import Situation
from nurture.steps import Mailing


class Email(Mailing):
    """A mail: the template is rendered for the person and sent as soon as manners allow."""

    kind: ClassVar[str] = "email"
    example: ClassVar[str] = "id: thank-you\nemail: mail/former-client/thank-you.md\nintent: greet"

    template: str = Field(
        alias="email",
        min_length=1,
        description="The template, as a path beside this file, such as mail/thank-you.md.",
    )

    def asked(self, situation: Situation) -> Decision:
        """To send the template."""
        return _send(self.id, self.template, self.intent, self.attachments, situation.sequence.name)


@lru_cache(maxsize=256)
def _send(
    step: str, template: str, intent: Intent, attachments: tuple[str, ...], sequence: str
) -> Send:
    """One for all to whom a step is sent."""
    return Send(step, template, intent, f"step {step!r} of {sequence!r} is due", attachments)

"""A stretch of silence, counted from the last touch in the person's own calendar."""

from typing import ClassVar

from pydantic import Field

from nurture.core.choice import wait_ends
from nurture.core.decision import Advance, Decision, Rest
from nurture.core.situation import Situation
from nurture.core.written import WrittenWait
from nurture.steps import Instant


class Pause(Instant):
    """Lets time pass before the next step."""

    kind: ClassVar[str] = "wait"
    example: ClassVar[str] = "id: let-it-settle\nwait: 3 weeks"

    wait: WrittenWait = Field(
        alias="wait",
        description="How long, counted from the last touch: hours, days, business days, weeks, "
        "months or years.",
    )

    def decide(self, situation: Situation) -> Decision:
        """Rests here until the wait ends, counted from the enrollment's anchor.

        Whoever waits stands at the wait, so that an edit of it reaches them.
        """
        step = situation.sequence.after(self.id)
        due_at = wait_ends(situation, self.wait, situation.enrollment.anchor_at)
        if situation.now < due_at:
            return Rest(due_at)
        return Advance(step.id if step else None, due_at, f"{self.wait} of silence")

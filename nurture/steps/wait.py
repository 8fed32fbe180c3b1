"""A stretch of silence, counted from the last touch in the person's own calendar."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, PlainSerializer

from nurture.core.calendar import Wait
from nurture.core.decision import Advance, Decision, Rest
from nurture.core.situation import Situation
from nurture.core.stretch import read_wait
from nurture.steps import StepModel


class Pause(StepModel):
    """Lets time pass before the next step."""

    kind: ClassVar[str] = "wait"

    wait: Annotated[Wait, BeforeValidator(read_wait), PlainSerializer(str)] = Field(alias="wait")

    def decide(self, situation: Situation) -> Decision:
        """The next step is due when the wait ends, counted from the enrollment's anchor.

        Until then the walk stays here, so that a wait that is edited ends at its new time.
        """
        step = situation.sequence.after(self.id)
        ends = self.wait.after(
            situation.enrollment.anchor_at, situation.zones[0], situation.contact.country
        )
        if situation.now < ends:
            return Rest(ends, situation.enrollment.occurrence)
        return Advance(step.id if step else None, ends, f"{self.wait} of silence")

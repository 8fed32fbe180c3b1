"""The way from one sequence into another."""

from typing import ClassVar

from pydantic import Field

from nurture.core.decision import Decision, MoveTo
from nurture.core.situation import Situation
from nurture.core.written import Name
from nurture.steps import Instant


class Moving(Instant):
    """Ends this walk and begins another sequence, where that one lets the person in."""

    kind: ClassVar[str] = "move to"
    example: ClassVar[str] = "id: over\nmove to: reconnect\nwhen: silent for 1 year"

    sequence: Name = Field(alias="move to", description="The name of the other sequence.")

    def decide(self, situation: Situation) -> Decision:
        """The move itself; whether the other door is open is asked when it is carried out."""
        return MoveTo(self.sequence, f"moved on from {situation.sequence.name}")

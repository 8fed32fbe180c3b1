"""An ordered plan of steps, and the revision of it that an enrollment keeps."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from nurture.core.calendar import Window

if TYPE_CHECKING:
    from nurture.core.decision import Decision, Situation


class Intent(StrEnum):
    """What a step wants of its reader."""

    GIVE = "give"
    ASK = "ask"
    GREET = "greet"
    CLOSE = "close"


class Step(Protocol):
    """One step; its id is stable, so that people under way keep their place in an edited file."""

    @property
    def id(self) -> str:
        """The name a person gave it in the file; unique within its sequence."""
        ...

    @property
    def kind(self) -> str:
        """Which file in `steps/` it comes from."""
        ...

    def decide(self, situation: "Situation") -> "Decision":
        """What is to be done once the general rules let this step act."""
        ...


@dataclass(frozen=True, slots=True)
class Sequence:
    """One accepted text of a sequence; `revision` is the digest of everything it is made of."""

    name: str
    revision: str
    steps: tuple[Step, ...]
    title: str = ""
    why: str = ""
    window: Window = field(default_factory=Window)
    approval: str = ""

    def step(self, step_id: str) -> Step | None:
        """The step of that id, or None where this revision has none."""
        return next((step for step in self.steps if step.id == step_id), None)

    def after(self, step_id: str) -> Step | None:
        """The step behind the one of that id; None behind the last."""
        ids = [step.id for step in self.steps]
        place = ids.index(step_id) + 1
        return self.steps[place] if place < len(self.steps) else None

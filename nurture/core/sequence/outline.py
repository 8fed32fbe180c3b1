"""An ordered plan of steps, and the revision of it that an enrollment keeps."""

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from nurture.core.calendar import Wait, Window
from nurture.core.calendar.on import On
from nurture.core.condition import Condition
from nurture.core.sequence.entry import Entry
from nurture.core.sequence.exit import Exits
from nurture.value import frozen

if TYPE_CHECKING:
    from nurture.core.decision import Decision
    from nurture.core.situation import Situation


class Intent(StrEnum):
    """What a step wants of its reader."""

    GIVE = "give"
    ASK = "ask"
    GREET = "greet"
    CLOSE = "close"


def greets(step: object) -> bool:
    """Whether this step is a greeting; a step without an intent is none."""
    return getattr(step, "intent", None) is Intent.GREET


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

    @property
    def when(self) -> Condition | None:
        """Without it, or while it holds, the step is for this person; else it is passed over."""
        ...

    @property
    def lasts(self) -> Wait | None:
        """How long after it became due it is still worth doing; None for ever."""
        ...

    def decide(self, situation: "Situation") -> "Decision":
        """What is to be done once the general rules let this step act."""
        ...


@frozen
class Occasion:
    """A step that stands beside the order and comes round by the calendar, without end."""

    on: On
    step: Step


@frozen
class Sequence:
    """One accepted text of a sequence; `revision` is the digest of its who, what and when.

    Wording is no part of it: what mails and tasks say, the title, the why-line and the `approval`
    ("required", "first 20" or nothing) are always today's.
    """

    name: str
    revision: str
    steps: tuple[Step, ...]
    title: str = ""
    why: str = ""
    window: Window = field(default_factory=Window)
    occasions: tuple[Occasion, ...] = ()
    entry: Entry = field(default_factory=Entry)
    exits: Exits = field(default_factory=Exits)
    approval: str = ""

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps in their order, then those of the occasions."""
        return (*self.steps, *(occasion.step for occasion in self.occasions))

    def step(self, step_id: str) -> Step | None:
        """The step of that id, or None where this revision has none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        occasion = self.occasion(step_id)
        return occasion.step if occasion else None

    def occasion(self, step_id: str) -> Occasion | None:
        """The occasion of that id; None for a step that stands in the order."""
        for each in self.occasions:
            if each.step.id == step_id:
                return each
        return None

    def after(self, step_id: str) -> Step | None:
        """The step behind the one of that id; None behind the last.  An occasion follows itself."""
        steps = iter(self.steps)
        for step in steps:
            if step.id == step_id:
                return next(steps, None)
        occasion = self.occasion(step_id)
        if occasion is None:
            raise ValueError(f"{self.name} has no step {step_id!r}")
        return occasion.step

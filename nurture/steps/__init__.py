"""What a sequence can do: one file per kind of step, found by being in this folder."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from nurture.core.account.workday import Workdays
from nurture.core.calendar import Unit, Wait, local_day
from nurture.core.choice import lapses_at, passed
from nurture.core.choice.manners import may_reach, may_speak
from nurture.core.decision import Advance, Assign, Change, Decision
from nurture.core.sequence import Intent
from nurture.core.situation import Situation
from nurture.core.task import Channel
from nurture.core.written import (
    Name,
    Words,
    WrittenApproval,
    WrittenCondition,
    WrittenExpiry,
    WrittenWait,
    YesNo,
)

_WITHIN = Wait(5, Unit.BUSINESS_DAYS)
_INSTANT = timedelta(microseconds=1)


class StepModel(BaseModel):
    """A step as it is written: the key that names the kind, the id, and what the kind adds.

    A subclass that is a kind sets `kind` to the key that a person writes, and gives one of its
    fields that alias.  `fits_occasions` says that it may also stand beside the order; `wording`
    are the fields that change nobody's who, what or when.  `example` is one as people write it.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", defer_build=True, validate_by_alias=True
    )

    kind: ClassVar[str]
    example: ClassVar[str]
    fits_occasions: ClassVar[bool] = False
    wording: ClassVar[frozenset[str]] = frozenset(("text", "attachments", "approval"))

    id: Name = Field(
        description="Its name, unique in this file: people under way keep their place by it, so "
        "leave it as it is when you change the rest."
    )
    when: WrittenCondition | None = Field(
        default=None,
        description="For whom the step is; all others pass over it.",
    )

    @abstractmethod
    def decide(self, situation: Situation) -> Decision:
        """What is to be done once the general rules of `core.choice` let this step act."""
        ...


class Instant(StepModel):
    """A step that nobody notices and that takes no time: it is never too late."""

    lasts: ClassVar[Wait | None] = None


class Note(Instant):
    """A step that writes something on the contact."""

    def done(self, situation: Situation, why: str, change: Change) -> Advance:
        """On to what follows, with this written on the contact."""
        return replace(passed(situation, why), change=change, took_no_time=True)


class Deed(StepModel):
    """A step that the person notices, whoever does it."""

    fits_occasions: ClassVar[bool] = True

    intent: Intent = Field(
        default=Intent.GIVE,
        strict=False,
        description="What it wants of its reader: to give something of use, to ask for something, "
        "to greet without any offer, or to close.",
    )
    lasts: WrittenExpiry = Field(
        default=None,
        alias="expires",
        description="How long after its day it is still worth doing; later it is dropped. Without "
        "it never in the order; beside the order a greeting ends with its day, a task after twice "
        "the `within` that is written, a birthday after 3 days, anything else after 14.",
    )

    @abstractmethod
    def asked(self, situation: Situation) -> Decision:
        """What it asks for, whatever manners say about the hour."""
        ...


class Mailing(Deed):
    """A step that sends a mail."""

    approval: WrittenApproval = Field(
        default="",
        description="Whether the owner reads each mail, or the first ones, before it goes.",
    )
    attachments: Words = Field(
        default=(), description="Files that go with it, as paths beside this file."
    )
    promises: str = Field(
        default="",
        description="The id of a step of yours behind it, such as a call: {{ promise.date }} is "
        "the day it will be done on, and its task is due then.",
    )

    def decide(self, situation: Situation) -> Decision:
        """What it asks for, unless `may_speak` knows why not yet."""
        return may_speak(situation) or self.asked(situation)


class HumanStep(Deed):
    """A step that a person does; the machine gives them the task and waits."""

    channel: ClassVar[Channel]

    within: WrittenWait = Field(
        default=_WITHIN, description="How long the owner has for it, from the day it comes up."
    )
    blocks: YesNo = Field(
        default=True,
        description="Whether what follows waits until it is done; the next wait counts from then.",
    )

    def decide(self, situation: Situation) -> Decision:
        """The task, unless tact forbids any contact; the owner's own manners know the hour."""
        refusal = may_reach(situation) if self.channel.reaches_them else None
        return refusal or self.asked(situation)

    def assigned(self, situation: Situation, *, text: str = "", template: str = "") -> Assign:
        """The task, due on a working day of the owner's on which it is not too late yet."""
        zone, lapse = situation.account.owner.zone, lapses_at(situation, self)
        due_on = self._due_on(situation, local_day(situation.now, zone))
        if lapse is not None and situation.promised_on is None:
            due_on = min(due_on, local_day(lapse - _INSTANT, zone))
        return Assign(
            self.id,
            self.channel,
            due_on,
            f"step {self.id!r} of {situation.sequence.name!r} is due",
            text=text,
            template=template,
            blocks=self.blocks,
            lapses_at=lapse,
        )

    def _due_on(self, situation: Situation, today: date) -> date:
        if situation.promised_on is not None:
            return situation.promised_on
        owner = situation.account.owner
        workdays = Workdays.of(owner, situation.calendar)
        if self.within.unit is Unit.BUSINESS_DAYS:
            return workdays.after(today, self.within.count)
        ends = self.within.after(situation.now, owner.zone)
        return workdays.from_day(local_day(ends, owner.zone))


class Errand(HumanStep):
    """A step that a person does by a few words of the file itself."""

    text: str

    def asked(self, situation: Situation) -> Decision:
        """A task in these words."""
        return self.assigned(situation, text=self.text)


AnyStep = Instant | Deed
"""A step that was read."""


@cache
def step_kinds() -> Mapping[str, type[AnyStep]]:
    """Every kind by the key that a person writes, in alphabetical order."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    models = {
        model.kind: model
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, AnyStep) and hasattr(model, "kind")
    }
    return dict(sorted(models.items()))

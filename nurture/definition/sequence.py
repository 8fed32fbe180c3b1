"""The keys of a sequence's file, and the value that they come to."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from hashlib import sha256

from pydantic import Field, JsonValue

from nurture.core.calendar import Unit, Wait, Window
from nurture.core.calendar.on import On, OwnDateOn, SeasonOn
from nurture.core.calendar.season import Season
from nurture.core.sequence import Intent, Occasion, Sequence, Step
from nurture.core.sequence.entry import Entry
from nurture.core.sequence.exit import Exits
from nurture.core.written import Name, WrittenApproval
from nurture.definition.door import EntryText, ExitsText
from nurture.definition.value import SeasonText, WindowText, Written, seasons_of
from nurture.steps import AnyStep, Deed, HumanStep, Instant, StepModel
from nurture.value import frozen

_ONE_DAY = Wait(1, Unit.DAYS)
_BELATED = Wait(3, Unit.DAYS)
_FORTNIGHT = Wait(14, Unit.DAYS)
_KEPT = "\n# --- the shared seasons as they were when this text was accepted ---\n"


class SequenceText(Written):
    """One sequence: who is written to, what happens one after the other, and what beside it."""

    sequence: Name = Field(description="Its name: that of the file.")
    why: str = Field(
        min_length=1,
        description="Finishes the footer's line: you receive this because ...",
    )
    title: str = Field(default="", description="What it is, for people who look at lists.")
    window: WindowText = Field(default=WindowText(), description="When mail may arrive.")
    entry: EntryText = Field(default=EntryText(), description="Who may begin it, and how.")
    exits: ExitsText | None = Field(default=None, description="When it ends early.")
    approval: WrittenApproval = Field(
        default="", description="Whether the owner reads each mail, or the first, before it goes."
    )
    seasons: dict[str, SeasonText] = Field(
        default={}, description="Seasons of its own; those of calendar.yaml are known as well."
    )
    steps: list[JsonValue] = Field(default=[], description="What happens, one after the other.")
    occasions: list[JsonValue] = Field(
        default=[],
        description="What comes round by the calendar, beside the order and every year anew.",
    )


@frozen
class Parts:
    """What was read of a file, when nothing is wrong with it."""

    head: SequenceText
    steps: tuple[AnyStep, ...]
    occasions: tuple[tuple[On, AnyStep], ...] = ()

    @property
    def shared_seasons(self) -> tuple[Season, ...]:
        """The seasons it uses that are defined elsewhere."""
        used = {on.season for on, _ in self.occasions if isinstance(on, SeasonOn)}
        own = {season.named(name) for name, season in self.head.seasons.items()}
        return tuple(sorted(used - own, key=lambda season: season.name))

    def sequence(self) -> Sequence:
        """The value, under the digest of what it means; layout and comments change nothing."""
        head, exits = self.head, self.head.exits
        opens, closes = head.window.hours
        steps = tuple(_lasting(step) for step in self.steps)
        occasions = tuple(Occasion(on, _lasting(step, on)) for on, step in self.occasions)
        sequence = Sequence(
            name=head.sequence,
            revision="",
            steps=steps,
            title=head.title,
            why=head.why,
            window=Window(head.window.days, opens, closes),
            occasions=occasions,
            entry=head.entry.entry(),
            exits=exits.exits() if exits else Exits(),
            approval=head.approval,
        )
        return replace(sequence, revision=_digest(sequence))


def _digest(sequence: Sequence) -> str:
    """The same for the same who, what and when; what is left at its default is not told."""
    window = sequence.window
    facts = {
        "sequence": sequence.name,
        "window": [window.days, f"{window.opens:%H:%M}", f"{window.closes:%H:%M}"],
        "entry": _said(sequence.entry, Entry()),
        "exits": _said(sequence.exits, Exits()),
        "steps": [_told(step) for step in sequence.steps],
        "occasions": [
            {"on": str(each.on), "season": _season(each.on), **_told(each.step)}
            for each in sequence.occasions
        ],
    }
    canonical = json.dumps(
        facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )
    return sha256(canonical.encode()).hexdigest()[:16]


def _said(door: Entry | Exits, silent: Entry | Exits) -> dict[str, object]:
    values = {each.name: getattr(door, each.name) for each in fields(door)}
    return {name: value for name, value in values.items() if value != getattr(silent, name)}


def _told(step: Step) -> dict[str, object]:
    if not isinstance(step, StepModel):
        raise TypeError(f"{step.id} was not read from a text")
    shown = step.model_dump(mode="json", exclude=set(step.wording), exclude_defaults=True)
    return {"kind": step.kind, **shown}


def _season(on: object) -> list[object]:
    if not isinstance(on, SeasonOn):
        return []
    season = on.season
    return [str(season.starts), str(season.ends), season.countries]


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _lasting(step: AnyStep, on: On | None = None) -> AnyStep:
    """The step with the time after which it is too late, where its file names none.

    In the order never.  A greeting ends with its day, and so does not come late (domain.md P25);
    anything else on a holiday could only come later, for such days are closed.
    """
    if on is None or isinstance(step, Instant) or "lasts" in step.model_fields_set:
        return step
    return step.model_copy(update={"lasts": _usual_end(step, on)})


def _usual_end(step: Deed, on: On) -> Wait:
    if isinstance(step, HumanStep) and "within" in step.model_fields_set:
        return Wait(2 * step.within.count, step.within.unit)  # time to be late, and to catch up
    if step.intent is Intent.GREET:
        return _ONE_DAY
    is_birthday = isinstance(on, OwnDateOn) and on.shift is None and "birth" in on.name
    return _BELATED if is_birthday else _FORTNIGHT


def with_seasons(text: str, seasons: Iterable[Season]) -> str:
    """The text with the shared seasons that it uses, so that it reads back the same for ever."""
    kept = {
        season.name: {
            "from": str(season.starts),
            "to": str(season.ends),
            **({"countries": sorted(season.countries)} if season.countries else {}),
        }
        for season in seasons
    }
    return f"{text}{_KEPT}{json.dumps(kept, ensure_ascii=False)}\n" if kept else text


def parted(text: str) -> tuple[str, tuple[Season, ...]]:
    """The text as it was written, and the seasons that `with_seasons` put behind it."""
    text, _, kept = text.partition(_KEPT)
    if not kept:
        return text, ()
    texts = {name: SeasonText.model_validate(each) for name, each in json.loads(kept).items()}
    return text, seasons_of(texts)

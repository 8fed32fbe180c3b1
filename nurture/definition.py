"""YAML text to Sequence: every mistake at once, each with its file, line and column."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import time
from hashlib import sha256
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nurture.core.calendar import MONDAY_TO_FRIDAY, Window
from nurture.core.sequence import Sequence
from nurture.core.spelling import closest, did_you_mean, listed
from nurture.document.complaint import complaints, names_of, unless_said
from nurture.document.template_text import continues, template_problems
from nurture.document.tree import Document, Path, Tree, in_order
from nurture.document.yaml_text import read_yaml
from nurture.errors import Misconfigured, Place, Problem
from nurture.steps import Name, StepModel, WrittenApproval, step_kinds

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"(\d{1,2}:\d\d) +to +(\d{1,2}:\d\d)")


_M = TypeVar("_M", bound=BaseModel)


def _day(word: str) -> int:
    name = word.strip().lower()
    for index, day in enumerate(_DAYS):
        if name in (day, day[:3]):
            return index
    raise ValueError(f"{word!r} is no day of the week{did_you_mean(name, _DAYS)}")


def read_days(written: object) -> frozenset[int]:
    """Weekdays (0 is Monday) from "monday to friday", "mon, wed" or a list of names.

    Raises ValueError with words.
    """
    if isinstance(written, str) and " to " in written:
        first, last = (_day(word) for word in written.split(" to ", 1))
        return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
    words = written.split(",") if isinstance(written, str) else written
    if not isinstance(words, list) or not words:
        raise ValueError("write days like monday to friday, or a list like [mon, wed]")
    return frozenset(_day(str(word)) for word in words)


def read_hours(written: object) -> tuple[time, time]:
    """The two ends of "08:30 to 17:00"; raises ValueError with words."""
    found = _HOURS.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"write hours like 08:30 to 17:00, not {written!r}")
    try:
        opens, closes = (time.fromisoformat(part.zfill(5)) for part in found.groups())
    except ValueError as error:
        raise ValueError(f"{written!r} is no time of day") from error
    if opens >= closes:
        raise ValueError("the window closes before it opens")
    return opens, closes


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class WindowText(_Text):
    """When mail may arrive, in the contact's own zone."""

    days: Annotated[frozenset[int], BeforeValidator(read_days)] = MONDAY_TO_FRIDAY
    hours: Annotated[tuple[time, time], BeforeValidator(read_hours)] = (time(8, 30), time(17))


class SequenceText(_Text):
    """The keys of a sequence's file; its steps are read one by one."""

    sequence: Name
    why: str = Field(min_length=1)
    title: str = ""
    window: WindowText = WindowText()
    approval: WrittenApproval = ""
    steps: list[object]


def read_sequence(text: str, file: str, templates: Mapping[str, str] | None = None) -> Sequence:
    """The sequence that a YAML text means; raises Misconfigured with every problem in it.

    `templates` are the texts of the mail templates by their path as the steps name it; they are
    checked too, and complained of under the path beside `file`.  None leaves them unchecked, for
    a text that was accepted before.
    """
    return _Reading(read_yaml(text, file), templates).sequence()


class _Reading:
    """One document on its way to a sequence, and what was found wrong so far."""

    def __init__(self, document: Document, templates: Mapping[str, str] | None) -> None:
        self._document = document
        self._templates = templates
        self._problems = [*document.problems, *_secrets(document)]

    def sequence(self) -> Sequence:
        root = self._document.root
        if not isinstance(root, dict):
            self._say("not a sequence yet: write sequence, why and steps", ())
            raise Misconfigured(in_order(self._problems))
        head = self._model(SequenceText, root, ())
        name = PurePosixPath(self._document.file).stem
        if head and head.sequence != name:
            self._say(f"{head.sequence!r} must be named like its file, {name!r}", ("sequence",))
        written = root.get("steps")
        steps = self._steps(written) if isinstance(written, list) else []
        if head is None or self._problems:
            raise Misconfigured(in_order(self._problems))
        return _sequence(head, tuple(steps))

    def _say(self, words: str, at: Path) -> None:
        self._problems.append(Problem(words, self._document.place(at)))

    def _model(self, model: type[_M], tree: Tree, at: Path) -> _M | None:
        try:
            return model.model_validate(tree)
        except ValidationError as error:
            found = complaints(error, self._document, model, at)
            self._problems.extend(unless_said(found, self._problems))
            return None

    def _steps(self, written: list[Tree]) -> list[StepModel]:
        if not written:
            self._say("a sequence needs at least one step", ("steps",))
        read = [(index, self._step(tree, index)) for index, tree in enumerate(written)]
        steps = [(index, step) for index, step in read if step]
        first: dict[str, int] = {}
        for index, step in steps:
            at: Path = ("steps", index, "id")
            if step.id in first:
                line = self._document.place(("steps", first[step.id], "id")).line
                self._say(f"the id {step.id!r} is taken by the step in line {line}", at)
            first.setdefault(step.id, index)
        for (place, before), (index, step) in pairwise(steps):
            if before.kind == step.kind == "wait" and index == place + 1:
                self._say("a wait behind a wait: join the two into one", ("steps", index))
        self._check_opening([step for _, step in steps])
        return [step for _, step in steps]

    def _check_opening(self, steps: list[StepModel]) -> None:
        """The first mail of a sequence has no conversation that it could continue."""
        paths = (getattr(step, "template", "") for step in steps)
        first = next((path for path in paths if path), "")
        text = (self._templates or {}).get(first)
        if text is not None and continues(text, self._beside(first)):
            words = "the first mail of a sequence needs a subject: write it between lines of ---"
            self._problems.append(Problem(words, Place(self._beside(first), 1, 1)))

    def _beside(self, path: str) -> str:
        return str(PurePosixPath(self._document.file).parent / path)

    def _step(self, tree: Tree, index: int) -> StepModel | None:
        at: Path = ("steps", index)
        if not isinstance(tree, dict):
            self._say(f"a step has an id and one of: {listed(step_kinds(), 'and')}", at)
            return None
        kinds = [key for key in tree if key in step_kinds()]
        if len(kinds) != 1:
            self._problems.append(self._kind_problem(tree, kinds, at))
            return None
        kind, model = kinds[0], step_kinds()[kinds[0]]
        step = self._model(model, tree, at)
        path = tree[kind]
        if "template" in model.model_fields and self._templates is not None and path:
            self._check_template(str(path), (*at, kind), self._templates)
        return step

    def _kind_problem(self, tree: Mapping[str, Tree], kinds: list[str], at: Path) -> Problem:
        if kinds:
            both = listed(kinds, "and")
            return Problem(
                f"one step cannot be {both} at once: make each a step with an id of its own",
                self._document.key_place((*at, kinds[1])),
            )
        known = {name for model in step_kinds().values() for name in names_of(model)}
        for key in tree:
            if key not in known and (meant := closest(key, step_kinds())):
                words = f"no kind of step is called {key!r}; did you mean {meant!r}?"
                place = self._document.key_place((*at, key))
                return Problem(f"{words} The kinds are {listed(step_kinds(), 'and')}", place)
        words = f"this step does nothing: give it one of {listed(step_kinds(), 'and')}"
        return Problem(words, self._document.place(at))

    def _check_template(self, path: str, at: Path, templates: Mapping[str, str]) -> None:
        if any(problem.place == self._document.place(at) for problem in self._problems):
            return  # the path itself is refused already
        if path in templates:
            self._problems.extend(template_problems(templates[path], self._beside(path)))
        else:
            self._say(f"there is no file {path!r}{did_you_mean(path, templates)}", at)


def _secrets(document: Document) -> Iterator[Problem]:
    for path, name in document.secrets():
        words = f"{name!r}: a secret does not belong into a sequence, where everybody reads it"
        yield Problem(words, document.key_place(path))


def _sequence(head: SequenceText, steps: tuple[StepModel, ...]) -> Sequence:
    """The value, under the digest of what it means; layout and comments change nothing."""
    opens, closes = head.window.hours
    facts = {
        "sequence": head.sequence,
        "title": head.title,
        "why": head.why,
        "window": [sorted(head.window.days), f"{opens:%H:%M}", f"{closes:%H:%M}"],
        "steps": [{"kind": step.kind, **step.model_dump(mode="json")} for step in steps],
    }
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Sequence(
        name=head.sequence,
        revision=sha256(canonical.encode()).hexdigest()[:16],
        steps=steps,
        title=head.title,
        why=head.why,
        window=Window(head.window.days, opens, closes),
        approval=head.approval,
    )

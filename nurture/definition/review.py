"""What is wrong with a sequence as a whole, where each of its steps may be right by itself."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from nurture.core.calendar.on import OwnDateOn
from nurture.core.condition import Condition
from nurture.core.spelling import did_you_mean
from nurture.definition import course
from nurture.definition.promises import promise_problems
from nurture.definition.reading import Placed, Reading
from nurture.document.code import Code
from nurture.document.template_text import continues
from nurture.document.tree import Path
from nurture.errors import Place, Problem
from nurture.steps import AnyStep
from nurture.steps.branch import END, Branch
from nurture.steps.email import Email


def review(reading: Reading) -> Iterator[Problem]:
    """Every problem that shows only when the parts are seen together."""
    yield from _same_names(reading)
    yield from _course_problems(reading)
    yield from _unasked_subjects(reading)
    yield from _unknown_steps(reading)
    yield from _head_problems(reading)
    yield from promise_problems(reading)


def _at(reading: Reading, path: Path, words: str, code: Code) -> Problem:
    return Problem(words, reading.document.place(path), code)


def _same_names(reading: Reading) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for placed in (*reading.steps, *reading.occasions):
        at, name = (*placed.at, "id"), placed.step.id
        if name == END:
            words = f"{END!r} is what a branch calls the end: choose another id"
            yield _at(reading, at, words, Code.DUPLICATE_ID)
        if name in first:
            line = reading.document.place(first[name]).line
            words = f"the id {name!r} is taken by the step in line {line}"
            yield _at(reading, at, words, Code.DUPLICATE_ID)
        first.setdefault(name, at)


def _course_problems(reading: Reading) -> Iterator[Problem]:
    written = reading.document.root
    listed = written.get("steps") if isinstance(written, dict) else None
    is_whole = isinstance(listed, list) and len(reading.steps) == len(listed)
    steps = [placed.step for placed in reading.steps]
    yield from _target_problems(reading, steps, is_whole=is_whole)
    if not is_whole:
        return  # a step that could not be read may be the missing link
    for place in course.waits_behind_waits(steps):
        words = "a wait behind a wait: join the two into one"
        yield _at(reading, reading.steps[place].at, words, Code.ORDER)
    for place in course.unreachable(steps):
        words = f"nobody comes to {steps[place].id!r}: what stands before leads elsewhere"
        yield _at(reading, (*reading.steps[place].at, "id"), words, Code.UNREACHABLE)
    yield from _ways_past_the_parting_note(reading, steps)


def _ways_past_the_parting_note(reading: Reading, steps: list[AnyStep]) -> Iterator[Problem]:
    """Whoever went past it would never hear from us again, in any sequence."""
    first = reading.head.entry.first if reading.head else None
    if not first or first not in {step.id for step in steps}:
        return
    for place in course.past(steps, first)[:1]:
        words = f"one can come to {steps[place].id!r} without {first!r}, which is to go first"
        yield _at(reading, (*reading.steps[place].at, "id"), words, Code.ORDER)


def _target_problems(
    reading: Reading, steps: list[AnyStep], *, is_whole: bool
) -> Iterator[Problem]:
    places = {step.id: place for place, step in enumerate(steps)}
    for place, path, target in course.targets(steps):
        at = (*reading.steps[place].at, *path)
        if target == END or places.get(target, -1) > place:
            continue
        if target in places:
            words = f"{target!r} stands above: people only go forward"
            yield _at(reading, at, words, Code.TARGET)
        elif is_whole:
            later = [*(step.id for step in steps[place + 1 :]), END]
            words = f"no later step is called {target!r}{did_you_mean(target, later)}"
            yield _at(reading, at, words, Code.TARGET)


def _unasked_subjects(reading: Reading) -> Iterator[Problem]:
    """The first mail has no conversation that it could continue, nor has that of an occasion."""
    steps = [placed.step for placed in reading.steps]
    words = "the first mail of a sequence needs a subject: write it between lines of ---"
    yield from _without_subject(reading, course.may_open(steps), words)
    beside = (placed.step for placed in reading.occasions)
    mails = [step for step in beside if isinstance(step, Email)]
    words = "the mail of an occasion needs a subject: write it between lines of ---"
    yield from _without_subject(reading, mails, words)


def _without_subject(reading: Reading, mails: Iterable[Email], words: str) -> Iterator[Problem]:
    for path in dict.fromkeys(mail.template for mail in mails):
        file = reading.file_beside(path)
        text = (reading.beside.templates or {}).get(path)
        if text is not None and continues(text, file):
            yield Problem(words, Place(file, 1, 1), Code.NO_SUBJECT)


def _unknown_steps(reading: Reading) -> Iterator[Problem]:
    """Conditions that ask for a step which is not there, and a parting note that is none."""
    known = [placed.step.id for placed in (*reading.steps, *reading.occasions)]
    for at, condition in conditions(reading):
        for name in sorted(condition.steps() - {*known}):
            words = f"no step is called {name!r}{did_you_mean(name, known)}"
            yield _at(reading, at, words, Code.TARGET)
    first = reading.head.entry.first if reading.head else None
    ordered = [placed.step.id for placed in reading.steps]
    if first and first not in ordered:
        words = f"no step in the order is called {first!r}{did_you_mean(first, ordered)}"
        yield _at(reading, ("entry", "first"), words, Code.TARGET)


def conditions(reading: Reading) -> Iterator[tuple[Path, Condition]]:
    """Every condition of the text, with the path of its value."""
    if reading.head and reading.head.entry.when:
        yield ("entry", "when"), reading.head.entry.when
    if reading.head and reading.head.exits and reading.head.exits.goal:
        yield ("exits", "goal"), reading.head.exits.goal
    for placed in (*reading.steps, *reading.occasions):
        if placed.step.when:
            yield (*placed.at, "when"), placed.step.when
        if isinstance(placed.step, Branch):
            for index, way in enumerate(placed.step.ways):
                if way.when:
                    yield (*placed.at, "branch", index, "when"), way.when


def _head_problems(reading: Reading) -> Iterator[Problem]:
    head, name = reading.head, PurePosixPath(reading.document.file).stem
    root = reading.document.root
    if isinstance(root, dict) and not root.get("steps") and not root.get("occasions"):
        at: Path = ("steps",) if "steps" in root else ()
        yield _at(reading, at, "a sequence needs at least one step or occasion", Code.MISSING_KEY)
    if head is None:
        return
    if head.sequence != name:
        words = f"{head.sequence!r} must be named like its file, {name!r}"
        yield _at(reading, ("sequence",), words, Code.NAME)
    if head.exits and head.exits.leaves and not (head.entry.who or head.entry.when):
        words = "everybody matches: give the entry who or when, or leave this out"
        yield _at(reading, ("exits", "no longer matches"), words, Code.WRONG_VALUE)
    if head.sequence in head.entry.instead_of:
        words = "a sequence does not exclude itself: somebody is in it but once anyway"
        yield _at(reading, ("entry", "instead of"), words, Code.WRONG_VALUE)
    is_sure = head.exits is not None and head.exits.exits().is_sure
    if not is_sure and any(map(_comes_again, reading.occasions)):
        words = (
            "this never ends, for its occasions come round every year: write exits with"
            " `at the latest after: 3 years`, `after: 3 silent touches`, or a last day as `on`"
        )
        yield Problem(words, reading.document.key_place(("occasions",)), Code.ENDLESS)


def _comes_again(placed: Placed) -> bool:
    return not (isinstance(placed.on, OwnDateOn) and placed.on.every is None)

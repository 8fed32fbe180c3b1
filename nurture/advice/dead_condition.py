"""Conditions that decide nothing: nobody meets them, or everybody does."""

from collections.abc import Iterator

from nurture.advice import Advice, Case, Said
from nurture.core.condition import Condition, doubts, negation, read_condition
from nurture.core.sequence.entry import Entry
from nurture.definition.review import conditions
from nurture.document.tree import Path
from nurture.steps.branch import Branch


def _decides_nothing(case: Case) -> Said:
    definition = case.definition
    document = definition.reading.document
    audience = _audience(definition.sequence.entry)
    if doubt := doubts(*audience) if audience else "":
        yield f"this {doubt}", document.place(("entry", "when"))
        audience = []
    for at, condition in conditions(definition.reading):
        if at == ("entry", "when"):
            continue
        if doubt := doubts(condition):
            yield f"this {doubt}: {_advice(doubt)}", document.place(at)
        elif (doubt := doubts(*audience, condition)).startswith("never"):
            yield f"nobody who comes in meets this; it {doubt}", document.place(at)
    yield from _shadowed(case)


def _advice(doubt: str) -> str:
    return "mend it" if doubt.startswith("never") else "leave it out"


def _audience(entry: Entry) -> list[Condition]:
    found = [entry.when] if entry.when else []
    if entry.who:
        who = ", ".join(sorted(each.replace("_", " ") for each in entry.who))
        found.append(read_condition(f"relationship is one of {who}"))
    return found


def _shadowed(case: Case) -> Said:
    """Ways of a branch that are never asked, since an earlier one takes everybody."""
    for at, before, condition in _ways(case):
        if before and not doubts(condition):
            doubt = doubts(*(negation(each) for each in before), condition)
            if doubt.startswith("never"):
                words = "nobody comes here: an earlier way of the branch takes them all"
                yield words, case.definition.reading.document.place(at)


def _ways(case: Case) -> Iterator[tuple[Path, list[Condition], Condition]]:
    for placed in case.definition.reading.steps:
        if isinstance(placed.step, Branch):
            before: list[Condition] = []
            for index, way in enumerate(placed.step.ways):
                if way.when:
                    yield (*placed.at, "branch", index, "when"), [*before], way.when
                    before.append(way.when)


ADVICE = Advice(
    "N210",
    "a condition that decides nothing",
    "A condition that nobody meets, or everybody, is a slip of the pen.",
    of_sequence=_decides_nothing,
)

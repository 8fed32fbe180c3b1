"""What is wrong between the sequences of one folder."""

from collections.abc import Collection, Iterator, Mapping

from nurture.core.sequence import Sequence
from nurture.core.sequence.entry import Again
from nurture.core.spelling import did_you_mean
from nurture.definition import Definition
from nurture.document.code import Code
from nurture.errors import Problem
from nurture.steps.move_to import Moving


def between(
    definitions: Mapping[str, Definition], names: Collection[str]
) -> Iterator[tuple[str, Problem]]:
    """Each problem with the name of the sequence at fault.

    `names` are all that there are, those included that cannot be read just now.
    """
    for name, definition in definitions.items():
        for moving in _moves(definition.sequence):
            place = definition.place(moving.id, "move to")
            if moving.sequence not in names:
                hint = did_you_mean(moving.sequence, names)
                words = f"there is no sequence {moving.sequence!r}{hint}"
                yield name, Problem(words, place, Code.NO_SEQUENCE)
            elif circle := _circle(name, moving.sequence, definitions):
                words = (
                    f"this never ends: {' to '.join(circle)}; give one of them an end with exits"
                    " (on, or after: 3 silent touches), or `again: never`"
                )
                yield name, Problem(words, place, Code.ENDLESS)
        for other in definition.sequence.entry.instead_of:
            if other not in names:
                place = definition.reading.document.place(("entry", "instead of"))
                words = f"there is no sequence {other!r}{did_you_mean(other, names)}"
                yield name, Problem(words, place, Code.NO_SEQUENCE)


def _moves(sequence: Sequence) -> list[Moving]:
    return [step for step in sequence.steps if isinstance(step, Moving)]


def _circle(start: str, onward: str, definitions: Mapping[str, Definition]) -> tuple[str, ...]:
    """The way by which walks that move on come back to the start for ever; empty for none."""
    pending: list[tuple[str, ...]] = [(start, onward)]
    seen = {onward}
    while pending:
        way = pending.pop()
        here = definitions.get(way[-1])
        if here is None or _is_closed(here.sequence) or _is_closed(definitions[start].sequence):
            continue
        if way[-1] == start:
            return way
        for moving in _moves(here.sequence):
            if moving.sequence == start or moving.sequence not in seen:
                seen.add(moving.sequence)
                pending.append((*way, moving.sequence))
    return ()


def _is_closed(sequence: Sequence) -> bool:
    """Whether nobody goes through it for ever: each walk counts its own years from its start."""
    exits = sequence.exits
    never_again = sequence.entry.again is Again.NEVER
    return never_again or exits.on is not None or bool(exits.silent_touches)

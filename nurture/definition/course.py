"""The order of the steps as a way that people walk: what can be reached, and what is said first."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nurture.steps import StepModel
from nurture.steps.branch import Branch
from nurture.steps.email import Email
from nurture.steps.move_to import Moving
from nurture.steps.wait import Pause


def targets(steps: Sequence[StepModel]) -> Iterator[tuple[int, tuple[str | int, ...], str]]:
    """Every target of every branch: the place of its step, the path of its key, the target."""
    for place, step in enumerate(steps):
        if isinstance(step, Branch):
            for index, way in enumerate(step.ways):
                key = "go to" if way.to else "otherwise"
                yield place, ("branch", index, key), way.target


def ways_on(steps: Sequence[StepModel]) -> Mapping[int, frozenset[int]]:
    """To which places one can come from each; the place behind the last step is the end."""
    places = {step.id: place for place, step in enumerate(steps)}
    ways: dict[int, frozenset[int]] = {}
    for place, step in enumerate(steps):
        onward = {place + 1}
        if isinstance(step, Branch):
            named = {places.get(way.target, len(steps)) for way in step.ways}
            is_closed = step.when is None and any(way.otherwise for way in step.ways)
            onward = named if is_closed else named | onward
        elif isinstance(step, Moving) and step.when is None:
            onward = set()
        ways[place] = frozenset(onward)
    return ways


def unreachable(steps: Sequence[StepModel]) -> list[int]:
    """The places to which no way leads."""
    ways = ways_on(steps)
    seen, pending = {0}, [0]
    while pending:
        for onward in ways.get(pending.pop(), frozenset()):
            if onward not in seen:
                seen.add(onward)
                pending.append(onward)
    return [place for place in range(len(steps)) if place not in seen]


def may_open(steps: Sequence[StepModel]) -> list[Email]:
    """The mails before which somebody may have got none: those need a subject of their own."""
    ways = ways_on(steps)
    unspoken, pending = {0}, [0]
    while pending:
        place = pending.pop()
        if place >= len(steps) or _surely_mails(steps[place]):
            continue
        for onward in ways[place] - unspoken:
            unspoken.add(onward)
            pending.append(onward)
    mails = [(place, step) for place, step in enumerate(steps) if isinstance(step, Email)]
    return [step for place, step in mails if place in unspoken]


def _surely_mails(step: StepModel) -> bool:
    return isinstance(step, Email) and step.when is None


def waits_behind_waits(steps: Sequence[StepModel]) -> list[int]:
    """The places of waits that could be joined with the one before."""
    aimed_at = {target for _, _, target in targets(steps)}
    return [
        place + 1
        for place, (before, step) in enumerate(pairwise(steps))
        if isinstance(before, Pause) and isinstance(step, Pause)
        and before.when is None and step.when is None and step.id not in aimed_at
    ]  # fmt: skip


def reached_sequences(steps: Sequence[StepModel]) -> list[str]:
    """The sequences into which a walk may move."""
    return [step.sequence for step in steps if isinstance(step, Moving)]

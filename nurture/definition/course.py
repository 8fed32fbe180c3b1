"""The order of the steps as a way that people walk: what can be reached, and what is said first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

from nurture.core.calendar import Wait
from nurture.core.sequence import Step
from nurture.steps.branch import Branch
from nurture.steps.email import Email
from nurture.steps.move_to import Moving
from nurture.steps.wait import Pause

_NO_TIME = timedelta(0)
_MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def targets(steps: Sequence[Step]) -> Iterator[tuple[int, tuple[str | int, ...], str]]:
    """Every target of every branch: the place of its step, the path of its key, the target."""
    for place, step in enumerate(steps):
        if isinstance(step, Branch):
            for index, way in enumerate(step.ways):
                key = "go to" if way.to else "otherwise"
                yield place, ("branch", index, key), way.target


def ways_on(steps: Sequence[Step]) -> Mapping[int, frozenset[int]]:
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


def unreachable(steps: Sequence[Step]) -> list[int]:
    """The places to which no way leads."""
    seen = _within_reach(steps)
    return [place for place in range(len(steps)) if place not in seen]


def past(steps: Sequence[Step], name: str) -> list[int]:
    """The places behind that step to which one may come without it."""
    own = [step.id for step in steps].index(name)
    return sorted(place for place in _within_reach(steps, closed=own) if own < place < len(steps))


def _within_reach(steps: Sequence[Step], closed: int | None = None) -> frozenset[int]:
    """The places to which ways lead from the first, where none leads on from the closed one."""
    ways = {place: onward for place, onward in ways_on(steps).items() if place != closed}
    seen, pending = {0}, [0]
    while pending:
        for onward in ways.get(pending.pop(), frozenset()) - seen:
            seen.add(onward)
            pending.append(onward)
    return frozenset(seen)


def may_open(steps: Sequence[Step]) -> list[Email]:
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


def _surely_mails(step: Step) -> bool:
    return isinstance(step, Email) and step.when is None


def waits_behind_waits(steps: Sequence[Step]) -> list[int]:
    """The places of waits that could be joined with the one before."""
    aimed_at = {target for _, _, target in targets(steps)}
    return [
        place + 1
        for place, (before, step) in enumerate(pairwise(steps))
        if isinstance(before, Pause) and isinstance(step, Pause)
        and before.when is None and step.when is None and step.id not in aimed_at
    ]  # fmt: skip


def next_ones(
    steps: Sequence[Step], counts: Callable[[Step], bool]
) -> Iterator[tuple[Step, Step, timedelta]]:
    """Each step that counts, with each that may come next, and the shortest time between them.

    What stands under a condition may be passed over, and so may what stands behind it come next.
    """
    ways = ways_on(steps)
    for place, step in enumerate(steps):
        if counts(step):
            for onward, pause in _nearest(steps, ways, place, counts).items():
                yield step, steps[onward], pause


def _nearest(
    steps: Sequence[Step],
    ways: Mapping[int, frozenset[int]],
    start: int,
    counts: Callable[[Step], bool],
) -> dict[int, timedelta]:
    """The places that may come next after one, each with the shortest way there."""
    shortest = dict.fromkeys(ways[start], _NO_TIME)
    found: dict[int, timedelta] = {}
    # People only go forward: whatever leads to a place was seen before it.
    for place in range(start + 1, len(steps)):
        if place not in shortest:
            continue
        pause, step = shortest[place], steps[place]
        if counts(step):
            found[place] = pause
            if step.when is None:
                continue
        waited = pause + _length(step)
        for onward in ways[place]:
            shortest[onward] = min(waited, shortest.get(onward, waited))
    return found


def moments(steps: Sequence[Step], counts: Callable[[Step], bool]) -> list[tuple[timedelta, str]]:
    """When each step that counts comes, from the beginning, by the longest of all ways.

    Of steps that only a part of the people get, all are told that lie on that way.
    """
    ways = ways_on(steps)
    most: dict[int, list[tuple[timedelta, str]]] = {}
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        behind = max((most.get(onward, []) for onward in ways[place]), key=len, default=[])
        later = [(at + _length(step), name) for at, name in behind]
        most[place] = [(_NO_TIME, step.id), *later] if counts(step) else later
    return most.get(0, [])


def _length(step: Step) -> timedelta:
    """How long a wait lasts; nothing for any other step, and for one that may be passed over."""
    return _lasting(step.wait) if isinstance(step, Pause) and step.when is None else _NO_TIME


@cache
def _lasting(wait: Wait) -> timedelta:
    return wait.after(_MONDAY, "UTC") - _MONDAY  # begun on an ordinary Monday

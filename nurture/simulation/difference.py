"""What one calendar has that another has not: the plan that a person is asked to accept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from nurture.simulation.calendar import Line

_ACTS = frozenset(("touch_sent", "task_given"))


class Kind(StrEnum):
    """How a touch or a task differs."""

    ADDED = "added"
    MOVED = "moved"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One touch or task of one person that comes, goes, or comes on another day."""

    address: str
    name: str
    sequence: str
    step: str
    kind: Kind
    before: datetime | None
    after: datetime | None


def difference(before: Iterable[Line], after: Iterable[Line]) -> tuple[Change, ...]:
    """Every touch and task that is not on the same day in both, by person and date.

    The n-th time of a step in the one is compared with its n-th time in the other.
    """
    old, new = _acts(before), _acts(after)
    changes = [
        change
        for key in old.keys() | new.keys()
        for was, now in zip_longest(old.get(key, ()), new.get(key, ()))
        if (change := _change(was, now)) is not None
    ]
    return tuple(sorted(changes, key=_order))


def _acts(lines: Iterable[Line]) -> Mapping[tuple[str, str, str], list[Line]]:
    found: defaultdict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in sorted(lines):
        if line.event in _ACTS:
            found[line.address, line.sequence, line.step].append(line)
    return found


def _change(was: Line | None, now: Line | None) -> Change | None:
    line = now or was
    if line is None or (was and now and was.at.date() == now.at.date()):
        return None
    kind = Kind.MOVED if was and now else Kind.ADDED if now else Kind.DROPPED
    return Change(
        line.address,
        line.name,
        line.sequence,
        line.step,
        kind,
        was.at if was else None,
        now.at if now else None,
    )


def _order(change: Change) -> tuple[str, datetime, str]:
    at = change.after or change.before
    if at is None:
        raise ValueError("a change without a date")
    return change.address, at, change.step

"""Stretches of time as people write them: 3 weeks, 1 business day."""

import re

from nurture.core.calendar.wall_clock import Unit, Wait
from nurture.core.spelling import did_you_mean, listed

_WRITTEN = re.compile(r"(\d{1,6}) +([a-z][a-z ]*)", re.IGNORECASE)
_MOST = {
    Unit.HOURS: 10_000,
    Unit.DAYS: 3_660,
    Unit.BUSINESS_DAYS: 2_600,
    Unit.WEEKS: 520,
    Unit.MONTHS: 120,
    Unit.YEARS: 10,
}


def read_wait(written: object) -> Wait:
    """The wait that "3 weeks" or "1 business day" means; raises ValueError with words."""
    found = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"write a number and a unit, like 3 weeks, not {written!r}")
    word = " ".join(found[2].lower().split())
    unit = next((unit for unit in Unit if word in (unit, unit.removesuffix("s"))), None)
    if unit is None:
        units = [*Unit, *(unit.removesuffix("s") for unit in Unit)]
        raise ValueError(f"{word!r} is no unit: {listed(Unit)}{did_you_mean(word, units)}")
    count = int(found[1])
    if not 1 <= count <= _MOST[unit]:
        raise ValueError(f"a wait lasts from 1 to {_MOST[unit]} {unit}")
    return Wait(count, unit)

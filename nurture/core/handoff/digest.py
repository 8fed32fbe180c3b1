"""What the owner reads in the morning: what needs them, what goes out, what waits, and why."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from nurture.core.calendar import zone_info
from nurture.core.calendar.office import Office
from nurture.core.handoff.brief import one_line
from nurture.core.handoff.conversation import Handoff, HandoffState
from nurture.core.handoff.deadline import FORGOTTEN
from nurture.core.wrapping import wrapped
from nurture.value import frozen

SHOWN = 12
"""Lines of a section; `nurture` itself lists all."""


@frozen
class Section:
    """One heading with its lines, `count` of them in all, and where to see more."""

    title: str
    lines: tuple[str, ...]
    more: str = ""
    count: int = 0

    @classmethod
    def of(cls, title: str, lines: Iterable[str], more: str = "") -> "Section":
        """A section of these lines, of which the first few are shown."""
        known = tuple(lines)
        return cls(title, known[:SHOWN], more, len(known))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.count


@frozen
class Digest:
    """One morning: `first` is what stands above all; `needs` counts what waits for the owner."""

    day: date
    first: tuple[str, ...]
    sections: tuple[Section, ...]
    needs: int
    goes_out: int

    @property
    def is_worth_telling(self) -> bool:
        """Whether anything at all is in it."""
        return bool(self.first) or any(not each.is_empty for each in self.sections)


def digest_subject(digest: Digest) -> str:
    """The two figures that one wants to know before opening it."""
    needs = "nothing needs you" if not digest.needs else f"{digest.needs} for you"
    leaves = "nothing goes out" if not digest.goes_out else f"{digest.goes_out} to go out"
    return f"{digest.day:%a %d %b}: {needs}, {leaves}"


def digest_text(digest: Digest) -> str:
    """The forgotten first, then each section that is not empty."""
    lines: list[str] = []
    for each in digest.first:
        lines += wrapped(each)
    for section in digest.sections:
        if section.is_empty:
            continue
        lines += ["", section.title.upper()]
        for each in section.lines:
            first, *rest = wrapped(one_line(each), columns=74)
            lines += [f"- {first}", *(f"  {more}" for more in rest)]
        if section.count > len(section.lines):
            lines.append(f"  and {section.count - len(section.lines)} more")
        if section.more:
            lines.append(f"  ({section.more})")
    return "\n".join(lines).lstrip("\n") + "\n"


def forgotten(waiting: Sequence[tuple[Handoff, str]], now: datetime, zone: str) -> tuple[str, ...]:
    """Whoever has waited for an answer for three days or more, by name (domain.md H7)."""
    late = [
        f"{name} has waited for an answer since {_day(each.asked_at or each.opened_at, zone)}!"
        for each, name in waiting
        if each.state is HandoffState.OPEN and now - (each.asked_at or each.opened_at) >= FORGOTTEN
    ]
    return tuple(late)


def handoff_line(handoff: Handoff, name: str, zone: str) -> str:
    """Who waits for whom, since when, and why."""
    since = _day(handoff.opened_at, zone)
    match handoff.state:
        case HandoffState.TAKEN:
            who = handoff.taken_by or "somebody"
            return f"{handoff.id}  {name}: {who} has it; {handoff.reason}"
        case HandoffState.WAITING:
            until = f", until {_day(handoff.until, zone)}" if handoff.until else ""
            return f"{handoff.id}  {name}: you answered, it is their turn{until}"
        case HandoffState.SNOOZED:
            until = f" until {_day(handoff.until, zone)}" if handoff.until else ""
            return f"{handoff.id}  {name}: put off{until}"
        case _:
            return f"{handoff.id}  {name}, since {since}: {handoff.reason}"


def median_answer(answered: Iterable[tuple[Handoff, Office]]) -> timedelta | None:
    """The median working time from a mail to the first answer (domain.md H1); None for none."""
    waits = [
        office.between(each.asked_at, each.answered_at).total_seconds()
        for each, office in answered
        if each.asked_at and each.answered_at
    ]
    return timedelta(seconds=median(waits)) if waits else None


def in_words(stretch: timedelta) -> str:
    """A stretch of working time, to the minute."""
    minutes = round(stretch.total_seconds() / 60)
    hours, left = divmod(minutes, 60)
    if not hours:
        return f"{left} min"
    return f"{hours} h {left} min" if left else f"{hours} h"


def _day(at: datetime, zone: str) -> str:
    return f"{at.astimezone(zone_info(zone)):%a %d %b %H:%M}"

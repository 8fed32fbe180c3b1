"""Lets this week's people begin, as the owner accepted the plan, and catches up what was missed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil

from nurture import journal, ports
from nurture.core.account.workday import Workdays
from nurture.core.calendar import local_day
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.core.reconnection import (
    SPACING,
    AppointmentState,
    allowance,
    assumed_last,
    is_needless,
    monday_of,
)
from nurture.core.sequence import Sequence as StepSequence
from nurture.intake import intake_at
from nurture.register import Door, Known, begin, objection
from nurture.value import frozen

_DAY = timedelta(days=1)
_NAMED = 20


async def reconnect(door: Door, reconnections: ports.Reconnections) -> int:
    """How many began now.

    In a week with working days as many begin as were planned up to it, missed ones half a week's
    number at a time, spread over the days that are left.  Where the sequence brings work for the
    owner, no more than they can take on; the others count as missed.  Whoever cannot begin yet is
    told of once a week and lets the next one go first; whoever is in touch again is dropped.
    """
    agenda = await reconnections.agenda(door.account.name)
    if not any(each.state is AppointmentState.PLANNED for each in agenda):
        return 0
    day = _Day.of(door)
    room = day.room(agenda)
    if not room:
        return 0
    sequence = next((each for each in door.sequences if each.name == _name(agenda)), None)
    if sequence is None:
        await _tell_missing(door, _name(agenda), day.week)
        return 0
    intake = await intake_at(door, (sequence,))
    room = room if intake.room is None else min(room, intake.room)
    if not room:
        return 0
    round_ = _Round(door, reconnections, sequence, day)
    await round_.remember(agenda)
    for each in agenda:
        if len(round_.begun) == room:
            break
        if each.state is AppointmentState.PLANNED:
            await round_.try_one(each)
    await _tell_unready(door, round_.unready, agenda, day.week)
    if round_.begun:
        journal.contacts_admitted(door.account.name, len(round_.begun))
    return len(round_.begun)


def _name(agenda: Sequence[ports.Planned]) -> str:
    return next(each.sequence for each in agenda if each.state is AppointmentState.PLANNED)


@frozen
class _Day:
    """The owner's day, and the working days that are left of its week."""

    now: datetime
    zone: str
    today: date
    days_left: int

    @classmethod
    def of(cls, door: Door) -> "_Day":
        now, zone = door.register.clock.now(), door.account.owner.zone
        today = local_day(now, zone)
        workdays = Workdays.of(door.account.owner, door.register.catalog.calendar)
        rest = (today + _DAY * ahead for ahead in range(7 - today.weekday()))
        is_open = workdays.is_open(today)
        return cls(now, zone, today, sum(map(workdays.is_open, rest)) if is_open else 0)

    @property
    def week(self) -> date:
        """Its Monday."""
        return monday_of(self.today)

    def room(self, agenda: Sequence[ports.Planned]) -> int:
        """How many more may begin today."""
        if not self.days_left:
            return 0
        counted = [each for each in agenda if each.state is not AppointmentState.DROPPED]
        begun = [
            local_day(each.settled_at, self.zone)
            for each in counted
            if each.state is AppointmentState.BEGUN and each.settled_at
        ]
        this_week = sum(day >= self.week for day in begun)
        planned = sum(each.week <= self.week for each in counted)
        per_week = max(each.per_week for each in agenda)
        left = allowance(planned, len(begun) - this_week, this_week, per_week)
        today = begun.count(self.today)
        return max(0, ceil((left + today) / self.days_left) - today)


class _Round:
    """One look at who may begin; colleagues stay apart."""

    def __init__(
        self, door: Door, reconnections: ports.Reconnections, sequence: StepSequence, day: _Day
    ) -> None:
        self.begun: list[Contact] = []
        self.unready: list[tuple[Contact, str]] = []
        self._door, self._reconnections = door, reconnections
        self._sequence, self._day = sequence, day
        self._companies: set[str] = set()

    async def remember(self, agenda: Sequence[ports.Planned]) -> None:
        """Whose colleagues must wait, since they themselves have begun lately."""
        since = self._day.now - SPACING
        for each in agenda:
            is_recent = each.settled_at is not None and each.settled_at > since
            if each.state is AppointmentState.BEGUN and is_recent:
                contact = await self._door.register.people.contact_by_id(each.contact_id)
                self._companies |= {key for key in (contact.company_keys if contact else ()) if key}

    async def try_one(self, planned: ports.Planned) -> None:
        """Begins with this person, drops them, or leaves them for another day."""
        register, day = self._door.register, self._day
        contact = await register.people.contact_by_id(planned.contact_id)
        if contact is None or self._companies & set(contact.company_keys):
            return
        known = await Known.of(register, [contact])
        last = self._last(contact, known)
        if why := known.refused.get(contact.address):
            await self._settle(contact, AppointmentState.DROPPED, f"suppressed: {why}")
            return
        if any(walk.sequence == planned.sequence for walk in _live(known, contact)):
            # A life that ended between their beginning and this note of it.
            await self._settle(contact, AppointmentState.BEGUN, "")
            return
        if is_needless(last, planned.week):
            await self._settle(contact, AppointmentState.DROPPED, f"in touch since {last}")
            return
        if is_needless(last, monday_of(day.today)):
            return  # it is somebody of a later week, who is not silent yet
        account, silent = self._door.account, f"silent since {last}" if last else "long silent"
        why = objection(
            register,
            known,
            contact,
            self._sequence,
            account,
            day.now,
            last_contact=assumed_last(last, day.today),
        )
        if why:
            self.unready.append((contact, why))
            return
        if await begin(register, known, [contact], self._sequence, account, silent):
            journal.contact_enrolled(contact.id, self._sequence.name)
            self.begun.append(contact)
            self._companies |= {key for key in contact.company_keys if key}
            await self._settle(contact, AppointmentState.BEGUN, "")

    def _last(self, contact: Contact, known: Known) -> date | None:
        pace = known.paces.get(contact.id)
        last = pace.last_contact_at if pace else None
        return local_day(last, self._day.zone) if last else None

    async def _settle(self, contact: Contact, state: AppointmentState, why: str) -> None:
        await self._reconnections.settle(contact.id, state, why, self._day.now)


def _live(known: Known, contact: Contact) -> list[Enrollment]:
    return [each for each in known.walks.get(contact.id, ()) if each.state is not State.ENDED]


async def _tell_missing(door: Door, name: str, week: date) -> None:
    subject = f"nobody can begin {name}: there is no such sequence any more"
    text = f"Put {name}.yaml back, or end the plan with `nurture reconnect stop`.\n"
    key = f"reconnect/{door.account.name}/missing/{week}"
    await door.desk.tell(door.account.name, subject, text, door.register.clock.now(), key)


async def _tell_unready(
    door: Door,
    unready: Sequence[tuple[Contact, str]],
    agenda: Sequence[ports.Planned],
    week: date,
) -> None:
    """Once a week, and only of those whose turn it was."""
    due = {each.contact_id for each in agenda if each.week <= week}
    waiting = [(who, why) for who, why in unready if who.id in due]
    if not waiting:
        return
    lines = [f"  {who.name}, {who.address}: {why}" for who, why in waiting[:_NAMED]]
    more = [f"  and {len(waiting) - _NAMED} more"] if len(waiting) > _NAMED else []
    text = "\n".join((
        "It is their turn, and the sequence does not let them in as they are noted:",
        *lines,
        *more,
        "",
        "Others go first meanwhile. Write down what is missing with `nurture contacts set EMAIL`.",
        "",
    ))  # fmt: skip
    subject = f"{len(waiting)} silent people cannot be written to yet"
    key = f"reconnect/{door.account.name}/{week}"
    await door.desk.tell(door.account.name, subject, text, door.register.clock.now(), key)

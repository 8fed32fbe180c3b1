"""What was noted on somebody's card comes round: a sequence begins, or the owner has a task."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from nurture import journal, ports
from nurture.core.account.workday import Workdays
from nurture.core.contact import Contact
from nurture.core.cue import Cue, task_of_cue
from nurture.core.task import Task
from nurture.register import Door, Known, begin, objection

_MORNING = 7  # o'clock where the owner is: nobody is woken for a note


async def heed_cues(door: Door, cues: ports.Cues) -> int:
    """Heeds every note of the account whose day has come; how many came round.

    Where the sequence cannot begin, the note becomes a task that says why, so that no reason to
    get in touch is lost.  A note that was heeded before a crash is not heeded twice.
    """
    now = door.register.clock.now()
    local = now.astimezone(ZoneInfo(door.account.owner.zone))
    if local.hour < _MORNING:
        return 0
    accounts = [door.account.name, *([""] if door.is_default else [])]
    due = await cues.due(accounts, local.date())
    for cue, contact in due:
        await _heed(door, cues, cue, contact, local.date(), now)
    return len(due)


async def _heed(
    door: Door, cues: ports.Cues, cue: Cue, contact: Contact, today: date, now: datetime
) -> None:
    why_not = await _start(door, cue, contact, now) if cue.sequence else ""
    task = None if cue.sequence and not why_not else _task(door, cue, contact, today, now, why_not)
    said = why_not or (f"{cue.sequence} begins" if cue.sequence else "")
    await cues.heed(cue, cue.after(today), task, said, now)
    journal.cue_came_round(contact.id, cue.sequence, is_task=task is not None)


def _task(door: Door, cue: Cue, contact: Contact, today: date, now: datetime, why: str) -> Task:
    workdays = Workdays.of(door.account.owner, door.register.catalog.calendar)
    return task_of_cue(cue, contact, workdays.from_day(today), now, why)


async def _start(door: Door, cue: Cue, contact: Contact, now: datetime) -> str:
    """Begins the sequence of the note; why it cannot, or nothing."""
    register = door.register
    sequence = register.catalog.today(cue.sequence)
    if sequence is None:
        return f"there is no sequence {cue.sequence!r} any more"
    known = await Known.of(register, [contact])
    if any(
        walk.sequence == sequence.name and walk.enrolled_at.date() == now.date()
        for walk in known.walks.get(contact.id, ())
    ):
        return ""  # begun before a crash
    why = objection(register, known, contact, sequence, door.account, now)
    if why:
        return f"{cue.sequence} did not begin: {why}"
    reason = f"noted: {cue.text}"
    begun = await begin(register, known, [contact], sequence, door.account, reason)
    return "" if begun else f"{cue.sequence} did not begin"

"""Tasks as iCalendar (RFC 5545), for any calendar program: to-dos, or days that show them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from nurture.core.contact import Contact
from nurture.core.task import Task, TaskState, whereabouts
from nurture.value import frozen

KIND: Final = "text/calendar; charset=utf-8"
_LONGEST: Final = 75  # octets of a line, without its end (section 3.1)
_STATUS: Final = {
    TaskState.OPEN: "NEEDS-ACTION",
    TaskState.DONE: "COMPLETED",
    TaskState.SKIPPED: "CANCELLED",
    TaskState.LAPSED: "CANCELLED",
    TaskState.CANCELLED: "CANCELLED",
}
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROLS: Final = {code: None for code in (*range(32), 127) if code != ord("\n")}


@frozen
class Sheet:
    """What a file is made of; `home` tells its tasks from those of another installation.

    `as_days`: whole days in the calendar, for programs that show no to-dos of others (Google's,
    Outlook); settled tasks are left out of those.
    """

    title: str
    zone: str
    home: str
    as_days: bool = False


def written(sheet: Sheet, tasks: Iterable[tuple[Task, Contact]], now: datetime) -> str:
    """The whole file, its lines ended by CR and LF and none over 75 octets.

    A task keeps its UID for ever, whatever becomes of it.  Days are dates without a time: the
    same day in every zone, as the owner has it (section 3.3.4); instants are in UTC.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//nurture//tasks//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{text_value(sheet.title)}",
        f"X-WR-TIMEZONE:{text_value(sheet.zone)}",
    ]
    for task, contact in tasks:
        if not sheet.as_days or task.state is TaskState.OPEN:
            lines += (
                _event(sheet, task, contact, now)
                if sheet.as_days
                else _to_do(sheet, task, contact, now)
            )
    lines.append("END:VCALENDAR")
    return folded(lines)


def _to_do(sheet: Sheet, task: Task, contact: Contact, now: datetime) -> Iterator[str]:
    yield "BEGIN:VTODO"
    yield from _said(sheet, task, contact, now)
    yield f"DUE;VALUE=DATE:{task.due_on:%Y%m%d}"
    yield f"STATUS:{_STATUS[task.state]}"
    if task.state is TaskState.DONE and task.done_at:
        yield f"COMPLETED:{_instant(task.done_at)}"
        yield "PERCENT-COMPLETE:100"
    yield f"PRIORITY:{1 if task.blocks else 5}"
    yield "END:VTODO"


def _event(sheet: Sheet, task: Task, contact: Contact, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _said(sheet, task, contact, now)
    yield f"DTSTART;VALUE=DATE:{task.due_on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{task.due_on + timedelta(days=1):%Y%m%d}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _said(sheet: Sheet, task: Task, contact: Contact, now: datetime) -> Iterator[str]:
    """What both kinds have in common."""
    where = whereabouts(contact)
    words = (
        task.text,
        f"For {contact.name} <{contact.address}>",
        f"Phone: {contact.phone}" if contact.phone else "",
        f"Address: {where}" if where else "",
        f"Because {task.why}" if task.why else "",
        f"When it is done: nurture tasks done {task.id}",
    )
    yield f"UID:{_uid(sheet, task)}"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"CREATED:{_instant(task.created_at)}"
    yield f"SUMMARY:{text_value(f'{task.title} ({contact.name})')}"
    yield f"DESCRIPTION:{text_value(chr(10).join(part for part in words if part))}"
    yield f"CATEGORIES:{text_value(str(task.channel))}"
    if where:
        yield f"LOCATION:{text_value(where)}"


def _uid(sheet: Sheet, task: Task) -> str:
    """Unique in the world (section 3.8.4.7), and not telling which installation it is."""
    return f"task-{task.id}-{sha256(sheet.home.encode()).hexdigest()[:16]}@nurture"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text_value(words: str) -> str:
    """The words as a value of the type TEXT (section 3.3.11), without control characters."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return lines.translate(_CONTROLS).translate(_ESCAPED)


def folded(lines: Iterable[str]) -> str:
    """The lines as a file holds them, ended by CR and LF and none over 75 octets (section 3.1)."""
    return "".join(f"{part}\r\n" for line in lines for part in _pieces(line))


def _pieces(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, none of which ends within a character."""
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    yield piece

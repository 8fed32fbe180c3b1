"""What happened to whom and when, as lines that can be compared, and in four formats."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nurture import ports
from nurture.core.contact import Contact
from nurture.document.spreadsheet import guarded
from nurture.ical import folded, text_value

_SHOWN = frozenset(
    (
        "enrollment_started", "enrollment_paused", "enrollment_handed_off", "enrollment_ended",
        "touch_sent", "touch_refused", "touch_bounced", "touch_held", "task_given", "task_done",
        "task_skipped", "task_lapsed", "step_dropped",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One event of one person; ordered by time, then by address."""

    at: datetime
    address: str
    name: str
    company: str
    sequence: str
    step: str
    event: str
    why: str


async def lines_of(
    desk: ports.Desk, contacts: Iterable[Contact], since: datetime, until: datetime
) -> tuple[Line, ...]:
    """What the ledger tells of these people in that time, in order."""
    found: list[Line] = []
    for contact in contacts:
        told = await desk.ledger(contact.id)
        shown = (each for each in told if each.event in _SHOWN and since <= each.at < until)
        found.extend(_line(contact, each) for each in shown)
    return tuple(sorted(found))


def _line(contact: Contact, entry: ports.LedgerEntry) -> Line:
    return Line(
        entry.at,
        contact.address,
        contact.name,
        contact.company,
        entry.sequence,
        entry.step,
        entry.event,
        entry.why,
    )


def as_rows(lines: Iterable[Line], zone: str) -> Iterator[tuple[str, ...]]:
    """For a table: the day and hour in this zone first."""
    for line in lines:
        local = line.at.astimezone(ZoneInfo(zone))
        what = line.event.replace("_", " ")
        yield (
            f"{local:%Y-%m-%d %a %H:%M}", line.name, line.company, line.sequence, line.step, what,
            line.why,
        )  # fmt: skip


def as_json(lines: Iterable[Line]) -> str:
    """One object a line."""
    rows = ({**asdict(line), "at": line.at.isoformat()} for line in lines)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_csv(lines: Iterable[Line]) -> str:
    """With a head, instants in ISO 8601; a cell that a spreadsheet would run is quoted by `'`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = Line.__dataclass_fields__
    writer.writerow(names)
    for line in lines:
        cells = {**asdict(line), "at": line.at.isoformat()}
        writer.writerow(guarded(cell) for cell in cells.values())
    return out.getvalue()


def as_icalendar(lines: Sequence[Line]) -> str:
    """One event of a quarter of an hour for every line (RFC 5545)."""
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//nurture//simulation//EN"]
    for number, line in enumerate(lines):
        stamp = f"{line.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        rows += [
            "BEGIN:VEVENT",
            f"UID:{number}-{stamp}@nurture",
            f"DTSTAMP:{stamp}",
            f"DTSTART:{stamp}",
            "DURATION:PT15M",
            f"SUMMARY:{text_value(f'{line.event} {line.step}: {line.name}'.replace('_', ' '))}",
            f"DESCRIPTION:{text_value(f'{line.sequence}: {line.why}')}",
            "END:VEVENT",
        ]
    rows.append("END:VCALENDAR")
    return folded(rows)

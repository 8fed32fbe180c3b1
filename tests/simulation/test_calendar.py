"""Simulated days can be compared, and leave in formats that other programs read."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from nurture.simulation.calendar import Line, as_csv, as_icalendar, as_json, as_rows
from nurture.simulation.difference import Kind, difference

AT = datetime(2026, 7, 3, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
LINE = Line(
    AT, "ada@firm.example", "Ada Brandt", "Brandt; Co", "former", "hello", "touch_sent", "is due"
)


def test_the_same_calendar_is_no_change() -> None:
    assert difference([LINE], [LINE]) == ()


def test_another_hour_of_the_same_day_is_no_change() -> None:
    assert difference([LINE], [replace(LINE, at=AT + timedelta(hours=3))]) == ()


def test_another_day_is_a_move_and_the_rest_comes_or_goes() -> None:
    news = replace(LINE, step="news", at=AT + DAY)
    changes = difference([LINE, news], [replace(LINE, at=AT + 2 * DAY), replace(news, step="call")])
    assert [(each.step, each.kind) for each in changes] == [
        ("call", Kind.ADDED), ("news", Kind.DROPPED), ("hello", Kind.MOVED),
    ]  # fmt: skip
    assert (changes[2].before, changes[2].after) == (AT, AT + 2 * DAY)


def test_the_second_time_of_an_occasion_is_compared_with_the_second() -> None:
    year = timedelta(days=365)
    twice = [LINE, replace(LINE, at=AT + year)]
    changes = difference(twice, twice[:1])
    assert [(each.kind, each.before) for each in changes] == [(Kind.DROPPED, AT + year)]


def test_what_nobody_gets_is_no_change() -> None:
    assert difference([], [replace(LINE, event="touch_held")]) == ()


def test_json_has_a_line_for_each() -> None:
    (row,) = as_json([LINE]).splitlines()
    assert json.loads(row)["at"] == "2026-07-03T08:30:00+00:00"


def test_a_spreadsheet_runs_no_cell() -> None:
    rows = list(csv.reader(io.StringIO(as_csv([replace(LINE, name="=1+1")]))))
    assert rows[0][0] == "at"
    assert rows[1][2] == "'=1+1"


def test_a_table_shows_the_owners_hour() -> None:
    assert next(iter(as_rows([LINE], "Europe/Berlin")))[0] == "2026-07-03 Fri 10:30"


def test_an_icalendar_escapes_and_folds_to_75_octets() -> None:
    text = as_icalendar([replace(LINE, name="Zoë; " + "ü" * 90)])
    rows = text.split("\r\n")
    assert max(len(row.encode()) for row in rows) <= 75
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:touch sent hello: Zoë\\; " + "ü" * 90 in whole
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 1

"""calendar.yaml: what it says, and what it says to somebody who slipped."""

from datetime import date
from pathlib import Path

import pytest

from nurture.core.calendar.season import Away, Calendar, Quiet, Season, YearDay
from nurture.definition import read_calendar
from nurture.errors import Misconfigured
from nurture.transport.sequence_folder import load_folder

FILE = "calendar.yaml"
FULL = """\
seasons:
  tax season: {from: 15 January, to: April 15, countries: us}
quiet:
  - {name: the turn of the year, from: 20 December, to: 6 January, except: greet}
  - {name: August, from: 1 August, to: 31 August, countries: [FR, IT]}
away:
  - {from: 2027-07-10, to: 2027-07-24, why: by the sea}
holidays:
  confirmed: {Eid al-Fitr 2027: 2027-03-10}
"""


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        read_calendar(text, FILE)
    (problem,) = caught.value.problems
    return str(problem).removeprefix(f"{FILE}:")


def test_everything_in_it_comes_to_its_value() -> None:
    assert read_calendar(FULL, FILE) == Calendar(
        seasons=(Season("tax season", YearDay(1, 15), YearDay(4, 15), frozenset(("US",))),),
        quiet=(
            Quiet(Season("the turn of the year", YearDay(12, 20), YearDay(1, 6)), True),
            Quiet(Season("August", YearDay(8, 1), YearDay(8, 31), frozenset(("FR", "IT")))),
        ),
        away=(Away(date(2027, 7, 10), date(2027, 7, 24), "by the sea"),),
        confirmed={"Eid al-Fitr 2027": date(2027, 3, 10)},
    )


def test_an_empty_calendar_says_nothing() -> None:
    assert read_calendar("", FILE) == read_calendar("# later\n", FILE) == Calendar()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("season: {}\n", "1:1: unknown key 'season'; did you mean 'seasons'?"),
        ("seasons:\n  x: {from: 31 February, to: 1 May}\n",
         "2:13: 'seasons.x.from': write a day of the year like 15 January, not '31 February'"),
        ("quiet:\n  - {from: 1 May, to: 2 May}\n", "2:5: 'name' is missing"),
        ("quiet:\n  - {name: x, from: 1 May, to: 2 May, except: mails}\n",
         "2:47: 'except' must be greet, not 'mails'"),
        ("quiet:\n  - {name: x, from: 1 May, to: 2 May, countries: [Germany]}\n",
         "2:51: 'countries': 'Germany' is no country: write its two letters, like DE"),
        ("away:\n  - {from: 2027-07-10, to: 2027-07-01}\n", "2:5: ends before it begins"),
        ("away:\n  - {from: July, to: 2027-07-01}\n",
         "2:12: 'from': write a day like 2028-12-31, not 'July'"),
        ("holidays: {confirmed: {Eid al-Fitr: 2027-03-10}}\n",
         ("1:23: 'holidays.confirmed': write a holiday and its year, like Eid al-Fitr 2027,"
          " not 'Eid al-Fitr'")),
        ("holidays: {confirmed: {Eid al-Foo 2027: 2027-03-10}}\n",
         ("1:23: 'holidays.confirmed': write a holiday and its year, like Eid al-Fitr 2027,"
          " not 'Eid al-Foo 2027'")),
        ("- a\n", "1:1: must be keys and values, not a list"),
    ],
)  # fmt: skip
def test_a_slip_is_shown_where_it_stands(text: str, words: str) -> None:
    assert complaint(text) == words


def test_a_folder_shares_its_calendar_and_takes_it_for_no_sequence(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text(FULL)
    (tmp_path / "s.yaml").write_text(
        "sequence: s\nwhy: you know us\n"
        "occasions:\n  - {id: a, on: 'tax season starts', task: Write., when: country is US}\n"
        "exits: {on: 2030-12-31}\n"
    )
    folder = load_folder(tmp_path)
    assert folder.problems == ()
    assert folder.calendar == read_calendar(FULL, FILE)
    assert "15 April" in folder.sources["s"]


def test_a_calendar_that_cannot_be_read_is_none_and_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "calendar.yaml").write_text("quiet: always\n")
    folder = load_folder(tmp_path)
    assert folder.calendar is None
    assert len(folder.problems) == 1

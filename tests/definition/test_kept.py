"""Revisions: what makes another one, what is only wording, and how one is kept for ever."""

import pytest

from nurture.core.calendar.season import Season, YearDay
from nurture.core.sequence import Sequence
from nurture.definition import Beside, define, read_sequence

TAXES = Season("tax season", YearDay(1, 15), YearDay(4, 15), frozenset(("US",)))
SCHOOL = Season("school year", YearDay(9, 1), YearDay(6, 30))
TEXT = """\
sequence: s
title: A title
why: you know us
window: {hours: 09:00 to 16:00}
entry: {who: client, again: after 1 year}
exits: {at the latest after: 3 years}
steps:
  - {id: hello, email: a.md, when: country is DE, expires: 10 days}
  - {id: rest, wait: 3 weeks}
  - id: fork
    branch: [{when: value is at least 5, go to: ask}]
  - {id: mark, tag: vip}
  - {id: ask, call: Ask them., within: 2 days, blocks: no}
  - {id: over, move to: other}
occasions:
  - {id: here, on: 3 months after tax season ends, email: a.md, intent: greet}
"""


def read(text: str = TEXT, *seasons: Season) -> Sequence:
    return read_sequence(text, "s.yaml", seasons=seasons or (TAXES, SCHOOL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("09:00", "09:30"),
        ("who: client", "who: former client"),
        ("after 1 year", "after 2 years"),
        ("3 years", "4 years"),
        ("id: hello", "id: hallo"),
        ("a.md, when", "b.md, when"),
        ("country is DE", "country is FR"),
        ("10 days", "11 days"),
        ("3 weeks", "4 weeks"),
        ("at least 5", "at least 6"),
        ("go to: ask", "go to: over"),
        ("tag: vip", "tag: warm"),
        ("tag: vip", "untag: vip"),
        ("call:", "visit:"),
        ("2 days", "3 days"),
        (", blocks: no", ""),
        ("move to: other", "move to: another"),
        ("3 months after", "4 months after"),
        ("season ends", "season starts"),
        ("intent: greet", "intent: give"),
        ("intent: greet", "intent: greet, expires: never"),
    ],
)
def test_a_change_of_who_what_or_when_is_another_revision(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    assert read(changed).revision != read().revision


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A title", "Another title"),
        ("you know us", "we know you"),
        ("Ask them.", "'Ask {{ given_name }} how it went.'"),
        ("expires: 10 days", "expires: 10 days, approval: required, attachments: [x.pdf]"),
        ("title: A title", "title: A title\napproval: first 20"),
        ("intent: greet", "intent: greet, expires: 1 day"),
        ("steps:", "# a comment\nsteps:"),
    ],
)
def test_wording_and_spelt_out_defaults_keep_the_revision(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    assert read(changed).revision == read().revision


def test_a_revision_stays_what_it_is_whatever_the_language_learns() -> None:
    text = (
        "sequence: s\nwhy: you know us\nsteps:\n  - {id: hello, email: a.md}\n"
        "  - {id: rest, wait: 3 weeks}\n  - {id: ask, call: Ask them.}\n"
    )
    # People are under way on such digests: another one would ask for a plan without any change.
    assert read(text).revision == "0474238b60a4e9fc"


def test_the_days_of_a_season_are_part_of_the_revision_wherever_they_stand() -> None:
    moved = Season("tax season", YearDay(1, 15), YearDay(4, 30), frozenset(("US",)))
    assert read(TEXT, moved).revision != read().revision
    own = "seasons: {tax season: {from: 15 January, to: 15 April, countries: [US]}}\n"
    assert read(TEXT + own, SCHOOL).revision == read().revision


def test_a_season_that_is_not_used_changes_nothing() -> None:
    assert read(TEXT, TAXES).revision == read().revision
    assert define(TEXT, "s.yaml", Beside(seasons=(TAXES, SCHOOL))).kept.count("school") == 0


def test_a_kept_text_reads_back_the_same_whatever_became_of_the_calendar() -> None:
    kept = define(TEXT, "s.yaml", Beside(seasons=(TAXES, SCHOOL))).kept
    moved = Season("tax season", YearDay(2, 1), YearDay(2, 2))
    assert read_sequence(kept, "s.yaml") == read()
    assert read_sequence(kept, "s.yaml", seasons=[moved]) == read()
    assert define(kept, "s.yaml", Beside()).kept == kept


def test_a_text_without_shared_seasons_is_kept_as_it_is() -> None:
    text = TEXT.replace("3 months after tax season ends", "4 January")
    assert define(text, "s.yaml", Beside()).kept == text


def test_its_own_season_comes_before_a_shared_one() -> None:
    own = "seasons: {tax season: {from: 1 February, to: 2 February}}\n"
    definition = define(TEXT + own, "s.yaml", Beside(seasons=(TAXES,)))
    assert definition.kept == TEXT + own
    assert read_sequence(TEXT + own, "s.yaml") == definition.sequence

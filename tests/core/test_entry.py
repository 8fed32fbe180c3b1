"""Who may begin a sequence, beside what, and how often."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from nurture.core.calendar import Unit, Wait
from nurture.core.condition import Facts, read_condition
from nurture.core.contact import Contact, Relationship
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence.entry import Again, Entry, Standing, admission, run_of

NOW = datetime(2027, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
FACTS = Facts(today=NOW.date())
BOB = Contact(
    "bob@firm.example",
    relationship=Relationship.FORMER_CLIENT,
    value=800,
    dates={"project_end": date(2026, 12, 1)},
)


def walk(sequence: str, state: State = State.ACTIVE, **fields: object) -> Enrollment:
    """A walk that began a year ago."""
    begun = NOW - 365 * DAY
    first = Enrollment(
        1, 1, "anna", sequence, "r1", state, "first", begun, begun, begun,
    )  # fmt: skip
    return replace(first, **fields)


def said(entry: Entry, *walks: Enrollment, last: datetime | None = None, **others: Entry) -> str:
    """Why `card` does not admit somebody with these walks; `others` are the entries of those."""
    return admission("card", entry, Standing(walks, others, last), "UTC", NOW)


# --- the audience ---


def test_a_door_that_says_nothing_is_open_to_all() -> None:
    assert Entry().suits(Contact("a@b.example"), FACTS) == ""
    assert said(Entry()) == ""


def test_only_who_is_named_is_welcome() -> None:
    entry = Entry(who=frozenset({Relationship.CLIENT, Relationship.FORMER_CLIENT}))
    assert entry.suits(BOB, FACTS) == ""
    for other in (Relationship.MET_AT_EVENT, None):
        stranger = replace(BOB, relationship=other)
        assert entry.suits(stranger, FACTS) == "is no client or former client"


def test_only_for_whom_the_condition_holds() -> None:
    entry = Entry(when=read_condition("value is at least 500"))
    assert entry.suits(BOB, FACTS) == ""
    assert entry.suits(replace(BOB, value=10), FACTS) == "does not match: value is at least 500"


def test_who_lacks_the_date_to_count_from_cannot_begin_but_still_matches() -> None:
    entry = Entry(anchor="project_end")
    assert entry.suits(BOB, FACTS) == ""
    nobody = replace(BOB, dates={})
    assert entry.suits(nobody, FACTS) == "has no date 'project_end' to count from"
    assert entry.matches(nobody, FACTS) == ""


# --- beside what ---


@pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED, State.HANDED_OFF])
def test_nobody_walks_twice_at_once(state: State) -> None:
    assert said(Entry(again=Again.IF_INACTIVE), walk("card", state)) == "is in card already"


def test_an_occasion_that_goes_on_keeps_the_door_shut() -> None:
    order, lane = walk("card", State.ENDED), walk("card", lane="birthday")
    assert said(Entry(again=Again.IF_INACTIVE), order, lane) == "is in card already"


def test_exclusion_holds_both_ways_and_ends_with_the_walk() -> None:
    excluding = Entry(instead_of=("reconnect",))
    words = "is in reconnect, which excludes card"
    assert said(excluding, walk("reconnect")) == words
    assert said(Entry(), walk("reconnect"), reconnect=Entry(instead_of=("card",))) == words
    assert said(Entry(), walk("reconnect"), reconnect=Entry(instead_of=("tips",))) == ""
    assert said(excluding, walk("reconnect", State.ENDED)) == ""


def test_two_that_want_to_be_alone_do_not_walk_together_whatever_their_priority() -> None:
    alone = Entry(is_alone=True, priority=9)
    assert said(alone, walk("tips"), tips=Entry(is_alone=True)) == (
        "is in tips, which wants to be alone"
    )
    assert said(alone, walk("tips"), tips=Entry()) == ""
    assert said(Entry(), walk("tips"), tips=Entry(is_alone=True)) == ""
    assert said(alone, walk("tips", State.ENDED), tips=Entry(is_alone=True)) == ""


# --- again ---


def test_by_default_nobody_comes_again() -> None:
    assert said(Entry(), walk("card", State.ENDED)) == "was in card already"


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        (NOW - 365 * DAY, ""),
        (NOW - 364 * DAY, "was in card; again from 2027-03-03"),
    ],
)
def test_after_a_time_counted_from_the_last_trace_of_the_run(anchor: datetime, words: str) -> None:
    entry = Entry(again=Again.AFTER, after=Wait(1, Unit.YEARS))
    earlier = walk("card", State.ENDED, anchor_at=NOW - 900 * DAY)
    assert said(entry, earlier, walk("card", State.ENDED, run=2, anchor_at=anchor)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, ""),
        (184, ""),
        (183, "was in card, and heard from us or wrote lately"),
        (1, "was in card, and heard from us or wrote lately"),
    ],
)
def test_if_inactive_asks_for_half_a_year_of_silence_on_both_sides(
    days: int | None, words: str
) -> None:
    last = NOW - days * DAY if days else None
    entry = Entry(again=Again.IF_INACTIVE)
    assert said(entry, walk("card", State.ENDED), last=last) == words
    assert said(entry, last=last) == ""


def test_runs_count_up_from_one() -> None:
    walks = [walk("card", run=2), walk("card", lane="birthday", run=2), walk("tips", run=7)]
    assert (run_of("card", walks), run_of("news", walks)) == (3, 1)

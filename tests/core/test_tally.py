"""A day's mails in one small value: never fewer than there were."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.account.tally import DAY, EMPTY, SLOT, Tally

NOW = datetime(2026, 5, 6, 12, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

instants = st.integers(-36 * 60, 12 * 60).map(lambda minutes: NOW + minutes * MINUTE)


def tally_of(*when: datetime) -> Tally:
    tally = EMPTY
    for at in when:
        tally = tally.plus(1, at)
    return tally


@settings(max_examples=300, derandomize=True)
@given(st.lists(instants, max_size=40))
def test_p6_what_left_within_a_day_is_never_forgotten(when: list[datetime]) -> None:
    counted = tally_of(*when).within_day(NOW)
    assert counted >= sum(NOW - DAY < at < NOW + DAY for at in when)
    assert counted <= sum(NOW - DAY - SLOT <= at <= NOW + DAY + SLOT for at in when)


@settings(max_examples=300, derandomize=True)
@given(st.lists(instants, max_size=40))
def test_in_which_order_they_were_counted_does_not_matter(when: list[datetime]) -> None:
    assert tally_of(*when) == tally_of(*sorted(when))
    assert sum(count for _, count in tally_of(*when).slots) == len(when)


@settings(max_examples=300, derandomize=True)
@given(st.lists(instants, max_size=40), st.integers(1, 20))
def test_there_is_room_when_it_was_said_there_would_be(when: list[datetime], cap: int) -> None:
    tally = tally_of(*when)
    again_at = tally.room_at(cap, NOW)
    if tally.within_day(NOW) >= cap:
        assert NOW < again_at <= NOW + 2 * DAY + SLOT
        later = [at for at in when if at > NOW]
        if not later:
            assert tally.within_day(again_at) < cap


def test_a_day_later_there_is_room_again() -> None:
    full = tally_of(NOW, NOW, NOW)
    assert full.within_day(NOW + DAY) == 3  # the slot counts as a whole
    assert full.within_day(full.room_at(3, NOW)) == 0
    assert full.room_at(3, NOW) - NOW <= DAY + SLOT


def test_what_is_given_back_is_gone_and_never_more_than_there_was() -> None:
    assert tally_of(NOW, NOW).plus(-1, NOW).within_day(NOW) == 1
    assert tally_of(NOW).plus(-1, NOW) == EMPTY
    assert tally_of(NOW).plus(-5, NOW + DAY) == tally_of(NOW)
    assert EMPTY.plus(-1, NOW) == EMPTY


def test_old_slots_are_let_go_so_that_a_tally_stays_small() -> None:
    tally = EMPTY
    for minutes in range(0, 30 * 24 * 60, 7):
        tally = tally.plus(1, NOW + minutes * MINUTE)
    assert len(tally.slots) <= 3 * DAY // SLOT


def test_a_clock_that_was_wrong_silences_nobody() -> None:
    ahead = tally_of(NOW + 300 * DAY)
    assert ahead.within_day(NOW) == 0

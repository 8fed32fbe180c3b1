"""How much may leave: caps in any 24 hours and any minute, a pace, and a ramp (promise P6)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.account import Limits
from nurture.core.account.allowance import Allowance, Room, Spending, breath, cap_of, cap_on
from nurture.core.account.family import Family
from nurture.core.account.tally import DAY, EMPTY

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
GMAIL, FIRM = "a.example>gmail", "a.example>firm.example"
FRESH = Spending()
FREELY = Limits(per_day=1_000, gap=timedelta(0), batch=100)


def allowance(limits: Limits = FREELY, spending: Spending = FRESH, *families: Family) -> Allowance:
    return Allowance.of("anna", limits, spending, families, NOW)


def sent(*minutes_ago: float, first: datetime | None = None) -> Spending:
    tally = EMPTY
    for minutes in minutes_ago:
        tally = tally.plus(1, NOW - minutes * MINUTE)
    return Spending(tally, None, first)


def test_a_full_day_waits_for_the_first_mail_to_leave_it() -> None:
    full = allowance(replace(FREELY, per_day=3), sent(600, 400, 200)).room()
    assert full == Room(0, NOW - 590 * MINUTE + DAY, "3 mails in 24 hours are enough")


def test_a_cap_that_was_lowered_waits_until_there_is_room_below_it() -> None:
    full = allowance(replace(FREELY, per_day=2), sent(600, 400, 200)).room()
    assert full.again_at == NOW - 390 * MINUTE + DAY


def test_without_a_breath_a_batch_leaves_at_once_but_never_beyond_the_cap() -> None:
    limits = replace(FREELY, per_day=25, batch=10)
    assert allowance(limits).room() == Room(10)
    assert allowance(limits, sent(*[5] * 20)).room() == Room(5)


def test_two_mails_keep_their_breath_and_its_jitter() -> None:
    one = allowance(replace(FREELY, gap=2 * MINUTE))
    assert one.room() == Room(1)
    one.take("")
    assert "in a moment" in one.objection("")
    pace = one.spent().paced_until
    assert pace is not None
    assert 2 * MINUTE <= pace - NOW < 3 * MINUTE
    assert allowance(one.limits, one.spent()).room() == Room(0, pace, "a breath between two mails")


def test_a_pace_from_a_wrong_clock_silences_nobody() -> None:
    ahead = Spending(EMPTY, NOW + 30 * DAY, None)
    assert allowance(FREELY, ahead).room().count > 0


@pytest.mark.parametrize(
    ("gap", "spread", "cap", "expected"),
    [
        (30, 0, 100, timedelta(seconds=30)),
        (30, 6 * 3600, 100, timedelta(seconds=216)),
        (30, 6 * 3600, 20, timedelta(seconds=1080)),
        (60, 6 * 3600, 700, timedelta(seconds=60)),
    ],
)
def test_a_day_is_spread_over_its_hours(
    gap: int, spread: int, cap: int, expected: timedelta
) -> None:
    limits = Limits(gap=timedelta(seconds=gap), spread=timedelta(seconds=spread))
    assert breath(limits, cap) == expected


@pytest.mark.parametrize(
    ("first", "cap"),
    [
        (None, 20),
        (NOW, 20),
        (NOW - WEEK + MINUTE, 20),
        (NOW - WEEK, 50),
        (NOW - 2 * WEEK, 100),
        (NOW - 3 * WEEK, 120),
        (NOW + DAY, 20),
    ],
)
def test_a_new_mailbox_climbs_by_the_week(first: datetime | None, cap: int) -> None:
    limits = Limits(per_day=120, ramp=(20, 50, 100))
    assert cap_on(limits, first, NOW) == cap
    assert cap_on(replace(limits, per_day=30), first, NOW) <= 30


def test_a_new_mailbox_is_told_that_it_is_new() -> None:
    full = allowance(replace(FREELY, ramp=(2,)), sent(5, 6)).room()
    assert full.why == "2 mails in 24 hours while this mailbox is new"


def test_a_known_family_and_a_lone_domain_have_caps_of_their_own() -> None:
    limits = replace(FREELY, per_family=3, per_domain=2)
    assert (cap_of(GMAIL, limits), cap_of(FIRM, limits)) == (3, 2)
    free = allowance(limits, FRESH, Family(GMAIL), Family(FIRM))
    passed = dict.fromkeys((GMAIL, FIRM), 0)
    for scope in (GMAIL, FIRM) * 5:
        if not free.objection(scope):
            free.take(scope)
            passed[scope] += 1
    assert passed == {GMAIL: 3, FIRM: 2}
    assert free.objection(FIRM) == "2 mails to firm.example in 24 hours are enough"
    waits = free.wait(GMAIL)
    assert waits is not None
    assert waits[0] > NOW
    assert {each.scope for each in free.families_used()} == {GMAIL, FIRM}


def test_no_cap_on_a_domain_is_no_cap() -> None:
    free = allowance(replace(FREELY, per_domain=0), FRESH, Family(FIRM))
    for _ in range(80):
        assert free.objection(FIRM) == ""
        free.take(FIRM)


def test_a_family_that_is_backed_off_gets_nothing_then_one_mail() -> None:
    troubled = Family(GMAIL).tripped("421 slow down", NOW - 2 * MINUTE)
    assert "gmail is given time until" in allowance(FREELY, FRESH, troubled).objection(GMAIL)
    ready = replace(troubled, until=NOW)
    free = allowance(FREELY, FRESH, ready, Family(FIRM))
    assert free.objection(GMAIL) == ""
    free.take(GMAIL)
    assert "slow down" in free.objection(GMAIL)
    assert free.objection(FIRM) == ""


@dataclass
class Mailbox:
    """What a careless world lets happen: looks at any time, in any order, of any size."""

    limits: Limits
    spending: Spending = FRESH
    families: dict[str, Family] = field(default_factory=dict)
    left: list[tuple[datetime, str]] = field(default_factory=list)

    def look(self, at: datetime, wanted: list[str]) -> None:
        known = [self.families.get(scope, Family(scope)) for scope in wanted]
        free = Allowance.of("anna", self.limits, self.spending, known, at)
        for scope in wanted:
            if not free.objection(scope):
                free.take(scope)
                self.left.append((at, scope))
        self.spending = free.spent() if free.taken else self.spending
        self.families |= {each.scope: each for each in free.families_used()}

    def most_within(self, stretch: timedelta, scope: str = "") -> int:
        when = sorted(at for at, to in self.left if scope in ("", to))
        return max((sum(s <= at < s + stretch for at in when) for s in when), default=0)


looks = st.tuples(
    st.integers(0, 50 * 3600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.lists(st.sampled_from([GMAIL, FIRM]), min_size=1, max_size=12),
)


@settings(max_examples=300, derandomize=True)
@given(
    st.lists(looks, max_size=40),
    st.integers(1, 15),
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(0, 9),
    st.sampled_from([0, 20, 3600]),
)
def test_p6_no_cap_is_ever_exceeded_whatever_the_order_of_the_looks(
    history: list[tuple[datetime, list[str]]],
    per_day: int,
    per_family: int,
    per_domain: int,
    per_minute: int,
    gap: int,
) -> None:
    limits = Limits(
        per_day=per_day,
        per_family=per_family,
        per_domain=per_domain,
        per_minute=per_minute,
        gap=timedelta(seconds=gap),
        batch=10,
    )
    mailbox = Mailbox(limits)
    for at, wanted in history:
        mailbox.look(at, wanted)
    assert mailbox.most_within(DAY) <= per_day
    assert mailbox.most_within(DAY, GMAIL) <= per_family
    assert mailbox.most_within(DAY, FIRM) <= per_domain
    in_order = Mailbox(limits)
    for at, wanted in sorted(history, key=lambda look: look[0]):
        in_order.look(at, wanted)
    if per_minute:
        assert in_order.most_within(MINUTE) <= per_minute
    if gap:
        assert in_order.most_within(timedelta(seconds=gap)) <= 1
    assert not history or in_order.left


dense = st.lists(st.integers(1, 40), min_size=10, max_size=40)


@settings(max_examples=80, derandomize=True)
@given(dense, st.integers(1, 40), st.integers(1, 20))
def test_p6_no_minute_holds_more_than_it_may(steps: list[int], per_minute: int, batch: int) -> None:
    mailbox = Mailbox(replace(FREELY, per_minute=per_minute, batch=batch))
    at = NOW
    for step in steps:
        mailbox.look(at, [GMAIL] * 50)
        at += timedelta(seconds=step)
    assert mailbox.most_within(MINUTE) <= per_minute


def test_a_rate_is_not_only_kept_but_used() -> None:
    mailbox = Mailbox(replace(FREELY, per_minute=30, batch=10, per_day=10_000))
    for second in range(600):
        mailbox.look(NOW + timedelta(seconds=second), [GMAIL] * 50)
    assert 150 <= len(mailbox.left) <= 300

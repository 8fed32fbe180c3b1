"""Nobody is written to against a no, out of hours, or too often (promises P3 and P6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.account import Account, Limits, Owner
from nurture.core.calendar import Unit, Wait, Window, zones_of_country
from nurture.core.contact import Contact
from nurture.core.decision import Advance, End, Hold, Pace, Postpone, Send, Situation, decide
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Intent, Sequence
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from tests.fakes.story import ALLOWED

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 6, 12, tzinfo=BERLIN).astimezone(UTC)  # a Wednesday
DAY = timedelta(days=1)
LIMITS = Limits(contact_gap=3 * DAY, per_contact_year=12)
SEQUENCE = Sequence(
    "former",
    "r1",
    (
        Email(id="thanks", email="mail/thanks.md", intent=Intent.GREET),
        Pause(id="settle", wait="3 weeks"),
        Email(id="news", email="mail/news.md"),
        Pause(id="rest", wait="1 month"),
    ),
)
CONTACT = Contact("mara@example.org", id=3, zone="Europe/Berlin", country="DE", consent=ALLOWED)
OWNER = Owner("Anna Berg", "anna@example.com", "Europe/Vienna", "Street 1, Vienna")
WALK = Enrollment(
    id=7, contact_id=3, account="anna", sequence="former", revision="r1", state=State.ACTIVE,
    position="thanks", anchor_at=NOON, due_at=NOON, enrolled_at=NOON,
)  # fmt: skip
FINE = Situation(
    now=NOON,
    enrollment=WALK,
    contact=CONTACT,
    sequence=SEQUENCE,
    account=Account("anna", "anna@example.com", OWNER, LIMITS),
)


def at(wall: str, zone: str = "Europe/Berlin") -> Situation:
    """Everything in order, at this wall-clock time."""
    local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    return replace(FINE, now=local.astimezone(UTC))


def berlin(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN)


def test_when_all_is_well_the_step_is_sent_with_its_reason() -> None:
    why = "step 'thanks' of 'former' is due"
    assert decide(FINE) == Send("thanks", "mail/thanks.md", Intent.GREET, why)


@pytest.mark.parametrize("state", [State.PAUSED, State.HANDED_OFF, State.ENDED])
def test_p1_only_an_active_enrollment_speaks(state: State) -> None:
    stopped = replace(FINE, enrollment=replace(WALK, state=state))
    assert decide(stopped) == End(f"the enrollment is {state}")


def test_p3_a_suppressed_address_ends_the_walk() -> None:
    assert decide(replace(FINE, is_suppressed=True)) == End("the address is suppressed")


def test_a_hold_lasts_to_its_last_instant_and_keeps_its_reason() -> None:
    walk = replace(WALK, held_until=NOON + DAY, held_why="away")
    assert decide(replace(FINE, enrollment=walk)) == Postpone(NOON + DAY, "away")
    assert isinstance(decide(replace(FINE, enrollment=walk, now=NOON + DAY)), Send)


def test_a_step_that_the_revision_lacks_is_shown_to_a_person() -> None:
    lost = decide(replace(FINE, enrollment=replace(WALK, position="gone")))
    assert lost == Hold(NOON + DAY, "step 'gone' is not in this revision")


@pytest.mark.parametrize(
    ("expires", "may_write"),
    [(None, True), (date(2026, 5, 6), True), (date(2026, 5, 5), False)],
)
def test_p3_a_consent_holds_to_the_end_of_its_last_day(
    expires: date | None, may_write: bool
) -> None:
    contact = replace(CONTACT, consent=replace(ALLOWED, expires=expires))
    decision = decide(replace(FINE, contact=contact))
    assert isinstance(decision, Send if may_write else Hold)


def test_p3_a_consent_ends_with_the_day_of_the_contact() -> None:
    """In Auckland it is the 7th already while UTC still has the 6th."""
    there = replace(
        at("2026-05-07 09:00", "Pacific/Auckland"),
        contact=replace(
            CONTACT,
            zone="Pacific/Auckland",
            country="NZ",
            consent=replace(ALLOWED, expires=date(2026, 5, 6)),
        ),
    )
    assert decide(there) == Hold(there.now + DAY, "the consent ran out on 2026-05-06")


def test_p6_a_touch_keeps_its_distance_to_the_last_one() -> None:
    last = NOON - 3 * DAY + timedelta(seconds=1)
    near = replace(FINE, pace=Pace(last, 1))
    assert decide(near) == Postpone(last + 3 * DAY, "the last touch was on 2026-05-03")
    assert isinstance(decide(replace(FINE, pace=Pace(NOON - 3 * DAY, 1))), Send)


def test_p6_so_many_touches_a_year_and_no_more() -> None:
    assert isinstance(decide(replace(FINE, pace=Pace(None, 11))), Send)
    enough = decide(replace(FINE, pace=Pace(None, 12)))
    assert enough == Postpone(NOON + 7 * DAY, "12 touches in a year are enough")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-05-06 07:00", "2026-05-06"),
        ("2026-05-06 17:00", "2026-05-07"),
        ("2026-05-08 18:00", "2026-05-11"),  # over a weekend
        ("2026-05-13 18:00", "2026-05-15"),  # Ascension Day
    ],
)
def test_p6_mail_waits_for_the_next_hours_of_their_office(now: str, day: str) -> None:
    decision = decide(at(now))
    assert isinstance(decision, Postpone)
    assert berlin(f"{day} 08:31") <= decision.until < berlin(f"{day} 10:01")
    local = datetime.fromisoformat(now)
    assert (
        decision.why == f"the window is closed in Europe/Berlin, where it is {local:%a %d %b %H:%M}"
    )


def test_p6_the_zone_that_is_closed_is_named() -> None:
    contact = replace(CONTACT, zone="", country="US")
    early = replace(at("2026-05-06 09:00", "America/New_York"), contact=contact)
    decision = decide(early)
    assert isinstance(decision, Postpone)
    assert "New_York" not in decision.why
    assert all(
        time(8, 30) <= decision.until.astimezone(ZoneInfo(zone)).time() < time(17)
        for zone in zones_of_country("US")
    )


def test_p6_a_backlog_is_spread_and_each_keeps_their_place_after_a_restart() -> None:
    night = at("2026-05-06 03:00")
    walks = [replace(night, enrollment=replace(WALK, id=number)) for number in range(100)]
    seen = [decide(walk) for walk in walks]
    assert seen == [decide(walk) for walk in walks]
    assert len({decision.until for decision in seen if isinstance(decision, Postpone)}) == 100


@pytest.mark.parametrize("minutes", [1, 2, 15])
def test_p6_even_a_short_window_is_not_left_by_the_spread(minutes: int) -> None:
    window = Window(opens=time(9), closes=time(9, minutes))
    night = replace(at("2026-05-06 03:00"), sequence=replace(SEQUENCE, window=window))
    opens = berlin("2026-05-06 09:00")
    untils = set()
    for number in range(50):
        decision = decide(replace(night, enrollment=replace(WALK, id=number)))
        assert isinstance(decision, Postpone)
        assert opens <= decision.until < opens + timedelta(minutes=minutes)
        untils.add(decision.until)
    assert len(untils) > 1


def test_p6_where_no_hour_suits_a_person_is_asked_for_the_zone() -> None:
    nowhere = replace(FINE, contact=replace(CONTACT, zone="", country="RU"))
    decision = decide(nowhere)
    assert isinstance(decision, Hold)
    assert decision.until == NOON + 7 * DAY
    assert decision.why.startswith("no hour of the window suits Europe/Kaliningrad and ")


def test_a_wait_counts_from_the_anchor_in_their_zone() -> None:
    walk = replace(WALK, position="settle")
    due = Wait(3, Unit.WEEKS).after(NOON, "Europe/Berlin")
    assert decide(replace(FINE, enrollment=walk)) == Advance("news", due, "3 weeks of silence")
    last = decide(replace(FINE, enrollment=replace(WALK, position="rest")))
    assert isinstance(last, Advance)
    assert last.to is None


PLACES = [
    ("Europe/Berlin", "DE"), ("", "US"), ("", "DE"), ("", "AU"), ("Pacific/Auckland", "NZ"),
    ("", ""), ("America/St_Johns", ""), ("", "SA"), ("", "ZZ"),
]  # fmt: skip


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    zone, country = draw(st.sampled_from(PLACES))
    # Rules that are mostly kept, so that each is often the only one that speaks against the mail.
    hours = st.sampled_from([0.0, 0.0, 3.0, 9.5]) | st.floats(0, 24)
    now = NOON + draw(st.integers(-400, 400)) * DAY + timedelta(hours=draw(hours))
    last = draw(st.none() | st.timedeltas(timedelta(0), 9 * DAY).map(lambda gap: now - gap))
    expires = draw(st.none() | st.integers(-3, 30).map(lambda days: now.date() + days * DAY))
    held = draw(st.none() | st.timedeltas(-2 * DAY, 2 * DAY).map(lambda ahead: now + ahead))
    often = st.sampled_from([False] * 7 + [True])
    walk = replace(
        WALK,
        id=draw(st.integers(1, 10**9)),
        state=draw(st.sampled_from(State)) if draw(often) else State.ACTIVE,
        position="gone" if draw(often) else "thanks",
        held_until=held if draw(often) else None,
    )
    return replace(
        FINE,
        now=now,
        enrollment=walk,
        contact=replace(
            CONTACT, zone=zone, country=country, consent=replace(ALLOWED, expires=expires)
        ),
        pace=Pace(last, draw(st.sampled_from([0, 5, 11, 12, 40]))),
        is_suppressed=draw(often),
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(situations())
def test_p3_p6_a_mail_leaves_exactly_when_every_rule_allows_it(situation: Situation) -> None:
    now, walk, pace = situation.now, situation.enrollment, situation.pace
    expires = situation.contact.consent.expires
    locals_ = [now.astimezone(ZoneInfo(zone)) for zone in situation.zones]
    allows = {
        "active": walk.state is State.ACTIVE,
        "not suppressed": not situation.is_suppressed,
        "not held": walk.held_until is None or walk.held_until <= now,
        "a known step": walk.position == "thanks",
        "consent": expires is None or all(each.date() <= expires for each in (now, *locals_)),
        "gap": pace.last_touch_at is None or now - pace.last_touch_at >= 3 * DAY,
        "year": pace.touches_this_year < 12,
        "window": situation.sequence.window.is_open(
            now, situation.zones, situation.contact.country
        ),
        "office hours": all(
            each.weekday() < 5 and time(8, 30) <= each.time() < time(17) for each in locals_
        ),
    }
    decision = decide(situation)
    assert isinstance(decision, Send) == all(allows.values()), (decision, allows)
    if isinstance(decision, Postpone | Hold):
        assert decision.until > now
        assert decision.why or walk.held_until

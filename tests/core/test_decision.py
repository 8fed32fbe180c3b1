"""What is due is decided by the general rules first, and then by its step (P1, P3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.core.account import Account, Limits
from nurture.core.calendar import Unit, Wait
from nurture.core.choice import decide, reached
from nurture.core.contact import Contact
from nurture.core.decision import Advance, End, Hold, Postpone, Rest, Send
from nurture.core.enrollment import State
from nurture.core.sequence import Intent, Sequence
from nurture.core.sequence.exit import Exits
from nurture.core.situation import Situation
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from tests.fakes.scene import OWNER, due_at
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
WALK = due_at("thanks", NOON)
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


def test_a_wait_counts_from_the_anchor_in_their_zone() -> None:
    walk = replace(WALK, position="settle")
    due = Wait(3, Unit.WEEKS).after(NOON, "Europe/Berlin")
    assert decide(replace(FINE, enrollment=walk)) == Rest(due)
    over = decide(replace(FINE, enrollment=walk, now=due))
    assert over == Advance("news", due, "3 weeks of silence")
    last = decide(replace(FINE, enrollment=replace(WALK, position="rest"), now=NOON + 400 * DAY))
    assert isinstance(last, Advance)
    assert last.to is None


def test_behind_a_mail_a_walk_is_due_when_the_wait_there_ends() -> None:
    onward = reached(FINE, NOON, "sent")
    assert onward == Advance("settle", berlin("2026-05-27T12:00").astimezone(UTC), "sent")
    resting = replace(WALK, position="settle")
    assert decide(replace(FINE, enrollment=resting)) == Rest(onward.due_at)


def test_a_wait_that_the_owner_decided_about_is_looked_at_in_its_own_time() -> None:
    assert reached(FINE, NOON, "sent", {"settle"}) == Advance("settle", NOON, "sent")


def test_a_way_out_that_the_mail_itself_opens_is_taken_at_once_not_after_the_wait() -> None:
    leaving = replace(SEQUENCE, exits=Exits(silent_touches=1))
    assert reached(replace(FINE, sequence=leaving), NOON, "sent") == Advance("settle", NOON, "sent")


def test_the_wait_behind_a_mail_is_known_as_well_where_ways_out_stay_shut() -> None:
    staying = replace(SEQUENCE, exits=Exits(silent_touches=2))
    assert reached(replace(FINE, sequence=staying), NOON, "sent") == reached(FINE, NOON, "sent")


def test_a_wait_that_is_not_for_them_is_looked_at_at_once() -> None:
    wait = Pause(id="settle", wait="3 weeks", when="tags include vip")
    steps = (SEQUENCE.steps[0], wait, *SEQUENCE.steps[2:])
    choosy = replace(FINE, sequence=replace(SEQUENCE, steps=steps))
    assert reached(choosy, NOON, "sent") == Advance("settle", NOON, "sent")


def test_behind_a_mail_without_a_wait_the_next_step_is_looked_at_at_once() -> None:
    short = replace(SEQUENCE, steps=(SEQUENCE.steps[0], SEQUENCE.steps[2]))
    assert reached(replace(FINE, sequence=short), NOON, "sent") == Advance("news", NOON, "sent")

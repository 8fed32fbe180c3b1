"""What each meaning changes: silence at once, suppression only on a certain no or death."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect, effect_of
from nurture.core.enrollment import Move
from nurture.core.handoff import Urgency
from nurture.core.touch import TouchMove
from nurture.core.verdict import Evidence, FailedRecipient, Meaning, Trait, Verdict, Weight

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
ACCOUNT = Account("anna", "anna@example.com", Owner("Anna", "anna@example.com", "UTC", "Street 1"))
MARA = Contact(
    "mara@example.org", id=3, given_name="Mara", family_name="Lind", zone="Pacific/Auckland"
)


def verdict(
    meaning: Meaning,
    confidence: float = 0.95,
    *,
    return_date: date | None = None,
    later: date | None = None,
    new_contact: str = "",
    traits: frozenset[Trait] = frozenset(),
    recipients: tuple[FailedRecipient, ...] = (),
) -> Verdict:
    seen = Evidence(
        "signal", meaning, Weight.CERTAIN, "quote", recipients=recipients,
        return_date=return_date, later=later, new_contact=new_contact, traits=traits,
    )  # fmt: skip
    return Verdict(meaning, confidence, (seen,))


def effect(
    said: Verdict,
    contact: Contact = MARA,
    account: Account = ACCOUNT,
    *,
    is_certain: bool = True,
    other_address: str = "",
    doubt: str = "",
) -> Effect:
    return effect_of(
        said, contact, account, NOW, is_certain=is_certain, other_address=other_address, doubt=doubt
    )


@pytest.mark.parametrize("meaning", [Meaning.HUMAN_REPLY, Meaning.CALENDAR])
@pytest.mark.parametrize("is_certain", [True, False])
def test_p1_an_answer_silences_them_and_their_colleagues(
    meaning: Meaning, is_certain: bool
) -> None:
    assert effect(verdict(meaning), is_certain=is_certain) == Effect(
        move=Move.ANSWERED, colleague_move=Move.COLLEAGUE_ANSWERED, handoff="answered"
    )


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        (verdict(Meaning.HUMAN_REPLY), Urgency.NOW),
        (verdict(Meaning.CALENDAR), Urgency.NOW),
        (verdict(Meaning.HUMAN_REPLY, 0.5), Urgency.TODAY),
        (verdict(Meaning.HUMAN_REPLY, later=date(2026, 10, 1)), Urgency.TODAY),
        (verdict(Meaning.HUMAN_REPLY, traits=frozenset({Trait.REFERRAL})), Urgency.TODAY),
        (verdict(Meaning.HUMAN_REPLY, traits=frozenset({Trait.ONLY_THANKS})), Urgency.CALM),
        (verdict(Meaning.CALENDAR, traits=frozenset({Trait.ONLY_THANKS})), Urgency.NOW),
        (verdict(Meaning.HUMAN_REPLY, 0.5, traits=frozenset({Trait.ONLY_THANKS})), Urgency.TODAY),
    ],
)
def test_how_soon_a_person_has_to_look_follows_from_what_was_said(
    said: Verdict, urgency: Urgency
) -> None:
    heard = effect(said)
    assert (heard.urgency, heard.only_thanks) == (urgency, urgency is Urgency.CALM)
    assert heard.move is Move.ANSWERED


def test_colleagues_go_on_where_the_owner_wants_it() -> None:
    alone = replace(ACCOUNT, pauses_colleagues=False)
    heard = effect(verdict(Meaning.HUMAN_REPLY), account=alone)
    assert (heard.move, heard.colleague_move) == (Move.ANSWERED, None)


def test_an_unsure_verdict_is_handed_over_to_be_checked() -> None:
    unsure = verdict(Meaning.HUMAN_REPLY, 0.5, later=date(2026, 10, 1))
    assert effect(unsure).move is Move.ANSWERED
    assert effect(unsure).handoff == "to check: not sure what was said"


def test_a_wish_to_hear_later_is_handed_over_with_its_day() -> None:
    heard = effect(verdict(Meaning.HUMAN_REPLY, later=date(2026, 10, 1)))
    assert heard.move is Move.ANSWERED
    assert heard.handoff == "asks to be written to again, on 2026-10-01 or so"


@pytest.mark.parametrize(("named", "shown"), [("ben@example.org",) * 2, ("", "somebody else")])
def test_a_referral_is_handed_over_with_whom_they_named(named: str, shown: str) -> None:
    said = verdict(Meaning.HUMAN_REPLY, new_contact=named, traits=frozenset({Trait.REFERRAL}))
    assert effect(said).handoff == f"answered, and names {shown} to write to"


def test_mere_thanks_are_a_persons_and_silence_like_any_answer() -> None:
    said = verdict(Meaning.HUMAN_REPLY, traits=frozenset({Trait.THANKS}))
    assert effect(said) == effect(verdict(Meaning.HUMAN_REPLY))


def test_d16_a_wish_to_be_erased_suppresses_and_names_the_one_month_clock() -> None:
    heard = effect(verdict(Meaning.UNSUBSCRIBE, traits=frozenset({Trait.ERASURE})))
    assert heard.suppress == "opted out"
    assert "one month" in heard.alert


@pytest.mark.parametrize("meaning", [Meaning.HUMAN_REPLY, Meaning.UNSUBSCRIBE, Meaning.COMPLAINT])
def test_m7_a_doubtful_match_silences_and_asks_but_is_not_taken_at_its_word(
    meaning: Meaning,
) -> None:
    assert effect(verdict(meaning), doubt="a colleague?", other_address="x@example.org") == Effect(
        move=Move.ANSWERED,
        colleague_move=Move.COLLEAGUE_ANSWERED,
        handoff="to check: a colleague?",
        urgency=Urgency.TODAY,
    )


def test_m7_a_machine_or_a_report_that_is_matched_doubtfully_changes_nothing() -> None:
    away = verdict(Meaning.AUTO_REPLY, return_date=date(2026, 8, 6))
    report = verdict(
        Meaning.BOUNCE_HARD, recipients=(FailedRecipient("a@b.example", "5.1.1", dead=True),)
    )
    assert effect(away, doubt="a colleague?") == NOTHING
    assert effect(report, doubt="a colleague?") == NOTHING


@pytest.mark.parametrize("is_certain", [True, False])
def test_an_alias_is_learnt_only_from_a_certain_answer(is_certain: bool) -> None:
    heard = effect(
        verdict(Meaning.HUMAN_REPLY), is_certain=is_certain, other_address="m@example.net"
    )
    assert heard.learn_alias == ("m@example.net" if is_certain else "")
    away = effect(verdict(Meaning.AUTO_REPLY), other_address="noreply@example.net")
    assert away.learn_alias == ""


def test_f11_back_on_the_6th_holds_to_the_10th_in_their_zone() -> None:
    heard = effect(verdict(Meaning.AUTO_REPLY, return_date=date(2026, 8, 6)))
    monday = datetime(2026, 8, 10, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert heard == Effect(held_until=monday, held_why="away, back on 2026-08-06")


def test_f11_settling_in_takes_working_days_of_their_country() -> None:
    in_riyadh = replace(MARA, zone="", country="SA")
    heard = effect(verdict(Meaning.AUTO_REPLY, return_date=date(2026, 8, 6)), in_riyadh)
    assert heard.held_until == datetime(2026, 8, 10, tzinfo=ZoneInfo("Asia/Riyadh"))
    in_tokyo = replace(MARA, zone="", country="JP")
    heard = effect(verdict(Meaning.AUTO_REPLY, return_date=date(2026, 8, 7)), in_tokyo)
    # Mountain Day on the 11th.
    assert heard.held_until == datetime(2026, 8, 12, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("back", [date(2026, 9, 18), date(2027, 1, 4), date.max])
def test_an_absence_holds_for_sixty_days_at_most(back: date) -> None:
    heard = effect(verdict(Meaning.AUTO_REPLY, return_date=back))
    assert heard == Effect(held_until=NOW + timedelta(days=60), held_why=f"away, back on {back}")


def test_an_absence_without_a_date_holds_for_a_week() -> None:
    assert effect(verdict(Meaning.AUTO_REPLY)) == Effect(
        held_until=NOW + timedelta(days=7), held_why="away, no return date given"
    )


def test_an_absence_that_should_be_over_holds_for_a_week() -> None:
    heard = effect(verdict(Meaning.AUTO_REPLY, return_date=date(2026, 1, 5)))
    assert heard.held_until == NOW + timedelta(days=7)
    assert "2026-01-05 has passed" in heard.held_why


def test_f12_a_departure_ends_the_walk_and_only_proposes_the_successor() -> None:
    heard = effect(verdict(Meaning.LEFT_COMPANY, new_contact="ben@example.org"))
    assert heard.move is Move.LEFT
    assert heard.alert.startswith("Mara Lind has left; they name ben@example.org")
    at_lind = replace(MARA, company="Lind Ltd")
    assert effect(verdict(Meaning.LEFT_COMPANY), at_lind).alert == "Mara Lind has left Lind Ltd"


@pytest.mark.parametrize("is_certain", [True, False])
@pytest.mark.parametrize(
    ("meaning", "reason", "alert"),
    [
        (Meaning.UNSUBSCRIBE, "opted out", "Mara Lind asked for no more mail"),
        (Meaning.COMPLAINT, "complaint", "Mara Lind complained of spam"),
    ],
)
def test_p3_a_no_suppresses_at_once_and_the_owner_learns_it(
    meaning: Meaning, reason: str, alert: str, is_certain: bool
) -> None:
    assert effect(verdict(meaning), is_certain=is_certain) == Effect(
        move=Move.OPTED_OUT, suppress=reason, alert=alert
    )


def test_p3_a_dead_address_is_suppressed_and_the_owner_learns_it() -> None:
    heard = effect(verdict(Meaning.BOUNCE_HARD))
    assert (heard.move, heard.suppress) == (Move.BOUNCED, "dead")
    assert heard.touch_move is TouchMove.CAME_BACK
    assert heard.alert.startswith("mara@example.org does not exist any more")


def test_a_soft_bounce_only_marks_its_touch() -> None:
    assert effect(verdict(Meaning.BOUNCE_SOFT)) == Effect(touch_move=TouchMove.CAME_BACK)


@pytest.mark.parametrize("meaning", [Meaning.BOUNCE_HARD, Meaning.BOUNCE_SOFT])
def test_a_report_that_matches_nothing_of_ours_changes_nothing(meaning: Meaning) -> None:
    assert effect(verdict(meaning), is_certain=False) == NOTHING


def test_a_spam_guard_is_told_to_the_owner_and_changes_nothing_else() -> None:
    alert = "Mara Lind's spam guard asks for a human to confirm you"
    assert effect(verdict(Meaning.CHALLENGE)) == Effect(alert=alert)


@pytest.mark.parametrize(
    "meaning",
    [
        Meaning.AUTO_ACK,
        Meaning.BOUNCE_DELAYED,
        Meaning.DSN_SUCCESS,
        Meaning.READ_RECEIPT,
        Meaning.LIST_NOISE,
        Meaning.UNRELATED,
    ],
)
def test_noise_changes_nothing(meaning: Meaning) -> None:
    assert effect(verdict(meaning), other_address="x@example.net") == NOTHING


@pytest.mark.parametrize("meaning", Meaning)
def test_p7_what_is_not_a_machine_stops_the_talk(meaning: Meaning) -> None:
    heard = effect(verdict(meaning))
    stops = heard.move is not None
    assert stops or meaning.lets_the_talk_go_on or meaning is Meaning.BOUNCE_SOFT
    assert bool(heard.suppress) <= (heard.move in {Move.OPTED_OUT, Move.BOUNCED})

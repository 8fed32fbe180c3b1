"""What the end of a submission means for the contact, the account and the owner."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from nurture.core.contact import Contact
from nurture.core.decision import Advance
from nurture.core.touch import TouchMove
from nurture.core.verdict import FailedRecipient
from nurture.mail.delivery import (
    Accepted,
    Answer,
    Deferred,
    Delivery,
    Phase,
    Rejected,
    Scope,
    Unknown,
)
from nurture.mail.write.smtp_status import classify
from nurture.outcome import (
    NOT_TRIED,
    News,
    Rest,
    lengthened,
    news_of,
    rest_after,
    settlement,
    trouble_told_by,
    undelivered,
)
from nurture.ports import Settlement

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
ONWARD = Advance("settle", NOW, "thanks was sent")
OURS = (Scope.ACCOUNT, Scope.POLICY)
THEIRS = (Scope.RECIPIENT, Scope.DOMAIN, Scope.UNKNOWN)
ADA = Contact("ada@firm.example", given_name="Ada", family_name="Brandt")
HALF_AN_HOUR = timedelta(minutes=30)


def answer(code: int, text: str, phase: Phase = Phase.RCPT) -> Answer:
    return Answer(phase, code, text)


DEAD = answer(550, "5.1.1 no such user here")
ODD = answer(550, "we do not like this")
BUSY = answer(451, "4.3.0 try again later")


def settle(delivery: Delivery, attempts: int = 0) -> Settlement:
    return settlement(5, delivery, ONWARD, attempts, NOW)


def test_p2_what_was_accepted_moves_on() -> None:
    accepted = Accepted(answer(250, "2.0.0 queued", Phase.BODY))
    assert settle(accepted) == Settlement(5, TouchMove.ACCEPTED, NOW, accepted, next=ONWARD)
    assert rest_after(accepted, NOW) is None


def test_p2_what_nobody_knows_is_left_to_a_person_and_never_retried() -> None:
    unknown = Unknown(answer(0, "the line broke", Phase.BODY))
    settled = settle(unknown)
    assert settled.move is TouchMove.LOST_SIGHT
    assert (settled.next, settled.retry_at, settled.suppress) == (None, None, "")
    assert settled.why == "nobody knows whether it left: the line broke (at body)"
    assert rest_after(unknown, NOW) is None


@pytest.mark.parametrize("scope", Scope)
def test_what_was_deferred_is_tried_again_in_half_an_hour_or_more(scope: Scope) -> None:
    settled = settle(Deferred(BUSY, scope))
    assert settled.move is TouchMove.POSTPONED
    assert settled.retry_at is not None
    assert HALF_AN_HOUR <= settled.retry_at - NOW < 2 * HALF_AN_HOUR
    assert (settled.next, settled.suppress) == (None, "")
    assert settled.why == "not sent yet: 451 4.3.0 try again later (at rcpt)"


@pytest.mark.parametrize("scope", THEIRS)
def test_what_was_refused_is_left_to_a_person(scope: Scope) -> None:
    settled = settle(Rejected(ODD, scope))
    assert settled.move is TouchMove.REJECTED
    assert (settled.next, settled.retry_at, settled.suppress) == (None, None, "")
    assert settled.why == "refused: 550 we do not like this (at rcpt)"


@pytest.mark.parametrize("scope", OURS)
def test_a_refusal_of_us_costs_the_contact_nothing(scope: Scope) -> None:
    settled = settle(Rejected(DEAD, scope))
    assert settled.move is TouchMove.POSTPONED
    assert settled.retry_at is not None
    assert settled.suppress == ""


@pytest.mark.parametrize(
    ("kind", "scope", "said"), [*product((Deferred, Rejected), Scope, (DEAD, ODD, BUSY))]
)
def test_p3_only_the_certain_death_of_the_recipient_suppresses(
    kind: type[Deferred | Rejected], scope: Scope, said: Answer
) -> None:
    is_death = kind is Rejected and scope is Scope.RECIPIENT and said is DEAD
    assert settle(kind(said, scope)).suppress == ("dead" if is_death else "")


@pytest.mark.parametrize(("kind", "scope"), [*product((Deferred, Rejected), THEIRS)])
def test_what_is_said_about_the_contact_never_rests_the_account(
    kind: type[Deferred | Rejected], scope: Scope
) -> None:
    assert rest_after(kind(DEAD, scope), NOW) is None


@pytest.mark.parametrize(
    ("delivery", "hours", "is_alarming"),
    [
        (Deferred(answer(421, "4.7.0 slowly", Phase.MAIL), Scope.ACCOUNT), 0.5, False),
        (Deferred(answer(0, "no route", Phase.CONNECT), Scope.ACCOUNT), 0.5, False),
        (Deferred(answer(554, "not now", Phase.CONNECT), Scope.ACCOUNT), 0.5, False),
        (Deferred(answer(535, "5.7.8 wrong password", Phase.AUTH), Scope.ACCOUNT), 0.5, True),
        (Deferred(answer(550, "5.4.5 limit", Phase.BODY), Scope.ACCOUNT), 12, True),
        (Rejected(answer(550, "5.7.0 closed", Phase.MAIL), Scope.ACCOUNT), 12, True),
        (Deferred(answer(450, "4.7.26 unsigned", Phase.BODY), Scope.POLICY), 12, True),
        (Rejected(answer(550, "5.7.1 spam", Phase.BODY), Scope.POLICY), 12, True),
    ],
)
def test_an_answer_about_us_rests_the_account_and_calls_a_person_who_can_mend_it(
    delivery: Deferred | Rejected, hours: float, is_alarming: bool
) -> None:
    until = NOW + timedelta(hours=hours)
    assert rest_after(delivery, NOW) == Rest(until, str(delivery.answer), is_alarming)


@pytest.mark.parametrize(
    ("fixture", "said"),
    [
        ("F1", answer(550, "5.4.5 Daily user sending limit exceeded", Phase.BODY)),
        ("F2", answer(554, "5.2.2 mailbox full; submission quota exceeded", Phase.BODY)),
    ],
)
def test_f1_f2_a_spent_quota_rests_the_account_until_the_next_day(
    fixture: str, said: Answer
) -> None:
    delivery = classify(said)
    settled, rest = settle(delivery), rest_after(delivery, NOW)
    assert (settled.move, settled.suppress) == (TouchMove.POSTPONED, ""), fixture
    assert rest == Rest(NOW + timedelta(hours=12), str(said), is_alarming=True)


@pytest.mark.parametrize("scope", [Scope.RECIPIENT, Scope.DOMAIN])
@pytest.mark.parametrize(("days", "is_given_up"), [(3.9, False), (5, True)])
def test_p25_what_is_put_off_for_days_is_given_up_and_the_walk_goes_on(
    scope: Scope, days: float, is_given_up: bool
) -> None:
    since = NOW - timedelta(days=days)
    settled = settlement(5, Deferred(BUSY, scope), ONWARD, 9, NOW, since)
    assert (settled.move is TouchMove.REJECTED) == is_given_up
    assert settled.next == (ONWARD if is_given_up else None)
    assert (settled.retry_at is None) == is_given_up
    assert settled.suppress == ""
    if is_given_up:
        assert (
            settled.why
            == "given up after tries since 2026-05-01: 451 4.3.0 try again later (at rcpt)"
        )


@pytest.mark.parametrize("scope", OURS)
@pytest.mark.parametrize("kind", [Deferred, Rejected])
def test_p25_what_waits_for_our_own_trouble_is_not_given_up(
    kind: type[Deferred | Rejected], scope: Scope
) -> None:
    settled = settlement(5, kind(BUSY, scope), ONWARD, 9, NOW, NOW - timedelta(days=20))
    assert settled.move is TouchMove.POSTPONED
    assert settled.retry_at is not None


@pytest.mark.parametrize(
    ("delivery", "days", "words"),
    [
        (Rejected(DEAD, Scope.RECIPIENT), 0, "another address by now"),
        (Rejected(ODD, Scope.UNKNOWN), 0, "`nurture resume ada@firm.example`"),
        (Deferred(BUSY, Scope.DOMAIN), 6, "goes on with its next step"),
    ],
)
def test_the_owner_learns_of_every_mail_that_will_never_leave(
    delivery: Delivery, days: int, words: str
) -> None:
    settled = settlement(5, delivery, ONWARD, 9, NOW, NOW - timedelta(days=days))
    alert = undelivered(settled, ADA, "Hello Ada", "notes")
    assert alert is not None
    assert alert.subject == "Ada Brandt was not reached: Hello Ada"
    assert words in alert.text
    assert settled.why in alert.text


@pytest.mark.parametrize(
    "delivery",
    [
        Accepted(answer(250, "2.0.0 queued", Phase.BODY)),
        Unknown(answer(0, "the line broke", Phase.BODY)),
        Deferred(BUSY, Scope.RECIPIENT),
        Rejected(ODD, Scope.POLICY),
    ],
)
def test_no_alert_about_a_mail_that_left_or_still_may(delivery: Delivery) -> None:
    assert undelivered(settle(delivery), ADA, "Hello Ada", "notes") is None


def test_each_try_waits_longer() -> None:
    longest = max(
        (settlement(number, Deferred(BUSY, Scope.DOMAIN), ONWARD, 5, NOW).retry_at or NOW) - NOW
        for number in range(50)
    )
    assert timedelta(hours=8) < longest <= timedelta(hours=16.5)


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (250, "2.0.0 Ok", "250 2.0.0 Ok (at body)"),
        (0, "the line broke", "the line broke (at body)"),
        (421, "", "421 (at body)"),
        (0, "", " (at body)"),
    ],
)
def test_an_answer_is_told_in_the_words_there_are(code: int, text: str, said: str) -> None:
    assert str(Answer(Phase.BODY, code, text)) == said


def test_what_was_never_begun_is_certainly_not_sent() -> None:
    settled = settle(NOT_TRIED)
    assert settled.move is TouchMove.POSTPONED
    assert settled.suppress == ""


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled.",
            "Authenticated SMTP",
        ),
        (
            "5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            "[accounts.NAME.oauth]",
        ),
        ("5.7.8 Username and Password not accepted", ""),
    ],
)
def test_a_login_that_exchange_forbids_comes_with_what_to_do(text: str, advice: str) -> None:
    said = answer(535, text, Phase.AUTH)
    rest = rest_after(classify(said), NOW)
    assert rest is not None
    assert rest.is_alarming
    assert advice in rest.advice
    assert bool(advice) == bool(rest.advice)


@pytest.mark.parametrize(
    ("delivery", "news"),
    [
        (Accepted(answer(250, "2.0.0 queued", Phase.BODY)), News.FINE),
        (Rejected(DEAD, Scope.RECIPIENT), News.FINE),
        (Deferred(BUSY, Scope.RECIPIENT), News.NOTHING),
        (Deferred(BUSY, Scope.DOMAIN), News.TROUBLE),
        (Deferred(BUSY, Scope.POLICY), News.TROUBLE),
        (Rejected(ODD, Scope.POLICY), News.TROUBLE),
        (Rejected(ODD, Scope.UNKNOWN), News.NOTHING),
        (Deferred(BUSY, Scope.ACCOUNT), News.NOTHING),
        (NOT_TRIED, News.NOTHING),
        (Unknown(BUSY), News.NOTHING),
    ],
)
def test_what_an_answer_says_about_the_family_of_the_recipient(
    delivery: Delivery, news: News
) -> None:
    assert news_of(delivery) is news


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((), ""),
        (("",), ""),
        (("5.1.1",), ""),
        (("4.2.2", "5.0.0"), ""),
        (("5.7.26",), "5.7.26"),
        (("5.7.515",), "5.7.515"),
        (("5.1.1", "4.7.28"), "4.7.28"),
        (("4.7.650",), "4.7.650"),
    ],
)
def test_a_report_tells_of_trouble_with_a_family_by_its_codes(
    statuses: tuple[str, ...], told: str
) -> None:
    reported = [FailedRecipient("kim@firm.example", status, dead=False) for status in statuses]
    assert trouble_told_by(reported) == told


def test_each_trouble_in_a_row_doubles_the_rest_up_to_a_day() -> None:
    rest = Rest(NOW + HALF_AN_HOUR, "421", is_alarming=False)
    assert lengthened(rest, 0, NOW) == rest
    stretches = [lengthened(rest, troubles, NOW).until - NOW for troubles in (1, 2, 3, 20)]
    for stretch, hours in zip(stretches, (1, 2, 4, 24), strict=True):
        assert timedelta(hours=hours) <= stretch < timedelta(hours=hours) + HALF_AN_HOUR

"""The signals beside their corpus: facts, traits, strangers, and the failure of one of them."""

from collections.abc import Callable
from datetime import date

import pytest

import nurture.signals
from nurture.core.verdict import Evidence, Meaning, Trait, Verdict
from nurture.errors import Broken
from nurture.mail.read import heard
from nurture.mail.read.heard import Heard
from nurture.mail.words.quoting import Written
from nurture.signals import hear, judge_mail, signals, written_text

Letter = Callable[..., bytes]


def judged(raw: bytes) -> Verdict:
    return hear(raw, known_contact=True)[1]


def test_not_now_proposes_a_date(letter: Letter) -> None:
    verdict = judged(letter("Not now, please ask me again in March 2027."))
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert Trait.LATER in verdict.traits
    assert verdict.later is not None
    assert (verdict.later.year, verdict.later.month) == (2027, 3)


def test_a_referral_names_the_colleague_but_not_us(letter: Letter) -> None:
    body = "Please contact my colleague tom.dahl@firm.example, not ada@owner.example."
    verdict = judged(letter(body))
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert Trait.REFERRAL in verdict.traits
    assert verdict.new_contact == "tom.dahl@firm.example"


def test_thanks_are_a_trait(letter: Letter) -> None:
    assert Trait.THANKS in judged(letter("Vielen Dank, das hilft uns.")).traits


@pytest.mark.parametrize(
    "body",
    [
        "Thank you!",
        "Hi Ada,\n\nmany thanks for your quick reply, that helps a lot.\n\nBest regards\nKim",
        "Liebe Ada,\n\nvielen Dank für die Nachricht, das ist nett.\n\nHerzliche Grüße\nKim",
        "Merci beaucoup pour votre message !\n\nCordialement,\nKim",
        "Thx",
        "Muchas gracias por la información.",
        "Danke!\n\nAm 3.11.2026 schrieb Ada:\n> Rufen Sie mich an?\n",
    ],
)
def test_thanks_alone_ask_for_nothing(letter: Letter, body: str) -> None:
    assert Trait.ONLY_THANKS in judged(letter(body)).traits


@pytest.mark.parametrize(
    "body",
    [
        "Thanks, call me tomorrow.",
        "Thank you, could you send me the offer again?",
        "Thanks, but no thanks.",
        "Yes, thank you.",
        "Perfect, thanks!",
        "Danke, passt mir.",
        "Vielen Dank, wir melden uns.",
        "Thanks for your offer, it is too high.",
        "Thanks, 4pm.",
        "No, thank you.",
        "Danke, aber nein.",
        "Merci, appelez-moi.",
        "Gracias, me interesa.",
        "Thanks, see https://firm.example",
    ],
)
def test_thanks_with_anything_beside_them_want_a_person(letter: Letter, body: str) -> None:
    assert Trait.ONLY_THANKS not in judged(letter(body)).traits


def test_an_erasure_request_is_an_opt_out_with_a_trait(letter: Letter) -> None:
    verdict = judged(letter("Please delete my data."))
    assert verdict.meaning is Meaning.UNSUBSCRIBE
    assert Trait.ERASURE in verdict.traits


def test_a_quoted_footer_is_not_the_senders_word(letter: Letter) -> None:
    body = "Yes.\n\nOn Tue, 3 Nov 2026, Ada <a@owner.example> wrote:\n> STOP\n> unsubscribe me\n"
    assert judged(letter(body)).meaning is Meaning.HUMAN_REPLY


def test_list_fields_do_not_count_on_an_answer_to_us(letter: Letter) -> None:
    raw = letter("Yes, call me.", list_id="Ada Team <team.owner.example>")
    assert hear(raw, known_contact=True)[1].meaning is Meaning.LIST_NOISE
    assert hear(raw, known_contact=True, answers_us=True)[1].meaning is Meaning.HUMAN_REPLY


def test_a_stranger_who_answers_nothing_is_unrelated(letter: Letter) -> None:
    raw = letter("Hello, do you know me?", subject="Hello", in_reply_to="")
    verdict = hear(raw, known_contact=False)[1]
    assert verdict.meaning is Meaning.UNRELATED
    assert verdict.needs_check


def test_a_stranger_in_a_thread_is_a_person_to_check(letter: Letter) -> None:
    verdict = hear(letter("Yes, call me."), known_contact=False)[1]
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert verdict.needs_check


def test_two_cues_of_absence_without_a_machine_stop_the_talk(letter: Letter) -> None:
    verdict = judged(letter("I am on vacation until Monday. My colleague Tom knows more."))
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert verdict.needs_check


def test_a_machine_by_header_that_asks_a_question_is_checked_by_a_person(letter: Letter) -> None:
    verdict = judged(letter("Which colour do you want?", auto_submitted="auto-generated"))
    assert verdict.meaning is Meaning.HUMAN_REPLY
    assert verdict.needs_check


def test_the_day_is_the_callers(letter: Letter) -> None:
    raw = letter("I am out of the office, back on Monday.", auto_submitted="auto-replied")
    heard, verdict = hear(raw, known_contact=True, today=date(2026, 3, 4))
    assert verdict.return_date == date(2026, 3, 9)
    again = judge_mail(heard.inbound, known_contact=True, today=date(2026, 3, 4))
    assert again == verdict


def test_written_text_leaves_the_quote_out(letter: Letter) -> None:
    heard, _ = hear(
        letter("Yes.\n\nAm 03.11.26 um 10:02 schrieb Ada:\n> Frage?\n"), known_contact=True
    )
    assert written_text(heard.inbound) == "Yes."


def test_every_signal_is_found_by_being_in_the_folder() -> None:
    assert {"away", "opt_out", "delivery_report", "calendar", "person"} <= set(signals())
    assert all(callable(detect) for detect in signals().values())


def test_a_broken_signal_is_named_and_the_mail_is_not_lost(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def detect(heard: Heard) -> Evidence | None:
        raise ZeroDivisionError(heard.subject)

    monkeypatch.setattr(nurture.signals, "signals", lambda: {"odd": detect})
    with pytest.raises(Broken, match="signal odd failed"):
        hear(letter("Hello"), known_contact=True)


@pytest.mark.parametrize("header", ["List-Unsubscribe", "Precedence", "X-Auto-Response-Suppress"])
def test_no_single_header_that_people_bear_makes_a_machine(letter: Letter, header: str) -> None:
    value = {"List-Unsubscribe": "<mailto:x@y.example>", "Precedence": "bulk"}.get(header, "All")
    assert judged(letter("Please call me.", **{header: value})).meaning is Meaning.HUMAN_REPLY


def test_a_mail_that_cannot_be_taken_apart_is_told_as_broken(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(plain: str, html: str) -> Written:
        raise IndexError(plain[:0] + html[:0])

    monkeypatch.setattr(heard, "visible", fail)
    with pytest.raises(Broken, match="taking mail"):
        hear(letter("Call me"), known_contact=True)

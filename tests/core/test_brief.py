"""A brief tells a person on a phone all they need to answer well."""

from dataclasses import replace
from datetime import UTC, date, datetime

from nurture.core.account import Account, Owner
from nurture.core.brief import Answer, brief_subject, brief_text
from nurture.core.contact import Basis, Consent, Contact, Relationship
from nurture.core.enrollment import Enrollment, State
from nurture.core.touch import Touch, TouchState

NOW = datetime(2026, 5, 6, 22, 30, tzinfo=UTC)
BEGAN = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd in Vienna
ACCOUNT = Account(
    "anna", "anna@example.com", Owner("Anna", "anna@example.com", "Europe/Vienna", "Street 1")
)
MARA = Contact(
    "mara@example.org",
    id=3,
    given_name="Mara",
    family_name="Lind",
    company="Lind Roofs",
    relationship=Relationship.FORMER_CLIENT,
    value=12_000,
    dates={"project_end": date(2025, 6, 1)},
    zone="Pacific/Auckland",
    city="Napier",
    phone="+64 6 000",
    notes="likes lists",
    consent=Consent(Basis.CONTRACT),
    custom={"project": "the long roof", "unknown": ""},
)
WALK = Enrollment(
    id=7, contact_id=3, account="anna", sequence="former-client", revision="r1",
    state=State.HANDED_OFF, position="news", anchor_at=BEGAN, due_at=None, enrolled_at=BEGAN,
    because="by hand",
)  # fmt: skip
TOUCH = Touch(
    id=5, enrollment_id=7, contact_id=3, account="anna", sequence="former-client", revision="r1",
    step="thank-you", occurrence="1", state=TouchState.SENT, message_id="m1@example.com",
    begun_at=BEGAN, subject="Thank you", sent_at=BEGAN,
)  # fmt: skip

GOLDEN = """\
Yes, let us talk in June.
----------------------------------------
Mara Lind <mara@example.org>
former client - Lind Roofs - Napier
Their clock: Thu 10:30 (Pacific/Auckland)
Phone: +64 6 000
Value: 12000
project: the long roof
project_end: 2025-06-01
May write because: a contract
Notes: likes lists

In former-client since 02 Mar 2026 (by hand), next was 'news'
What they were sent:
  02 Mar 2026  Thank you  (thank-you, sent)

Read as: human_reply; answered
  because person: Yes, let us talk
If that is wrong: nurture verdict 5 --set LABEL

Next: answer Mara yourself, within the hour if you can or call +64 6 000.
Your reply to this mail goes to them, in their thread.
No further mail leaves for them until you say so:
  nurture handoffs close 9 --outcome done
  nurture resume mara@example.org --on DATE
"""


def brief(contact: Contact, answer: Answer, *, is_known: bool = True) -> str:
    return brief_text(
        contact,
        answer,
        ACCOUNT,
        enrollments=(WALK,) if is_known else (),
        touches=(TOUCH,) if is_known else (),
        handoff_id=9,
        mail_id=5,
        now=NOW,
    )


def test_p8_a_brief_holds_their_words_first_and_then_all_one_needs() -> None:
    answer = Answer(
        "\n Yes, let us talk in June.\n",
        NOW,
        "human_reply",
        "answered",
        ("person: Yes, let us talk",),
    )
    assert brief(MARA, answer) == GOLDEN


def test_p8_a_contact_of_whom_nothing_is_known_is_told_all_the_same() -> None:
    text = brief(Contact("x@example.net"), Answer("", NOW, "", "answered", ()), is_known=False)
    assert text.startswith("(no words of their own in the mail)\n---")
    assert "x@example.net <x@example.net>\ncontact\nTheir clock: Thu 00:30 (Europe/Vienna)" in text
    assert "They were sent nothing by nurture." in text
    assert "Next: answer x@example.net yourself" in text
    assert "None" not in text


def test_a_doubtful_answer_is_to_be_read_first() -> None:
    text = brief(MARA, Answer("Hm.", NOW, "human_reply", "to check: not sure what was said", ()))
    assert "Next: read it: nurture is not sure what Mara means.\n" in text


def test_a_touch_that_never_left_is_told_by_the_day_it_was_begun() -> None:
    refused = replace(TOUCH, state=TouchState.REFUSED, sent_at=None)
    text = brief_text(
        MARA, Answer("Hm.", NOW, "human_reply", "answered", ()), ACCOUNT,
        enrollments=(), touches=(refused,), handoff_id=9, mail_id=5, now=NOW,
    )  # fmt: skip
    assert "  02 Mar 2026  Thank you  (thank-you, refused)\n" in text


def test_the_subject_says_who_and_what() -> None:
    assert brief_subject(MARA, "Re: Thank you") == "Mara Lind, Lind Roofs answered: Re: Thank you"
    assert brief_subject(Contact("x@example.net"), " ") == "x@example.net answered: (no subject)"


def test_p8_no_subject_of_theirs_keeps_the_brief_from_its_owner() -> None:
    nasty = brief_subject(MARA, "a\r\nBcc: x@example.net\x00\ud800\u2028b 👩\u200d🔧")
    assert nasty == "Mara Lind, Lind Roofs answered: a Bcc: x@example.net b 👩\u200d🔧"

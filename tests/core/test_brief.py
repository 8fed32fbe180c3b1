"""A brief tells a person on a phone all they need to answer well."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.core.account import Account, Owner
from nurture.core.contact import Basis, Consent, Contact, Relationship
from nurture.core.enrollment import Enrollment, State
from nurture.core.handoff import Handoff, HandoffState, Outcome
from nurture.core.handoff.brief import (
    THEY,
    YOU,
    Answer,
    Brief,
    Said,
    brief_subject,
    brief_text,
    next_step,
    said_by_us,
)
from nurture.core.task import Channel, Task
from nurture.core.touch import Touch, TouchState
from nurture.core.wrapping import width, wrapped

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
    custom={"project": "the long roof", "unknown": "", "promise": "a look at the gutter"},
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

HANDOFF = Handoff(9, 3, "anna", HandoffState.OPEN, "answered", NOW, 5)
WON = replace(
    HANDOFF, id=4, state=HandoffState.CLOSED, closed_at=BEGAN, outcome=Outcome.WON, amount=4200,
    note="the short roof",
)  # fmt: skip
CALL = Task(
    id=1, enrollment_id=7, contact_id=3, account="anna", sequence="former-client", step="call",
    occurrence="1", channel=Channel.CALL, title="Ask Mara how it went", text="Ask.",
    due_on=date(2026, 5, 11), created_at=BEGAN,
)  # fmt: skip
ANSWER = Answer(
    "\n Yes, let us talk in June.\n", NOW, "human_reply", ("person: Yes, let us talk",), 0.95, TOUCH
)
SAID = (
    said_by_us(TOUCH, "Dear Mara,\n\nthank you."),
    Said(datetime(2026, 3, 3, 9, tzinfo=UTC), YOU, "The roof", "Shall I call?"),
    Said(datetime(2026, 3, 4, 9, tzinfo=UTC), THEY, "Re: The roof"),
)
GOLDEN = """\
Yes, let us talk in June.
----------------------------------------
Mara Lind <mara@example.org>
former client - Lind Roofs - Napier
Their clock: Thu 10:30 (Pacific/Auckland)
Phone: +64 6 000
Last work or offer: the long roof, 12000, project end 2025-06-01
May write because: a contract
Promised: a look at the gutter
To do: Ask Mara how it went, by Mon 11 May 2026
Notes: likes lists
Before: 02 Mar 2026: won, 4200, the short roof

In: former-client since 02 Mar 2026 (by hand)
They answer: step thank-you of former-client, 02 Mar 2026

Read as: human_reply, 95% sure; answered
  because person: Yes, let us talk
If that is wrong: nurture verdict 5 --set LABEL

Next: answer Mara yourself, within the hour if you can, or call +64 6 000.
Your reply to this mail goes to them, in their thread.
No further mail leaves for them until you say so:
  nurture handoffs close 9
  nurture handoffs snooze 9 DATE
  nurture resume mara@example.org --on DATE

What was said before, the newest first:

04 Mar 2026 10:00, they: Re: The roof

03 Mar 2026 10:00, you: The roof
  Shall I call?

02 Mar 2026 00:30, nurture (thank-you): Thank you
  Dear Mara,

  thank you.
"""
FULL = Brief(MARA, ACCOUNT, HANDOFF, ANSWER, (WALK,), SAID, (CALL,), (WON,))


def test_h2_a_brief_holds_their_words_first_and_then_all_one_needs() -> None:
    assert brief_text(FULL, NOW) == GOLDEN


def test_p8_a_contact_of_whom_nothing_is_known_is_told_all_the_same() -> None:
    nobody = Brief(Contact("x@example.net"), ACCOUNT, HANDOFF, Answer("", NOW, ""))
    text = brief_text(nobody, NOW)
    assert text.startswith("(no words of their own in the mail)\n---")
    assert "x@example.net <x@example.net>\ncontact\nTheir clock: Thu 00:30 (Europe/Vienna)" in text
    assert "outside office hours there" in text
    assert "There is no earlier mail." in text
    assert "Next: answer x@example.net yourself" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        ("to check: not sure what was said", "read it: nurture is not sure what Mara means."),
        ("asks to be written to again, on 2026-10-01 or so", "let yourself be reminded"),
        ("answered, and names tom@example.org to write to", "nurture writes nothing to whom"),
        ("thanks you, and asks for nothing", "nothing is asked of you"),
        ("they have not answered you", "ask Mara once more, or call +64 6 000"),
        ("you wanted to be reminded: the office", "today is the day you named"),
    ],
)
def test_h2_what_to_do_next_follows_from_why_it_is_on_the_desk(reason: str, step: str) -> None:
    assert step in next_step(replace(HANDOFF, reason=reason), MARA)


def test_what_is_further_back_is_cut_and_said_to_be() -> None:
    many = tuple(
        Said(BEGAN + timedelta(hours=count), THEY, f"No {count}", "a\n" * 50) for count in range(40)
    )
    text = brief_text(replace(FULL, said=many), NOW)
    assert "[10 lines more]" in text
    assert "... and 10 older mails" in text
    assert "No 39" in text
    assert "No 9\n" not in text


@given(st.text(max_size=400), st.text(max_size=200), st.text(max_size=80))
def test_h2_no_line_is_wider_than_a_phone_or_a_terminal_shows(
    said: str, note: str, name: str
) -> None:
    contact = replace(
        MARA, given_name=name, notes=note, city=note, custom={"project": note, "x": said}
    )
    brief = replace(FULL, contact=contact, answer=replace(ANSWER, text=said, evidence=(note,)))
    for line in brief_text(brief, NOW).splitlines():
        assert width(line) <= 78 or "://" in line or "@" in line


def test_wide_letters_count_twice_and_links_stay_whole() -> None:
    assert wrapped("\u6f22" * 50, columns=40) == ["\u6f22" * 20, "\u6f22" * 20, "\u6f22" * 10]
    link = "https://firm.example/" + "a" * 100
    assert wrapped(f"see {link} now", "  ", 40) == ["  see", f"  {link}", "  now"]


def test_the_subject_says_who_and_what() -> None:
    assert brief_subject(MARA, "Re: Thank you") == "Mara Lind, Lind Roofs answered: Re: Thank you"
    assert brief_subject(Contact("x@example.net"), " ") == "x@example.net answered: (no subject)"


def test_p8_no_subject_of_theirs_keeps_the_brief_from_its_owner() -> None:
    nasty = brief_subject(MARA, "a\r\nBcc: x@example.net\x00\ud800\u2028b 👩\u200d🔧")
    assert nasty == "Mara Lind, Lind Roofs answered: a Bcc: x@example.net b 👩\u200d🔧"

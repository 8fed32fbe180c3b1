"""Two of three marks make a mail in Sent the draft that waited; its id alone does as well."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from nurture.byhand import sent_as
from nurture.core.draft import CopyState
from nurture.core.enrollment import State
from nurture.mail.read.inbound import read
from nurture.mail.tokens import plus_address, sign
from nurture.ports import Copy, Draft
from tests.fakes.small_house import person
from tests.fakes.story import SHEET, START, draft_of, walk_of

KEY = b"k" * 32
BOB = replace(person("Bob"), id=7, address="bob@firm.example")
SAYS = "Dear Bob, how did the harvest turn out in the end?"
COPY = Copy(CopyState.PLACED, START, None, "Re: The harvest", SAYS)
DRAFT = replace(draft_of(walk_of(BOB, state=State.ACTIVE)), id=1, copy=COPY)
TOKEN = plus_address("anna@firm.example", sign(KEY, "7"))
OTHER_WORDS = "Shall we have lunch on Friday, if the weather is fine?"


def known(
    *,
    subject: str = "Lunch",
    words: str = OTHER_WORDS,
    reply_to: str = "anna@firm.example",
    to: str = "bob@firm.example",
    message_id: str = "new@program.example",
    more: str = "",
    at: datetime = START,
    drafts: tuple[Draft, ...] = (DRAFT,),
) -> int | None:
    """Which draft it is taken for."""
    head = f"From: anna@firm.example\r\nTo: {to}\r\nSubject: {subject}\r\nReply-To: {reply_to}\r\n"
    raw = f"{head}Message-ID: <{message_id}>\r\n{more}\r\n{words}\r\n".encode()
    found = sent_as(read(raw), words, at, drafts, KEY)
    return found.id if found else None


@pytest.mark.parametrize(
    ("marks", "is_known"),
    [
        ({}, False),
        ({"subject": "The harvest"}, False),
        ({"reply_to": TOKEN}, False),
        ({"words": SAYS}, False),
        ({"subject": "AW: The harvest", "reply_to": TOKEN}, True),
        ({"subject": "The harvest", "words": SAYS}, True),
        ({"reply_to": TOKEN, "words": SAYS}, True),
        ({"reply_to": plus_address("anna@firm.example", sign(KEY, "8")), "words": SAYS}, False),
        ({"subject": "The harvest", "words": f"Bob, how did it turn out? {OTHER_WORDS}"}, False),
        ({"subject": "The harvest", "words": f"Dear Bob, how did the harvest go? {OTHER_WORDS}"},
         True),
    ],
)  # fmt: skip
def test_two_of_three_marks_are_enough(marks: dict[str, Any], is_known: bool) -> None:
    assert (known(**marks) == 1) is is_known


def test_its_id_is_enough_also_where_the_provider_keeps_it_beside_a_new_one() -> None:
    assert known(message_id=SHEET.message_id, to="eve@firm.example") == 1
    kept = f"X-Google-Original-Message-ID: <{SHEET.message_id}>\r\n"
    assert known(more=kept) == 1


def test_it_went_to_the_same_person_and_after_it_was_written() -> None:
    same: dict[str, Any] = {"subject": "The harvest", "words": SAYS}
    assert known(**same, to="eve@firm.example") is None
    assert known(**same, to="eve@firm.example, bob@firm.example") == 1
    assert known(**same, at=START - timedelta(hours=2)) is None
    assert known(**same, at=START - timedelta(minutes=30)) == 1  # clocks differ


def test_of_two_the_one_that_it_is_more_like_is_meant() -> None:
    like = replace(DRAFT, id=2, copy=replace(COPY, text=f"{SAYS} And the cellar?"))
    mail: dict[str, Any] = {"subject": "The harvest", "words": f"{SAYS} And the cellar?"}
    other = replace(DRAFT, id=3, copy=replace(COPY, text="Another thing entirely, my friend."))
    assert known(**mail, drafts=(other, like)) == 2
    assert known(**mail, drafts=(like, other)) == 2


def test_what_the_draft_says_by_now_is_no_mark() -> None:
    """It was reworded by a command, and the copy with the old words was sent."""
    reworded = replace(DRAFT, sheet=replace(SHEET, words=replace(SHEET.words, text=OTHER_WORDS)))
    assert known(subject="Hello", drafts=(reworded,)) is None
    assert known(subject="The harvest", words=SAYS, drafts=(reworded,)) == 1

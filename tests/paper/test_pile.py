"""Which letters are to be posted, and why others are not (paper/pile)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from nurture.core.contact import Contact
from nurture.core.contact.hush import Hush, Hushed
from nurture.core.enrollment import Enrollment, State
from nurture.core.post.stationery import Paper
from nurture.core.task import Task, TaskState
from nurture.paper.pile import Desk, Laid, Standing, last_day_of, lay_out, week_of
from nurture.ports import Penned
from tests.fakes.paper import ACCOUNT, MARA, abroad, mara, task

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
DESK = Desk({"anna": ACCOUNT}, {})
WALK = Enrollment(
    id=1, contact_id=1, account="anna", sequence="reconnect", revision="r", state=State.ACTIVE,
    position="letter", anchor_at=NOW, due_at=None, enrolled_at=NOW,
)  # fmt: skip


def laid(
    given: Task | None = None,
    contact: Contact = MARA,
    walk: Enrollment | None = WALK,
    desk: Desk = DESK,
    *,
    is_handed_off: bool = False,
) -> Laid:
    (found,) = lay_out([Penned(given or task(), contact, walk, is_handed_off)], desk, NOW)
    return found


def test_a_letter_is_ready_and_once_it_bears_a_date_printed() -> None:
    found = laid()
    assert (found.standing, found.why) == (Standing.READY, "")
    assert found.letter is not None
    # Where the owner is it is Monday already.
    assert found.letter.date == "23. November 2026"
    again = laid(task(dated_on=date(2026, 11, 20)))
    assert again.standing is Standing.PRINTED
    assert again.letter is not None
    assert again.letter.date == "20. November 2026"


@pytest.mark.parametrize(
    ("walk", "is_handed_off", "why"),
    [
        (
            replace(WALK, state=State.HANDED_OFF, reason="answered"),
            True,
            "the conversation is yours",
        ),
        (replace(WALK, state=State.ENDED, reason="finished"), True, "is yours"),
        (replace(WALK, state=State.PAUSED, reason="colleague_answered"), False, "colleague"),
        (replace(WALK, state=State.PAUSED, reason="away till May"), False, "away till May"),
        (replace(WALK, state=State.ENDED, reason="opted_out"), False, "left alone"),
        (replace(WALK, state=State.ENDED, reason="you ended it"), False, "you ended it"),
    ],
)
def test_p1_who_answered_or_objected_meanwhile_gets_no_letter(
    walk: Enrollment, is_handed_off: bool, why: str
) -> None:
    found = laid(walk=walk, is_handed_off=is_handed_off)
    assert found.standing is Standing.WITHDRAWN
    assert why in found.why
    assert not found.standing.is_for_the_post


def test_what_was_called_off_is_withdrawn_with_the_reason() -> None:
    gone = replace(WALK, state=State.ENDED, reason="opted_out")
    found = laid(task(state=TaskState.CANCELLED), walk=gone)
    assert (found.standing, found.why) == (Standing.WITHDRAWN, "they asked to be left alone")
    assert laid(task(state=TaskState.LAPSED)).why == "its time went by"
    assert laid(task(state=TaskState.CANCELLED), walk=None).why == "called off"


def test_a_walk_that_came_to_its_own_end_leaves_the_letter_to_the_owner() -> None:
    assert laid(walk=replace(WALK, state=State.ENDED, reason="finished")).standing is Standing.READY
    assert laid(walk=None).standing is Standing.READY


def test_whoever_is_hushed_waits_until_the_day() -> None:
    hush = Hush(Hushed.COUNTRY, "DE", datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "a flood")
    found = laid(desk=replace(DESK, hushes=(hush,)))
    assert found.standing is Standing.HELD
    assert found.why == "hushed until 2026-12-02: a flood"
    assert laid(contact=abroad("FR"), desk=replace(DESK, hushes=(hush,))).standing is Standing.READY


def test_an_address_that_is_not_whole_says_what_to_type() -> None:
    found = laid(contact=mara(street="", postal_code=""))
    assert found.standing is Standing.INCOMPLETE
    assert found.letter is None
    assert 'nurture contacts set mara@lind.example street="..." postal_code="..."' in found.why


def test_at_home_no_country_is_named_even_where_only_the_clock_tells_where_that_is() -> None:
    owner = replace(ACCOUNT.owner, country="")
    found = laid(desk=replace(DESK, accounts={"anna": replace(ACCOUNT, owner=owner)}))
    assert found.postal.lines[-1] == "50667 Köln"


def test_an_address_of_too_many_lines_is_incomplete() -> None:
    assert laid(contact=mara(street="\n".join("abcdef"))).standing is Standing.READY
    found = laid(contact=mara(street="\n".join("abcdefg")))
    assert (found.standing, found.why) == (
        Standing.INCOMPLETE,
        "an address of more than 9 lines fits no window",
    )


def test_settled_letters_are_posted_or_skipped() -> None:
    assert laid(task(state=TaskState.DONE)).standing is Standing.POSTED
    assert laid(task(state=TaskState.SKIPPED)).standing is Standing.SKIPPED


def test_a_letter_of_an_account_that_is_gone_is_incomplete() -> None:
    found = laid(desk=Desk({}, {}))
    assert found.standing is Standing.INCOMPLETE
    assert "no account 'anna'" in found.why


def test_the_paper_is_that_of_the_country_unless_there_is_but_one() -> None:
    for desk, wanted in ((DESK, Paper.LETTER), (replace(DESK, paper=Paper.A4), Paper.A4)):
        found = laid(contact=abroad("US"), desk=desk).letter
        assert found is not None
        assert found.layout.paper is wanted


def test_weeks_are_those_of_iso_8601() -> None:
    assert week_of(date(2027, 1, 3)) == "2026-W53"
    assert last_day_of("2026-W53") == date(2027, 1, 3)
    for wrong in ("2026-W54", "next", "2026-11-22", ""):
        with pytest.raises(ValueError, match="is no week: write one like 2026-W48"):
            last_day_of(wrong)

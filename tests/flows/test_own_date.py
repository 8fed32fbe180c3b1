"""A sequence that counts from the contact's own date does so, whatever stands before its wait."""

from datetime import date, timedelta

import pytest

from tests.fakes.small_house import START, SmallHouse, person

DAY = timedelta(days=1)
HEAD = """
sequence: tips
why: you asked us for an offer
entry: {from: contact's project-end}
window: {days: monday to sunday, hours: "00:00 to 23:59"}
steps:
"""
WAIT = "  - {id: rest, wait: 3 weeks}\n  - {id: first, email: first.md}\n"
BEFORE = {
    "nothing": "",
    "a tag": "  - {id: mark, tag: begun}\n",
    "a value": "  - {id: mark, set: {custom.season: winter}}\n",
    "a step for others": "  - {id: german, email: second.md, when: language is de}\n",
    "a branch": "  - id: fork\n    branch:\n"
    "      - {when: language is de, go to: first}\n      - {otherwise: rest}\n",
}


async def lived(steps: str, ended: date, days: int) -> list[str]:
    small = SmallHouse()
    mails = {
        "first.md": "---\nsubject: Three weeks on\n---\nDear {{ given_name }}.\n",
        "second.md": "---\nsubject: Hallo\n---\nHallo {{ given_name }}.\n",
    }
    await small.shelve({"tips": HEAD + steps}, mails)
    (ada,) = await small.invite(person("Ada", dates={"project_end": ended}))
    await small.live(START + days * DAY)
    return await small.sent_to(ada.address)


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
async def test_what_takes_no_time_does_not_move_the_date_that_a_wait_counts_from(
    before: str,
) -> None:
    ended = START.date() - 14 * DAY
    assert await lived(before + WAIT, ended, 6) == []
    assert await lived(before + WAIT, ended, 8) == ["Three weeks on"]


async def test_a_sequence_that_counts_from_a_day_to_come_begins_on_that_day() -> None:
    ends = START.date() + 10 * DAY
    steps = "  - {id: first, email: first.md}\n"
    assert await lived(steps, ends, 9) == []
    assert await lived(steps, ends, 11) == ["Three weeks on"]

"""The owner is asked for the day of an estimated feast while there is time to look it up."""

from datetime import UTC, date, datetime, timedelta

from nurture.core.calendar.season import Calendar
from nurture.flows.ask_feast_days import ask_feast_days
from tests.fakes.small_house import ACCOUNT, SmallHouse, person

DAY = timedelta(days=1)
EID = date(2027, 3, 9)  # as it is estimated
SEQUENCE = """
sequence: tips
why: you were a client of ours
entry: {start: by hand}
exits: {at the latest after: 5 years}
occasions:
  - {id: eid, on: Eid al-Fitr, email: card.md, intent: greet}
"""
CARD = {"card.md": "---\nsubject: A card\n---\nDear {{ given_name }}, all the best.\n"}


async def questions(observes: tuple[str, ...], calendar: Calendar | None = None) -> list[str]:
    """By which day what was asked, looked at daily from January on."""
    small = SmallHouse(start=datetime(2027, 1, 5, 9, tzinfo=UTC))
    await small.shelve({"tips": SEQUENCE}, CARD)
    small.shelf.calendar = calendar or Calendar()
    await small.invite(*(person(name, country="SA", observes=observes) for name in ("Ada", "Bea")))
    told = []
    store = small.store
    for _ in range(90):
        await ask_feast_days(ACCOUNT, store.permits, small.shelf, store.desk, small.clock)
        for notice in await store.desk.notices_due(small.clock.now()):
            told.append(f"{small.clock.now():%m-%d} {notice.subject}\n{notice.text}")
            await store.desk.notice_told(notice.id, small.clock.now())
        await small.clock.advance_to(small.clock.now() + DAY)
    return told


async def test_the_question_comes_once_three_weeks_ahead_with_the_line_to_write() -> None:
    (asked,) = await questions(("islam",))
    assert asked.startswith("02-16 when is Eid al-Fitr? It is estimated for 2027-03-09\n")
    assert "confirmed: {Eid al-Fitr 2027: 2027-03-09}" in asked


async def test_a_day_that_is_known_or_kept_by_nobody_is_not_asked_for() -> None:
    assert await questions(("islam",), Calendar(confirmed={"Eid al-Fitr 2027": EID + DAY})) == []
    assert await questions(()) == []

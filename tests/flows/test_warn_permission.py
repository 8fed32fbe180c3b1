"""The owner hears, 60 and 30 days ahead, whom they soon may not write to any more."""

from datetime import timedelta

from nurture.core.contact import Basis, Consent
from nurture.flows.warn_permission import warn_permission
from tests.fakes.small_house import ACCOUNT, START, SmallHouse, person
from tests.fakes.story import ALLOWED

DAY = timedelta(days=1)
TODAY = START.date()


def bought(days_left: int) -> Consent:
    """A permission that ends so many days from START."""
    return Consent(Basis.EXPRESS, TODAY, "a form", expires=TODAY + days_left * DAY)


async def test_each_person_is_spoken_of_once_for_each_stage() -> None:
    house = SmallHouse()
    await house.invite(
        person("Ada", consent=bought(70)),
        person("Bea", consent=bought(75)),
        person("Cora", consent=ALLOWED),
        person("Dora", consent=bought(-1)),
    )
    told = []
    for day in range(80):
        for hour in (0, 12):
            await house.clock.advance_to(START + day * DAY + timedelta(hours=hour))
            await warn_permission(ACCOUNT, house.store.permits, house.clock)
            for notice in await house.store.desk.notices_due(house.clock.now()):
                names = [name for name in ("Ada", "Bea", "Cora", "Dora") if name in notice.text]
                told.append((day, hour, names))
                assert "nurture contacts set EMAIL consent_basis=express" in notice.text
                await house.store.desk.notice_told(notice.id, house.clock.now())
    assert told == [(10, 0, ["Ada"]), (15, 0, ["Bea"]), (40, 0, ["Ada"]), (45, 0, ["Bea"])]


async def test_many_who_end_together_are_one_alert() -> None:
    house = SmallHouse()
    await house.invite(*(person(f"P{number}", consent=bought(20)) for number in range(60)))
    await warn_permission(ACCOUNT, house.store.permits, house.clock)
    (notice,) = await house.store.desk.notices_due(START)
    assert notice.subject == "your permission to write to 60 people ends within 20 days"
    assert "and 10 more" in notice.text


async def test_the_daemon_looks_ahead_every_day() -> None:
    house = SmallHouse()
    await house.invite(person("Ada", consent=bought(32)))
    await house.live(START + 4 * DAY)
    subjects = [each.subject for each in house.channel.told if "permission" in each.subject]
    assert [subject.rpartition("within ")[2] for subject in subjects] == ["32 days", "30 days"]

"""The owner hears, 60 and 30 days ahead, whom they soon may not write to any more."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.core.contact import Basis, Consent, LegalForm
from nurture.core.permission import Granted, lapse_stage, permission
from nurture.core.sequence import Intent
from nurture.flows.warn_permission import warn_permission
from nurture.ports import Stretch
from tests.fakes.memory_permits import MemoryPermits
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


class ShortSighted(MemoryPermits):
    """Permits whose stretches end after three people."""

    async def next_stretch(self, account: str, after: int = 0, limit: int = 3) -> Stretch | None:
        """See the port."""
        return await super().next_stretch(account, after, limit)


def days(first: int, last: int) -> st.SearchStrategy[date | None]:
    """No day, or one so many days from today."""
    return st.none() | st.integers(first, last).map(lambda ahead: TODAY + ahead * DAY)


circumstances = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["", "CA", "US", "DE", "GB"]),
        "legal_form": st.none() | st.sampled_from(LegalForm),
        "consent": st.builds(
            Consent,
            st.none() | st.sampled_from(Basis),
            days(-2400, 30),
            st.sampled_from(["", "a form"]),
            days(-5, 70),
            st.sampled_from(["", "CA", "AU"]),
            st.booleans(),
        ),
    }
)


@settings(max_examples=50)
@given(st.lists(circumstances, min_size=1, max_size=30))
async def test_all_are_told_of_whose_own_permission_ends_soon(cases: list[dict[str, Any]]) -> None:
    house = SmallHouse()
    people = [person(f"P{number}", **each) for number, each in enumerate(cases)]
    await house.invite(*people)
    expected = {
        f"{allowed.until}  {each.given_name} <{each.address}>: {allowed.why}"
        for each in people
        for allowed in (permission(each, Intent.GIVE, TODAY),)
        if isinstance(allowed, Granted) and lapse_stage(allowed.until, TODAY)
    }
    await warn_permission(ACCOUNT, ShortSighted(house.store.world), house.clock)
    notices = await house.store.desk.notices_due(START)
    told = {line for each in notices for line in each.text.splitlines() if ">: " in line}
    assert told == expected


async def test_the_daemon_looks_ahead_every_day() -> None:
    house = SmallHouse()
    await house.invite(person("Ada", consent=bought(32)))
    await house.live(START + 4 * DAY)
    subjects = [each.subject for each in house.channel.told if "permission" in each.subject]
    assert [subject.rpartition("within ")[2] for subject in subjects] == ["32 days", "30 days"]

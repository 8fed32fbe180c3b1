"""The owner hears once when backups, which were made, are made no more."""

from datetime import timedelta

from nurture.flows.warn_backup import warn_backup
from tests.fakes.small_house import ACCOUNT, START, SmallHouse

DAY = timedelta(days=1)


async def test_the_end_of_backups_is_told_once_each_time() -> None:
    house = SmallHouse()
    told = []
    newest = START
    for day in range(20):
        now = START + day * DAY
        newest = now if day == 8 else newest  # somebody mends it for a day
        await warn_backup(ACCOUNT, newest, house.store.desk, now)
        for notice in await house.store.desk.notices_due(now):
            told.append((day, notice.subject))
            assert "nurture backup --keep 14" in notice.text
            await house.store.desk.notice_told(notice.id, now)
    subject = "No backup of nurture's database since"
    assert told == [(3, f"{subject} 2026-03-02"), (11, f"{subject} 2026-03-10")]


async def test_whoever_never_made_one_here_is_left_alone() -> None:
    house = SmallHouse()
    await warn_backup(ACCOUNT, None, house.store.desk, START)
    assert await house.store.desk.notices_due(START) == ()


async def test_the_daemon_looks_every_day() -> None:
    house = SmallHouse()
    house.last_backup = lambda: START - DAY
    await house.live(START + 4 * DAY)
    assert [each.subject[:9] for each in house.channel.told] == ["No backup"]

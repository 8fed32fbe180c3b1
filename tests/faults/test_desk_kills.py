"""P8 at the desk: whatever call is the last of a process, all is told, and nothing twice."""

import asyncio
import signal
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from nurture.core.account import Owner
from nurture.mail.read.inbound import read
from nurture.settings import Settings
from tests.faults.death import FORKS, live_to
from tests.faults.evening import ACCOUNT, DAN, OWNER, START, Evening, evening, play, settings
from tests.faults.trip import Fault, Trip, sweep

OTTO = Owner("Otto", "otto@example.org", "UTC", "12 Mill Lane, York")
STAFFED = replace(ACCOUNT, owner=replace(ACCOUNT.owner, substitute=OTTO))
MAILS = {DAN: "Yes, please call me tomorrow."}
# The answer came on Tuesday at nine: an hour of working time later the substitute is asked.
ESCALATED = START + timedelta(hours=2)
# Whoever was killed leaves a lease behind, and the clock leaps over it: so the days after as well.
AFTERWARDS = [ESCALATED + timedelta(days=days, minutes=1) for days in range(3)]
CALLS_AT_LEAST = 7


def told(scene: Evening) -> Settings:
    """Anna has somebody who stands in for her."""
    return settings(scene.folder, scene.sandbox.smtp_port, scene.sandbox.imap_port, STAFFED)


@asynccontextmanager
async def answered(prepared: Path, folder: Path) -> AsyncIterator[Evening]:
    """Dan has answered, and Anna was told."""
    async with evening(prepared, folder, MAILS) as scene:
        await play(told(scene), START, Trip(Fault.RAISE, -1))
        yield scene


@pytest.mark.slow
async def test_sigkill_at_any_call_of_the_desk_tells_everybody_and_of_nothing_twice(
    prepared: Path, tmp_path: Path
) -> None:
    async def one(at: int) -> bool:
        async with answered(prepared, tmp_path / f"{at}") as scene:
            process = FORKS.Process(target=live_to, args=(told(scene), ESCALATED, at))
            process.start()
            await asyncio.to_thread(process.join, 30)
            assert process.exitcode in (0, -signal.SIGKILL)
            for later in AFTERWARDS:
                await play(told(scene), later, Trip(Fault.RAISE, -1))
            check(scene, f"killed at call {at}")
        return process.exitcode != 0

    await sweep(one, CALLS_AT_LEAST)


def check(scene: Evening, where: str) -> None:
    """Every notice left the outbox once: a second copy, if any, bears the id of the first."""
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    copies = 0
    for each in scene.sandbox.received:
        if each.recipient in {OWNER, OTTO.address}:
            mail = read(each.raw)
            copies += 1
            ids[each.recipient, mail.subject].add(mail.message_id)
    assert all(len(found) == 1 for found in ids.values()), (where, ids)
    # Only what the server took in the very call of the fault may come a second time.
    assert copies <= len(ids) + 1, (where, ids)
    subjects = {(who, subject.partition(":")[0]) for who, subject in ids}
    assert (OWNER, "Dan answered") in subjects, (where, subjects)
    places = {"In Anna Carter's place", "Still in Anna Carter's place"}
    assert {subject for who, subject in subjects if who == OTTO.address} & places, (where, subjects)
    digests = [subject for who, subject in ids if "for you," in subject]
    assert digests, (where, ids)
    untold = "SELECT count(*) FROM notices WHERE told_at IS NULL AND kind = 'brief'"
    assert scene.rows(untold) == [(0,)], where

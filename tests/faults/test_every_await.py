"""P1, P2, P4 and P8, whatever call of a port fails, is cancelled, or is the last of a process."""

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.faults.death import FORKS, live_to
from tests.faults.evening import (
    ADA,
    BOB,
    CLEO,
    DAN,
    OWNER,
    START,
    STRANGER,
    Evening,
    evening,
    play,
)
from tests.faults.trip import Fault, Trip, sweep

MAILS = {
    DAN: "Yes, please call me tomorrow.",
    CLEO: "STOP",
    STRANGER: "Hello, do you have a minute?",
}
IN_PROCESS = (Fault.RAISE, Fault.LOSE, Fault.BREAK, Fault.CANCEL)
LATER = START + timedelta(days=5)
MUCH_LATER = START + timedelta(days=10)
CALLS_AT_LEAST = 15


@pytest.mark.slow
@pytest.mark.parametrize("fault", IN_PROCESS)
async def test_any_call_may_fail_and_every_promise_holds(
    fault: Fault, prepared: Path, tmp_path: Path
) -> None:
    """No restart is needed to find what became of a mail, unless the daemon was cancelled."""

    async def one(at: int) -> bool:
        async with evening(prepared, tmp_path / f"{at}", MAILS) as scene:
            trip = Trip(fault, at)
            await play(scene.settings, START, trip)
            where = f"{fault} at call {at}, {trip.calls[at : at + 1]}"
            if fault is not Fault.CANCEL:
                assert not scene.rows("SELECT id FROM touches WHERE state = 'sending'"), where
            await play(scene.settings, LATER, Trip(Fault.RAISE, -1))
            check(scene, where)
        return trip.has_sprung

    await sweep(one, CALLS_AT_LEAST)


@pytest.mark.slow
async def test_a_daemon_that_stalls_anywhere_while_another_takes_over_sends_nothing_twice(
    prepared: Path, tmp_path: Path
) -> None:
    """The lease ran out, the other one did everything, and the first goes on where it stood."""

    async def one(at: int) -> bool:
        async with evening(prepared, tmp_path / f"{at}", MAILS) as scene:
            trip = Trip(Fault.STALL, at)
            trip.meanwhile = partial(play, scene.settings, LATER, Trip(Fault.RAISE, -1))
            await play(scene.settings, START, trip)
            await play(scene.settings, MUCH_LATER, Trip(Fault.RAISE, -1))
            check(scene, f"stalled at call {at}, {trip.calls[at : at + 1]}")
        return trip.has_sprung

    await sweep(one, CALLS_AT_LEAST)


@pytest.mark.slow
async def test_sigkill_at_any_call_and_every_promise_holds(prepared: Path, tmp_path: Path) -> None:
    """A child process plays the evening and is gone; a fresh daemon finds what it left."""

    async def one(at: int) -> bool:
        async with evening(prepared, tmp_path / f"{at}", MAILS) as scene:
            process = FORKS.Process(target=live_to, args=(scene.settings, START, at))
            process.start()
            await asyncio.to_thread(process.join, 30)
            assert process.exitcode in (0, -signal.SIGKILL)
            await play(scene.settings, LATER, Trip(Fault.RAISE, -1))
            check(scene, f"killed at call {at}")
        return process.exitcode != 0

    await sweep(one, CALLS_AT_LEAST)


def check(scene: Evening, where: str) -> None:
    """Every promise, against what the server took and what the database says."""
    _check_once(scene, where)
    _check_silence(scene, where)
    _check_heard(scene, where)


def _check_once(scene: Evening, where: str) -> None:
    """P2, and R1 to R3: one copy at most, nobody lost, every doubt before the owner."""
    copies = Counter(scene.copies())
    assert set(copies.values()) <= {1}, (where, copies)
    touches = scene.rows(
        "SELECT address, state FROM touches JOIN contacts ON contacts.id = contact_id"
    )
    states = dict(touches)
    assert len(touches) == len(states), (where, touches)
    due = set(scene.rows("SELECT address FROM contacts JOIN enrollments ON contacts.id = contact_id"
                         " WHERE state = 'active'"))  # fmt: skip
    assert {ADA, BOB} == {each for each in states if each in (ADA, BOB)}, (where, states, due)
    walks = _walks(scene)
    for person in (ADA, BOB):
        reached = any(recipient == person for recipient, _ in copies)
        # A worker that lost its lease may still learn that a mail never left: a person decides.
        kept = ("sent", "uncertain") if reached else ("uncertain", "cancelled")
        assert states[person] in kept, (where, states)
        assert states[person] != "cancelled" or walks[person] == "paused", (where, walks)
    doubts = [person for person in states if states[person] == "uncertain"]
    asked = scene.rows("SELECT id FROM notices WHERE subject LIKE 'Was this mail sent?%'")
    assert len(asked) >= len(doubts), (where, doubts)


def _walks(scene: Evening) -> dict[str, str]:
    return dict(
        scene.rows(
            "SELECT address, state FROM enrollments JOIN contacts ON contacts.id = contact_id"
        )
    )


def _check_silence(scene: Evening, where: str) -> None:
    """P1 and P3: their mails lay in the inbox before the first reading."""
    assert not {person for person, _ in scene.copies()} & {CLEO, DAN}, where
    walks = _walks(scene)
    assert walks[DAN] == "handed_off", (where, walks)
    # A "no" that breaks us is a person's word until somebody has looked.
    is_broken = bool(scene.rows(f"SELECT id FROM inbound WHERE sender = '{CLEO}'"
                                " AND outcome = 'quarantined'"))  # fmt: skip
    assert walks[CLEO] == ("handed_off" if is_broken else "ended"), (where, walks)


def _check_heard(scene: Evening, where: str) -> None:
    """P4 and P8: one outcome for each mail, one handoff, and a brief that the server took."""
    outcomes = Counter(sender for (sender,) in scene.rows("SELECT sender FROM inbound"))
    aside = [raw for (raw,) in scene.rows("SELECT raw FROM quarantine")]
    for sender in MAILS:
        is_aside = any(f"From: {sender}".encode() in raw for raw in aside)
        assert outcomes[sender] == 1 or (is_aside and not outcomes[sender]), (where, sender)
    handed = scene.rows("SELECT count(*) FROM enrollments WHERE state = 'handed_off'")
    assert scene.rows("SELECT count(*) FROM handoffs") == handed, where
    # The loop that tells writes the digest itself, perhaps when the evening is over already.
    owed = "SELECT count(*) FROM notices WHERE told_at IS NULL AND kind != 'digest'"
    assert scene.rows(owed) == [(0,)], where
    briefs = [each for each in scene.sandbox.received if each.recipient == OWNER]
    assert any(b"Yes, please call me tomorrow." in each.raw for each in briefs), where

"""P4: every incoming mail has exactly one outcome, also one that breaks us."""

from pathlib import Path

import pytest

from nurture.core.verdict import Evidence
from nurture.mail.read.heard import Heard
from nurture.signals import signals
from tests.faults.evening import ADA, BOB, DAN, OWNER, START, evening, play, prepare
from tests.faults.trip import Fault, Trip


def explode(heard: Heard) -> Evidence | None:
    """A signal with a mistake in it."""
    if "kaboom" in heard.inbound.plain:
        raise ZeroDivisionError("a mistake of ours")
    return None


async def test_a_mail_that_breaks_a_signal_is_put_aside_and_the_next_one_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dan's mail is kept with its bytes and stops him all the same, for it may be an answer."""
    monkeypatch.setitem(signals(), "explosive", explode)
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    await prepare(prepared, START)
    mails = {DAN: "kaboom, call me", ADA: "Yes, call me please."}
    async with evening(prepared, tmp_path / "evening", mails) as scene:
        await play(scene.settings, START, Trip(Fault.RAISE, -1))
        ((raw, why),) = scene.rows("SELECT raw, why FROM quarantine")
        assert b"kaboom, call me" in raw
        assert "explosive" in why
        outcomes = dict(scene.rows("SELECT sender, outcome FROM inbound"))
        assert (outcomes[DAN], outcomes[ADA]) == ("quarantined", "human_reply")
        reached = {person for person, _ in scene.copies()}
        assert BOB in reached
        assert not reached & {ADA, DAN}
        briefs = [each.raw for each in scene.sandbox.received if each.recipient == OWNER]
        assert any(b"kaboom, call me" in brief for brief in briefs)

"""`nurture why` tells everything that happened to one person, and where they stand (P10)."""

from datetime import timedelta
from typing import TYPE_CHECKING

from nurture.core.contact.hush import Hush, Hushed
from nurture.wiring.world import World
from tests.fakes.story import Story

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def test_what_was_sent_and_what_stopped_it_is_told_with_reasons(answered: "Practice") -> None:
    result = answered.run("why", "Bob@Firm.example")
    assert result.exit_code == 0
    for words in ("Bob <bob@firm.example>", "touch_sent", "its time has come", "handoff_opened"):
        assert words in result.stdout
    assert "former-client is handed off: answered" in result.stdout


def test_machines_get_events_and_enrollments(answered: "Practice") -> None:
    rows = answered.rows("why", "bob@firm.example")
    sent = next(row for row in rows if row.get("event") == "touch_sent")
    assert (sent["step"], sent["why"], sent["at"]) == (
        "thank-you", "its time has come", "2026-03-02T09:01:00+00:00",
    )  # fmt: skip
    assert (rows[-1]["kind"], rows[-1]["state"]) == ("enrollment", "handed_off")


def test_a_no_is_told_with_its_reason(answered: "Practice") -> None:
    async def suppress(world: World) -> None:
        await world.store.people.suppress("bob@firm.example", "opted out", world.clock.now())

    answered.before(suppress)
    assert (
        "bob@firm.example is suppressed (opted out)"
        in answered.run("why", "bob@firm.example").stdout
    )


def test_a_stranger_is_no_contact(practice: "Practice") -> None:
    result = practice.run("why", "nobody@example.org")
    assert result.exit_code == 2
    assert "is no contact: see `nurture contacts list`" in result.stderr


def test_a_day_is_told_by_what_was_known_by_then(answered: "Practice") -> None:
    for day in ("2026-03-02", "2026-03-09"):
        assert "touch_sent" in answered.run("why", "bob@firm.example", "--on", day).stdout
    before = answered.run("why", "bob@firm.example", "--on", "2026-03-01").stdout
    assert "nothing had happened by then" in before
    assert "touch_sent" not in before
    assert "handed off" not in before


def test_what_comes_next_is_told_with_its_time_and_what_holds_it(practice: "Practice") -> None:
    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        common = {"sequence": sequence.name, "revision": sequence.revision}
        await story.enrolled(
            "ann@firm.example", position="let-it-settle", anchor_at=world.clock.now(), **common
        )
        await story.enrolled("ben@home.example", position="thank-you", **common)
        until = world.clock.now() + timedelta(days=40)
        await world.store.tact.hush(
            Hush(Hushed.CONTACT, "ben@home.example", until, "in mourning"), world.clock.now()
        )

    practice.before(act)
    waits = practice.run("why", "ann@firm.example").stdout
    assert "former-client is active, next 'let-it-settle', due 20" in waits
    assert "it waits as the sequence says" in waits
    held = practice.run("why", "ben@home.example").stdout
    assert "former-client is active, next 'thank-you', due 20" in held
    assert "in mourning" in held.splitlines()[-1]

"""`nurture status` tells at a glance what needs a person, and exits with 1 where something does."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from nurture.core.decision import Hold
from nurture.core.handoff.deed import AwaitThem
from nurture.core.reconnection import Appointment, Silence, monday_of
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Settlement
from nurture.wiring.world import World
from tests.fakes.story import DAY, SLOWLY, START, Story

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def account(practice: "Practice") -> dict[str, object]:
    return next(row for row in practice.rows("status") if row["kind"] == "account")


def test_before_the_first_run_it_says_what_to_start(practice: "Practice") -> None:
    result = practice.run("status")
    assert result.exit_code == 1
    assert "its inbox was never read: start `nurture run`" in result.stdout
    assert "nothing is due" in result.stdout


def test_an_account_that_is_read_and_attended_is_no_finding(practice: "Practice") -> None:
    async def attend(world: World) -> None:
        await Story(world.store).leased(world.clock.now())

    practice.before(attend)
    assert practice.run("status").exit_code == 0
    assert (account(practice)["can_send"], account(practice)["why"]) == (True, "")


@pytest.mark.parametrize(
    ("ago", "is_attended", "why"),
    [
        (timedelta(minutes=11), True, "was not read lately"),
        (timedelta(minutes=1), False, "nobody attends it"),
    ],
)
def test_an_account_that_is_not_heard_cannot_send(
    practice: "Practice", ago: timedelta, is_attended: bool, why: str
) -> None:
    async def attend(world: World) -> None:
        lease = await Story(world.store).leased(world.clock.now() - ago)
        if not is_attended:
            await world.store.accounts.release(lease)

    practice.before(attend)
    assert account(practice)["can_send"] is False
    assert why in str(account(practice)["why"])
    assert practice.run("status").exit_code == 1


def test_a_rest_is_told_with_its_reason_and_end(practice: "Practice") -> None:
    async def rest(world: World) -> None:
        now = world.clock.now()
        await Story(world.store).leased(now)
        await world.store.accounts.rest("anna", now + timedelta(hours=1), "454 too many mails")

    practice.before(rest)
    assert str(account(practice)["why"]).startswith("it rests until 20")
    assert "454 too many mails" in str(account(practice)["why"])


def test_who_answered_is_held_and_waits_for_the_owner(answered: "Practice") -> None:
    result = answered.run("status")
    assert result.exit_code == 1
    assert "Open handoffs: somebody waits for you, see `nurture handoffs`" in result.stdout
    found = {str(row["kind"]): row for row in answered.rows("status")}
    assert (found["handoff"]["contact"], found["handoff"]["why"]) == (
        "bob@firm.example", "answered",
    )  # fmt: skip
    assert (found["held"]["contact"], found["held"]["state"]) == ("bob@firm.example", "handed_off")
    assert found["held"]["why"]


@pytest.mark.parametrize(("is_away", "code"), [(True, 0), (False, 1)])
def test_who_is_away_comes_back_alone_but_a_missing_value_needs_somebody(
    practice: "Practice", is_away: bool, code: int
) -> None:
    async def hold(world: World) -> None:
        story, now = Story(world.store), world.clock.now()
        later = now + timedelta(days=9)
        held = {"held_until": later, "held_why": "away"} if is_away else {}
        walk = await story.enrolled(due_at=later, **held)
        if not is_away:
            await story.noted(walk, Hold(later, "city is empty"), now)
        await story.leased(now)

    practice.before(hold)
    result = practice.run("status")
    assert ("away" if is_away else "city is empty") in result.stdout
    assert result.exit_code == code


def test_h1_how_long_first_answers_take_is_told_in_working_time(answered: "Practice") -> None:
    async def act(world: World) -> None:
        now = world.clock.now()
        await world.store.desk.act(1, AwaitThem("Anna"), now)

    answered.before(act)
    result = answered.run("status")
    assert "First answers in the last 30 days: 1, half of them within" in result.stdout
    (row,) = [row for row in answered.rows("status") if row["kind"] == "answers"]
    assert row["count"] == 1
    assert isinstance(row["median_seconds"], int)


def test_whom_you_answered_waits_for_nobody(answered: "Practice") -> None:
    answered.run("handoffs", "wait", "1")
    assert "handoff" not in {row["kind"] for row in answered.rows("status")}
    assert answered.rows("handoffs")[0]["state"] == "waiting"


def test_an_uncertain_mail_is_shown_with_its_subject(doubtful: "Practice") -> None:
    result = doubtful.run("status")
    assert result.exit_code == 1
    assert "sent or not? See `nurture uncertain`" in result.stdout
    assert "Hello" in result.stdout


def test_a_broken_sequence_is_a_finding_with_its_place(practice: "Practice") -> None:
    (practice.folder / "sequences" / "notes.yaml").write_text("sequence: notes\n\tx\n")
    result = practice.run("status")
    assert result.exit_code == 1
    assert "notes.yaml:2:1: a tab" in result.stderr


def test_instants_are_iso_8601_with_their_offset(answered: "Practice") -> None:
    since = next(row["since"] for row in answered.rows("status") if row["kind"] == "handoff")
    assert since == "2026-03-02T10:00:00+00:00"


def test_a_mail_that_broke_us_is_shown_with_the_command_that_settles_it(
    practice: "Practice",
) -> None:
    async def quarantine(world: World) -> None:
        story = Story(world.store)
        await world.store.incoming.quarantine("anna", story.mail().fetched, START, "it broke us")

    practice.before(quarantine)
    result = practice.run("status")
    assert result.exit_code == 1
    assert "See `nurture verdict`" in result.stdout
    assert "it broke us" in result.stdout


def test_the_next_twenty_are_shown_and_that_there_are_more(practice: "Practice") -> None:
    async def enroll(world: World) -> None:
        story = Story(world.store)
        for number in range(22):
            await story.enrolled(f"p{number}@firm.example")

    practice.before(enroll)
    lines = practice.run("status").stdout.splitlines()
    assert sum("@firm.example" in line for line in lines) == 20
    assert lines[-1].startswith("and more")


def test_a_family_that_is_backed_off_is_shown_with_its_reason_and_is_no_finding(
    practice: "Practice",
) -> None:
    async def defer(world: World) -> None:
        story, now = Story(world.store), world.clock.now()
        walk = await story.enrolled("bob@gmail.com", due_at=now - timedelta(minutes=1))
        await story.leased(now)
        intent = story.intent(walk, "bob@gmail.com")
        (look,) = await story.look(intent, at=now, heard_since=now)
        assert isinstance(look, Begun)
        later = Settlement(look.touch_id, TouchMove.POSTPONED, now, SLOWLY, retry_at=now + DAY)
        await world.store.outgoing.settle([later])

    practice.before(defer)
    result = practice.run("status")
    assert result.exit_code == 0, result.stdout
    assert "gmail" in result.stdout
    assert "4.7.28 slow down" in result.stdout
    (row,) = (row for row in practice.rows("status") if row["kind"] == "family")
    assert (row["family"], row["state"], row["cap"]) == ("gmail", "open", 4000)
    assert row["until"]


def test_a_family_that_is_half_full_is_a_warning(practice: "Practice") -> None:
    async def send(world: World) -> None:
        story, now = Story(world.store), world.clock.now()
        await story.leased(now)
        walks = [await story.enrolled(f"p{number}@gmail.com", due_at=now) for number in range(4)]
        intents = [
            replace(story.intent(walk, f"p{number}@gmail.com"), family="example.org>gmail")
            for number, walk in enumerate(walks)
        ]
        await story.look(*intents, at=now, heard_since=now)

    practice.before(send)
    settings = practice.folder / "nurture.toml"
    settings.write_text(settings.read_text().replace("batch = 10", "per_family = 8"))
    result = practice.run("status")
    assert result.exit_code == 1
    (row,) = (row for row in practice.rows("status") if row["kind"] == "family")
    assert (row["state"], row["sent"], row["cap"]) == ("closed", 4, 8)
    assert "close to its cap" in result.stdout


def can_do_one_task(practice: "Practice") -> None:
    """One a week is all that the owner can do."""
    file = practice.folder / "nurture.toml"
    text = file.read_text("utf-8")
    owner = next(line for line in text.splitlines() if line.startswith("[owners."))
    file.write_text(text.replace(owner, f"{owner}\ntasks_per_week = 1"), "utf-8")


def test_a_full_desk_is_told_with_whom_it_holds_up(practice: "Practice") -> None:
    can_do_one_task(practice)
    (practice.folder / "sequences/ring.yaml").write_text(
        "sequence: ring\nwhy: we met\nentry: {start: automatic}\n"
        "steps:\n  - {id: first, call: Ring them.}\n"
    )
    practice.run("contacts", "add", "bob@firm.example")
    assert [row for row in practice.rows("status") if row["kind"] == "intake"] == []
    practice.run("tasks", "add", "bob@firm.example", "Write the offer", "--due", "tomorrow")
    said = practice.run("status").stdout
    assert "Nobody begins what needs you before you have caught up" in said
    assert "1 tasks of yours are due within a week" in said
    assert "ring would begin, but 1 tasks" in practice.run("why", "bob@firm.example").stdout


def test_a_full_desk_is_told_where_it_holds_up_a_plan_of_reconnection(
    practice: "Practice",
) -> None:
    can_do_one_task(practice)
    (practice.folder / "sequences/ring.yaml").write_text(
        "sequence: ring\nwhy: we met\nsteps:\n  - {id: first, call: Ring them.}\n"
    )
    practice.run("contacts", "add", "bob@firm.example")
    practice.run("tasks", "add", "bob@firm.example", "Write the offer", "--due", "tomorrow")
    assert [row for row in practice.rows("status") if row["kind"] == "intake"] == []

    async def plan(world: World) -> None:
        bob = await world.store.people.contact("bob@firm.example")
        assert bob is not None
        week = monday_of(world.clock.now().date())
        made = [Appointment(bob.id, week, Silence.MONTHS)]
        await world.store.reconnections.accept(next(iter(world.accounts)), "ring", 5, made)

    practice.before(plan)
    (row,) = (row for row in practice.rows("status") if row["kind"] == "intake")
    assert str(row["why"]).startswith("1 tasks of yours are due within a week")

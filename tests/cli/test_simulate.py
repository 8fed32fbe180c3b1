"""`nurture simulate` shows what would happen, and `plan` and `apply` what an edit changes."""

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from nurture.transport.folder_watch import FolderWatch
from nurture.wiring.world import World

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

SHORT = """
sequence: short
why: you were a client of ours
steps:
  - {id: hello, email: mail/short.md}
  - {id: quiet, wait: 3 weeks}
  - {id: news, email: mail/short.md}
"""
MAIL = "---\nsubject: Hello {{ given_name }}\n---\nDear {{ given_name }}, all the best.\n"


@pytest.fixture
def walking(practice: "Practice") -> "Practice":
    """Mara is under way in a short sequence, while a daemon holds the account."""
    folder = practice.folder / "sequences"
    (folder / "short.yaml").write_text(SHORT)
    (folder / "mail" / "short.md").write_text(MAIL)
    practice.run("contacts", "import", str(practice.folder / "contacts.csv"))
    assert practice.run("enroll", "short", "mara.lind@example.com").exit_code == 0

    async def held(world: World) -> None:
        from datetime import timedelta

        now = world.clock.now()
        await world.store.accounts.take("anna", "a daemon", now, now + timedelta(hours=1))

    practice.before(held)
    return practice


def edit(practice: "Practice", old: str, new: str) -> None:
    file = practice.folder / "sequences" / "short.yaml"
    file.write_text(file.read_text().replace(old, new))


def test_your_people_are_simulated_on_a_copy(walking: "Practice") -> None:
    rows = walking.rows("simulate", "--days", "60")
    sent = [(row["address"], row["step"]) for row in rows if row["event"] == "touch_sent"]
    assert sent == [("mara.lind@example.com", "hello"), ("mara.lind@example.com", "news")]
    told = walking.run("why", "mara.lind@example.com").stdout
    assert "touch_sent" not in told


def test_invented_people_come_from_a_seed_in_every_format(walking: "Practice") -> None:
    words = ("simulate", "--contacts", "4", "--days", "30", "--seed", "7", "--from", "2026-06-01")
    first = walking.run(*words, "--format", "csv").stdout
    assert first == walking.run(*words, "--format", "csv").stdout
    assert first.startswith("at,address,name,company,sequence,step,event,why\n2026-06-01T")
    assert walking.run(*words, "--format", "ics").stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")


def test_another_folder_is_only_for_invented_people(walking: "Practice") -> None:
    result = walking.run("simulate", "--sequences", str(walking.folder / "sequences"))
    assert result.exit_code == 2
    assert "--sequences goes with --contacts" in result.stderr


def test_nothing_is_planned_while_nothing_was_edited(walking: "Practice") -> None:
    result = walking.run("plan")
    assert result.exit_code == 0
    assert "everybody under way is on the sequences as they are written now" in result.stdout


def test_a_longer_wait_is_planned_and_applied_by_its_revision(walking: "Practice") -> None:
    edit(walking, "3 weeks", "6 weeks")
    planned = walking.run("plan", "--json")
    assert planned.exit_code == 1
    (row,) = [json.loads(line) for line in planned.stdout.splitlines()]
    assert (row["address"], row["step"], row["kind"]) == ("mara.lind@example.com", "news", "moved")
    said = walking.run("plan", "short").stdout
    command = next(line for line in said.splitlines() if "nurture apply" in line)
    revision = command.rpartition(" ")[2]
    assert "1 people go on by short" in walking.run("apply", "short", "--to", revision).stdout
    assert walking.run("plan").exit_code == 0


def test_a_revision_that_nobody_has_seen_is_not_applied(walking: "Practice") -> None:
    edit(walking, "3 weeks", "6 weeks")
    result = walking.run("apply", "short", "--to", "another")
    assert result.exit_code == 2
    assert "was edited since" in result.stderr
    assert walking.run("plan").exit_code == 1


def test_a_preview_shows_each_mail_to_one_person(walking: "Practice") -> None:
    result = walking.run("preview", "short", "--contact", "mara.lind@example.com")
    assert result.exit_code == 0
    assert "=== hello" in result.stdout
    assert "Subject: Hello Mara" in result.stdout
    (row,) = walking.rows("preview", "short", "news", "--contact", "mara.lind@example.com")
    assert (row["step"], row["why"]) == ("news", "")
    assert "Dear Mara" in str(row["source"])


def test_a_hole_is_shown_and_found(walking: "Practice") -> None:
    mail = walking.folder / "sequences" / "mail" / "short.md"
    mail.write_text(MAIL.replace("all the best", "how is your {{ custom.boat }}"))
    result = walking.run("preview", "short", "--all")
    assert result.exit_code == 1
    assert "held: " in result.stdout
    assert "boat" in result.stdout


def test_reload_asks_the_daemon_and_tells_who_stays_on_an_older_text(walking: "Practice") -> None:
    watch = FolderWatch(walking.folder / "sequences")
    edit(walking, "3 weeks", "5 weeks")
    (row,) = (each for each in walking.rows("reload") if each["sequence"] == "short")
    assert row["on_an_older_text"] == 1
    assert [asyncio.run(watch.has_changed()) for _ in range(2)] == [False, True]
    edit(walking, "steps:", "stepps:")
    result = walking.run("reload")
    assert result.exit_code == 1
    assert "short.yaml:4:1" in result.stderr

"""`nurture forecast` tells by when everything will have left."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from nurture.wiring.world import World
from tests.fakes.story import DAY, Story

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def enroll(practice: "Practice", people: int, domain: str = "{}.example", **fields: object) -> None:
    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        for number in range(people):
            await story.enrolled(
                f"p{number}@{domain.format(number)}",
                sequence.name,
                **{"revision": sequence.revision, "position": "thank-you", **fields},
            )

    practice.before(act)


def row(practice: "Practice", kind: str, *words: str) -> dict[str, object]:
    return next(row for row in practice.rows("forecast", *words) if row["kind"] == kind)


def test_without_anybody_nothing_is_to_be_sent(practice: "Practice") -> None:
    result = practice.run("forecast")
    assert result.exit_code == 0
    assert "Nothing is to be sent." in result.stdout
    assert "Assumed:" in result.stdout


def test_what_is_under_way_is_told_by_account_and_family(practice: "Practice") -> None:
    enroll(practice, 30)
    enroll(practice, 3, "gmail.com")
    account = row(practice, "account")
    assert (account["name"], account["cap"]) == ("anna", 100)
    assert int(str(account["busiest"])) <= 100
    mails = {row["name"]: row["mails"] for row in practice.rows("forecast") if "sender" in row}
    assert mails.keys() == {"gmail", "all others"}
    assert mails["all others"] == 10 * int(str(mails["gmail"]))
    whole = row(practice, "forecast")
    assert whole["under_way"] == 33
    assert date.fromisoformat(str(whole["overdue_until"])) < date.fromisoformat(
        str(whole["ends_on"])
    )
    assert "What is due today will have left by" in practice.run("forecast").stdout


def test_a_walk_behind_its_last_mail_and_one_in_a_lost_text_promise_nothing(
    practice: "Practice",
) -> None:
    enroll(practice, 1, position="gone")
    enroll(practice, 2, "lost{}.example", revision="never kept")
    whole = row(practice, "forecast")
    assert (whole["under_way"], whole["unread"], whole["ends_on"]) == (3, 2, None)
    assert "2 people stand in texts that are gone" in practice.run("forecast").stdout


def test_so_many_more_people_come_behind_the_others(practice: "Practice") -> None:
    enroll(practice, 4, "gmail.com")
    enroll(practice, 1)
    alone = row(practice, "forecast")
    result = practice.run("forecast", "former-client", "--people", "500")
    assert "500 people in 'former-client': the last of them gets the first mail on" in result.stdout
    whole = row(practice, "forecast", "former-client", "--people", "500")
    assert whole["newcomers"] == 500
    assert str(whole["ends_on"]) > str(alone["ends_on"])
    by_name = {
        row["name"]: int(str(row["mails"]))
        for row in practice.rows("forecast", "former-client", "--people", "500")
        if row["kind"] == "family"
    }
    assert by_name["gmail"] == 4 * (by_name.get("all others", 0) or by_name["0.example"])


def test_by_default_everybody_known_is_reckoned_with(practice: "Practice") -> None:
    enroll(practice, 7)
    assert row(practice, "forecast", "former-client")["newcomers"] == 7


def test_who_is_held_until_later_is_ready_then(practice: "Practice") -> None:
    async def later(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        due_at = world.clock.now() + 30 * DAY
        await story.enrolled(
            sequence=sequence.name, revision=sequence.revision, position="thank-you", due_at=due_at
        )

    practice.before(later)
    whole = row(practice, "forecast")
    assert whole["overdue_until"] is None
    assert whole["ends_on"] is not None


NOTES = """\
sequence: notes
why: you once asked us for an offer
steps:
  - {id: first, email: mail/note.md}
  - {id: rest, wait: 3 weeks}
  - {id: second, email: mail/note.md}
"""
PLACES = (("US", "gmail.com"), ("AU", "firm{}.example"), ("GB", "house{}.example"))


@pytest.mark.slow
def test_the_day_foretold_is_the_day_on_which_the_engine_is_done(practice: "Practice") -> None:
    """People of three continents, a new mailbox, a family with a cap; the same engine as ever."""
    (practice.folder / "sequences/notes.yaml").write_text(NOTES)
    note = "---\nsubject: A thought\n---\nDear {{ given_name }},\n\nall the best.\n"
    (practice.folder / "sequences/mail/note.md").write_text(note)
    settings = practice.folder / "nurture.toml"
    limits = 'per_day = 12\nramp = [4, 8]\nper_family = 3\nspread = "6 hours"\n'
    settings.write_text(settings.read_text().replace('spread = "6 hours"', limits, 1))
    rows = ["email,given_name,country,consent_basis,consent_since,consent_evidence"]
    for number in range(45):
        country, domain = PLACES[number % 3]
        address = f"p{number}@{domain.format(number)}"
        rows.append(f"{address},P{number},{country},express,2025-01-01,a form")
    (practice.folder / "people.csv").write_text("\n".join([*rows, ""]))
    assert practice.run("contacts", "import", str(practice.folder / "people.csv")).exit_code == 0
    addresses = [each.partition(",")[0] for each in rows[1:]]
    assert practice.run("enroll", "notes", *addresses).exit_code == 0
    foretold = date.fromisoformat(str(row(practice, "forecast")["ends_on"]))
    played = practice.rows("simulate", "--days", "250")
    sent = [str(each["at"])[:10] for each in played if each["event"] == "touch_sent"]
    assert len(sent) == 90
    begun, ended = date.fromisoformat(min(sent)), date.fromisoformat(max(sent))
    assert abs(foretold - ended) <= max((ended - begun) / 5, timedelta(days=5)), (ended, foretold)


def test_a_slip_of_the_pen_is_answered_in_words(practice: "Practice") -> None:
    result = practice.run("forecast", "former-clent")
    assert result.exit_code == 2
    assert "did you mean 'former-client'" in result.stderr
    assert practice.run("forecast", "--people", "3").exit_code == 2

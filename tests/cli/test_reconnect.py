"""`nurture reconnect` and `nurture silence`: seen, accepted, followed, and called off."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from nurture.ports import LastSpoken
from nurture.wiring.world import World

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

FIELDS = (
    "email", "given_name", "company", "relationship", "value", "country", "consent_basis",
    "consent_since", "consent_evidence", "custom.why_you", "custom.request",
)  # fmt: skip
FORM = ("GB", "express", "2020-01-01", "a form")
PEOPLE = (
    (
        "mara@brandt.example",
        "Mara",
        "Brandt",
        "former_client",
        "4000",
        *FORM,
        "how you ran it",
        "x",
    ),
    ("joe@okafor.example", "Joe", "Okafor", "lost_prospect", "9000", *FORM, "", ""),
    ("kim@lee.example", "Kim", "Lee", "former_client", "100", *FORM, "your garden", "which tree"),
)
CSV = "\n".join(",".join(row) for row in (FIELDS, *PEOPLE))
DAYS = {"mara@brandt.example": 800, "joe@okafor.example": 300, "kim@lee.example": 20}


@pytest.fixture
def silent(practice: "Practice") -> "Practice":
    """Mara has been silent for two years, Joe for ten months, Kim for three weeks."""
    people = practice.folder / "people.csv"
    people.write_text(CSV)
    assert practice.run("contacts", "import", str(people)).exit_code == 0

    async def speak(world: World) -> None:
        for address, days in DAYS.items():
            contact = await world.store.people.contact(address)
            assert contact is not None
            at = datetime.now(UTC) - timedelta(days=days)
            await world.store.incoming.note_contact([LastSpoken(contact.id, at, None)])

    practice.before(speak)
    return practice


def test_silence_lists_the_longest_first_and_exits_with_a_finding(silent: "Practice") -> None:
    result = silent.run("silence")
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "contact", "mara@brandt.example", "joe@okafor.example"
    ]  # fmt: skip
    (mara, joe) = silent.rows("silence")
    assert (mara["value"], mara["silent_for"]) == (4000, "26 months")
    assert (joe["company"], joe["now_in"]) == ("Okafor", "")
    assert len(silent.rows("silence", "--longer-than", "2 weeks")) == 3
    assert silent.run("silence", "--longer-than", "3 years").exit_code == 0
    assert silent.rows("silence", "--limit", "1") == [mara]


def test_a_stretch_that_is_none_is_answered_with_what_to_write(silent: "Practice") -> None:
    result = silent.run("silence", "--longer-than", "soon")
    assert result.exit_code == 2
    assert "--longer-than: write a number and a unit, like 3 weeks, not 'soon'" in result.stderr


def test_the_plan_shows_weeks_groups_what_is_missing_and_the_day(silent: "Practice") -> None:
    result = silent.run("reconnect", "plan")
    assert result.exit_code == 0
    assert "1 silent for 6 to 12 months" in result.stdout.replace("2 silent", "1 silent")
    assert "on nobody is silent for more than six months" in result.stdout
    assert "accept it with: nurture reconnect accept\n" in result.stdout
    assert silent.run("reconnect", "progress").stdout.startswith("no plan is accepted")
    *rows, whole = silent.rows("reconnect", "plan")
    assert [row["contact"] for row in rows] == [
        "joe@okafor.example", "mara@brandt.example", "kim@lee.example"
    ]  # fmt: skip
    assert [row["silence"] for row in rows] == [
        "6 to 12 months", "2 to 3 years", "6 to 12 months"
    ]  # fmt: skip
    assert "custom.why_you" in str(rows[0]["missing"]).replace("-", "_")
    assert (rows[1]["missing"], rows[1]["first"]) == ("", "email")
    assert (whole["appointments"], whole["keeps_up"], whole["left_out"]) == (3, True, [])


def test_an_accepted_plan_is_followed_and_called_off(silent: "Practice") -> None:
    accepted = silent.run("reconnect", "accept", "--per-week", "12")
    assert accepted.exit_code == 0
    assert accepted.stdout.startswith("3 appointments, from the week of ")
    weeks = silent.rows("reconnect", "progress")
    assert [(week["planned"], week["begun"]) for week in weeks] == [(2, 0), (1, 0)]
    assert silent.run("reconnect", "stop").stdout == "3 appointments are called off\n"
    assert silent.run("reconnect", "stop").stdout == "nothing was planned\n"


def test_the_options_of_the_plan_stand_in_what_accepts_it(silent: "Practice") -> None:
    result = silent.run("reconnect", "plan", "--per-week", "12")
    assert "accept it with: nurture reconnect accept --per-week 12\n" in result.stdout


def test_a_sequence_that_is_not_there_is_answered_with_a_near_one(silent: "Practice") -> None:
    result = silent.run("reconnect", "plan", "--sequence", "reconect")
    assert result.exit_code == 2
    assert "did you mean 'reconnect'" in result.stderr


def test_with_nobody_there_is_nothing_to_accept(practice: "Practice") -> None:
    result = practice.run("reconnect", "accept")
    assert result.exit_code == 2
    assert "there is nobody to plan for" in result.stderr

"""`nurture hush`: whom nothing is sent to, until when, and why."""

from typing import TYPE_CHECKING

import pytest

from nurture.wiring.world import World
from tests.fakes.story import Story

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

TILL = ("--until", "2999-09-01", "--why", "her father died")


@pytest.fixture
def people(practice: "Practice") -> "Practice":
    """Bob and Eve of Firm in California, and Zoe in Germany."""

    async def act(world: World) -> None:
        story = Story(world.store)
        there = {"company": "Firm & Sons", "country": "US", "subdivision": "CA"}
        await story.known("bob@firm.example", **there)
        await story.known("eve@firm.example", **there)
        await story.known("zoe@other.example", country="DE")

    practice.before(act)
    return practice


@pytest.mark.parametrize(
    ("whom", "named", "count"),
    [
        (("Bob@Firm.example",), "bob@firm.example", 1),
        (("--company", "Firm  & sons"), "company firm & sons", 2),
        (("--company", "@firm.example"), "company firm.example", 2),
        (("--country", "us"), "country US", 2),
        (("--country", "us-ca"), "country US-CA", 2),
        (("--all",), "everybody", 3),
    ],
)
def test_it_says_whom_it_covers_is_listed_and_can_be_lifted(
    people: "Practice", whom: tuple[str, ...], named: str, count: int
) -> None:
    result = people.run("hush", *whom, *TILL)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{named}: nothing is sent before 2999-09-01\nthat is {count} of your contacts\n"
    )
    (row,) = people.rows("hush", "--list")
    assert (row["why"], str(row["until"])[:4]) == ("her father died", "2999")
    assert named in people.run("hush", "--list").stdout
    lifted = people.run("hush", *whom, "--lift")
    assert lifted.stdout == f"{named}: the hush is lifted\n"
    assert people.run("hush", "--list").stdout == "nobody is hushed\n"
    again = people.run("hush", *whom, "--lift")
    assert again.exit_code == 1
    assert f"nobody had hushed {named}" in again.stderr


def test_one_that_covers_nobody_is_a_finding(people: "Practice") -> None:
    result = people.run("hush", "--company", "Frim", *TILL)
    assert result.exit_code == 1
    assert "it covers nobody" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say one of: EMAIL, --company NAME, --country CC, --all; or --list"),
        (("bob@firm.example", "--all", *TILL), "say one of: EMAIL"),
        (("bob@firm.example",), "say until when and why"),
        (("--all", "--until", "2999-01-01"), "say until when and why"),
        (("--all", "--until", "2020-01-01", "--why", "x"), "--until 2020-01-01 is not ahead"),
        (("--country", "Germany", *TILL), "write its two letters, like DE"),
        (("nobody@example.org", *TILL), "nobody@example.org is no contact"),
    ],
)
def test_a_slip_is_answered_in_words(people: "Practice", words: tuple[str, ...], said: str) -> None:
    result = people.run("hush", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_why_tells_that_and_until_when_somebody_is_hushed(people: "Practice") -> None:
    people.run("hush", "--country", "US", *TILL)
    words = "nothing is sent before 2999-09-01 00:00: her father died"
    assert words in people.run("why", "bob@firm.example").stdout
    assert words not in people.run("why", "zoe@other.example").stdout

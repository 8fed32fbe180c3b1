"""`nurture uncertain`: the owner's word settles a doubt; nothing is ever sent again."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


def test_nothing_is_uncertain_at_first(practice: "Practice") -> None:
    assert practice.run("uncertain").stdout == "nothing is uncertain\n"


def test_it_is_listed_with_what_to_look_for_in_sent(doubtful: "Practice") -> None:
    assert "Hello" in doubtful.run("uncertain").stdout
    (row,) = doubtful.rows("uncertain")
    assert (row["touch"], row["contact"], row["subject"]) == (1, "bob@firm.example", "Hello")


@pytest.mark.parametrize("found", ["sent", "unsent"])
def test_either_way_the_sequence_goes_on_behind_it(doubtful: "Practice", found: str) -> None:
    result = doubtful.run("uncertain", "1", found)
    assert result.exit_code == 0
    assert f"touch 1 counts as {found}" in result.stdout
    assert doubtful.rows("uncertain") == []
    rows = doubtful.rows("why", "bob@firm.example")
    walk = next(row for row in rows if row["kind"] == "enrollment")
    assert (walk["state"], walk["next"]) == ("active", "let-it-settle")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1",), "say both: nurture uncertain TOUCH sent|unsent"),
        (("7", "sent"), "touch 7 is not uncertain: see `nurture uncertain`"),
    ],
)
def test_half_a_word_settles_nothing(
    doubtful: "Practice", words: tuple[str, ...], said: str
) -> None:
    result = doubtful.run("uncertain", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(doubtful.rows("uncertain")) == 1

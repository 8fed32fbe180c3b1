"""`nurture override`: one step of one person, decided by hand."""

from typing import TYPE_CHECKING

import pytest

from nurture.wiring.world import World
from tests.fakes.story import Story

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Practice

STEP = ("bob@firm.example", "former-client", "where-things-are")


@pytest.fixture
def walking(practice: "Practice") -> "Practice":
    """Bob walks through the shipped sequence, Zoe through none."""

    async def act(world: World) -> None:
        story, sequence = Story(world.store), world.shelf.sequences["former-client"]
        await story.known("bob@firm.example", given_name="Bob")
        await story.known("zoe@other.example")
        await story.enrolled(
            sequence=sequence.name, revision=sequence.revision, position="thank-you"
        )

    practice.before(act)
    return practice


def words(folder: "Path", text: str) -> str:
    """A file with a mail of one's own."""
    (folder / "mine.md").write_text(text, "utf-8")
    return str(folder / "mine.md")


def test_a_step_is_skipped_listed_and_given_back(walking: "Practice") -> None:
    done = walking.run("override", *STEP, "--skip", "--why", "he knows")
    assert done.stdout == (
        "bob@firm.example: 'where-things-are' of former-client will be left out, this once\n"
    )
    (row,) = walking.rows("override", "bob@firm.example", "--list")
    assert (row["step"], row["what"], row["why"]) == ("where-things-are", "skipped", "he knows")
    assert "he knows" in walking.run("override", "bob@firm.example", "--list").stdout
    why = walking.run("why", "bob@firm.example").stdout
    assert "you decided that 'where-things-are' of former-client is skipped: he knows" in why
    assert walking.run("override", *STEP, "--forget").exit_code == 0
    assert walking.rows("override", "bob@firm.example", "--list") == []
    assert walking.run("override", *STEP, "--forget").exit_code == 1


def test_a_step_is_moved_to_a_day(walking: "Practice") -> None:
    moved = walking.run("override", *STEP, "--on", "2999-05-01")
    assert "will not go before 2999-05-01, this once" in moved.stdout
    (row,) = walking.rows("override", "bob@firm.example", "--list")
    assert (row["what"], row["to"]) == ("moved", "2999-05-01")


def test_a_mail_is_reworded_as_a_file_says(walking: "Practice", tmp_path: "Path") -> None:
    text = "---\nsubject: For you, {{ given_name }}\n---\nA word of my own.\n"
    result = walking.run("override", *STEP, "--reword", words(tmp_path, text))
    assert result.exit_code == 0, result.stderr
    (row,) = walking.rows("override", "bob@firm.example", "--list")
    assert (row["what"], row["text"]) == ("reworded", text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which step"),
        (STEP, "say one of: --skip, --on DATE, --reword FILE, --piece PATH, --forget"),
        ((*STEP, "--skip", "--on", "2999-05-01"), "say one of"),
        ((*STEP, "--on", "2020-05-01"), "--on 2020-05-01 is not ahead"),
        ((*STEP[:2], "where-things-ar", "--skip"), "did you mean 'where-things-are'?"),
        (
            ("zoe@other.example", *STEP[1:], "--skip"),
            "is not in 'former-client'; they are in: no sequence",
        ),
        (
            ("bob@firm.example", "news", "first", "--skip"),
            "is not in 'news'; they are in: former-client",
        ),
        (("nobody@example.org", *STEP[1:], "--skip"), "nobody@example.org is no contact"),
    ],
)
def test_a_slip_is_answered_in_words(
    walking: "Practice", arguments: tuple[str, ...], said: str
) -> None:
    result = walking.run("override", *(arguments or ("bob@firm.example",)))
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("step", "text", "said"),
    [
        ("where-things-are", "---\nsubject: Hi\n---\nDear {{ custom.nickname }}\n", "nickname"),
        ("where-things-are", "---\nsubject: {{ oops\n---\nHi\n", "your words"),
        ("let-it-settle", "---\nsubject: Hi\n---\nHi\n", "is no mail (wait)"),
    ],
)
def test_words_that_could_not_be_sent_are_refused(
    walking: "Practice", tmp_path: "Path", step: str, text: str, said: str
) -> None:
    result = walking.run("override", *STEP[:2], step, "--reword", words(tmp_path, text))
    assert result.exit_code == 2
    assert said in result.stderr
    assert walking.rows("override", "bob@firm.example", "--list") == []


def test_a_piece_of_the_library_is_chosen_for_one_person(walking: "Practice") -> None:
    step = (*STEP[:2], "from-the-library", "--piece")
    done = walking.run("override", *step, "library/two-keys.md")
    assert done.stdout.endswith("will send library/two-keys.md, this once\n")
    (row,) = walking.rows("override", "bob@firm.example", "--list")
    assert (row["what"], row["text"]) == ("chosen", "library/two-keys.md")


@pytest.mark.parametrize(
    ("step", "piece", "said"),
    [
        ("from-the-library", "library/two-key.md", "did you mean 'library/two-keys.md'?"),
        ("where-things-are", "library/two-keys.md", "sends no piece of the library (email)"),
    ],
)
def test_a_piece_that_cannot_go_is_refused(
    walking: "Practice", step: str, piece: str, said: str
) -> None:
    result = walking.run("override", *STEP[:2], step, "--piece", piece)
    assert result.exit_code == 2
    assert said in result.stderr

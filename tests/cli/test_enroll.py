"""`nurture enroll` starts whom it should, once, and says why not for all others."""

from typing import TYPE_CHECKING

import pytest
import structlog

from nurture.log import log

if TYPE_CHECKING:
    from tests.cli.conftest import Practice


@pytest.fixture
def peopled(practice: "Practice") -> "Practice":
    practice.run("contacts", "import", str(practice.folder / "contacts.csv"))
    return practice


def test_a_relationship_is_tried_enrolled_and_not_enrolled_twice(peopled: "Practice") -> None:
    words = ("enroll", "former-client", "--relationship", "former_client")
    (tried,) = peopled.rows(*words, "--dry-run")
    assert (tried["enrollment"], tried["why"]) == (None, "would be enrolled")
    (first,) = peopled.rows(*words)
    assert (first["contact"], first["why"]) == ("mara.lind@example.com", "")
    assert isinstance(first["enrollment"], int)
    again = peopled.run(*words)
    assert again.exit_code == 1
    assert "is in former-client already" in again.stdout


def test_the_daemons_journal_stays_out_of_what_a_command_says(
    peopled: "Practice", capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()  # as a process begins: everything is printed
    log.bind()
    result = peopled.run("enroll", "lost-prospect", "joe.okafor@example.net")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["contact", "enrollment", "why"]
    assert "contact_enrolled" not in result.output + capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("former-clien", "mara.lind@example.com"), "'former-clien'; did you mean 'former-client'"),
        (("xyz", "mara.lind@example.com"), "there are: after-a-purchase, check-ups"),
        (("former-client", "nobody@example.com"), "nobody@example.com is no contact: see"),
        (("former-client",), "name addresses, or --relationship, or --matching"),
        (
            ("former-client", "mara.lind@example.com", "--account", "ana"),
            "no account is called 'ana'; did you mean 'anna'?",
        ),
    ],
)
def test_a_slip_says_what_there_is_instead(
    peopled: "Practice", words: tuple[str, ...], said: str
) -> None:
    result = peopled.run("enroll", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_sequence_that_cannot_be_read_is_shown_with_its_problem(peopled: "Practice") -> None:
    (peopled.folder / "sequences" / "notes.yaml").write_text("sequence: notes\n\tx\n")
    result = peopled.run("enroll", "notes", "mara.lind@example.com")
    assert result.exit_code == 2
    assert "there is no usable sequence 'notes'" in result.stderr
    assert "notes.yaml:2:1: a tab" in result.stderr

"""The sequences that come with nurture are ones a person is glad to receive."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from nurture.core.account import Account, Owner
from nurture.core.contact import Contact
from nurture.core.merge_field import values_for
from nurture.core.sequence import Intent, Sequence
from nurture.steps.email import Email
from nurture.steps.wait import Pause
from nurture.transport.sequence_folder import Folder, load_folder, shipped_sequences
from tests.fakes.story import ALLOWED

SHIPPED = load_folder(shipped_sequences())
NAMES = sorted(SHIPPED.sequences)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTACT = Contact(
    "mara@lind.example",
    given_name="Mara",
    family_name="Lind",
    company="Lind <& Partner>",
    consent=ALLOWED,
    custom={"project": "the new website"},
)
ACCOUNT = Account("anna", "anna@x.example", Owner("Anna", "a@x.example", "Europe/Berlin", "Road 1"))
UNWELCOME = re.compile(
    r"check(?:ing)? in\b|touch(?:ing)? base|follow(?:ing)? up|circl\w+ back|unfortunately you|"
    r"why you did not|how is (?:he|she|it|they)|are they doing|special offer|discount|% off|"
    r"act now|limited time|!!",
    re.IGNORECASE,
)


def mails(sequence: Sequence) -> list[Email]:
    return [step for step in sequence.steps if isinstance(step, Email)]


def rendered(mail: Email, sequence: Sequence) -> tuple[str, str]:
    seen = SHIPPED.templates[mail.template].render(values_for(CONTACT, ACCOUNT, sequence))
    return seen.subject, seen.text


def test_all_of_them_are_read_without_a_complaint() -> None:
    assert SHIPPED.problems == ()
    assert NAMES == ["after-a-purchase", "declined-prospect", "former-client", "lost-prospect"]


@pytest.mark.parametrize("name", NAMES)
def test_each_stays_in_touch_for_about_a_year_with_four_to_seven_mails(name: str) -> None:
    sequence = SHIPPED.sequences[name]
    assert 4 <= len(mails(sequence)) <= 7
    at = START
    for step in sequence.steps:
        at = step.wait.after(at, "Europe/Berlin") if isinstance(step, Pause) else at
    assert timedelta(days=330) < at - START < timedelta(days=600)


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_three_times_before_it_asks_once(name: str) -> None:
    intents = [mail.intent for mail in mails(SHIPPED.sequences[name])]
    assert intents.count(Intent.GIVE) >= 3 * intents.count(Intent.ASK)
    assert Intent.ASK not in intents[:3]
    assert intents[0] in (Intent.GREET, Intent.CLOSE)


@pytest.mark.parametrize("name", NAMES)
def test_two_mails_are_at_least_three_weeks_apart(name: str) -> None:
    steps = SHIPPED.sequences[name].steps
    for before, pause in pairwise(steps):
        assert not (isinstance(before, Email) and isinstance(pause, Email))
        if isinstance(before, Email) and isinstance(pause, Pause):
            assert pause.wait.after(START, "UTC") - START >= timedelta(weeks=3)


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_short_whole_and_free_of_empty_phrases(name: str) -> None:
    sequence = SHIPPED.sequences[name]
    for mail in mails(sequence):
        subject, text = rendered(mail, sequence)
        assert len(subject) < 60
        assert 40 < len(text.split()) < 180, mail.template
        assert text.startswith("Dear Mara,"), mail.template
        assert text.rstrip().endswith("Anna"), mail.template
        assert not UNWELCOME.search(f"{subject}\n{text}"), mail.template


def test_no_two_mails_have_the_same_subject() -> None:
    subjects = [
        rendered(mail, each)[0] for each in SHIPPED.sequences.values() for mail in mails(each)
    ]
    own = [subject for subject in subjects if subject]
    assert len(subjects) == len(SHIPPED.templates)
    assert len(set(own)) == len(own) > len(subjects) / 2


def test_a_broken_neighbour_hides_nobody(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("sequence: bad\nwhy: x\nstpes: []\n")
    (tmp_path / "good.yaml").write_text(
        "sequence: good\nwhy: x\nsteps:\n  - id: a\n    email: a.md\n"
    )
    (tmp_path / "latin.yaml").write_bytes(b"title: Caf\xe9\n")
    (tmp_path / "huge.yaml").write_text("#" * 1_100_000)
    (tmp_path / "old.yml").write_text("")
    (tmp_path / ".swap.yaml").write_text("half writ")
    (tmp_path / "a.md").write_text("---\nsubject: x\n---\nHello\n")
    folder: Folder = load_folder(tmp_path)
    assert [*folder.sequences] == [*folder.sources] == ["good"]
    assert [*folder.templates] == ["a.md"]
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in folder.problems] == [
        "bad.yaml:1:1: 'steps' is missing",
        "bad.yaml:3:1: unknown key 'stpes'; did you mean 'steps'?",
        "huge.yaml: larger than 1 MB",
        "latin.yaml:1:11: byte 0xE9 is not UTF-8: save the file as UTF-8",
        "old.yml: not read: sequences end in .yaml",
    ]


def test_a_folder_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    folder = load_folder(tmp_path / "nowhere")
    assert "there is no folder" in str(folder.problems[0])
    assert not folder.sequences

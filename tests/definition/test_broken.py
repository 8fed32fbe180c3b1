"""Broken files as people write them, each answered with file, line, column, code and words."""

from pathlib import Path

import pytest

from nurture.transport.sequence_folder import load_folder

BROKEN = Path(__file__).parent / "broken"
EXPECTED = (BROKEN / "expected.txt").read_text("utf-8").splitlines()
NAMES = sorted(file.name for file in BROKEN.glob("*.yaml") if file.name != "calendar.yaml")
FOLDER = load_folder(BROKEN)
TOLD = [
    f"{problem.place}: {problem.code}: {problem.message}".removeprefix(f"{BROKEN}/")
    for problem in FOLDER.problems
]
IN_MAILS = {"first-without-subject.yaml": "mail/onward.md", "unknown-fact.yaml": "mail/unsaid.md"}


@pytest.mark.parametrize("name", NAMES)
def test_each_broken_file_is_answered_as_expected(name: str) -> None:
    files = (f"{name}:", f"{IN_MAILS.get(name, name)}:")
    told = [line for line in TOLD if line.startswith(files)]
    assert told
    assert told == [line for line in EXPECTED if line.startswith(files)]


def test_nothing_else_is_said_and_nothing_of_it_is_used() -> None:
    assert TOLD == EXPECTED
    assert len(NAMES) >= 20
    assert not FOLDER.sequences


def test_every_complaint_has_a_place_and_a_code() -> None:
    assert all(problem.place and problem.place.line for problem in FOLDER.problems)
    assert all(problem.code for problem in FOLDER.problems)

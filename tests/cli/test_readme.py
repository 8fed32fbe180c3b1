"""What README shows works as it is typed there, from `init` on."""

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nurture.definition import read_sequence
from nurture.transport.sequence_folder import shipped_sequences

if TYPE_CHECKING:
    from tests.cli.conftest import Practice

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line != "nurture run"
]


def test_the_set_up_goes_through_in_its_order(
    practice: "Practice", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(practice.folder)
    assert len(COMMANDS) > 6
    for line in COMMANDS:
        result = practice.run(*shlex.split(line)[1:])
        # 1 is a finding: the daemon never ran, and nobody can be resumed yet.
        allowed = (0, 1) if "status" in line or "resume" in line else (0,)
        assert result.exit_code in allowed, (line, result.output)
    why = practice.run("why", "mara.lind@example.com").stdout
    assert "former-client is active" in why


def test_the_sequence_is_one_that_nurture_reads() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    folder = shipped_sequences()
    mails = {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*.md")
    }
    sequence = read_sequence(text, "former-client.yaml", mails)
    assert [step.id for step in sequence.steps] == ["thank-you", "settle", "yearly-call"]
    assert [each.step.id for each in sequence.occasions] == ["new-year"]

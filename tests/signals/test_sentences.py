"""Single answers of people and machines, beside the corpus: what each must mean."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from nurture.signals import hear

SAID = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))["said"]


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said['meaning']}: {said['words'][:40]}")
def test_an_answer_means_what_it_says(
    letter: Callable[..., bytes], said: dict[str, str | dict[str, str]]
) -> None:
    headers = said.get("headers", {})
    assert isinstance(headers, dict)
    verdict = hear(letter(said["words"], **headers), known_contact=True)[1]
    assert verdict.meaning == said["meaning"], verdict.evidence

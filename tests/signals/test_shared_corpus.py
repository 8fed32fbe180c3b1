"""The goals of reliability.md R11 to R15 on the shared corpus, by its own score.py."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nurture.cli.classify import classify

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("NURTURE_CORPUS", ROOT / ".." / "shared" / "corpus")).resolve()

pytestmark = pytest.mark.skipif(
    not (SHARED / "manifest.json").exists(),
    reason=f"NO SHARED CORPUS at {SHARED}: set NURTURE_CORPUS to its folder",
)


@pytest.fixture(scope="module")
def predictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shown = CliRunner().invoke(classify, ["--json", "--all-known", str(SHARED)])
    assert shown.exit_code == 0, shown.stderr
    file = tmp_path_factory.mktemp("shared") / "predictions.jsonl"
    file.write_text(shown.stdout, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def score(predictions: Path) -> dict[str, float]:
    command = [sys.executable, SHARED / "score.py", SHARED / "manifest.json", predictions, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize(
    ("figure", "most"),
    [
        ("missed_reply_rate", 0.0),
        ("silent_stop_rate", 1 / 289),
        ("false_reply_rate_auto_or_bounce", 0.005),
        ("ignored_no_rate", 0.0),
    ],
)
def test_deadly_rates_stay_below_their_goals(
    score: dict[str, float], figure: str, most: float
) -> None:
    assert score[figure] <= most


@pytest.mark.parametrize(
    ("figure", "least"),
    [("accuracy", 0.95), ("accuracy_bounces_merged", 0.97), ("macro_f1", 0.90)],
)
def test_accuracy_reaches_its_goals(score: dict[str, float], figure: str, least: float) -> None:
    assert score[figure] >= least


@pytest.mark.parametrize(
    ("fact", "least"), [("recipient", 0.97), ("return_date", 0.90), ("new_contact", 0.90)]
)
def test_facts_reach_their_goals(
    score: dict[str, dict[str, tuple[int, int]]], fact: str, least: float
) -> None:
    right, of = score["fields"][fact]
    assert right / of >= least


def test_no_wrong_return_date_is_accepted(predictions: Path) -> None:
    told = {
        each["file"]: each.get("return_date")
        for each in map(json.loads, predictions.read_text("utf-8").splitlines())
    }
    manifest = json.loads((SHARED / "manifest.json").read_text("utf-8"))
    wrong = [
        (item["file"], told[item["file"]])
        for item in manifest
        if told[item["file"]]
        and (first := item["expected"].get("return_date"))
        and not first <= told[item["file"]] <= item["expected"].get("return_date_latest", first)
    ]
    assert wrong == []

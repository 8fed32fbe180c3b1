"""docs/language.md and the schemas are those of the models, and every example in them works."""

import json
import re
from pathlib import Path

import pytest
import yaml

from nurture.core.calendar.on import read_on
from nurture.core.calendar.season import Season, YearDay
from nurture.core.condition import read_condition
from nurture.definition import read_calendar, read_sequence
from nurture.definition.door import EntryText, ExitsText
from nurture.definition.schema import calendar_schema, sequence_schema
from nurture.definition.value import SeasonText, WindowText
from nurture.document.yaml_text import read_yaml
from nurture.steps import step_kinds
from tests.house.language import CONDITIONS, ON, page
from tests.house.schema import faults

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/language.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml (\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SEASON = Season("tax season", YearDay(1, 15), YearDay(4, 15))
HEAD = "sequence: s\nwhy: you know us\n"


def tree_of(text: str) -> object:
    document = read_yaml(text, "example.yaml")
    assert document.problems == ()
    return document.root


def test_the_page_is_generated_from_the_models() -> None:
    assert page() == PAGE


def test_every_block_is_of_a_kind_that_is_read_below() -> None:
    kinds = {kind for kind, _ in BLOCKS}
    assert kinds == {
        "sequence", "window", "entry", "exits", "seasons", "step", "occasions", "calendar",
    }  # fmt: skip
    assert PAGE.count("```yaml") == len(BLOCKS)


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_every_example_is_read(kind: str, text: str) -> None:
    match kind:
        case "sequence":
            name = str(yaml.safe_load(text)["sequence"])
            assert read_sequence(text, f"{name}.yaml").occasions
        case "step":
            tree = tree_of(text)
            assert isinstance(tree, dict)
            (found,) = (model for key, model in step_kinds().items() if key in tree)
            assert found.model_validate(tree).id == tree["id"]
        case "occasions":
            indented = text.replace("\n", "\n  ").rstrip()
            whole = f"{HEAD}exits: {{on: 2030-12-31}}\noccasions:\n  {indented}\n"
            assert read_sequence(whole, "s.yaml", seasons=[SEASON]).occasions
        case "calendar":
            assert read_calendar(text, "calendar.yaml").quiet
        case "seasons":
            tree = tree_of(text)
            assert isinstance(tree, dict)
            assert all(SeasonText.model_validate(each) for each in tree.values())
        case _:
            model = {"window": WindowText, "entry": EntryText, "exits": ExitsText}[kind]
            assert model.model_validate(tree_of(text)).model_fields_set


@pytest.mark.parametrize("condition", [condition for condition, _ in CONDITIONS])
def test_every_condition_of_the_page_is_read(condition: str) -> None:
    assert str(read_condition(condition)) == condition


@pytest.mark.parametrize("written", [written for written, _ in ON])
def test_every_day_of_the_page_is_read(written: str) -> None:
    assert str(read_on(written, [SEASON]))


def test_the_schemas_beside_the_shipped_sequences_are_current() -> None:
    for name, schema in (
        ("sequence.schema.json", sequence_schema()),
        ("calendar.schema.json", calendar_schema()),
    ):
        assert json.loads((ROOT / "sequences" / name).read_text("utf-8")) == schema, name


SHIPPED = sorted(
    file for file in (ROOT / "sequences").glob("*.yaml") if file.name != "calendar.yaml"
)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_sequence_suits_the_schema(file: Path) -> None:
    tree = tree_of(file.read_text("utf-8"))
    assert faults(tree, sequence_schema()) == []


def test_the_shipped_calendar_suits_its_schema() -> None:
    file = ROOT / "sequences/calendar.yaml"
    tree = tree_of(file.read_text("utf-8")) if file.exists() else {}
    assert faults(tree, calendar_schema()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("why:", "wyh:"),
        ("email: a.md", "emial: a.md"),
        ("3 weeks", "three weeks"),
        ("id: a,", ""),
        ("steps:", "stpes:"),
        ("intent: greet", "intent: sell"),
    ],
)
def test_the_schema_refuses_what_the_language_refuses(old: str, new: str) -> None:
    text = HEAD + "steps:\n  - {id: a, email: a.md, intent: greet}\n  - {id: w, wait: 3 weeks}\n"
    assert faults(tree_of(text), sequence_schema()) == []
    broken = text.replace(old, new)
    assert broken != text
    assert faults(tree_of(broken), sequence_schema()) != []

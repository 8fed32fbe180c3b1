"""`nurture check`: what people, scripts and code hosts are told about sequences."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nurture.cli.root import nurture
from nurture.core.contact import Contact, Relationship
from nurture.errors import Place, Problem
from nurture.finding import sarif
from nurture.wiring.world import World
from tests.cli.conftest import Practice

GOOD = """\
sequence: good
why: you know us
entry: {who: client}
steps:
  - {id: a, email: a.md}
"""
BROKEN = GOOD.replace("good", "broken").replace("steps:", "stpes:")
POOR = GOOD.replace("good", "poor").replace("a.md", "poor.md")
MAIL = "---\nsubject: A thought\n---\nDear {{ given_name }},\n\na thought for {{ company }}.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sequences without settings, as seen from above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NURTURE_CONFIG", raising=False)
    (tmp_path / "sequences").mkdir()
    (tmp_path / "sequences/good.yaml").write_text(GOOD)
    (tmp_path / "sequences/a.md").write_text(MAIL)
    (tmp_path / "sequences/poor.md").write_text(MAIL.replace("a thought for", "just checking in,"))
    return tmp_path / "sequences"


def check(*words: str) -> Result:
    result = CliRunner().invoke(nurture, ["check", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_where_all_is_well_it_says_so(folder: Path) -> None:
    result = check()
    assert (result.exit_code, result.stdout) == (0, "nothing to say: all is well\n")


def test_advice_alone_is_a_finding(folder: Path) -> None:
    (folder / "poor.yaml").write_text(POOR)
    result = check()
    assert result.exit_code == 1
    told, summary = result.stdout.splitlines()
    assert told.startswith("sequences/poor.md:6:1: advice N202: 'just checking in' says nothing")
    assert summary == "errors: 0, advice: 1"


def test_what_cannot_be_used_is_an_error_beside_all_the_rest(folder: Path) -> None:
    (folder / "poor.yaml").write_text(POOR)
    (folder / "broken.yaml").write_text(BROKEN)
    result = check("sequences")
    assert result.exit_code == 2
    assert [line.split(": ")[:2] for line in result.stdout.splitlines()[:-1]] == [
        ["sequences/broken.yaml:1:1", "error N103"],
        ["sequences/broken.yaml:4:1", "error N102"],
        ["sequences/poor.md:6:1", "advice N202"],
    ]


def test_scripts_get_a_line_for_each(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    rows = [json.loads(line) for line in check("--json").stdout.splitlines()]
    assert rows[1] == {
        "file": "sequences/broken.yaml",
        "line": 4,
        "column": 1,
        "code": "N102",
        "level": "error",
        "message": "unknown key 'stpes'; did you mean 'steps'?",
    }


def test_code_hosts_get_sarif_with_every_rule_explained(folder: Path) -> None:
    (folder / "poor.yaml").write_text(POOR)
    log = json.loads(check("--sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert result["level"] == "note"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "sequences/poor.md"},
        "region": {"startLine": 6, "startColumn": 1},
    }
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert result["ruleId"] in rules
    assert all(rule["shortDescription"]["text"] for rule in rules.values())


def test_a_place_without_a_line_names_the_file_alone() -> None:
    log = json.loads(json.dumps(sarif([Problem("odd", Place("my file.yml"), "N100")], "1")))
    assert log["runs"][0]["results"][0]["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "my%20file.yml"}}}
    ]


def test_a_single_file_is_told_of_alone_and_of_its_mails(folder: Path) -> None:
    (folder / "poor.yaml").write_text(POOR)
    (folder / "broken.yaml").write_text(BROKEN)
    assert check("sequences/good.yaml").exit_code == 0
    assert check("sequences/a.md").exit_code == 0
    assert "N202" in check("sequences/poor.yaml").stdout
    assert "N202" in check("sequences/poor.md").stdout
    assert "N102" not in check("sequences/poor.yaml").stdout


def test_a_mail_that_has_a_hole_for_everybody_is_an_error(folder: Path) -> None:
    (folder / "a.md").write_text(MAIL + "{% for each in interests %}{{ each.name }}{% endfor %}\n")
    result = check()
    assert result.exit_code == 2
    assert "sequences/a.md:7:1: error N119: each.name has no value" in result.stdout


def test_a_piece_of_the_library_is_read_too(folder: Path) -> None:
    (folder / "library").mkdir()
    (folder / "library/p.md").write_text("---\nsubject: x\n---\n{{ first_name }}\n")
    assert "sequences/library/p.md:4:4: error N113" in check().stdout
    (folder / "library/p.md").write_text("Without a subject.\n")
    assert "sequences/library/p.md:1:1: error N117" in check().stdout


def test_without_a_folder_it_says_what_to_name(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "elsewhere")
    result = check()
    assert result.exit_code == 2
    assert "there is no folder sequences" in result.stderr


def test_the_schemas_are_written_beside_the_files(folder: Path) -> None:
    assert check("--schema").stdout.splitlines() == [
        "sequences/sequence.schema.json", "sequences/calendar.schema.json",
    ]  # fmt: skip
    schema = json.loads((folder / "sequence.schema.json").read_text("utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_real_contact_who_could_get_a_mail_is_tried_on(practice: Practice) -> None:
    sequences = practice.folder / "sequences"
    for file in sequences.glob("*.yaml"):
        file.unlink()
    (sequences / "good.yaml").write_text(GOOD)
    (sequences / "a.md").write_text(MAIL)
    settings = practice.folder / "nurture.toml"
    settings.write_text(settings.read_text("utf-8").replace("Example Street 1", "Mill Lane 12"))

    async def act(world: World) -> None:
        people = [
            Contact("a@x.example", given_name="A", relationship=Relationship.CLIENT),
            Contact("b@x.example", given_name="B", relationship=Relationship.CLIENT),
            Contact("c@x.example", relationship=Relationship.LOST_PROSPECT),
            Contact("d@x.example", given_name="D", company="X", relationship=Relationship.CLIENT),
        ]
        await world.store.people.merge(people, world.clock.now())

    practice.before(act)
    result = practice.run("check")
    assert result.exit_code == 2
    (told, _) = result.stdout.splitlines()
    assert told.endswith("a.md:6:1: error N119: company is empty for a@x.example and 1 more")
    assert practice.run("check", "--no-people").exit_code == 0


def test_the_address_of_the_example_is_not_taken_for_an_address(practice: Practice) -> None:
    result = practice.run("check", "--no-people")
    assert result.exit_code == 2
    assert "'Example Street 1, 10115 Berlin, Germany' is no postal address of" in result.stdout

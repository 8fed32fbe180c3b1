"""README, ARCHITECTURE and CONTRIBUTING say what is so."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.diagram import TABLES, diagram

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(nurture/[\w/.]+)`", ARCHITECTURE))))
def test_every_room_and_file_that_architecture_names_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_room_stands_in_architecture() -> None:
    rooms = {
        path.name
        for path in (ROOT / "nurture").iterdir()
        if not path.name.startswith("_") and (path.is_dir() or path.suffix == ".py")
    }
    named = {
        Path(name).name
        for name in re.findall(r"^\| `(nurture/[\w/.]+)`", ARCHITECTURE, re.MULTILINE)
    }
    assert rooms - named - {"errors.py"} == set()


def test_the_state_diagrams_are_those_of_the_tables() -> None:
    drawn = ARCHITECTURE.partition("<!-- diagrams -->\n")[2].partition("<!-- /diagrams -->")[0]
    assert drawn.strip() == "\n\n".join(
        f"**{name}**\n\n{diagram(table)}" for name, table in TABLES.items()
    )


def public_classes() -> set[str]:
    return {
        node.name
        for path in (ROOT / "nurture/core").rglob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def test_every_public_class_of_core_stands_in_the_glossary() -> None:
    glossary = ARCHITECTURE.partition("## Glossary")[2].partition("\n## ")[0]
    words = set(re.findall(r"\w+", glossary))
    assert public_classes() - words == set()


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_link_into_the_repository_resolves(document: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_readme_is_short_and_names_every_promise() -> None:
    assert len(README.splitlines()) < 170
    assert {f"P{number}" for number in range(1, 11)} <= set(re.findall(r"\bP\d+\b", README))


def test_every_command_that_readme_shows_exists() -> None:
    from nurture.cli.root import COMMANDS

    shown = set(re.findall(r"^nurture (?:--\S+ \S+ )?([a-z-]+)", README, re.MULTILINE))
    assert shown
    assert shown <= set(COMMANDS)


def test_every_module_says_in_one_sentence_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "nurture").rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_file_names_a_registry_or_a_path_of_the_machine_it_was_written_on() -> None:
    forbidden = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/root/|/work/")
    listing = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    found = [
        name
        for name in names
        if name
        and (path := ROOT / name).is_file()
        and path != Path(__file__)
        and path.suffix not in {".eml", ".mbox"}
        and forbidden.search(path.read_text("utf-8", "replace"))
    ]
    assert found == []

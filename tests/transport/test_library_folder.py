"""The files of the library: what is read of a piece, and what is wrong with it, and where."""

from datetime import date
from pathlib import Path

import pytest

from nurture.core.sequence import Intent
from nurture.document.piece_text import piece_of
from nurture.transport.sequence_folder import Folder, load_folder

FULL = """---
title: On tea
topics: [tea, kitchens]
audience: [former clients, vip]
language: en
intent: give
source: https://example.org/tea
attachment: files/tea.pdf
author: Zoe Novak
published: 2026-01-31
expires: 2027-01-31
evergreen: no
---
Dear {{ given_name }},

{{ note }}

See [more](https://example.org/more), and {{ custom.pot }}. Warm the *pot*.
"""


def library(folder: Path, **files: str) -> Folder:
    (folder / "library").mkdir(exist_ok=True)
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files/tea.pdf").write_bytes(b"%PDF-1.4 tea")
    for name, text in files.items():
        (folder / "library" / name.replace("_", ".")).write_text(text, "utf-8")
    return load_folder(folder)


def complaints(found: Folder) -> list[str]:
    return [f"{each.place} {each.code} {each.message}" for each in found.problems]


def test_everything_above_a_piece_is_read(tmp_path: Path) -> None:
    found = library(tmp_path, tea_md=FULL)
    assert found.problems == ()
    piece = piece_of("library/tea.md", found.templates["library/tea.md"])
    assert (piece.title, piece.topics, piece.language) == ("On tea", ("tea", "kitchens"), "en")
    assert (piece.audience, piece.intent) == (("former clients", "vip"), Intent.GIVE)
    assert (piece.published, piece.expires) == (date(2026, 1, 31), date(2027, 1, 31))
    assert (piece.author, piece.source) == ("Zoe Novak", "https://example.org/tea")
    assert (piece.attachment, piece.evergreen, piece.greets) == ("files/tea.pdf", False, True)
    assert piece.text == "Dear , See [more]( and . Warm the *pot*."
    assert [*found.attachments] == ["files/tea.pdf"]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("topics:", "topic:", "3:1 N112 unknown key 'topic': did you mean 'topics'?"),
        ("intent: give", "intent: sell", "6:9 N104 'intent' is one of give, ask, greet or close"),
        (
            "former clients",
            "former cleints",
            "4:11 N104 no relationship is called 'former cleints'",
        ),
        ("files/tea.pdf", "files/te.pdf", "8:13 N111 it sends 'files/te.pdf', which is not there"),
        ("files/tea.pdf", "../tea.pdf", "8:13 N111 it sends '../tea.pdf', which lies outside"),
        ("https://example.org/tea", "tea.html", "7:1 N112 'source' is an address like"),
        ("2026-01-31", "31.1.2026", "10:1 N112 'published' is a day like 2027-03-31"),
        ("evergreen: no", "evergreen: maybe", "12:1 N112 'evergreen' is yes or no, not 'maybe'"),
        ("See [more]", "![pot](files/pot.png) [more]", "18:8 N111 it sends 'files/pot.png'"),
        ("{{ custom.pot }}", "{{ given_nmae }}", "18:46 N113 'given_nmae' is not known"),
    ],
)
def test_what_is_wrong_is_shown_at_its_place_and_not_sent(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    found = library(tmp_path, tea_md=FULL.replace(written, instead))
    (words,) = complaints(found)
    assert words.startswith(f"{tmp_path}/library/tea.md:{said}")
    assert found.templates == {}


def test_the_thesaurus_is_read(tmp_path: Path) -> None:
    found = library(tmp_path, topics_yaml="tea: [chai, Tee]\nkitchens: Küche\n")
    assert found.thesaurus is not None
    assert found.thesaurus.entries == {"tea": ("chai", "Tee"), "kitchens": ("Küche",)}
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [("- tea\n", "topics.yaml:1:1"), ("tea: 3\n", "topics.yaml:1:6"), ("a: [b, [c]]", "1:4")],
)
def test_a_thesaurus_that_cannot_be_read_is_shown_and_left_out(
    tmp_path: Path, text: str, said: str
) -> None:
    found = library(tmp_path, topics_yaml=text)
    (words,) = complaints(found)
    assert said in words
    assert "N104" in words
    assert found.thesaurus is None

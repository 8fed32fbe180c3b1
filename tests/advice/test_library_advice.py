"""What a friend would say about a library, each at its place, and silence where all is well."""

from datetime import date

import pytest

from nurture.advice import Stock, advise
from nurture.core.account import Limits
from nurture.core.library import Thesaurus
from nurture.definition import Beside, define
from nurture.mail.write.template import parse_template

HEAD = "sequence: s\nwhy: you know us\nsteps:\n  - {id: a, content: [tea]}\n"
PIECE = (
    "---\ntitle: On tea\ntopics: [tea]\nlanguage: en\nexpires: 2027-01-01\n---\n"
    "Dear {{ given_name }},\n\nsee [more](https://example.org/tea).\n"
)


def said(
    text: str, sequence: str = HEAD, interests: tuple[str, ...] = (), **entries: str
) -> list[str]:
    pieces = {"library/tea.md": parse_template(text, "library/tea.md")}
    definitions = {"s": define(sequence, "s.yaml", Beside({}))}
    known = Thesaurus({topic: (word,) for topic, word in entries.items()})
    stock = Stock(pieces, known, definitions, date(2026, 5, 6), frozenset(interests))
    found = advise(definitions, {}, Limits(), stock)
    return [f"{each.place} {each.code} {each.message}" for each in found]


def test_a_library_in_order_is_left_alone() -> None:
    assert said(PIECE) == []


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("2027-01-01", "2026-05-05", "library/tea.md:5:10 N211 expired on 2026-05-05"),
        ("topics: [tea]", "topics: [tea, harbuor]", "library/tea.md:3:9 N212 no step, contact or"),
        ("language: en\n", "", "library/tea.md:3:9 N213 says no language"),
        ("https://example.org/tea", "files/tea.pdf", "library/tea.md:9:12 N214 'files/tea.pdf'"),
        ("topics: [tea]", "topics: [rye]", "s.yaml:4:22 N215 no piece is about tea"),
        ("given_name", "company", "library/tea.md:7:1 N216 calls nobody by name"),
    ],
)
def test_what_could_be_better_is_told_at_its_place(written: str, instead: str, told: str) -> None:
    assert any(each.startswith(told) for each in said(PIECE.replace(written, instead)))


def test_an_expired_piece_does_not_serve_a_step() -> None:
    found = said(PIECE.replace("2027-01-01", "2026-01-01"))
    assert [each.split()[1] for each in found] == ["N211", "N215"]


def test_a_topic_that_somebody_cares_for_leads_somewhere() -> None:
    odd = PIECE.replace("[tea]", "[tea, rowing]")
    assert said(odd)
    assert said(odd, interests=("Rowing",)) == []
    assert said(odd, rowing="boats") == []


def test_a_slip_in_a_topic_is_answered_with_the_nearest() -> None:
    (told,) = said(PIECE.replace("[tea]", "[tea, harbuor]"), harbour="ships")
    assert told.endswith("did you mean 'harbour'?")


def test_a_note_that_greets_speaks_for_a_piece_that_does_not() -> None:
    bare = PIECE.replace("given_name", "company")
    noted = HEAD.replace("[tea]}", '[tea], note: "Dear {{ given_name }}, look:"}')
    assert said(bare, noted) == []

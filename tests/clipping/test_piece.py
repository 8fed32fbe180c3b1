"""What comes from elsewhere stays words: no template, no markup, no line on top of its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.clipping.address import plain_url
from nurture.clipping.piece import NOBODY, Clipping, file_name, own_text, piece_text
from nurture.clipping.words import one_line
from nurture.core.contact import Contact, Relationship
from nurture.core.library.piece import Piece
from nurture.document.piece_text import piece_of, piece_problems
from nurture.document.template_text import read_template
from nurture.mail.write.markdown import read

FOUND = Clipping(
    title="Five invoices: and one hour",
    url="https://blog.example/five",
    excerpt="Take the five oldest. Write down three things.",
    author='Ada "the pen" Brandt',
    language="en",
    topics=("cash flow", "tax"),
    published=datetime(2026, 2, 23, tzinfo=UTC),
)
FILE = "library/found.md"


def piece(found: Clipping, *, is_ready: bool = True) -> Piece:
    text = piece_text(found, is_ready=is_ready)
    assert [*piece_problems(text, FILE)] == []
    return piece_of(FILE, read_template(text, FILE))


def test_all_that_is_known_of_it_stands_on_top() -> None:
    made = piece(FOUND)
    assert (made.title, made.topics, made.language) == (FOUND.title, FOUND.topics, "en")
    assert (made.source, made.author) == (FOUND.url, FOUND.author)
    assert made.published == datetime(2026, 2, 23, tzinfo=UTC).date()
    assert made.audience == ()


def test_a_piece_that_is_not_ready_suits_nobody() -> None:
    made = piece(FOUND, is_ready=False)
    assert made.audience == (NOBODY,)
    for relationship in Relationship:
        assert not made.is_for(Contact("a@b.example", relationship=relationship, tags=("vip",)))


@pytest.mark.parametrize("language", ["en", "de", "fr", "pl", ""])
def test_it_is_written_in_its_language_or_in_english(language: str) -> None:
    made = piece(Clipping("Titel", url="https://b.example/a", language=language))
    assert made.greets
    assert ("Mit freundlichen" in made.text) == (language == "de")


HOSTILE = [
    "{{ owner.postal_address }}", "{% for x in y %}", "{# gone #}", "![x](attachments/secret.png)",
    "[click](https://evil.example)", "<https://evil.example>", "a\n---\nb", "# Big", "1. one",
    "`x`", "*bold* _thin_", "&lt;b&gt;", 'quote " and \\ slash', "key: value", "- item", "~~~",
    "10) ten", "=== x", "+ more",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    line = one_line(words, is_html=False)
    made = piece(Clipping(line, "https://b.example/a", line, line))
    body = read_template(piece_text(Clipping("T", "", line, line), is_ready=True), FILE).front.body
    shown = read(body)
    assert shown.pictures == ()
    assert "evil.example" not in "".join(part for part in shown.html.split('"') if "href" in part)
    assert line.translate(str.maketrans("{}", "()")) in " ".join(shown.text.split())
    assert made.source == "https://b.example/a"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_whatever_was_found_makes_a_piece(title: str, excerpt: str, author: str) -> None:
    plain = [one_line(each, is_html=False) for each in (title, excerpt, author)]
    made = piece(Clipping(plain[0] or "T", "https://b.example/a", *plain[1:], topics=("tax",)))
    assert (made.topics, made.source) == (("tax",), "https://b.example/a")


@given(st.text(max_size=40).map(lambda path: f"https://b.example/{path}"))
def test_a_url_that_passes_is_no_template(url: str) -> None:
    plain = plain_url(url)
    assert "{" not in plain
    if plain:
        assert piece(Clipping("T", plain)).source == plain


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A title #\n\nWords.\n", "A title", "Words."),
        ("Words.\n\n# No title", "my notes", "Words.\n\n# No title"),
        ("\ufeff# T\nWords", "T", "Words"),
        ("---\ntitle: T\n---\nWords\n", "", "---\ntitle: T\n---\nWords\n"),
    ],
)
def test_a_text_of_the_owners_keeps_its_words(text: str, title: str, body: str) -> None:
    assert own_text(text, "my-notes") == (title, body)


@pytest.mark.parametrize(
    ("title", "name"),
    [("Zwei Schlüssel!", "zwei-schluessel"), ("Größe", "groesse"),
     ("../../etc/passwd", "etc-passwd"),
     ("東京", "piece"), ("x" * 99, "x" * 50), ("", "piece"), (".hidden", "hidden")],
)  # fmt: skip
def test_a_name_is_short_and_plain(title: str, name: str) -> None:
    assert file_name(title) == name

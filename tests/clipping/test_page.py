"""A page says what it is, and not more than it may."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.clipping.page import Reading, read_page

NOW = datetime(2026, 3, 2, tzinfo=UTC)
URL = "https://www.blog.example/five?utm_source=x"
PAGE = """<!doctype html><html lang="de-AT"><head><title>Five invoices - My blog</title>
<meta property="og:title" content="Five invoices &amp; one hour"><meta name="author" content="Ada">
<meta property="article:published_time" content="2026-02-23T10:00:00Z">
<link rel="canonical" href="https://blog.example/five">
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>
<nav><p>This is the navigation, which is long enough to be mistaken for a paragraph.</p></nav>
<script>document.write("<p>Not this one either, however long it may be: it is a script.</p>")
</script><h1>Five</h1><p>Short.</p>
<p>Take the five oldest invoices that nobody has paid yet, and <b>write down</b> three things.
<p>Most late money is not refused. It lies on a desk, waiting for an answer to a question.</p>
</body></html>"""


def read(text: str = PAGE, url: str = URL) -> Reading:
    return read_page(text.encode(), url, "utf-8", NOW)


def test_a_page_gives_title_words_author_day_and_language() -> None:
    page = read()
    assert (page.title, page.author, page.language) == ("Five invoices & one hour", "Ada", "de")
    assert page.published == datetime(2026, 2, 23, 10, tzinfo=UTC)
    assert page.url == "https://blog.example/five"
    assert page.text == (
        "Take the five oldest invoices that nobody has paid yet, and write down three things. Most "
        "late money is not refused. It lies on a desk, waiting for an answer to a question."
    )
    assert page.feeds == ("https://www.blog.example/feed.xml",)


def test_a_page_does_not_speak_for_another_host() -> None:
    page = read(PAGE.replace("https://blog.example/five", "https://evil.example/"))
    assert page.url == "https://www.blog.example/five"


def test_a_page_without_paragraphs_gives_its_description() -> None:
    page = read('<title>A</title><meta name="description" content="In short.">')
    assert (page.title, page.text) == ("A", "In short.")


@pytest.mark.parametrize("text", ["", "words", "<html><body><p>x</p></body></html>"])
def test_what_has_no_title_is_no_page(text: str) -> None:
    with pytest.raises(ValueError, match="no title"):
        read(text)


@pytest.mark.parametrize(
    "hostile",
    ["<a ", "<!--", "</", "<a b='", "&#", "<![", "<p>", "<nav>", "<script></", "<title>",
     "<svg></nav>", "<meta a=", "<meta content='x' ", "<link rel=alternate "],
)  # fmt: skip
def test_a_page_made_to_take_for_ever_is_read_at_once(hostile: str) -> None:
    """Half a megabyte of any of them kept the parser of the standard library busy for minutes."""
    assert read("<title>t</title>" + hostile * (500_000 // len(hostile))).title == "t"


def test_what_stands_in_comments_and_scripts_is_no_word_of_the_page() -> None:
    page = read(f"<!-- <title>no</title> --><title>yes</title><script></p><p>{'x ' * 50}</script>")
    assert (page.title, page.text) == ("yes", "")


@given(st.text(alphabet="<>/!-= \"'&;abptitle", max_size=200))
def test_whatever_comes_has_a_title_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        assert read(text).title

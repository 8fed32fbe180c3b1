"""Feeds of every kind become plain items; a hostile one is refused in words and read no further."""

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.clipping.feed import Feed, read_feed

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOME = "https://blog.example/feed.xml"
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
  <title>Notes &amp; figures</title>
  <atom:link href="https://blog.example/feed.xml" rel="self"/>
  <link>https://blog.example/</link>
  <language>en-GB</language>
  <item>
    <title>&lt;b&gt;Five&lt;/b&gt; invoices</title>
    <link>/five?utm_source=rss&amp;page=2#top</link>
    <description><![CDATA[<p>Take the <em>oldest</em>.</p><script>alert(1)</script>]]></description>
    <dc:creator>Ada Brandt</dc:creator>
    <pubDate>Mon, 23 Feb 2026 10:00:00 EST</pubDate>
  </item>
  <item><title>No link</title></item>
  <item><title>By its guid</title><guid>https://blog.example/guid</guid></item>
  <item><title>By no guid</title><guid isPermaLink="false">https://blog.example/no</guid></item>
</channel></rss>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://blog.example/"><title>Old but good</title></channel>
  <item rdf:about="https://blog.example/a"><title>A</title><link>https://blog.example/a</link>
    <dc:date>2026-02-23T10:00+01:00</dc:date></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://blog.example/x/">
  <title type="html">Wort &amp;amp; Zahl</title><author><name>Ada</name></author>
  <entry><title>Eins</title><link rel="edit" href="edit"/><link href="eins"/>
    <updated>2026-02-23T10:00:00.1234567Z</updated><summary>a &lt; b</summary></entry>
  <entry xml:lang="fr"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">D<i>eux</i>
    </div></title><link rel="alternate" href="/deux"/><content type="html">&lt;p&gt;Un.</content>
    <author><name>Zoë</name></author></entry></feed>"""


def read(text: str | bytes, charset: str = "") -> Feed:
    return read_feed(text.encode() if isinstance(text, str) else text, HOME, charset, NOW)


def test_rss_gives_plain_words_whole_links_and_instants() -> None:
    feed = read(RSS)
    assert (feed.title, feed.skipped) == ("Notes & figures", 2)
    first, second = feed.items
    assert first.url == "https://blog.example/five?page=2"
    assert (first.title, first.summary) == ("Five invoices", "Take the oldest.")
    assert (first.author, first.language) == ("Ada Brandt", "en")
    assert first.published == datetime(2026, 2, 23, 15, tzinfo=UTC)
    assert second.url == "https://blog.example/guid"


def test_the_older_rss_keeps_its_items_beside_the_channel() -> None:
    feed = read(RDF)
    assert feed.title == "Old but good"
    (item,) = feed.items
    assert (item.url, item.title) == ("https://blog.example/a", "A")
    assert item.published == datetime(2026, 2, 23, 9, tzinfo=UTC)


def test_atom_gives_the_alternate_link_by_its_base_and_texts_of_each_type() -> None:
    feed = read(ATOM)
    assert feed.title == "Wort & Zahl"
    eins, deux = feed.items
    assert (eins.url, eins.summary) == ("https://blog.example/x/eins", "a < b")
    assert (eins.author, eins.language) == ("Ada", "de")
    assert eins.published == datetime(2026, 2, 23, 10, 0, 0, 123456, tzinfo=UTC)
    assert (deux.url, deux.title) == ("https://blog.example/deux", "D eux")
    assert (deux.author, deux.language, deux.summary) == ("Zoë", "fr", "Un.")


def test_a_url_is_one_item_however_often_it_is_named() -> None:
    item = "<item><title>A</title><link>https://b.example/a#{}</link></item>"
    text = "".join(item.format(number) for number in range(5))
    assert len(read(f"<rss><channel>{text}</channel></rss>").items) == 1


def test_a_feed_of_thousands_is_read_to_two_hundred() -> None:
    items = "".join(f"<item><title>{n}</title><link>/{n}</link></item>" for n in range(5000))
    assert len(read(f"<rss><channel>{items}</channel></rss>").items) == 200


SWELLING = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
BOMB = f'<!DOCTYPE r [<!ENTITY a "lol">{SWELLING}]><rss><channel><title>&j;</title></channel></rss>'
FILE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "document type"),
        (FILE, "document type"),
        ('<!DOCTYPE rss SYSTEM "https://evil.example/x.dtd"><rss/>', "document type"),
        ("<rss><channel><title>&nbsp;</title></channel></rss>", "undefined entity in line 1"),
        ("<rss><channel>", "no element found in line 1"),
        ("", "no element"),
        ("<html><head></head></html>", "it begins with <html>"),
        ("{}", "no XML"),
        ("<a>" * 200, "more than 100 deep"),
        ("<rss>" + "<a/>" * 60_000 + "</rss>", "more than 50,000 elements"),
        ("<rss " + " ".join(f"a{n}=''" for n in range(60_000)) + "/>", "no end"),
        ("<rss>\x00</rss>", "no XML"),
        ('<?xml version="1.0" encoding="utf-8"?><rss>ä</rss>'.encode("latin-1"), "not in utf-8"),
        (b"\xff\xfe\x00\xd8", "not in utf-16"),
        ('<?xml version="1.0" encoding="zlib"?><rss/>', "'zlib' is none"),
        ('<?xml version="1.0" encoding="idna"?><rss/>', "'idna' is none"),
        ('<?xml version="1.0" encoding="no-such"?><rss/>', "'no-such' is none"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_feed_is_refused_in_words(text: str | bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text)


def test_a_bomb_costs_no_more_than_it_weighs() -> None:
    tracemalloc.start()
    with pytest.raises(ValueError, match="document type"):
        read(BOMB)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (RSS.replace("Ada", "Zoë").encode("latin-1"), "iso-8859-1"),
        (RSS.replace('"1.0"?', '"1.0" encoding="ISO-8859-1"?').replace("Ada", "Zoë")
         .encode("latin-1"), ""),
        (RSS.replace("Ada", "Zoë").encode("utf-16"), "iso-8859-1"),
        (RSS.replace('"1.0"?', '"1.0" encoding="ISO-8859-1"?').replace("Ada", "Zoë").encode(),
         "utf-8"),
    ],
    ids=["by the server", "by itself", "by its mark", "the server over itself"],
)  # fmt: skip
def test_a_charset_is_taken_at_its_word(raw: bytes, charset: str) -> None:
    assert read(raw, charset).items[0].author == "Zoë Brandt"


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "http://me:word@b.example/", "mailto:a@b.example",
     "http://b.example/a b", f"http://b.example/{'x' * 2000}", "http://[", "http://b.example:x/"],
)  # fmt: skip
def test_a_link_that_no_reader_should_follow_is_no_item(link: str) -> None:
    feed = read(f"<rss><channel><item><title>A</title><link>{link}</link></item></channel></rss>")
    assert (feed.items, feed.skipped) == ((), 1)


def test_signs_that_turn_or_hide_text_are_left_out() -> None:
    item = "<item><title>a\u202eb\u200bc\u0085d</title><link>/a</link></item>"
    (found,) = read(f"<rss><channel>{item}</channel></rss>").items
    assert found.title == "a b c d"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_a_feed_or_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="it "):
        read(raw)


@given(st.integers(0, len(ATOM) - 1), st.text(max_size=5))
def test_a_feed_that_was_damaged_somewhere_breaks_nothing(at: int, wrong: str) -> None:
    for whole in (RSS, ATOM):
        with suppress(ValueError):
            damaged = read(whole[:at] + wrong + whole[at + len(wrong) :])
            assert all(item.url and item.title for item in damaged.items)

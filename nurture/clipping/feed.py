"""A feed in RSS 2.0, RSS 1.0 or Atom as items to choose from."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from nurture.clipping.address import plain_url
from nurture.clipping.charset import text_of
from nurture.clipping.instant import read_instant
from nurture.clipping.words import excerpt, language_of, one_line
from nurture.clipping.xml_tree import Element, read_xml
from nurture.value import frozen

_ATOM: Final = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_RSS: Final = ("", "http://purl.org/rss/1.0/", "http://backend.userland.com/rss2")
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
_MOST_ITEMS: Final = 200


@frozen
class Item:
    """Something that a feed names; `url` is where it stands, and what it is known by."""

    url: str
    title: str
    summary: str = ""
    author: str = ""
    published: datetime | None = None
    language: str = ""


@frozen
class Feed:
    """A feed; `skipped` counts items without a title or without a link that can be followed."""

    title: str
    items: tuple[Item, ...]
    skipped: int = 0


def read_feed(raw: bytes, url: str, charset: str, now: datetime) -> Feed:
    """The feed found at this URL; raises ValueError with words where it is none that can be used.

    At most two hundred items are read, each URL once.  A date that cannot be true is left out.
    """
    root = read_xml(text_of(raw, charset))
    if root.name == "feed" and root.space in _ATOM:
        title, found = _title(root), [*_atom_items(root, url, now)]
    elif (root.name == "rss" and root.space in _RSS) or (root.name, root.space) == ("RDF", _RDF):
        channel = next(root.all("channel", *_RSS), root)
        title, found = _text(channel, "title", *_RSS), [*_rss_items(root, channel, url, now)]
    else:
        raise ValueError(f"it is no feed: it begins with <{root.name[:40]}>")
    usable = {each.url: each for each in reversed(found) if each.url and each.title}
    items = tuple(each for each in found if usable.get(each.url) is each)
    skipped = sum(not (each.url and each.title) for each in found)
    return Feed(one_line(title) or url, items, skipped)


def _rss_items(root: Element, channel: Element, base: str, now: datetime) -> Iterator[Item]:
    language = _text(channel, "language", *_RSS) or _text(channel, "language", _DC)
    written = [*channel.all("item", *_RSS), *root.all("item", *_RSS)]
    for item in islice(written, _MOST_ITEMS):
        guid = next(item.all("guid", *_RSS), None)
        is_link = guid is not None and guid.attributes.get("isPermaLink", "true") == "true"
        link = _text(item, "link", *_RSS) or (guid.text() if guid and is_link else "")
        at = _text(item, "pubDate", *_RSS) or _text(item, "date", _DC)
        yield Item(
            url=plain_url(link, base) if link else "",
            title=one_line(_text(item, "title", *_RSS)),
            summary=excerpt(_text(item, "description", *_RSS) or _text(item, "encoded", _CONTENT)),
            author=one_line(_text(item, "creator", _DC) or _text(item, "author", *_RSS)),
            published=read_instant(at, now),
            language=language_of(_text(item, "language", _DC) or language),
        )


def _atom_items(root: Element, url: str, now: datetime) -> Iterator[Item]:
    home = plain_url(root.xml("base"), url) or url
    for entry in islice(root.all("entry", *_ATOM), _MOST_ITEMS):
        base = plain_url(entry.xml("base"), home) or home
        told = _first(entry, ("summary", "content"))
        at = [_text(entry, name, *_ATOM) for name in ("published", "issued", "updated", "modified")]
        yield Item(
            url=_atom_link(entry, base),
            title=_title(entry),
            summary=excerpt(_worded(told), is_html=_is_html(told)) if told else "",
            author=_author(entry) or _author(root),
            published=next(filter(None, (read_instant(each, now) for each in at)), None),
            language=language_of(entry.xml("lang") or root.xml("lang")),
        )


def _atom_link(entry: Element, base: str) -> str:
    """RFC 4287 4.2.7.2: without a relation it is the alternate."""
    for link in entry.all("link", *_ATOM):
        if link.attributes.get("rel", "alternate") == "alternate":
            return plain_url(link.attributes.get("href", ""), base)
    return ""


def _author(element: Element) -> str:
    person = next(element.all("author", *_ATOM), None)
    return one_line(_text(person, "name", *_ATOM), is_html=False) if person else ""


def _title(element: Element) -> str:
    title = next(element.all("title", *_ATOM), None)
    return one_line(_worded(title), is_html=_is_html(title)) if title else ""


def _is_html(element: Element) -> bool:
    kind = element.attributes.get("type", "text")
    return kind in {"html", "text/html"}


def _worded(element: Element) -> str:
    return element.deep_text() if element.children else element.text()


def _first(element: Element, names: Iterable[str]) -> Element | None:
    found = (each for name in names for each in element.all(name, *_ATOM))
    return next((each for each in found if _worded(each)), None)


def _text(element: Element, name: str, *spaces: str) -> str:
    return next((text for each in element.all(name, *spaces) if (text := each.text())), "")

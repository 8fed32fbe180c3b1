"""A page of the web as what it says of itself, and the beginning of what can be read on it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from nurture.clipping.address import plain_url
from nurture.clipping.charset import text_of
from nurture.clipping.instant import read_instant
from nurture.clipping.words import excerpt, language_of, one_line
from nurture.value import frozen

_MOST: Final = 512 * 1024  # characters; what a page says of itself stands at its head
_SILENT: Final = frozenset({
    "script", "style", "template", "svg", "noscript", "nav", "header", "footer", "aside", "form",
    "figure", "button", "select", "iframe",
})  # fmt: skip
_BLOCKS: Final = frozenset({"p", "li", "blockquote"})
_SHORTEST: Final = 60  # characters of a paragraph; less are captions and buttons
_ENOUGH: Final = 3000
_RAW: Final = frozenset({"script", "style", "noscript"})
_SPEAKING: Final = frozenset({"html", "meta", "link", "time"})
_MOST_ATTRIBUTED: Final = 200
_DEEPEST: Final = 50
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]{0,1500})>")
_ATTRIBUTE: Final = re.compile(
    r"""([a-zA-Z:-]{1,40})\s{0,5}=\s{0,5}("[^"]{0,1500}"|'[^']{0,1500}'|[^\s"']{1,1500})"""
)
_FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml"})


@frozen
class Reading:
    """A page; `feeds` are those that it names."""

    url: str
    title: str
    text: str = ""
    author: str = ""
    published: datetime | None = None
    language: str = ""
    feeds: tuple[str, ...] = ()


def read_page(raw: bytes, url: str, charset: str, now: datetime) -> Reading:
    """What the page found at this URL says; raises ValueError with words where it has no title.

    Its own word on its URL counts only within the host that it came from.
    """
    eye = _Eye()
    eye.read(_without_comments(text_of(raw, charset)[:_MOST]))
    said = eye.said
    title = said.get("og:title") or eye.title or said.get("h1", "")
    if not one_line(title, is_html=False):
        raise ValueError("it has no title: is it a page?")
    own = plain_url(said.get("canonical", "") or said.get("og:url", ""), url)
    told = " ".join(eye.paragraphs) or said.get("description") or said.get("og:description", "")
    at = said.get("article:published_time") or said.get("date", "")
    return Reading(
        url=own if own and _host(own) == _host(url) else plain_url(url),
        title=one_line(title, is_html=False),
        text=excerpt(told, is_html=False),
        author=one_line(said.get("author", ""), is_html=False),
        published=read_instant(at, now) if at else None,
        language=language_of(said.get("lang", "")),
        feeds=tuple(filter(None, (plain_url(each, url) for each in eye.feeds))),
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@dataclass(slots=True)
class _Kept:
    """What is being read now."""

    into: str
    parts: list[str] = field(default_factory=list)


def _without_comments(text: str) -> str:
    """What stands between comments; one that never ends hides the rest, as in a browser."""
    parts, at = [], 0
    while (begins := text.find("<!--", at)) >= 0:
        parts.append(text[at:begins])
        ends = text.find("-->", begins)
        if ends < 0:
            return "".join(parts)
        at = ends + 3
    return "".join([*parts, text[at:]])


class _Eye:
    """Reads on through whatever it meets: the first word on each thing counts.

    In time linear in the length, which the parser of the standard library does not promise: a tag
    never reaches beyond the next `<`, and few have their attributes read.
    """

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.title = ""
        self.paragraphs: list[str] = []
        self.feeds: list[str] = []
        self._kept: _Kept | None = None
        self._silent: list[str] = []
        self._length = 0
        self._attributed = 0

    def read(self, text: str) -> None:
        """All of it, once."""
        at = 0
        for tag in _TAG.finditer(text):
            self._hear(text[at : tag.start()])
            at = tag.end()
            name = tag[2].lower()
            if self._silent and self._silent[-1] in _RAW and not (tag[1] and name in _RAW):
                continue
            if tag[1]:
                self._close(name)
            else:
                self._open(name, tag[3])
        self._hear(text[at:])
        self._finish()

    def _open(self, tag: str, written: str) -> None:
        if tag in _SILENT:
            if len(self._silent) < _DEEPEST:
                self._silent.append(tag)
        elif tag in _SPEAKING:
            self._learn(tag, self._attributes(written))
        elif tag in _BLOCKS or tag in {"title", "h1"}:
            self._finish()
            self._kept = _Kept(tag)

    def _close(self, tag: str) -> None:
        if tag in _SILENT:
            while tag in self._silent and self._silent.pop() != tag:
                pass
        elif self._kept and tag == self._kept.into:
            self._finish()

    def _hear(self, data: str) -> None:
        if data and self._kept and not self._silent:
            self._kept.parts.append(data)

    def _attributes(self, written: str) -> dict[str, str]:
        self._attributed += 1
        if self._attributed > _MOST_ATTRIBUTED:
            return {}
        found = _ATTRIBUTE.finditer(written)
        return {each[1].lower(): unescape(each[2].strip("\"'")) for each in found}

    def _learn(self, tag: str, known: dict[str, str]) -> None:
        if tag == "html":
            self._say("lang", known.get("lang", ""))
        elif tag == "time":
            self._say("date", known.get("datetime", ""))
        elif tag == "link":
            self._link(known)
        else:
            name = (known.get("property") or known.get("name", "")).lower()
            self._say(name, known.get("content", ""))

    def _say(self, name: str, value: str) -> None:
        if value.strip():
            self.said.setdefault(name, value)

    def _link(self, known: dict[str, str]) -> None:
        relations = known.get("rel", "").lower().split()
        if "canonical" in relations:
            self._say("canonical", known.get("href", ""))
        if "alternate" in relations and known.get("type", "").lower() in _FEEDS:
            self.feeds.append(known.get("href", ""))

    def _finish(self) -> None:
        kept, self._kept = self._kept, None
        if kept is None:
            return
        words = " ".join(unescape("".join(kept.parts)).split())
        if kept.into == "title":
            self.title = self.title or words
        elif kept.into == "h1":
            self._say("h1", words)
        elif len(words) >= _SHORTEST and self._length < _ENOUGH:
            self.paragraphs.append(words)
            self._length += len(words)

"""HTML to the lines a reader would see, in linear time, with blockquotes as `> ` lines."""

import html
import re
from typing import Final

# Bounds of libraries.md E: nh3 is linear, but builds a tree; past these a plain strip serves.
_MAX_CHARS: Final = 256 * 1024
_MAX_TAGS: Final = 10_000
_MAX_ENTITIES: Final = 30_000
_MAX_DEPTH: Final = 20

_BLOCKS: Final = frozenset({
    "p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "blockquote", "section", "article", "header", "footer",
})  # fmt: skip
_KEPT: Final = _BLOCKS | {"br", "li", "td", "th", "hr"}
_HIDDEN: Final = {"script", "style", "title", "head", "template", "svg", "noscript"}
_PARAGRAPHS: Final = frozenset({"p", "blockquote", "table", "ul", "ol", "pre", "hr"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_PIECE: Final = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|([^<]+)")
_ANY_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_SPACES: Final = re.compile(r"[ \t\r\n\f\xa0]+")


def to_text(source: str) -> str:
    """The visible text of HTML; never raises, and takes time linear in the length.

    Text inside `blockquote` carries one `> ` per level, so that the rules for plain mail serve
    both. Attributes are dropped unread: nothing is loaded, no link is followed.
    """
    cut = source[:_MAX_CHARS].replace("\0", "")
    if cut.count("<") > _MAX_TAGS or cut.count("&") > _MAX_ENTITIES:
        return html.unescape(_ANY_TAG.sub(" ", cut))
    # Only here: it is large, and where all write plain text it is never asked.
    from nh3 import clean as cleaned

    clean = cleaned(cut, tags=set(_KEPT), attributes={}, clean_content_tags=_HIDDEN)
    return _Page().read(clean[:_MAX_CHARS])


class _Page:
    """Lines being built from a stream of tags and text."""

    __slots__ = ("_depth", "_line", "_lines")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0

    def read(self, clean: str) -> str:
        for closing, tag, text in _PIECE.findall(clean):
            if text:
                self._line.append(_SPACES.sub(" ", html.unescape(text)))
            else:
                self._turn(tag, closing=bool(closing))
        self._break()
        return "\n".join(self._lines).strip("\n")

    def _turn(self, tag: str, *, closing: bool) -> None:
        if tag == "br":
            self._break(forced=True)
        elif tag == "li":
            self._break()
            if not closing:
                self._line.append("- ")
        elif tag in {"td", "th"}:
            self._line.append(" ")
        elif tag in _PARAGRAPHS or tag in _HEADINGS:
            self._break()
            self._gap()
            if tag == "blockquote":
                self._depth = max(0, min(_MAX_DEPTH, self._depth + (-1 if closing else 1)))
        else:
            self._break()

    def _break(self, *, forced: bool = False) -> None:
        words = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if words or forced:
            self._lines.append("> " * self._depth + words)

    def _gap(self) -> None:
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append("> " * self._depth)

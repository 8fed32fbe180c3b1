"""Markdown read into the two parts of a mail: plain text that reads well, and minimal HTML."""

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from nurture.value import frozen

# A path below the sequences folder, and nothing that a mail program could fetch from elsewhere.
_PICTURE: Final = re.compile(
    r"(?:[\w -]+(?:\.[\w -]+)*/)*[\w -]+(?:\.[\w -]+)*\.(?:png|jpe?g|gif|webp)", re.IGNORECASE
)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})


@frozen
class Parts:
    """The same words twice: as plain text and as an HTML fragment.

    `pictures` are paths of files that the HTML shows by their `content_id`.
    """

    text: str
    html: str
    pictures: tuple[str, ...] = ()


def read(source: str, address: Callable[[str], str] = str) -> Parts:
    """Both parts of a CommonMark text; raw HTML stays visible text.

    A picture whose address is the path of an image file travels with the mail; any other, and
    every one in the plain text, becomes its words.  Nothing remote is ever referred to but by
    links a reader may follow; `address` has the last word on the address of each.
    """
    tokens = _MARKDOWN.parse(source)
    pictures: dict[str, None] = {}
    for token in tokens:
        if token.children:
            token.children = [_tamed(child, address, pictures) for child in token.children]
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Parts(_Plain().read(tokens), str(html).strip(), tuple(pictures))


def content_id(path: str) -> str:
    """By which name the HTML of a mail calls this file (RFC 2392); the same path, the same name."""
    return f"{blake2b(path.encode(), digest_size=10).hexdigest()}@picture"


def _tamed(token: Token, address: Callable[[str], str], pictures: dict[str, None]) -> Token:
    if token.type == "image":
        path = str(token.attrs.get("src", ""))
        # A path that differs from reader to reader has been looked at by nobody.
        if not _PICTURE.fullmatch(path) or address(path) != path:
            return Token("text", "", 0, content=token.content)
        pictures[path] = None
        token.attrs = {"src": f"cid:{content_id(path)}", "alt": ""}
    if token.type == "link_open":
        token.attrs = {"href": address(str(token.attrs.get("href", "")))}
    return token


class _Plain:
    """Lines being written from a stream of Markdown tokens."""

    __slots__ = ("_gap", "_lines", "_lists", "_margins", "_marker")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._margins: list[str] = []
        self._lists: list[int | None] = []
        self._marker = ""
        self._gap = False

    def read(self, tokens: Sequence[Token]) -> str:
        for token in tokens:
            match token.type:
                case "inline":
                    self._write(_inline(token.children or []))
                case "fence" | "code_block":
                    self._block("\n".join("    " + line for line in token.content.splitlines()))
                case "hr":
                    self._block("* * *")
                case _:
                    self._turn(token)
        return "\n".join(self._lines).strip("\n")

    def _turn(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._gap = True
            case "list_item_open":
                self._marker = self._next_marker()
                self._margins.append(" " * len(self._marker))
            case "blockquote_open":
                self._open_gap()
                self._margins.append("> ")
            case "list_item_close" | "blockquote_close":
                self._margins.pop()
                self._gap = self._gap or token.type == "blockquote_close"
            case "paragraph_close" | "heading_close":
                self._gap = self._gap or not token.hidden
            case _:
                pass

    def _next_marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _block(self, text: str) -> None:
        self._gap = True
        self._write(text)
        self._gap = True

    def _write(self, text: str) -> None:
        self._open_gap()
        for line in text.split("\n"):
            margin = "".join(self._margins)
            if self._marker:
                margin = margin[: -len(self._marker)] + self._marker
                self._marker = ""
            self._lines.append((margin + line).rstrip())

    def _open_gap(self) -> None:
        if self._gap and self._lines:
            outer = self._margins[:-1] if self._marker else self._margins
            self._lines.append("".join(outer).rstrip())
        self._gap = False


def _inline(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                out.append("\n")
            case "link_open":
                links.append((str(token.attrs["href"]), len(out)))
            case "link_close":
                address, start = links.pop()
                out[start:] = [_link("".join(out[start:]), address)]
            case _:
                out.append(token.content)
    return "".join(out)


def _link(words: str, address: str) -> str:
    bare = address.removeprefix("mailto:")
    return bare if words in (address, bare, "") else f"{words} ({bare})"

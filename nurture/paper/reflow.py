"""The words of a letter without the line ends of its file: what paper breaks anew."""

import re
from html.parser import HTMLParser
from typing import Final

_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_BLOCKS: Final = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ul", "ol"))


def reflowed(fragment: str) -> str:
    """The HTML that a template renders, as plain text: one line a paragraph.

    Only line ends that the writer asked for (Markdown's hard ones) are line ends.  Items begin with
    `- ` or their number, quotations with `> `; emphasis is dropped, a link shows its address.
    """
    page = _Page()
    page.feed(fragment)
    page.close()
    return page.text()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._line = ""
        self._lists: list[int | None] = []
        self._quotes = 0
        self._address = ""

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self._end_line()
        elif tag in {"ul", "ol"}:
            self._gap()
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._end_line()
            self._line = self._marker()
        elif tag == "blockquote":
            self._gap()
            self._quotes += 1
        elif tag == "a":
            self._address = (given.get("href") or "").removeprefix("mailto:")
        elif tag in _BLOCKS and not self._lists:
            self._gap()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._end_line()
            self._lists.pop()
        elif tag == "blockquote":
            self._end_line()
            self._quotes -= 1
        elif tag == "a":
            self._line += "" if self._line.endswith(self._address) else f" ({self._address})"
        if tag in {"ul", "ol", "blockquote"} or (tag in _BLOCKS and not self._lists):
            self._gap()

    def handle_data(self, data: str) -> None:
        words = _BLANKS.sub(" ", data)
        at_start = not self._line or self._line.endswith(" ")
        self._line += words.lstrip(" ") if at_start else words

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _end_line(self) -> None:
        if self._line.strip():
            self._lines.append("> " * self._quotes + self._line.strip())
        self._line = ""

    def _gap(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1]:
            self._lines.append("")

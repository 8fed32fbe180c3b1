"""A mail whose Markdown is read before its values are known: its words, with gaps for them."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final

from nurture.mail.write.markdown import read
from nurture.mail.write.quoted import around_gaps, in_gaps
from nurture.value import frozen

# T: among words, U: inside the address of a link, S: at its very start.
SLOTS: Final = re.compile(r"xQ7([TUS])(\d+)Qx")
"""What stands for a value: its kind, and the number under which it was printed."""

_Chosen = Callable[[Sequence[str]], Sequence[str]]


@frozen
class Gaps:
    """A text with gaps: what is the same for everybody, with an empty place for each gap between.

    `quoted` is the same in quoted-printable, or empty; `chosen` takes what fills the gaps.
    """

    literals: tuple[str, ...]
    quoted: tuple[str, ...]
    chosen: _Chosen

    def filled(self, contents: Sequence[str]) -> str:
        """The text with these in its gaps."""
        return self._filled(self.literals, contents)

    def filled_quoted(self, contents: Sequence[str]) -> str:
        """The same in quoted-printable, of contents that are; empty where it has none."""
        return self._filled(self.quoted, contents) if self.quoted else ""

    def _filled(self, literals: tuple[str, ...], contents: Sequence[str]) -> str:
        out = list(literals)
        out[1::2] = self.chosen(contents)
        return "".join(out)


@frozen
class Shape:
    """Both parts with gaps for what is printed and, numbered behind it, for `links`.

    Each of those is a printed value as part of an address, and whether it begins it.
    """

    text: Gaps
    html: Gaps
    links: tuple[tuple[int, bool], ...]
    pictures: tuple[str, ...]

    def quoted(self, printed: list[str], escaped: list[str]) -> tuple[str, str]:
        """Both parts in quoted-printable; empty where that has to be looked at line by line."""
        try:
            words = in_gaps(printed)
            rich = words if escaped is printed else in_gaps(escaped)
        except UnicodeEncodeError:  # half a character, which is refused as the whole text is
            return "", ""
        return self.text.filled_quoted(words), self.html.filled_quoted(rich)


def shape_of(source: str) -> Shape:
    """The shape of a Markdown text in which slots stand for the values."""
    parts = read(source.strip("\n"), _address)
    links: dict[tuple[int, bool], int] = {}
    printed = len(SLOTS.findall(source))
    text, rich = (_gaps(each, links, printed) for each in (parts.text, parts.html))
    return Shape(text, rich, tuple(links), parts.pictures)


def _address(written: str) -> str:
    """A link's address with its slots told apart from those among words."""
    return SLOTS.sub(lambda slot: f"xQ7{'U' if slot.start() else 'S'}{slot[2]}Qx", written)


def _gaps(text: str, links: dict[tuple[int, bool], int], printed: int) -> Gaps:
    """Where the slots are; a link that is not among `links` yet is added with its number."""
    cut = SLOTS.split(text)
    numbers = [
        int(number)
        if kind == "T"
        else links.setdefault((int(number), kind == "S"), printed + len(links))
        for kind, number in zip(cut[1::3], cut[2::3], strict=True)
    ]
    return Gaps(_spaced(cut[::3]), _spaced(around_gaps(cut[::3])), _chooser(numbers))


def _spaced(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces with an empty one between each two."""
    return tuple(each for piece in pieces for each in (piece, ""))[:-1]


def _chooser(numbers: list[int]) -> _Chosen:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda contents: [contents[number] for number in numbers]

"""A mail whose Markdown is read before its values are known: its words, with gaps for them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import field
from itertools import count
from operator import itemgetter
from typing import Final

from nurture.mail.write.compose import part_head
from nurture.mail.write.markdown import read
from nurture.mail.write.quoted import around_gaps
from nurture.mail.write.template_language import BREAK, SLOT
from nurture.value import frozen

# T: among words, U: inside the address of a link, S: at its very start.
_SLOTS: Final = re.compile(r"xQ7([TUS])(\d+)Qx")
OURS: Final = re.compile(r"xQ7[TUS]\d*Qx")
"""What no template may say: it stands for a value, under the number by which it was printed."""

_FOOTERS: Final = 16  # with which a part is kept at a time
_ESCAPED: Final = 6  # characters at most of HTML for one that is printed
_Chosen = Callable[[Sequence[str]], Sequence[str]]


@frozen
class Gaps:
    """One part with gaps: what is the same for everybody, with an empty place for each gap between.

    `kind` is its subtype of text; `quoted` is the same in quoted-printable, or empty; `chosen`
    takes what fills the gaps.
    """

    kind: str
    literals: tuple[str, ...]
    quoted: tuple[str, ...]
    chosen: _Chosen
    _parts: dict[tuple[str, bool], tuple[str, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def filled(self, contents: Sequence[str]) -> str:
        """The text with these in its gaps."""
        out = list(self.literals)
        out[1::2] = self.chosen(contents)
        return "".join(out)

    def as_part(self, below: str, below_quoted: str, *, is_ascii: bool) -> tuple[str, ...]:
        """What is quoted, its head before it and this below it, once for each footer.

        `is_ascii` tells whether what comes into the gaps is.
        """
        key = (below_quoted, is_ascii)
        known = self._parts.get(key)
        if known is None:
            is_plain = is_ascii and below.isascii() and "".join(self.literals).isascii()
            pieces = list(self.quoted)
            pieces[0] = part_head(self.kind, "quoted-printable", is_ascii=is_plain) + pieces[0]
            pieces[-1] += below_quoted
            if len(self._parts) >= _FOOTERS:
                self._parts.clear()
            known = self._parts[key] = tuple(pieces)
        return known


@frozen
class Shape:
    """Subject and both parts with gaps for what is printed and, numbered behind it, for `links`.

    Each of those is a printed value as part of an address, and whether it begins it.
    """

    subject: Gaps
    text: Gaps
    html: Gaps
    links: tuple[tuple[int, bool], ...]
    pictures: tuple[str, ...]
    has_words: bool
    has_braces: bool
    length: int
    gaps: int

    def is_shorter(self, limit: int, together: str) -> bool:
        """Whether subject, text and HTML are for certain, whichever of these are in their gaps."""
        return self.length + self.gaps * _ESCAPED * len(together) < limit


def shape_of(source: str) -> Shape:
    """The shape of a subject and, behind BREAK, a Markdown text, with slots for the values."""
    number = count()
    subject, _, body = re.sub(SLOT, lambda _: f"xQ7T{next(number)}Qx", source).partition(BREAK)
    parts = read(body.strip("\n"), _address)
    links: dict[tuple[int, bool], int] = {}
    printed = next(number)
    head = _gaps("", subject, links, printed)
    text, rich = (
        _gaps("plain", parts.text, links, printed),
        _gaps("html", parts.html, links, printed),
    )
    literals = (*head.literals, *text.literals, *rich.literals)
    return Shape(
        subject=head,
        text=text,
        html=rich,
        links=tuple(links),
        pictures=parts.pictures,
        has_words=len(text.literals) > 1 or bool(parts.text.strip()),
        has_braces="{" in parts.text or "}" in parts.text,
        length=sum(map(len, literals)),
        gaps=len(literals) // 2,
    )


def _address(written: str) -> str:
    """A link's address with its slots told apart from those among words."""
    return _SLOTS.sub(lambda slot: f"xQ7{'U' if slot.start() else 'S'}{slot[2]}Qx", written)


def _gaps(kind: str, text: str, links: dict[tuple[int, bool], int], printed: int) -> Gaps:
    """Where the slots are; a link that is not among `links` yet is added with its number."""
    cut = _SLOTS.split(text)
    numbers = [
        int(number)
        if kind == "T"
        else links.setdefault((int(number), kind == "S"), printed + len(links))
        for kind, number in zip(cut[1::3], cut[2::3], strict=True)
    ]
    return Gaps(kind, _spaced(cut[::3]), _spaced(around_gaps(cut[::3])), _chooser(numbers))


def _spaced(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces with an empty one between each two."""
    return tuple(each for piece in pieces for each in (piece, ""))[:-1]


def _chooser(numbers: list[int]) -> _Chosen:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda contents: [contents[number] for number in numbers]

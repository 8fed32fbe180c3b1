"""A mail whose Markdown is read before its values are known: its words, with gaps for them."""

import re
from collections.abc import Callable, Sequence
from itertools import count
from operator import itemgetter
from typing import Final

from nurture.mail.write.markdown import read
from nurture.mail.write.quoted import around_gaps, in_gaps
from nurture.mail.write.template_language import BREAK, SLOT
from nurture.value import frozen

# T: among words, U: inside the address of a link, S: at its very start.
_SLOTS: Final = re.compile(r"xQ7([TUS])(\d+)Qx")
OURS: Final = re.compile(r"xQ7[TUS]\d*Qx")
"""What no template may say: it stands for a value, under the number by which it was printed."""

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
        out = list(self.literals)
        out[1::2] = self.chosen(contents)
        return "".join(out)

    def filled_quoted(self, contents: Sequence[str]) -> str:
        """The same in quoted-printable, of contents that are; empty where it has none."""
        if not self.quoted:
            return ""
        out = list(self.quoted)
        out[1::2] = self.chosen(contents)
        return "".join(out)


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

    def quoted(self, printed: list[str], escaped: list[str], together: str) -> tuple[str, str]:
        """Both parts in quoted-printable; empty where that has to be looked at line by line.

        `together` are all that was printed, where they are printable.
        """
        try:
            words = in_gaps(printed, together)
            rich = words if escaped is printed else in_gaps(escaped, "")
        except UnicodeEncodeError:  # half a character, which is refused as the whole text is
            return "", ""
        return self.text.filled_quoted(words), self.html.filled_quoted(rich)


def shape_of(source: str) -> Shape:
    """The shape of a subject and, behind BREAK, a Markdown text, with slots for the values."""
    number = count()
    subject, _, body = re.sub(SLOT, lambda _: f"xQ7T{next(number)}Qx", source).partition(BREAK)
    parts = read(body.strip("\n"), _address)
    links: dict[tuple[int, bool], int] = {}
    printed = next(number)
    head, text, rich = (_gaps(each, links, printed) for each in (subject, parts.text, parts.html))
    return Shape(head, text, rich, tuple(links), parts.pictures)


def _address(written: str) -> str:
    """A link's address with its slots told apart from those among words."""
    return _SLOTS.sub(lambda slot: f"xQ7{'U' if slot.start() else 'S'}{slot[2]}Qx", written)


def _gaps(text: str, links: dict[tuple[int, bool], int], printed: int) -> Gaps:
    """Where the slots are; a link that is not among `links` yet is added with its number."""
    cut = _SLOTS.split(text)
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

"""Where words and lines stand in a PDF, read by pypdf: nothing of the press's own is asked."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

MM = 72 / 25.4
_PAIR = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]+)>")
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Run:
    """Words on one line: both ends and the baseline in mm from the page's left upper corner."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(frozen=True)
class Stroke:
    """A line that is drawn, in the same measure."""

    left: float
    top: float
    length: float


@dataclass(frozen=True)
class _Font:
    widths: Mapping[int, float]
    signs: Mapping[int, str]


def pages(pdf: bytes) -> list[PageObject]:
    """The pages of the file."""
    return [*PdfReader(io.BytesIO(pdf)).pages]


def size(page: PageObject) -> tuple[float, float]:
    """Width and height in mm."""
    return float(page.mediabox.width) / MM, float(page.mediabox.height) / MM


def text(page: PageObject) -> str:
    """All words of the page, a run a line."""
    return "\n".join(run.text for run in runs(page))


def runs(page: PageObject) -> list[Run]:
    """Every run of words, in the order in which it was set."""
    return [each for each in _shown(page) if isinstance(each, Run)]


def strokes(page: PageObject) -> list[Stroke]:
    """Every line that is drawn."""
    return [each for each in _shown(page) if isinstance(each, Stroke)]


def pictures(page: PageObject) -> list[int]:
    """The widths in pixels of the pictures on the page."""
    found = page["/Resources"].get("/XObject", {}).values()
    return [int(each.get_object()["/Width"]) for each in found]


def _shown(page: PageObject) -> Iterator[Run | Stroke]:
    height = float(page.mediabox.height)
    fonts = {name: _font(font.get_object()) for name, font in _resources(page).items()}
    stack: list[Matrix] = []
    at: Matrix = (1, 0, 0, 1, 0, 0)
    within, font, points, begun = at, _Font({}, {}), 0.0, (0.0, 0.0)
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"q":
                stack.append(at)
            case b"Q":
                at = stack.pop()
            case b"cm":
                at = _product(_matrix(operands), at)
            case b"Tf":
                font, points = fonts[operands[0]], float(operands[1])
            case b"Tm":
                within = _matrix(operands)
            case b"TJ" | b"Tj":
                whole = _product(within, at)
                pieces = operands[0] if operator == b"TJ" else operands
                said, advance = _said(pieces, font)
                end = _product((1, 0, 0, 1, advance * points, 0), whole)
                yield Run(said, whole[4] / MM, end[4] / MM, (height - whole[5]) / MM, points)
            case b"m":
                begun = _product((1, 0, 0, 1, *map(float, operands)), at)[4:]
            case b"l":
                end = _product((1, 0, 0, 1, *map(float, operands)), at)
                yield Stroke(begun[0] / MM, (height - begun[1]) / MM, (end[4] - begun[0]) / MM)


def _said(shown: Any, font: _Font) -> tuple[str, float]:
    said, advance = "", 0.0
    for part in shown:
        if isinstance(part, int | float):
            advance -= float(part) / 1000
            continue
        raw = part if isinstance(part, bytes) else part.original_bytes
        for at in range(0, len(raw), 2):
            sign = int.from_bytes(raw[at : at + 2], "big")
            said += font.signs.get(sign, "?")
            advance += font.widths.get(sign, 0) / 1000
    return said, advance


def _font(font: Any) -> _Font:
    table = [
        each.get_object() for each in font["/DescendantFonts"][0].get_object()["/W"].get_object()
    ]
    widths: dict[int, float] = {}
    for first, last, width in zip(table[::3], table[1::3], table[2::3], strict=True):
        widths |= dict.fromkeys(range(int(first), int(last) + 1), float(width))
    mapped = font["/ToUnicode"].get_object().get_data().decode()
    pairs = ((int(sign, 16), bytes.fromhex(code)) for sign, code in _PAIR.findall(mapped))
    return _Font(widths, {sign: code.decode("utf-16-be") for sign, code in pairs})


def _resources(page: PageObject) -> Mapping[str, Any]:
    return page["/Resources"].get("/Font", {})


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def _product(one: Matrix, other: Matrix) -> Matrix:
    """One transformation after the other (ISO 32000-1 section 8.3.4)."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip

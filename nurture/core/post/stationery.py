"""Paper, window envelopes, labels and envelopes in millimetres, each figure with its source."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from nurture.value import frozen

INCH: Final = 25.4


class Paper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height (ISO 216; ANSI/ASME Y14.1 A)."""
        return (210.0, 297.0) if self is Paper.A4 else (8.5 * INCH, 11 * INCH)


_LETTER_COUNTRIES: Final = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)


def paper_in(country: str) -> Paper:
    """What printers hold there (Unicode CLDR, supplemental/measurementData, paperSize)."""
    return Paper.LETTER if country in _LETTER_COUNTRIES else Paper.A4


@frozen
class Box:
    """A part of a page: its left upper corner counted from that of the page, and its size."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


class Form(StrEnum):
    """Where the address stands, so that it shows in the window of an envelope."""

    DIN_A = "din-a"
    DIN_B = "din-b"
    US_10 = "us-10"


@frozen
class Layout:
    """Where everything stands on the first page of a letter.

    `window` is what the envelope shows of the page, `address` where the lines of the address stand
    in it; they stand on its floor where it `sits_low`.  `head` is for the
    letterhead, `aside` the left edge of what stands beside the address.  `sender` is the line of
    the sender above the address; marks are heights at the left edge.
    """

    paper: Paper
    window: Box
    address: Box
    head: Box
    aside: float
    body: float
    left: float = 25.0
    right: float = 20.0
    sits_low: bool = False
    sender: Box | None = None
    folds: tuple[float, ...] = ()
    hole: float | None = None


def _din(head: float, folds: tuple[float, ...]) -> Layout:
    """DIN 5008:2020 section 17 and annex: form A has a head of 27 mm, form B one of 45 mm.

    Below it begins the field of the address: 85 x 45 mm, 20 mm from the left edge, its text 5 mm
    further in; of its height 17.7 mm are for the sender and notes, 27.3 mm for the address.  That
    is the window of DIN 680 (90 x 45 mm, 20 mm from the left and 15 mm from the lower edge of a DL
    envelope of 220 x 110 mm), in which the folded page slides by 10 mm sideways and 5 mm upwards.
    Wherever it is, the address keeps 3 mm from the window's edges, as Deutsche Post wants it.  The
    text begins 8.46 mm below the field.
    """
    notes, height, clear = 17.7, 45.0, 3.0
    return Layout(
        paper=Paper.A4,
        window=Box(20.0, head + 5.0, 80.0, height - 5.0),
        address=Box(25.0, head + notes, 75.0 - clear, height - notes - clear),
        sender=Box(25.0, head + notes - 5.0, 75.0 - clear, 4.0),
        head=Box(25.0, 10.0, 165.0, head - 12.0),
        aside=125.0,
        body=head + height + 8.46,
        folds=folds,
        hole=148.5,
    )


def _us_10() -> Layout:
    """A #10 envelope: 9.5 x 4.125 in, its window 4.5 x 1.125 in, 0.875 in from the left edge and
    0.5 in from the lower one: the common size of the trade, which no standard fixes.

    A page folded in thirds (11/3 in) shows from 2.042 to 3.167 in of its height when it stands on
    the floor of the envelope, and up to 0.458 in further down when it is shaken up; sideways it
    slides by 1 in, so that only 0.875 to 4.375 in always show.  The address keeps 1/8 in from every
    edge (USPS Domestic Mail Manual 601.6.3) while the page stands on the floor of the envelope.  It
    stands on the floor of its own box, so that its last two lines do so however the page is shaken.
    """
    panel, clear = 11 / 3, 1 / 8
    top, bottom = panel - 0.5 - 1.125, panel - 0.5
    window = Box(0.875 * INCH, top * INCH, 3.5 * INCH, (bottom - top) * INCH)
    address = Box(INCH, (top + clear) * INCH, 3.25 * INCH, (bottom - top - 2 * clear) * INCH)
    return Layout(
        paper=Paper.LETTER,
        window=window,
        address=address,
        head=Box(INCH, 10.0, 6.5 * INCH, 36.0),
        aside=5.5 * INCH,  # beyond the window, wherever the page slides
        body=3.85 * INCH,
        left=INCH,
        right=INCH,
        sits_low=True,
    )


LAYOUTS: Final[Mapping[Form, Layout]] = {
    Form.DIN_A: _din(27.0, (87.0, 192.0)),
    Form.DIN_B: _din(45.0, (105.0, 210.0)),
    Form.US_10: _us_10(),
}
"""Every form; fold and hole marks are those of DIN 5008, US paper is folded without."""


@frozen
class LabelSheet:
    """A sheet of labels: `across` and `down` are the steps from one label to the next."""

    paper: Paper
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    def box(self, number: int) -> Box:
        """The label of this number on its sheet, counted from 0 along the rows."""
        row, column = divmod(number % self.count, self.columns)
        left, top = self.left + column * self.across, self.top + row * self.down
        return Box(left, top, self.width, self.height)

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    @property
    def fits(self) -> bool:
        """Whether the last label lies on the paper, and no two lie on each other."""
        last, (width, height) = self.box(self.count - 1), self.paper.size
        is_apart = self.across >= self.width or self.columns == 1
        is_below = self.down >= self.height or self.rows == 1
        return last.right <= width and last.bottom <= height and is_apart and is_below


LABELS: Final[Mapping[str, LabelSheet]] = {
    # Avery Zweckform L7163: 14 labels of 99.1 x 38.1 mm, centred on A4.
    "l7163": LabelSheet(Paper.A4, 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 38.1),
    # Avery 5163: 10 labels of 4 x 2 in, 3/16 in between the columns, centred on US Letter.
    "5163": LabelSheet(
        Paper.LETTER, 2, 5, 4 * INCH, 2 * INCH, 5 / 32 * INCH, INCH / 2, 4.1875 * INCH, 2 * INCH
    ),
}
"""Sheets that every stationer has."""


@frozen
class Envelope:
    """An envelope fed with its long edge, and where the addresses stand on it."""

    width: float
    height: float
    address: Box
    sender: Box


ENVELOPES: Final[Mapping[str, Envelope]] = {
    # Sizes: ISO 269.  Deutsche Post reads the address at least 40 mm below the upper edge and
    # 15 mm from the others, and wants the lowest 15 mm on the right free.
    "dl": Envelope(220.0, 110.0, Box(105.0, 48.0, 95.0, 42.0), Box(15.0, 10.0, 80.0, 25.0)),
    "c6": Envelope(162.0, 114.0, Box(70.0, 52.0, 77.0, 42.0), Box(12.0, 10.0, 70.0, 25.0)),
    # USPS reads the last lines between 5/8 and 2 3/4 in above the lower edge, half an inch from the
    # sides (Domestic Mail Manual 202, OCR read area).
    "10": Envelope(
        9.5 * INCH,
        4.125 * INCH,
        Box(4.25 * INCH, 1.75 * INCH, 4.5 * INCH, 1.5 * INCH),
        Box(0.5 * INCH, 0.4 * INCH, 3.25 * INCH, 1.1 * INCH),
    ),
}
"""Envelopes without a window."""

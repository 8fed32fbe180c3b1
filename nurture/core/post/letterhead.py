"""How the letters of an owner look: what stands above them, their signature, their type."""

from enum import StrEnum
from pathlib import Path

from nurture.core.post.stationery import Form
from nurture.value import frozen


class Side(StrEnum):
    """Where in its line something stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@frozen
class Picture:
    """A PNG or JPEG file on this machine, printed so many millimetres wide."""

    file: Path
    width: float


@frozen
class Letterhead:
    """An owner's paper; without picture and lines their name and address stand above.

    Where it `is_preprinted`, nothing does: the paper has it.
    `form` is that of letters on A4.  `size` is in points; `font` and what it lacks are looked for
    among the built-in fonts (Latin, Greek, Cyrillic) and those of the machine.
    """

    lines: tuple[str, ...] = ()
    image: Picture | None = None
    side: Side = Side.RIGHT
    signature: Picture | None = None
    form: Form = Form.DIN_B
    marks: bool = True
    is_preprinted: bool = False
    font: str = ""
    size: float = 11.0


PLAIN = Letterhead()

"""The tables about letters on paper: how an owner's look, and where fonts lie."""

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from nurture.core.post.letterhead import Letterhead, Picture, Side
from nurture.core.post.stationery import INCH, Form, LabelSheet, Paper
from nurture.document.tree import Path

_LARGEST: Final = 5 * 1024 * 1024
_COARSEST: Final = 100  # dots per inch; below it a picture prints as visible squares
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
# Start of frame, which tells the size (ITU-T T.81 table B.1): all of C0 to CF but DHT, JPG and DAC.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER: Final = b"\xff"
_FRAME_HEAD: Final = 9  # bytes of it up to the width

Width = Annotated[float, Field(ge=5, le=200)]
Line = Annotated[str, Field(min_length=1, max_length=80)]


class LetterheadTable(BaseModel):
    """An owner's paper; widths in millimetres, paths relative to nurture.toml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    lines: Annotated[list[Line], Field(max_length=8)] = []
    image: str = ""
    image_width: Width = 60.0
    side: Annotated[Side, Field(strict=False)] = Side.RIGHT
    signature: str = ""
    signature_width: Width = 45.0
    form: Literal["din-a", "din-b"] = "din-b"
    marks: bool = True
    preprinted: bool = False
    font: str = ""
    size: Annotated[float, Field(ge=8, le=14)] = 11.0


class LabelTable(BaseModel):
    """A sheet of labels in millimetres; without `across` and `down` they touch each other."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    paper: Annotated[Paper, Field(strict=False)] = Paper.A4
    columns: Annotated[int, Field(ge=1, le=10)]
    rows: Annotated[int, Field(ge=1, le=40)]
    width: Annotated[float, Field(ge=20, le=300)]
    height: Annotated[float, Field(ge=10, le=300)]
    left: Annotated[float, Field(ge=0, le=100)]
    top: Annotated[float, Field(ge=0, le=100)]
    across: Annotated[float, Field(ge=0, le=300)] = 0.0
    down: Annotated[float, Field(ge=0, le=300)] = 0.0


class LettersTable(BaseModel):
    """What all letters share: a folder with further fonts, and a sheet of labels of one's own."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    fonts: str = ""
    label: LabelTable | None = None


def letterhead_of(table: LetterheadTable, folder: FilePath) -> Letterhead:
    """The paper of this table, which has no faults."""
    return Letterhead(
        lines=tuple(table.lines),
        image=_picture(table.image, table.image_width, folder),
        side=table.side,
        signature=_picture(table.signature, table.signature_width, folder),
        form=Form(table.form),
        marks=table.marks,
        is_preprinted=table.preprinted,
        font=table.font,
        size=table.size,
    )


def letterhead_faults(table: LetterheadTable, folder: FilePath) -> Iterator[tuple[Path, str]]:
    """Every picture that cannot be printed, with what is wrong with it."""
    for key, name, width in (
        ("image", table.image, table.image_width),
        ("signature", table.signature, table.signature_width),
    ):
        if name and (why := _fault(folder / name, width)):
            yield (key,), why
    if table.preprinted and (table.image or table.lines):
        yield ("preprinted",), "the paper has a head already: leave out image and lines"


def label_of(table: LabelTable | None) -> LabelSheet | None:
    """The sheet of this table."""
    if table is None:
        return None
    return LabelSheet(
        table.paper,
        table.columns,
        table.rows,
        table.width,
        table.height,
        table.left,
        table.top,
        table.across or table.width,
        table.down or table.height,
    )


def letters_faults(table: LettersTable, folder: FilePath) -> Iterator[tuple[Path, str]]:
    """A folder of fonts that is not there, labels that do not fit on their sheet."""
    label = label_of(table.label)
    if label and not label.fits:
        width, height = label.paper.size
        yield ("label",), f"the labels overlap or leave the paper ({width:g} x {height:g} mm)"
    if table.fonts and not (folder / table.fonts).is_dir():
        yield ("fonts",), f"there is no folder {folder / table.fonts}"


def _picture(name: str, width: float, folder: FilePath) -> Picture | None:
    return Picture(folder / name, width) if name else None


def _fault(file: FilePath, width: float) -> str:
    try:
        if not file.is_file():
            return f"there is no file {file}"
        if file.stat().st_size > _LARGEST:
            return f"{file} has more than {_LARGEST // 2**20} MB: a smaller picture prints as well"
        content = file.read_bytes()
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    across = _pixels_across(content)
    if not across:
        return f"{file} is no PNG or JPEG: save the picture as one of those"
    least = round(width / INCH * _COARSEST)
    if across < least:
        return (
            f"{file} is {across} pixels wide: for {width:g} mm it needs {least}, better {3 * least}"
        )
    return ""


def _pixels_across(content: bytes) -> int:
    """The width of a PNG or JPEG by its head; 0 for anything else."""
    if content.startswith(_PNG):
        return int.from_bytes(content[16:20], "big")
    if not content.startswith(_JPEG):
        return 0
    at = len(_JPEG) - 1
    # Each segment is FF, its kind, and its length, which counts itself (T.81 section B.1.1.4).
    while content[at : at + 1] == _MARKER and at + _FRAME_HEAD <= len(content):
        if content[at + 1] in _FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 0

"""Letters, labels and envelopes as PDF, set by typst from templates of ours."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import typst

from nurture.core.post.letterhead import Picture
from nurture.core.post.stationery import Envelope, LabelSheet
from nurture.errors import Broken, Misconfigured
from nurture.paper.sheet import PaperLetter
from nurture.ports import Printed
from nurture.transport.script import advice_on_sign
from nurture.value import frozen

_T = TypeVar("_T")

BUILT_IN: Final = "Libertinus Serif"
"""Ships with typst; it has Latin, Greek and Cyrillic."""

_SYMBOLS: Final = ("New Computer Modern Math", "DejaVu Sans Mono")

# Refuses a sign that no font has, where plain PDF prints an empty box (ISO 19005-2, 6.2.11).
_STANDARD: Final = "a-2b"
_LACKING: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


@frozen
class TypstPress:
    """ports.Press; looks for fonts in `fonts`, too, and without `system_fonts` nowhere else."""

    fonts: Path | None = None
    system_fonts: bool = True

    def letters(
        self, letters: Sequence[PaperLetter], title: str, on: date, *, duplex: bool = False
    ) -> Printed:
        """One PDF of all that can be set; they are tried one by one only where the whole fails."""
        self._refuse_unknown({each.letterhead.font for each in letters} - {""})
        refused = self._illegible(letters, on)
        letters = [each for each in letters if each.number not in refused]
        try:
            pdf, pages = self._set_letters(letters, title, on)
        except typst.TypstError:
            refused |= self._unsettable(letters, on)
            letters = [each for each in letters if each.number not in refused]
            pdf, pages = self._set_letters(letters, title, on)
        odd = {number for number, count in pages.items() if count % 2}
        if duplex and odd:
            pdf, _ = self._set_letters(letters, title, on, odd)
        return Printed(pdf, pages, refused)

    def _illegible(self, letters: Sequence[PaperLetter], on: date) -> dict[int, str]:
        """The letters with a sign that no font has, and what to install for it."""
        refused: dict[int, str] = {}
        for font in {each.letterhead.font for each in letters}:
            alike = (each for each in letters if each.letterhead.font == font)
            signs = {each.number: _signs(_words(each)) for each in alike}
            while lacking := self._lacking(font, frozenset[str]().union(*signs.values()), on):
                hit = [number for number, found in signs.items() if lacking in found]
                refused |= dict.fromkeys(hit, advice_on_sign(lacking))
                signs = {number: found for number, found in signs.items() if number not in hit}
        return refused

    def _lacking(self, font: str, signs: Collection[str], on: date) -> str:
        """One of these signs that no font has; empty where there is none."""
        batch = {"font": font, "signs": sorted(signs)}
        try:
            return self._compiled("signs", batch, on, {}, lambda *_: "")
        except typst.TypstError as error:
            found = _LACKING.search(error.message)
            if found is None or found[1] not in signs:
                raise Broken(f"typst cannot set the signs of a letter: {error.message}") from error
            return found[1]

    def _unsettable(self, letters: Sequence[PaperLetter], on: date) -> dict[int, str]:
        """What keeps each of these letters that cannot be set from being set."""
        refused: dict[int, str] = {}
        for each in letters:
            try:
                self._set_letters([each], "", on)
            except typst.TypstError as error:
                refused[each.number] = _objection(error)
        return refused

    def labels(
        self,
        addresses: Sequence[tuple[str, ...]],
        sheet: LabelSheet,
        title: str,
        on: date,
        *,
        used: int = 0,
    ) -> bytes:
        """Addresses on sheets of labels, with a margin of 4 mm inside each."""
        sheets: dict[int, list[object]] = {}
        for number, lines in enumerate(addresses, used % sheet.count):
            box = sheet.box(number)
            inside = {
                "left": box.left + 4, "top": box.top + 3,
                "width": box.width - 8, "height": box.height - 6,
            }  # fmt: skip
            sheets.setdefault(number // sheet.count, []).append((lines, inside))
        width, height = sheet.paper.size
        batch = {"width": width, "height": height, "sheets": [*sheets.values()]}
        return self._set_alone("labels", batch, title, on)

    def envelopes(
        self,
        addresses: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
        envelope: Envelope,
        title: str,
        on: date,
    ) -> bytes:
        """One page an envelope."""
        pairs = [{"sender": sender, "address": address} for sender, address in addresses]
        return self._set_alone("envelopes", asdict(envelope) | {"envelopes": pairs}, title, on)

    def _set_alone(self, template: str, batch: dict[str, object], title: str, on: date) -> bytes:
        try:
            return self._compiled(template, batch | {"title": title}, on, {}, lambda pdf, _: pdf)
        except typst.TypstError as error:
            raise Misconfigured(f"the {template} cannot be set: {_objection(error)}") from error

    def _set_letters(
        self,
        letters: Sequence[PaperLetter],
        title: str,
        on: date,
        blank: Collection[int] = (),
    ) -> tuple[bytes, Mapping[int, int]]:
        """The PDF and the pages of each; raises TypstError where one of them cannot be set."""
        if not letters:
            return b"", {}
        pictures: dict[str, bytes] = {}
        batch = {
            "title": title,
            "letters": [
                _plain(each, pictures) | {"blank": each.number in blank} for each in letters
            ],
        }
        return self._compiled("letters", batch, on, pictures, _with_pages)

    def _compiled(
        self,
        template: str,
        batch: Mapping[str, object],
        on: date,
        pictures: Mapping[str, bytes],
        told: Callable[[bytes, typst.Compiler], _T],
    ) -> _T:
        """The batch set in a folder of its own, outside of which typst can read nothing."""
        fonts = _fonts(self.fonts, self.system_fonts)
        with TemporaryDirectory() as name:
            root = Path(name)
            for file in ("common.typ", f"{template}.typ"):
                source = files("nurture.transport.typesetting").joinpath(file).read_bytes()
                (root / file).write_bytes(source)
            whole = {**batch, "fonts": _stack(fonts.families())}
            (root / "batch.json").write_text(json.dumps(_printable(whole)), "utf-8")
            for picture, content in pictures.items():
                (root / picture).write_bytes(content)
            compiler = typst.Compiler(root / f"{template}.typ", root=root, font_paths=fonts)
            moment = datetime.combine(on, time(0), UTC)
            pdf = compiler.compile(
                format="pdf", pdf_standards=_STANDARD, pdf_tags=False, timestamp=moment
            )
            if not isinstance(pdf, bytes):
                raise Broken("typst gave no PDF")
            return told(pdf, compiler)

    def _refuse_unknown(self, wanted: Collection[str]) -> None:
        known = _fonts(self.fonts, self.system_fonts).families() if wanted else []
        for font in wanted:
            if font not in known:
                raise Misconfigured(
                    f"there is no font {font!r} for a letterhead: install it, put it into the "
                    f"folder of letters.fonts, or choose one of {', '.join(known)}"
                )


@cache
def _fonts(folder: Path | None, system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system_fonts, font_paths=[folder] if folder else [])


def _stack(known: Sequence[str]) -> list[object]:
    """Where each sign is looked for: our own type, then what was added to the machine.

    Of what else is built in, only symbols serve: its letters would be those of a typewriter.
    """
    built_in = frozenset(typst.Fonts(include_system_fonts=False).families())
    added = sorted(set(known) - built_in, key=lambda name: (not name.startswith("Noto"), name))
    symbols = [{"name": name, "symbols": True} for name in _SYMBOLS if name in known]
    return [BUILT_IN, *symbols, *added]


def _with_pages(pdf: bytes, compiler: typst.Compiler) -> tuple[bytes, Mapping[int, int]]:
    found: list[tuple[int, int]] = json.loads(compiler.query("<pages>", field="value", one=True))
    return pdf, dict(found)


def _words(letter: PaperLetter) -> dict[str, object]:
    """All that is to be read of the letter."""
    return {
        "head": letter.head,
        "sender": letter.sender,
        "address": letter.address,
        "date": letter.date,
        "subject": letter.subject,
        **asdict(letter.text),
    }


def _plain(letter: PaperLetter, pictures: dict[str, bytes]) -> dict[str, object]:
    """The letter as the template reads it; its pictures get names in the folder of the batch."""
    head, layout = letter.letterhead, letter.layout
    width, height = layout.paper.size
    return {
        "number": letter.number,
        "layout": asdict(layout) | {"width": width, "height": height},
        "side": head.side,
        "image": _picture(head.image, pictures),
        "signature": _picture(head.signature, pictures),
        "marks": head.marks,
        "font": head.font,
        "size": head.size,
        "language": letter.language,
        **_words(letter),
    }


def _signs(tree: object) -> set[str]:
    """The signs of all texts in there that need a glyph of their own."""
    match _printable(tree):
        case str() as text:
            return {sign for sign in text if unicodedata.category(sign)[0] not in "MZC"}
        case dict() as table:
            return set[str]().union(*map(_signs, table.values()))
        case list() as parts:
            return set[str]().union(*map(_signs, parts))
        case _:
            return set()


def _picture(picture: Picture | None, pictures: dict[str, bytes]) -> dict[str, object] | None:
    if picture is None:
        return None
    content = _bytes_of(picture.file)
    # Its name may say JPEG of a PNG: typst goes by the name.
    kind = "png" if content.startswith(b"\x89PNG") else "jpg"
    name = f"{blake2b(content, digest_size=10).hexdigest()}.{kind}"
    pictures[name] = content
    return {"file": name, "width": picture.width}


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"the picture {path} cannot be read: {error.strerror}") from error


def _printable(tree: object) -> object:
    """The same without control characters, which no paper can show, and signs in one piece."""
    match tree:
        case str():
            return unicodedata.normalize("NFC", _CONTROL.sub(" ", tree))
        case Mapping():
            return {key: _printable(each) for key, each in tree.items()}
        case list() | tuple():
            return [_printable(each) for each in tree]
        case _:
            return tree


def _objection(error: typst.TypstError) -> str:
    found = _LACKING.search(error.message)
    return advice_on_sign(found[1][0]) if found else f"cannot be set: {error.message}"

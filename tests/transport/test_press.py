"""What the press prints, read back by pypdf (transport/press)."""

import zlib
from itertools import pairwise
from pathlib import Path

import pytest

from nurture.core.post.letterhead import Letterhead, Picture, Side
from nurture.core.post.stationery import ENVELOPES, INCH, LABELS, Form, LabelSheet, Paper
from nurture.errors import Misconfigured
from nurture.transport.press import TypstPress
from tests.fakes.paper import LONG, ON, TEXT, abroad, letter, mara
from tests.fakes.pdf import Run, pages, pictures, runs, size, strokes, text

PRESS = TypstPress(system_fonts=False)


def address_of(found: list[Run], first: str = "Mara Lind") -> list[Run]:
    """The lines of the address on a letter, by its first."""
    at = next(at for at, run in enumerate(found) if run.text == first)
    block = [run for run in found[at:] if run.left == pytest.approx(found[at].left, abs=0.1)]
    gaps = [below.baseline - above.baseline for above, below in pairwise(block)]
    end = next((at for at, gap in enumerate(gaps, 1) if not 0 < gap < 7), len(block))
    return block[:end]


def png(width: int, height: int = 100) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# --- the window ---


@pytest.mark.parametrize(
    ("form", "window"),
    [
        # DIN 680 on DIN 5008: left, right, upper and lower edge of what shows wherever the page
        # slides, in mm, and 3 mm within; above stands the line of the sender.
        (Form.DIN_B, (20 + 3, 100 - 3, 45 + 17.7, 90 - 3)),
        (Form.DIN_A, (20 + 3, 100 - 3, 27 + 17.7, 72 - 3)),
        # A #10 window over a page folded in thirds, an eighth of an inch within its edges.
        (
            Form.US_10,
            (0.875 * INCH, 4.375 * INCH, (2.0417 + 0.125) * INCH, (3.1667 - 0.125) * INCH),
        ),
    ],
)
@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"street": "c/o Hansen\nBack building, second floor\nRingstraße 12"},
        {"company": "The Worshipful Society of Clockmakers and Instrument Makers of Example Ltd"},
    ],
    ids=["plain", "many lines", "long line"],
)
def test_the_address_shows_in_the_window_whatever_stands_in_it(
    form: Form, window: tuple[float, ...], extra: dict[str, str]
) -> None:
    head = Letterhead(form=form)
    who = mara(**extra) if form is not Form.US_10 else abroad("US", **extra)
    (page,) = pages(PRESS.letters([letter(contact=who, head=head)], "T", ON).pdf)
    left, right, top, bottom = window
    lines = address_of(runs(page))
    assert lines[-1].text in {"50667 Köln", "UNITED STATES OF AMERICA"}
    assert len(lines) >= 4
    for line in lines:
        assert left <= line.left < line.right <= right
        assert top <= line.baseline - line.size * 0.72 * 25.4 / 72
        assert line.baseline + line.size * 0.24 * 25.4 / 72 <= bottom


def test_nothing_but_the_address_shows_in_an_american_window_however_the_page_slides() -> None:
    found = runs(pages(PRESS.letters([letter(contact=abroad("US"), text=LONG)], "T", ON).pdf)[0])
    address = address_of(found)
    seen = [
        run
        for run in found
        if run.left < (0.875 + 4.5) * INCH and 2.0417 * INCH < run.baseline < 3.625 * INCH
    ]
    assert seen == address


def test_the_last_lines_of_an_american_address_show_when_the_page_is_shaken_up() -> None:
    (page,) = pages(PRESS.letters([letter(contact=abroad("US"))], "T", ON).pdf)
    slides = 4.125 - 11 / 3
    top, bottom = 2.0417 + slides + 0.125, 3.1667 - 0.125
    for line in address_of(runs(page))[-2:]:
        assert top * INCH <= line.baseline - line.size * 0.72 * 25.4 / 72
        assert line.baseline + line.size * 0.24 * 25.4 / 72 <= bottom * INCH


def test_in_a_din_window_only_the_sender_stands_above_the_address() -> None:
    (page,) = pages(PRESS.letters([letter()], "T", ON).pdf)
    seen = [run for run in runs(page) if 45 <= run.baseline <= 95 and run.left < 110]
    assert seen[0].text == "Anna Example · Example Street 1 · 10115 Berlin · Germany"
    assert [run.text for run in seen[1:]] == [
        "Mara Lind", "Lind & Partner", "Ringstraße 12", "50667 Köln",
    ]  # fmt: skip
    assert seen[0].baseline < seen[1].baseline - 3


def test_a_din_page_is_marked_where_it_is_folded_and_punched() -> None:
    for form, heights in ((Form.DIN_B, [105, 148.5, 210]), (Form.DIN_A, [87, 148.5, 192])):
        (page,) = pages(PRESS.letters([letter(head=Letterhead(form=form))], "T", ON).pdf)
        marks = sorted(each.top for each in strokes(page) if each.left < 20)
        assert marks == pytest.approx(heights, abs=0.1)
    (page,) = pages(PRESS.letters([letter(head=Letterhead(marks=False))], "T", ON).pdf)
    assert [each for each in strokes(page) if each.left < 20] == []
    (page,) = pages(PRESS.letters([letter(contact=abroad("US"))], "T", ON).pdf)
    assert strokes(page) == []


# --- pages ---


def test_thirty_letters_are_one_pdf_on_the_paper_of_each_country() -> None:
    countries = ["DE", "US", "FR", "CA", "GB"] * 6
    batch = [
        letter(number, abroad(country, subdivision="ON"), LONG if number % 10 == 0 else TEXT)
        for number, country in enumerate(countries, 1)
    ]
    printed = PRESS.letters(batch, "T", ON)
    assert printed.refused == {}
    assert [*printed.pages] == [*range(1, 31)]
    found = pages(printed.pdf)
    assert len(found) == sum(printed.pages.values()) == 27 + 3 * 2
    at = 0
    for number, country in enumerate(countries, 1):
        wanted = (215.9, 279.4) if country in {"US", "CA"} else (210.0, 297.0)
        for page in found[at : at + printed.pages[number]]:
            assert size(page) == pytest.approx(wanted, abs=0.1)
        at += printed.pages[number]


def test_a_letter_of_several_pages_is_numbered_from_its_own_first() -> None:
    printed = PRESS.letters([letter(1), letter(2, text=LONG)], "T", ON)
    one, *more = pages(printed.pdf)
    assert " / " not in text(one)
    total = len(more)
    assert total > 1
    assert [f"{n} / {total}" in text(page) for n, page in enumerate(more, 1)] == [True] * total
    assert [("Mara Lind" in text(page)) for page in more] == [True] + [False] * (total - 1)


def test_for_both_sides_of_a_sheet_every_letter_begins_a_new_one() -> None:
    batch = [letter(1), letter(2, text=LONG), letter(3)]
    found = pages(PRESS.letters(batch, "T", ON, duplex=True).pdf)
    assert len(found) % 2 == 0
    assert [at for at, page in enumerate(found) if "Mara Lind" in text(page)] == [0, 2, 4]
    assert text(found[1]) == ""


def test_the_name_never_begins_a_page_without_the_closing_words() -> None:
    for count in range(28, 40):
        filled = "\n\n".join(["x"] * count + ["Yours sincerely,", "Anna Example"])
        last = pages(PRESS.letters([letter(text=filled)], "T", ON).pdf)[-1]
        assert "Yours sincerely," in text(last)
        assert "Anna Example" in text(last).partition("Yours sincerely,")[2]


def test_the_same_letters_are_the_same_bytes() -> None:
    batch = [letter(1), letter(2, abroad("US"))]
    assert PRESS.letters(batch, "T", ON).pdf == PRESS.letters(batch, "T", ON).pdf


def test_without_letters_there_is_no_pdf() -> None:
    assert PRESS.letters([], "T", ON).pdf == b""


# --- words ---


def test_what_people_wrote_is_shown_and_never_run() -> None:
    odd = '#panic("x") *b* $y$ <label> @ref \\ #read("/etc/hostname") "] // /* `raw` = x'
    (page,) = pages(PRESS.letters([letter(contact=mara(company=odd), text=odd)], "T", ON).pdf)
    assert "".join(text(page).split()).count("".join(odd.split())) == 2


def test_latin_greek_cyrillic_and_common_signs_are_built_in() -> None:
    signs = "→ ✓ № ½ Łódź Šiauliai İstanbul Tiếng Việt ΑΩ ἀρχή Ґанок Ђорђе Ёлка „“ € –"
    (page,) = pages(PRESS.letters([letter(text=signs)], "T", ON).pdf)
    assert "".join(signs.split()) in "".join(text(page).split())


@pytest.mark.parametrize(
    ("words", "script", "package"),
    [
        ("拝啓", "Chinese, Japanese or Korean", "fonts-noto-cjk"),
        ("안녕", "Chinese, Japanese or Korean", "fonts-noto-cjk"),
        ("سلام", "Arabic", "fonts-noto-core"),
        ("नमस्ते", "Devanagari", "fonts-noto-core"),
        ("well ✓ and 🙂", "slightly smiling face", "fonts-noto-core"),
    ],
)
def test_another_script_says_what_to_install_and_the_others_are_printed(
    words: str, script: str, package: str
) -> None:
    printed = PRESS.letters([letter(1), letter(2, text=words), letter(3)], "T", ON)
    assert [*printed.pages] == [1, 3]
    assert len(pages(printed.pdf)) == 2
    assert script in printed.refused[2]
    assert package in printed.refused[2]


def test_a_control_sign_does_not_stop_the_press() -> None:
    assert PRESS.letters([letter(text="one\x07two\x00")], "T", ON).refused == {}


def test_lists_and_line_breaks_are_set_as_such() -> None:
    words = "Dear Mara,\n\n- one\n- two\n\n3. three\n4. four\n\nRoad 1\nTown"
    (page,) = pages(PRESS.letters([letter(text=words)], "T", ON).pdf)
    by_words = {run.text: run for run in runs(page)}
    assert by_words["one"].left > by_words["Dear Mara,"].left
    assert by_words["3."].baseline == pytest.approx(by_words["three"].baseline)
    assert by_words["Road 1"].baseline < by_words["Town"].baseline


def test_a_subject_stands_above_the_letter_and_a_made_up_title_does_not() -> None:
    (page,) = pages(PRESS.letters([letter(title="Ten years on")], "T", ON).pdf)
    assert "Ten years on" in text(page)
    (page,) = pages(PRESS.letters([letter()], "T", ON).pdf)
    assert "letter to" not in text(page)
    (page,) = pages(PRESS.letters([letter(title="Dear Mara,")], "T", ON).pdf)
    assert text(page).count("Dear Mara,") == 1


# --- the letterhead ---


def test_the_signature_stands_above_the_name_and_below_the_closing_words(tmp_path: Path) -> None:
    (tmp_path / "s.png").write_bytes(png(300))
    signed = Letterhead(signature=Picture(tmp_path / "s.png", 40.0))
    (page,) = pages(PRESS.letters([letter(head=signed)], "T", ON).pdf)
    assert pictures(page) == [300]
    by_words = {run.text: run for run in runs(page) if run.baseline > 95}
    gap = by_words["Anna Example"].baseline - by_words["Yours sincerely,"].baseline
    assert gap > 40 / 3  # its height, at three times its width


def test_without_a_signature_there_is_room_for_a_pen() -> None:
    (page,) = pages(PRESS.letters([letter()], "T", ON).pdf)
    by_words = {run.text: run for run in runs(page) if run.baseline > 95}
    gap = by_words["Anna Example"].baseline - by_words["Yours sincerely,"].baseline
    assert 14 < gap < 25


def test_a_letterhead_of_lines_or_of_a_picture_stands_in_the_head(tmp_path: Path) -> None:
    lines = Letterhead(lines=("Carter & Sons", "since 1902"), side=Side.LEFT)
    (page,) = pages(PRESS.letters([letter(head=lines)], "T", ON).pdf)
    (name,) = (run for run in runs(page) if run.text == "Carter & Sons")
    assert name.left == pytest.approx(25, abs=0.5)
    assert name.baseline < 45
    (tmp_path / "a.JPEG").write_bytes(png(900))  # a PNG by another name
    picture = Letterhead(image=Picture(tmp_path / "a.JPEG", 60.0))
    (page,) = pages(PRESS.letters([letter(head=picture)], "T", ON).pdf)
    assert pictures(page) == [900]
    assert "anna@example.org" not in text(page)


def test_paper_with_a_head_of_its_own_is_left_free() -> None:
    (page,) = pages(PRESS.letters([letter(head=Letterhead(is_preprinted=True))], "T", ON).pdf)
    assert min(run.baseline for run in runs(page)) > 45


def test_two_owners_have_each_their_own_picture(tmp_path: Path) -> None:
    heads = []
    for width in (300, 400):
        path = tmp_path / f"{width}.png"
        path.write_bytes(png(width))
        heads.append(Letterhead(image=Picture(path, 40.0)))
    batch = [letter(n, head=head) for n, head in enumerate(heads, 1)]
    found = pages(PRESS.letters(batch, "T", ON).pdf)
    assert [pictures(page) for page in found] == [[300], [400]]


def test_a_broken_picture_stops_only_the_letters_that_show_it(tmp_path: Path) -> None:
    (tmp_path / "s.png").write_bytes(png(300)[:60])
    broken = Letterhead(signature=Picture(tmp_path / "s.png", 40.0))
    printed = PRESS.letters([letter(1, head=broken), letter(2)], "T", ON)
    assert [*printed.pages] == [2]
    assert "cannot be set" in printed.refused[1]


def test_a_picture_that_has_gone_is_named(tmp_path: Path) -> None:
    gone = Letterhead(image=Picture(tmp_path / "gone.png", 40.0))
    with pytest.raises(Misconfigured, match=r"gone\.png cannot be read"):
        PRESS.letters([letter(head=gone)], "T", ON)


def test_a_font_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(Misconfigured, match=r"no font 'Comic Sans'.*Libertinus Serif"):
        PRESS.letters([letter(head=Letterhead(font="Comic Sans"))], "T", ON)


# --- labels and envelopes ---


@pytest.mark.parametrize("name", [*LABELS])
def test_each_address_stands_within_its_label(name: str) -> None:
    sheet = LABELS[name]
    addresses = [(f"Person {n}", "Road 1", "12345 Town") for n in range(sheet.count + 2)]
    found = pages(PRESS.labels(addresses, sheet, "T", ON))
    assert len(found) == 2
    assert size(found[0]) == pytest.approx(sheet.paper.size, abs=0.1)
    shown = [[run for run in runs(page) if run.text.startswith("Person")] for page in found]
    assert [len(each) for each in shown] == [sheet.count, 2]
    for at, run in enumerate(shown[0]):
        row, column = divmod(at, sheet.columns)
        left = sheet.left + column * sheet.across
        top = sheet.top + row * sheet.down
        assert run.text == f"Person {at}"
        assert left < run.left < run.right < left + sheet.width
        assert top < run.baseline < top + sheet.height


def test_labels_that_are_gone_are_left_free() -> None:
    sheet = LabelSheet(Paper.A4, 2, 2, 90.0, 40.0, 10.0, 20.0, 95.0, 45.0)
    found = pages(PRESS.labels([("One",), ("Two",)], sheet, "T", ON, used=3))
    assert [text(page) for page in found] == ["One", "Two"]
    (one,) = runs(found[0])
    assert one.left > 105
    assert one.baseline > 65


@pytest.mark.parametrize("name", [*ENVELOPES])
def test_an_envelope_bears_sender_and_address_where_machines_read_them(name: str) -> None:
    envelope = ENVELOPES[name]
    pairs = [(("Anna Example", "Example Street 1"), ("Mara Lind", "Road 1", "12345 Town"))] * 3
    found = pages(PRESS.envelopes(pairs, envelope, "T", ON))
    assert len(found) == 3
    assert size(found[2]) == pytest.approx((envelope.width, envelope.height), abs=0.1)
    by_words = {run.text: run for run in runs(found[2])}
    assert by_words["Anna Example"].baseline < envelope.height / 3
    last = by_words["12345 Town"]
    assert 15 < last.left < last.right < envelope.width - 12
    assert envelope.height - last.baseline > 15
    assert by_words["Mara Lind"].baseline > 40

"""The tables about letters on paper, checked when settings are read (settings/letterhead)."""

from pathlib import Path

import pytest

from nurture.core.post.letterhead import PLAIN, Letterhead, Picture, Side
from nurture.core.post.stationery import Form, LabelSheet, Paper
from nurture.errors import Misconfigured
from nurture.settings import Settings, load_settings
from tests.fakes.settings_text import ACCOUNT, OWNER

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (800).to_bytes(4, "big") + (200).to_bytes(4, "big")
# A start of frame behind an application segment, as every camera writes it.
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10" + b"\0" * 14 + b"\xff\xc0\0\x11\x08" + (200).to_bytes(2, "big")
    + (700).to_bytes(2, "big") + b"\x03"
)  # fmt: skip


def load(folder: Path, letterhead: str = "", letters: str = "") -> Settings:
    (folder / "secrets").mkdir(exist_ok=True)
    key = folder / "secrets" / "nurture.key"
    key.write_text("k" * 64)
    key.chmod(0o600)
    head = f"[owners.anna.letterhead]\n{letterhead}\n" if letterhead else ""
    file = folder / "nurture.toml"
    file.write_text(f"{OWNER}{head}{ACCOUNT}{letters}")
    return load_settings(file, {}, with_passwords=False)


def complaint(folder: Path, letterhead: str = "", letters: str = "") -> str:
    with pytest.raises(Misconfigured) as caught:
        load(folder, letterhead, letters)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line > 1
    return str(problem)


def test_without_tables_letters_are_plain(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.accounts[0].letterhead == PLAIN
    assert (settings.fonts, settings.label) == (None, None)


def test_a_letterhead_is_read_with_its_pictures_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "head.png").write_bytes(PNG)
    (tmp_path / "hand.jpg").write_bytes(JPEG)
    found = load(
        tmp_path,
        'lines = ["Carter & Sons"]\nimage = "head.png"\nimage_width = 80\nside = "left"\n'
        'signature = "hand.jpg"\nform = "din-a"\nmarks = false\nfont = "Inter"\nsize = 10.5',
    )
    assert found.accounts[0].letterhead == Letterhead(
        lines=("Carter & Sons",),
        image=Picture(tmp_path / "head.png", 80.0),
        side=Side.LEFT,
        signature=Picture(tmp_path / "hand.jpg", 45.0),
        form=Form.DIN_A,
        marks=False,
        font="Inter",
        size=10.5,
    )


@pytest.mark.parametrize(
    ("content", "width", "words"),
    [
        (None, 45, "there is no file"),
        (b"GIF89a" + b"\0" * 99, 45, "is no PNG or JPEG"),
        (b"", 45, "is no PNG or JPEG"),
        (b"\xff\xd8\xff\xe0\0\x10", 45, "is no PNG or JPEG"),
        (PNG + b"\0" * (5 * 2**20), 45, "more than 5 MB"),
        (PNG.replace((800).to_bytes(4, "big"), (100).to_bytes(4, "big")), 45,
         "is 100 pixels wide: for 45 mm it needs 177, better 531"),
    ],
)  # fmt: skip
def test_a_picture_that_cannot_be_printed_is_told_when_settings_are_read(
    tmp_path: Path, content: bytes | None, width: int, words: str
) -> None:
    if content is not None:
        (tmp_path / "hand.png").write_bytes(content)
    told = complaint(tmp_path, f'signature = "hand.png"\nsignature_width = {width}')
    assert words in told
    assert "hand.png" in told


@pytest.mark.parametrize(("content", "widest"), [(PNG, 200), (JPEG, 177)])
def test_a_picture_is_as_wide_as_a_hundred_dots_an_inch_allow(
    tmp_path: Path, content: bytes, widest: int
) -> None:
    (tmp_path / "head.png").write_bytes(content)
    assert load(tmp_path, f'image = "head.png"\nimage_width = {widest}').accounts
    complaint(tmp_path, f'image = "head.png"\nimage_width = {widest + 1}')


def test_paper_that_has_a_head_already_gets_no_second_one(tmp_path: Path) -> None:
    assert load(tmp_path, "preprinted = true").accounts[0].letterhead.is_preprinted
    assert "leave out image and lines" in complaint(tmp_path, 'preprinted = true\nlines = ["A"]')


@pytest.mark.parametrize(
    "wrong", ['form = "din-c"', "image_width = 2", 'side = "top"', "size = 40", 'sign = "x"']
)
def test_a_letterhead_refuses_what_it_does_not_know(tmp_path: Path, wrong: str) -> None:
    complaint(tmp_path, wrong)


def test_labels_of_ones_own_are_measured(tmp_path: Path) -> None:
    measures = "columns = 3\nrows = 8\nwidth = 63.5\nheight = 33.9\nleft = 7.2\ntop = 12.9\n"
    found = load(tmp_path, letters=f"[letters.label]\n{measures}across = 66.0\n")
    assert found.label == LabelSheet(Paper.A4, 3, 8, 63.5, 33.9, 7.2, 12.9, 66.0, 33.9)
    told = complaint(tmp_path, letters=f"[letters.label]\n{measures}across = 80.0\n")
    assert "overlap or leave the paper (210 x 297 mm)" in told


def test_a_folder_of_fonts_must_be_there(tmp_path: Path) -> None:
    assert "there is no folder" in complaint(tmp_path, letters='[letters]\nfonts = "fonts"\n')
    (tmp_path / "fonts").mkdir()
    assert load(tmp_path, letters='[letters]\nfonts = "fonts"\n').fonts == tmp_path / "fonts"

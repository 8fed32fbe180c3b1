"""Measures of paper, windows and labels (core/stationery)."""

from dataclasses import replace

import pytest

from nurture.core.post.stationery import INCH, LABELS, LAYOUTS, Form, Paper, paper_in


def test_north_america_and_its_neighbours_print_on_letter_paper() -> None:
    for country in ("US", "CA", "MX", "PH", "CL"):
        assert paper_in(country) is Paper.LETTER
    for country in ("DE", "GB", "BR", "AU", "JP", ""):
        assert paper_in(country) is Paper.A4


@pytest.mark.parametrize("form", [Form.DIN_A, Form.DIN_B])
def test_a_din_page_folded_at_its_mark_shows_its_address_in_the_window(form: Form) -> None:
    layout = LAYOUTS[form]
    fold, *_ = layout.folds
    # DIN 680: 90 x 45 mm, 15 mm above the lower edge, 20 mm from the left one; DL: 220 x 110 mm.
    for right, up in ((0, 0), (220 - 210, 0), (0, 110 - 105), (220 - 210, 110 - 105)):
        shown = (20 - right, 110 - right, fold - 60 + up, fold - 15 + up)
        assert shown[0] + 3 <= layout.address.left
        assert layout.address.right <= shown[1] - 3
        assert shown[2] + 3 <= layout.address.top
        assert layout.address.bottom <= shown[3] - 3 + 0.001
        assert shown[0] <= layout.window.left < layout.window.right <= shown[1]
        assert shown[2] <= layout.window.top < layout.window.bottom <= shown[3]
        assert layout.body > shown[3]
        assert layout.aside > shown[1]


def test_an_american_address_shows_wherever_the_page_slides() -> None:
    layout, slides = LAYOUTS[Form.US_10], (9.5 - 8.5) * INCH
    window = (0.875 * INCH, 5.375 * INCH)
    for shift in (0.0, slides):
        left, right = window[0] - shift, window[1] - shift
        assert left <= layout.address.left - INCH / 8 + 0.01
        assert layout.address.right <= right - INCH / 8 + 0.01
        assert layout.aside >= right
    panel, envelope = 11 / 3 * INCH, 4.125 * INCH
    lowest = panel + (envelope - panel) - 0.5 * INCH
    assert layout.body > lowest + INCH / 8


@pytest.mark.parametrize("name", [*LABELS])
def test_labels_lie_on_their_sheet_with_equal_margins(name: str) -> None:
    sheet = LABELS[name]
    last, (width, height) = sheet.box(sheet.count - 1), sheet.paper.size
    assert sheet.fits
    assert width - last.right == pytest.approx(sheet.left, abs=0.05)
    assert height - last.bottom == pytest.approx(sheet.top, abs=0.05)


def test_labels_that_overlap_or_leave_the_paper_do_not_fit() -> None:
    good = LABELS["l7163"]
    for wrong in (
        replace(good, across=90.0),
        replace(good, down=30.0),
        replace(good, left=20.0),
        replace(good, rows=8),
    ):
        assert not wrong.fits
    assert replace(good, columns=1, across=0.0).fits

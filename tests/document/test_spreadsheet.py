"""No cell of ours runs in a spreadsheet, and none comes back with more than was in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.document.spreadsheet import guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1234", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_but_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@given(st.text())
def test_a_guarded_cell_comes_back_as_it_was(text: str) -> None:
    if guarded(text) != text:
        assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["'s Gravenhage", "O'Brien", "", "'"])
def test_an_apostrophe_of_the_text_stays(text: str) -> None:
    assert unguarded(guarded(text)) == text

"""A draft is decided once, and the words of a file say who is asked."""

from itertools import product

import pytest

from nurture.core.draft import (
    DRAFT_TRANSITIONS,
    OPEN,
    Approval,
    DraftMove,
    DraftState,
    approval_of,
    move_draft,
)
from nurture.errors import Broken


@pytest.mark.parametrize(("state", "by"), [*product(DraftState, DraftMove)])
def test_every_other_move_is_refused(state: DraftState, by: DraftMove) -> None:
    if (state, by) in DRAFT_TRANSITIONS:
        assert move_draft(state, by) is DRAFT_TRANSITIONS[state, by]
        return
    with pytest.raises(Broken, match=f"a draft that is {state} cannot be {by}"):
        move_draft(state, by)


def test_nothing_comes_back_from_a_decision_but_by_a_doubt() -> None:
    assert {state for state, _ in DRAFT_TRANSITIONS} == OPEN
    back = [by for (_, by), to in DRAFT_TRANSITIONS.items() if to is DraftState.WAITING]
    assert back == [DraftMove.DOUBTED]


@pytest.mark.parametrize(
    ("of_step", "of_sequence", "asked"),
    [
        ("", "", None),
        ("required", "", Approval()),
        ("", "required", Approval()),
        ("first 3", "required", Approval()),
        ("first 3", "", Approval(3)),
        ("first 3", "first 20", Approval(20)),
    ],
)
def test_the_stricter_word_counts(of_step: str, of_sequence: str, asked: Approval | None) -> None:
    assert approval_of(of_step, of_sequence) == asked


def test_the_first_so_many_are_asked_about() -> None:
    assert [Approval(2).asks(accepted) for accepted in (0, 1, 2, 3)] == [True, True, False, False]
    assert Approval().asks(10_000)

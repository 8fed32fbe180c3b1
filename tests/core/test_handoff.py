"""A handoff stays somebody's business until a person closes it."""

import pytest

from nurture.core.handoff import HANDOFF_TRANSITIONS, HandoffMove, HandoffState, move_handoff
from nurture.errors import Broken

OPEN, TAKEN, CLOSED = HandoffState.OPEN, HandoffState.TAKEN, HandoffState.CLOSED


@pytest.mark.parametrize(
    ("state", "by", "then"),
    [
        (OPEN, HandoffMove.TAKEN, TAKEN),
        (TAKEN, HandoffMove.TAKEN, TAKEN),
        (OPEN, HandoffMove.WRITTEN_AGAIN, OPEN),
        (TAKEN, HandoffMove.WRITTEN_AGAIN, OPEN),
        (OPEN, HandoffMove.CLOSED, CLOSED),
        (TAKEN, HandoffMove.CLOSED, CLOSED),
    ],
)
def test_p8_who_writes_again_needs_somebody_again(
    state: HandoffState, by: HandoffMove, then: HandoffState
) -> None:
    assert move_handoff(state, by) is then


@pytest.mark.parametrize("by", HandoffMove)
def test_what_is_closed_stays_closed(by: HandoffMove) -> None:
    with pytest.raises(Broken, match=f"a handoff that is closed cannot be {by}"):
        move_handoff(CLOSED, by)


def test_p8_only_closing_closes() -> None:
    closing = {by for (_, by), to in HANDOFF_TRANSITIONS.items() if to is CLOSED}
    assert closing == {HandoffMove.CLOSED}
    assert {state for state, _ in HANDOFF_TRANSITIONS} == {OPEN, TAKEN}

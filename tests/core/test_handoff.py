"""A handoff stays somebody's business until a person closes it."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.core.handoff import (
    HANDOFF_TRANSITIONS,
    HandoffMove,
    HandoffState,
    goes_on_with,
    move_handoff,
)
from nurture.errors import Broken

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNFINISHED = [state for state in HandoffState if state is not HandoffState.CLOSED]
OF_PEOPLE = [by for by in HandoffMove if by not in {HandoffMove.WRITTEN_AGAIN, HandoffMove.THANKED}]
ASIDE = [state for state in UNFINISHED if state is not HandoffState.OPEN]


@pytest.mark.parametrize("state", HandoffState)
def test_p8_who_writes_again_needs_somebody_again(state: HandoffState) -> None:
    assert move_handoff(state, HandoffMove.WRITTEN_AGAIN) is HandoffState.OPEN


@pytest.mark.parametrize("state", HandoffState)
def test_thanks_alone_change_no_state(state: HandoffState) -> None:
    assert move_handoff(state, HandoffMove.THANKED) is state


@pytest.mark.parametrize("state", ASIDE)
@pytest.mark.parametrize("by", [HandoffMove.RAN_OUT, HandoffMove.GIVEN_BACK])
def test_p8_what_was_put_aside_comes_back(state: HandoffState, by: HandoffMove) -> None:
    assert move_handoff(state, by) is HandoffState.OPEN


@pytest.mark.parametrize("by", OF_PEOPLE)
def test_what_is_closed_opens_by_a_mail_alone(by: HandoffMove) -> None:
    with pytest.raises(Broken, match=f"a handoff that is closed cannot be {by}"):
        move_handoff(HandoffState.CLOSED, by)


def test_p8_only_closing_closes() -> None:
    closed = HandoffState.CLOSED
    closing = {by for (state, by), to in HANDOFF_TRANSITIONS.items() if closed is to is not state}
    assert closing == {HandoffMove.CLOSED}
    assert {state for state, _ in HANDOFF_TRANSITIONS} == set(HandoffState)


def test_h4_two_weeks_after_the_close_the_talk_is_over() -> None:
    assert goes_on_with(NOW, NOW + timedelta(days=14))
    assert not goes_on_with(NOW, NOW + timedelta(days=14, seconds=1))

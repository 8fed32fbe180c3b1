"""A touch moves only as its table says, and what may have left is never sent again."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nurture.core.touch import TOUCH_TRANSITIONS, TouchMove, TouchState, move_touch
from nurture.errors import Broken

MAY_HAVE_LEFT = [TouchMove.ACCEPTED, TouchMove.LOST_SIGHT, TouchMove.PROVEN_SENT]


def reachable(start: TouchState, without: frozenset[TouchMove] = frozenset()) -> set[TouchState]:
    found: set[TouchState] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for (state, by), to in TOUCH_TRANSITIONS.items():
            if state is here and by not in without and to not in found:
                found.add(to)
                waiting.append(to)
    return found


@pytest.mark.parametrize("state", TouchState)
@pytest.mark.parametrize("by", TouchMove)
def test_a_move_is_in_the_table_or_is_our_mistake(state: TouchState, by: TouchMove) -> None:
    if (state, by) in TOUCH_TRANSITIONS:
        assert move_touch(state, by) is TOUCH_TRANSITIONS[state, by]
    else:
        with pytest.raises(Broken, match=rf"{state} cannot be {by}"):
            move_touch(state, by)


@pytest.mark.parametrize(
    "state",
    [TouchState.SENT, TouchState.UNCERTAIN, TouchState.BOUNCED, TouchState.REFUSED,
     TouchState.CANCELLED],
)  # fmt: skip
def test_p2_no_path_leads_back_to_sending(state: TouchState) -> None:
    assert not {TouchState.SENDING, TouchState.DEFERRED} & reachable(state)


def test_p2_only_what_is_certainly_not_sent_is_tried_again() -> None:
    assert TouchState.SENDING in reachable(TouchState.SENDING)
    certainly_not_sent = frozenset({TouchMove.POSTPONED})
    assert TouchState.SENDING not in reachable(TouchState.SENDING, without=certainly_not_sent)


def test_p2_lost_sight_is_never_taken_for_unsent() -> None:
    assert move_touch(TouchState.SENDING, TouchMove.LOST_SIGHT) is TouchState.UNCERTAIN
    settled = {by for state, by in TOUCH_TRANSITIONS if state is TouchState.UNCERTAIN}
    assert settled == {TouchMove.PROVEN_SENT, TouchMove.PROVEN_UNSENT, TouchMove.CAME_BACK}


@pytest.mark.parametrize("state", [TouchState.REFUSED, TouchState.CANCELLED])
def test_refused_and_cancelled_are_the_end(state: TouchState) -> None:
    assert reachable(state) == set()


class Mail(RuleBasedStateMachine):
    """Any order of events; counts from outside how often the mail may have left."""

    def __init__(self) -> None:
        super().__init__()
        self.state = TouchState.SENDING
        self.has_left = False

    @rule(by=st.sampled_from(TouchMove))
    def happen(self, by: TouchMove) -> None:
        before = self.state
        try:
            self.state = move_touch(self.state, by)
        except Broken:
            assert self.state is before
            return
        self.has_left |= by in MAY_HAVE_LEFT

    @invariant()
    def p2_what_may_have_left_is_not_on_its_way(self) -> None:
        waits = (TouchState.SENDING, TouchState.DEFERRED, TouchState.REFUSED)
        assert not (self.has_left and self.state in waits)


Mail.TestCase.settings = settings(max_examples=80, stateful_step_count=15, derandomize=True)
TestMail = Mail.TestCase

"""An enrollment moves only as its table says, and never starts to speak again by itself."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nurture.core.enrollment import TRANSITIONS, Move, State, move
from nurture.errors import Broken

LIVE = [State.ACTIVE, State.PAUSED, State.HANDED_OFF]
ENDINGS = [
    Move.FINISHED, Move.OPTED_OUT, Move.BOUNCED, Move.LEFT, Move.WON, Move.STOPPED,
]  # fmt: skip


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("by", Move)
def test_a_move_is_in_the_table_or_is_our_mistake(state: State, by: Move) -> None:
    if (state, by) in TRANSITIONS:
        assert move(state, by) is TRANSITIONS[state, by]
    else:
        with pytest.raises(Broken, match=rf"{state} cannot be {by}"):
            move(state, by)


def test_p1_only_a_human_brings_an_enrollment_back() -> None:
    into_active = {step for step, to in TRANSITIONS.items() if to is State.ACTIVE}
    assert into_active == {(State.PAUSED, Move.RESUMED), (State.HANDED_OFF, Move.RESUMED)}


@pytest.mark.parametrize("state", LIVE)
def test_p1_an_answer_always_reaches_a_human(state: State) -> None:
    assert move(state, Move.ANSWERED) is State.HANDED_OFF


@pytest.mark.parametrize("by", [Move.COLLEAGUE_ANSWERED, Move.DOUBTED])
def test_p1_doubt_and_colleagues_stop_the_talk_and_cover_no_answer(by: Move) -> None:
    assert [move(state, by) for state in LIVE] == [State.PAUSED, State.PAUSED, State.HANDED_OFF]


@pytest.mark.parametrize("by", ENDINGS)
@pytest.mark.parametrize("state", LIVE)
def test_what_ends_a_walk_ends_it_from_anywhere(state: State, by: Move) -> None:
    assert move(state, by) is State.ENDED


def test_nothing_leaves_the_end() -> None:
    after_the_end = {by: to for (state, by), to in TRANSITIONS.items() if state is State.ENDED}
    assert set(after_the_end.values()) == {State.ENDED}
    assert set(Move) - set(after_the_end) == {Move.RESUMED, Move.FINISHED}


class Walk(RuleBasedStateMachine):
    """Any order of events; remembers from outside whether the walk may speak."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.ACTIVE
        self.is_silenced = False
        self.is_over = False

    @rule(by=st.sampled_from(Move))
    def happen(self, by: Move) -> None:
        before = self.state
        try:
            self.state = move(self.state, by)
        except Broken:
            assert self.state is before
            return
        self.is_over |= by in ENDINGS
        self.is_silenced = by is not Move.RESUMED

    @invariant()
    def p1_a_silenced_walk_does_not_speak(self) -> None:
        assert not (self.is_silenced and self.state is State.ACTIVE)

    @invariant()
    def an_ended_walk_stays_ended(self) -> None:
        assert self.is_over == (self.state is State.ENDED)


Walk.TestCase.settings = settings(max_examples=80, stateful_step_count=15, derandomize=True)
TestWalk = Walk.TestCase

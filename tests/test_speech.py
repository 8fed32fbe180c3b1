"""What is begun leaves, is put off, or is in doubt; and a halt is seen within a moment."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest

from nurture.core.halt import Halt, HaltKind
from nurture.core.touch import TouchMove
from nurture.errors import Unreachable
from nurture.mail.delivery import Accepted, Answer, Deferred, Delivery, Envelope, Phase, Scope
from nurture.outcome import NOT_TRIED
from nurture.ports import Load, Settlement
from nurture.speech import Speech, Utterance
from tests.fakes.leaping_clock import LeapingClock

_NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_OK = Accepted(Answer(Phase.BODY, 250, "2.0.0 Ok"))
_SPENT = Deferred(Answer(Phase.BODY, 421, "4.7.0 try again later"), Scope.ACCOUNT)
_HALT = Halt(HaltKind.STOPPED, "a wrong price", _NOW)

Deed = Callable[[Load, Envelope], None]


class _Stage:
    """The ports of a speech; what the courier does with each mail is scripted by its number."""

    def __init__(self, *deeds: Deed) -> None:
        self.clock = LeapingClock(_NOW)
        self.deeds = list(deeds)
        self.left: list[str] = []
        self.settled: list[Settlement] = []
        self.told: list[Settlement] = []
        self.is_full = False
        self.asked = 0
        self.halted: tuple[Halt, ...] = ()
        self.speech = Speech(
            cast("Any", self),
            cast("Any", self),
            cast("Any", self),
            self.clock,
            lambda: False,
        )

    async def halts(self) -> tuple[Halt, ...]:
        """As the switch."""
        self.asked += 1
        return self.halted

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """As the store."""
        if self.is_full:
            raise Unreachable("the disk is full")
        self.settled += settlements

    async def carry(self, load: Load) -> None:
        """As the courier."""
        while (envelope := load.draw()) is not None:
            self.left.append(envelope.recipient)
            deed = self.deeds.pop(0) if self.deeds else told(_OK)
            deed(load, envelope)

    async def say(self, number: int) -> None:
        """So many mails."""
        mails = [Envelope("anna@x.example", f"p{each}", b"", f"{each}") for each in range(number)]
        await self.speech.deliver(
            [Utterance(mail, partial(_settled, each)) for each, mail in enumerate(mails)],
            self.told.extend,
        )

    @property
    def ends(self) -> dict[int, Delivery]:
        """What was committed of each."""
        return {each.touch_id: each.delivery for each in self.settled}


def _settled(touch_id: int, delivery: Delivery, now: datetime) -> Settlement:
    return Settlement(touch_id, TouchMove.ACCEPTED, now, delivery)


def told(delivery: Delivery) -> Deed:
    """It came to this."""
    return lambda load, envelope: load.tell(envelope, delivery)


def given_back(load: Load, envelope: Envelope) -> None:
    """The server had gone."""
    load.give_back(envelope)


def broken(_load: Load, _envelope: Envelope) -> None:
    """A mistake of ours."""
    raise RuntimeError("broken")


async def test_nothing_is_told_before_it_is_committed() -> None:
    stage = _Stage()
    await stage.say(2)
    assert stage.told == stage.settled
    stage.is_full = True
    with pytest.raises(Unreachable):
        await stage.say(3)
    assert len(stage.told) == 2


async def test_however_many_leave_in_a_moment_the_switch_is_asked_once() -> None:
    stage = _Stage()
    await stage.say(40)
    assert (len(stage.ends), stage.asked) == (40, 1)


async def test_a_halt_is_seen_by_whatever_leaves_a_quarter_of_a_second_later() -> None:
    def halting(load: Load, envelope: Envelope) -> None:
        stage.halted = (_HALT,)
        slow(load, envelope)

    def slow(load: Load, envelope: Envelope) -> None:
        stage.clock.at += timedelta(milliseconds=130)
        load.tell(envelope, _OK)

    stage = _Stage(slow, slow, slow, halting)
    await stage.say(9)
    assert stage.left == ["p0", "p1", "p2", "p3"]
    assert (stage.asked, stage.speech.is_over) == (3, True)
    assert [stage.ends[each] for each in range(9)] == [_OK] * 4 + [NOT_TRIED] * 5


async def test_behind_an_answer_that_asks_for_rest_nothing_leaves() -> None:
    stage = _Stage(told(_OK), told(_SPENT))
    await stage.say(4)
    assert stage.left == ["p0", "p1"]
    assert list(stage.ends.values()) == [_OK, _SPENT, NOT_TRIED, NOT_TRIED]
    assert stage.speech.rest is not None


async def test_what_was_given_back_leaves_first_unless_silence_is_due() -> None:
    stage = _Stage(told(_OK), given_back)
    await stage.say(3)
    assert stage.left == ["p0", "p1", "p1", "p2"]
    assert set(stage.ends.values()) == {_OK}

    def gone(load: Load, envelope: Envelope) -> None:
        behind = load.draw()
        assert behind is not None
        load.tell(envelope, _SPENT)
        load.give_back(behind)

    stage = _Stage(gone)
    await stage.say(3)
    assert stage.left == ["p0"]
    assert [stage.ends[each] for each in range(3)] == [_SPENT, NOT_TRIED, NOT_TRIED]


async def test_p2_a_mail_in_whose_dialogue_we_broke_is_settled_by_nobody() -> None:
    stage = _Stage(told(_OK), broken)
    with pytest.raises(RuntimeError):
        await stage.say(4)
    assert stage.ends == {0: _OK, 2: NOT_TRIED, 3: NOT_TRIED}
    assert stage.speech.is_over

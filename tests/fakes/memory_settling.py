"""What became of touches, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nurture import ports
from nurture.core.decision import Advance
from nurture.core.enrollment import Enrollment, Move, State
from nurture.core.touch import Touch, TouchMove, TouchState, move_touch
from nurture.errors import Broken
from nurture.mail.delivery import Accepted
from nurture.storage import rule
from nurture.storage.ledger import OF_STATE, OF_TOUCH
from tests.fakes.memory_world import World

_LEFT = (TouchState.SENT, TouchState.UNCERTAIN)


def settle(world: World, settlements: Sequence[ports.Settlement]) -> None:
    """See ports.Outgoing."""
    for each in settlements:
        touch = world.touches.get(each.touch_id)
        if touch is None:
            raise Broken(f"there is no touch {each.touch_id} to settle")
        if not rule.remains_in_doubt(touch.state, each.move):
            move_touch(touch.state, rule.in_hindsight(touch.state, each.move))
    for each in settlements:
        _settle(world, each)


def _settle(world: World, by: ports.Settlement) -> None:
    touch = world.touches[by.touch_id]
    account = rule.account_after(world.account(touch.account), touch.begun_at, by)
    world.accounts[touch.account] = account
    if scope := world.intents[touch.id].family:
        world.families[scope] = rule.family_after(world.family(scope), touch.begun_at, by)
    walk, was_given_up = world.walks[touch.enrollment_id], touch.state is TouchState.UNCERTAIN
    if rule.remains_in_doubt(touch.state, by.move):
        told = replace(touch, reply=str(by.delivery.answer))
        _put(world, told, by.why or told.reply, by.at)
    else:
        state = move_touch(touch.state, rule.in_hindsight(touch.state, by.move))
        doubt = world.doubts.get(touch.id, "") if was_given_up else ""
        onward = rule.settled(rule.undoubted(walk, doubt), touch.step, touch.occurrence, by)
        if state is TouchState.DEFERRED and onward.state is not State.ACTIVE:
            state = move_touch(state, TouchMove.CALLED_OFF)
        if state is TouchState.UNCERTAIN and onward.state is not walk.state:
            world.doubts[touch.id] = onward.reason
        sent_at = by.at if state in _LEFT else None
        reply = str(by.delivery.answer)
        after = replace(touch, state=state, sent_at=sent_at, reply=reply)
        why = world.intents[touch.id].why if state is TouchState.SENT else by.why or reply
        _put(world, after, why, by.at)
        _put_walk(world, onward, onward.reason, by.at)
    if isinstance(by.delivery, Accepted):
        world.ids = dict.fromkeys(by.delivery.server_ids, touch.id) | world.ids
    if by.alert:
        world.alert(touch.account, by.alert, by.at, f"undelivered/{touch.id}")
    if by.suppress:
        world.refuse([world.intents[touch.id].recipient], by.suppress)
        world.move(world.live([touch.contact_id]), Move.BOUNCED, by.suppress, by.at)


def _put(world: World, touch: Touch, why: str, at: datetime) -> None:
    world.touches[touch.id] = touch
    world.tell_touch(touch, OF_TOUCH[touch.state], why, at)
    if touch.state in _LEFT:
        world.touched(touch.contact_id, touch.sent_at)
    else:
        world.wires[touch.id] = b""


def _put_walk(world: World, walk: Enrollment, why: str, at: datetime) -> None:
    before = world.walks[walk.id]
    if walk.state is not before.state:
        world.tell_walk(walk, OF_STATE[walk.state], why, at)
    if not rule.stands_at(walk, before.position, before.occurrence):
        world.leave(before)
    world.walks[walk.id] = walk


def lose_sight(world: World, lease: ports.Lease, now: datetime) -> tuple[Touch, ...]:
    """See ports.Outgoing."""
    lost = []
    for touch in tuple(world.touches.values()):
        is_older = world.epochs[touch.id] < lease.epoch
        if touch.account == lease.account and touch.state is TouchState.SENDING and is_older:
            state = move_touch(touch.state, TouchMove.LOST_SIGHT)
            after = replace(touch, state=state, sent_at=touch.begun_at)
            _put(world, after, rule.LOST_SIGHT, now)
            walk = world.walks[touch.enrollment_id]
            is_there = rule.stands_at(walk, touch.step, touch.occurrence)
            if walk.state is State.ACTIVE and is_there:
                world.doubts[touch.id] = rule.LOST_SIGHT
                paused = rule.moved(walk, Move.DOUBTED, rule.LOST_SIGHT)
                _put_walk(world, paused, rule.LOST_SIGHT, now)
            lost.append(after)
    return tuple(lost)


def resolve(
    world: World,
    touch_id: int,
    move: TouchMove,
    next_step: Advance | None,
    now: datetime,
    why: str,
) -> None:
    """See ports.Outgoing."""
    touch = world.touches.get(touch_id)
    if touch is None:
        raise Broken(f"there is no touch {touch_id} to resolve")
    state = move_touch(touch.state, move)
    sent_at = touch.sent_at if state in _LEFT else None
    _put(world, replace(touch, state=state, sent_at=sent_at), why, now)
    walk, doubt = world.walks[touch.enrollment_id], world.doubts.get(touch.id, "")
    _put_walk(
        world, rule.resolved(walk, touch.step, touch.occurrence, doubt, next_step, now), why, now
    )

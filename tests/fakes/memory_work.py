"""What people and time do with handoffs, in memory."""

from dataclasses import replace
from datetime import datetime

from nurture import ports
from nurture.core.enrollment import Move, State
from nurture.core.handoff import Handoff, Outcome, brought_back, reminder
from nurture.core.handoff.deed import (
    Close,
    Deed,
    MoveOver,
    Resume,
    Stop,
    deed_words,
    objection,
    worked,
)
from nurture.storage import rule
from nurture.storage.lane import count_walks, first_of_lanes
from nurture.storage.ledger import Event
from nurture.storage.working import OF_DEED, back_key, back_subject
from tests.fakes.memory_outgoing import MemoryOutgoing
from tests.fakes.memory_world import World


async def act(world: World, handoff_id: int, deed: Deed, now: datetime) -> ports.Acted:
    """See ports.Desk."""
    handoff = world.handoffs.get(handoff_id)
    if handoff is None:
        return ports.Acted(None, f"there is no handoff {handoff_id}")
    if why := objection(handoff, deed, now):
        return ports.Acted(handoff, why)
    after = world.handoffs[handoff_id] = worked(handoff, deed, now)
    world.tell(now, OF_DEED[type(deed)], deed_words(deed), handoff.contact_id)
    if not isinstance(deed, Close):
        return ports.Acted(after)
    return await _conclude(world, after, deed, now)


async def _conclude(world: World, handoff: Handoff, deed: Close, now: datetime) -> ports.Acted:
    number, contact = handoff.contact_id, world.contacts[handoff.contact_id]
    if deed.outcome is Outcome.OPTED_OUT:
        if world.refuse([contact.address, *contact.aliases], "opted out"):
            world.tell(now, Event.ADDRESS_SUPPRESSED, "opted out", number)
        world.move(world.live([number]), Move.OPTED_OUT, "opted out", now)
    if deed.outcome is Outcome.WON:
        world.move(world.live([number]), Move.WON, "", now)
    words = deed_words(replace(deed, note=""))
    match deed.onward:
        case Stop():
            world.move(world.live([number]), Move.STOPPED, words, now)
        case MoveOver() as over:
            world.move(world.live([number]), Move.STOPPED, f"moved over to {over.sequence}", now)
            begun = await MemoryOutgoing(world).enroll(over.lanes)
            return ports.Acted(handoff, enrolled=any(each is not None for each in begun))
        case Resume(on):
            return ports.Acted(handoff, resumed=resume(world, number, on, f"{words}: go on", now))
    return ports.Acted(handoff)


def resume(world: World, contact_id: int, on: datetime, why: str, now: datetime) -> int:
    """See ports.Desk."""
    stopped = [walk for walk in world.live([contact_id]) if walk.state is not State.ACTIVE]
    for walk in stopped:
        world.walks[walk.id] = rule.resumed(walk, on)
        for mail in world.mails:
            mail.stops.pop(walk.id, None)
    for walk in first_of_lanes(world.walks[each.id] for each in stopped):
        world.tell_walk(walk, Event.ENROLLMENT_RESUMED, why, now)
    return count_walks(stopped)


def run_out(world: World, now: datetime) -> tuple[Handoff, ...]:
    """See ports.Desk."""
    back = []
    for handoff in tuple(world.handoffs.values()):
        after = None
        if handoff.until and handoff.until <= now and not handoff.is_finished:
            after = world.handoffs[handoff.id] = brought_back(handoff, now)
        elif handoff.remind_at and handoff.remind_at <= now:
            world.handoffs[handoff.id] = replace(handoff, remind_at=None)
            if world.unfinished(handoff.contact_id) is None:
                after = replace(reminder(handoff, now), id=len(world.handoffs) + 1)
                world.handoffs[after.id] = after
        if after:
            back.append(after)
            _brief(world, after, now)
    return tuple(back)


def _brief(world: World, handoff: Handoff, now: datetime) -> None:
    subject = back_subject(world.contacts[handoff.contact_id].name)
    brief = ports.Notice(
        0, handoff.account, ports.NoticeKind.BRIEF, subject, handoff.reason, now, 0, handoff.id
    )
    world.post(brief, back_key(handoff))
    world.tell(now, Event.HANDOFF_BACK, handoff.reason, handoff.contact_id)

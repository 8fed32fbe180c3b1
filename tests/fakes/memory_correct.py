"""A person's verdict on a mail, in memory."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from nurture import ports
from nurture.core.enrollment import State
from nurture.core.handoff import Outcome
from nurture.core.handoff.deed import Close, worked
from nurture.errors import Misconfigured
from nurture.storage import rule
from nurture.storage.lane import first_of_lanes
from nurture.storage.ledger import Event
from tests.fakes.memory_world import Mail, World


class Applying(Protocol):
    """What applies an effect."""

    world: World

    def _apply(self, mail: Mail, heard: ports.Heard, contact_id: int) -> ports.Recorded: ...


def correct(incoming: Applying, mail_id: str, heard: ports.Heard) -> ports.Recorded:
    """See ports.Incoming."""
    world = incoming.world
    label = str(heard.verdict.meaning) if heard.verdict else ""
    for place, broken in world.shunted.items():
        if broken.id == mail_id:
            world.shunted[place] = replace(broken, corrected=label)
            return ports.Recorded(is_new=broken.corrected != label)
    mail = next((each for each in world.mails if str(each.id) == mail_id), None)
    if mail is None:
        raise Misconfigured(f"there is no mail {mail_id}: see `nurture verdict`")
    if mail.corrected == label:
        return ports.Recorded(is_new=False, inbound_id=mail.id)
    return _correct(incoming, mail, heard, label)


def _correct(incoming: Applying, mail: Mail, heard: ports.Heard, label: str) -> ports.Recorded:
    world, effect, at, old = incoming.world, heard.effect, heard.at, mail.heard
    asked, mail.asks_person = mail.asks_person, bool(effect.handoff)
    before = mail.corrected or (str(old.verdict.meaning) if old.verdict else old.outcome)
    mail.corrected = label
    for place, broken in world.shunted.items():
        fetched = broken.heard.fetched
        if (fetched.folder, fetched.cursor) == (old.fetched.folder, old.fetched.cursor):
            world.shunted[place] = replace(broken, corrected=label)
    if effect.alert:
        alert = ports.NoticeKind.ALERT
        world.post(ports.Notice(0, heard.account, alert, effect.alert, effect.alert, at))
    if old.match is None:
        return ports.Recorded(is_new=True, inbound_id=mail.id)
    contact_id = old.match.contact.id
    why = f"{label}, not {before}, says a person"
    world.tell(at, Event.VERDICT_CORRECTED, why, contact_id)
    resumed = _let_go(world, mail, heard, contact_id)
    if asked and not effect.handoff:
        _withdraw(world, mail, contact_id, at)
    if asked and effect.handoff:
        handoff = world.unfinished(contact_id)
        if handoff and handoff.inbound_id == mail.id:
            world.handoffs[handoff.id] = replace(handoff, reason=effect.handoff)
        heard = replace(heard, effect=replace(effect, handoff=""), outcome=effect.handoff)
    recorded = incoming._apply(mail, heard, contact_id)
    return replace(recorded, moved=(*resumed, *recorded.moved))


def _let_go(
    world: World, mail: Mail, heard: ports.Heard, contact_id: int
) -> tuple[ports.Moved, ...]:
    free = []
    effect, why = heard.effect, "a person corrected the verdict on their mail"
    for walk_id, found_active in tuple(mail.stops.items()):
        walk = world.walks[walk_id]
        keeps = effect.move if walk.contact_id == contact_id else effect.colleague_move
        if keeps is not None:
            continue
        del mail.stops[walk_id]
        others = [each for each in world.mails if walk_id in each.stops]
        for other in others:
            other.stops[walk_id] |= found_active
        if found_active and not others and walk.state is not State.ENDED:
            world.walks[walk_id] = rule.let_go(walk, heard.at)
            free.append(world.walks[walk_id])
    for after in first_of_lanes(free):
        world.tell_walk(after, Event.ENROLLMENT_RESUMED, why, heard.at)
    return tuple(ports.Moved(each.contact_id, each.id, "resumed", why) for each in free)


def _withdraw(world: World, mail: Mail, contact_id: int, at: datetime) -> None:
    handoff = world.unfinished(contact_id)
    if handoff is None:
        return
    closed = [
        each.closed_at
        for each in world.handoffs.values()
        if each.contact_id == contact_id and each.closed_at
    ]
    others = [
        each.id
        for each in world.mails
        if each.asks_person
        and each is not mail
        and each.heard.match
        and each.heard.match.contact.id == contact_id
        and (not closed or each.heard.at > max(closed))
    ]
    if others:
        about = max(others) if handoff.inbound_id == mail.id else handoff.inbound_id
        world.handoffs[handoff.id] = replace(handoff, inbound_id=about)
        return
    world.handoffs[handoff.id] = worked(handoff, Close("", Outcome.WRONG_VERDICT), at)
    world.tell(at, Event.HANDOFF_CLOSED, Outcome.WRONG_VERDICT, contact_id)

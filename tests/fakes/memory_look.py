"""The last look in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from nurture import ports
from nurture.core.account import Limits
from nurture.core.account.allowance import Allowance
from nurture.core.contact import Contact
from nurture.core.halt import objection_of
from nurture.core.task import TaskMove
from nurture.core.touch import Touch, TouchState
from nurture.storage import rule
from nurture.storage.lane import parting_owed
from nurture.storage.objection import Look, account_objection, denial, objection
from tests.fakes import memory_readers
from tests.fakes.memory_world import World, colleagues


def begin(
    world: World,
    lease: ports.Lease,
    intents: Sequence[ports.Intent],
    now: datetime,
    heard_since: datetime,
    limits: Limits,
) -> tuple[ports.Begun | ports.Stopped, ...]:
    """See ports.Outgoing."""
    account = world.account(lease.account)
    families = [world.family(each.family) for each in intents if each.family]
    free = Allowance.of(account.account, limits, account.spending, families, now)
    why = objection_of(world.halts.values())
    why = why or account_objection(account, lease, now, heard_since)
    results: list[ports.Begun | ports.Stopped] = []
    for intent in intents:
        found = why or objection(_look(world, intent, account, now), intent, account, now)
        if found := found or free.objection(intent.family):
            results.append(ports.Stopped(found))
            continue
        free.take(intent.family)
        results.append(ports.Begun(_begin(world, intent, lease, now)))
    if free.taken:
        tally, pace = free.spent().tally, free.spent().paced_until
        world.accounts[account.account] = replace(account, tally=tally, paced_until=pace)
        world.families |= {each.scope: each for each in free.families_used()}
    return tuple(results)


def _look(
    world: World, intent: ports.Intent, account: ports.AccountState, now: datetime
) -> Look | None:
    contact, walk = world.contacts.get(intent.contact_id), world.walks.get(intent.enrollment_id)
    whose = (intent.contact_id, account.account)
    if contact is None or walk is None or (walk.contact_id, walk.account) != whose:
        return None
    sending = TouchState.SENDING
    under_way = {each.contact_id for each in world.touches.values() if each.state is sending}
    before = _touch(world, intent)
    return Look(
        state=walk.state,
        reason=walk.reason,
        position=walk.position,
        occurrence=walk.occurrence,
        held_until=walk.held_until,
        held_why=walk.held_why,
        last_touch_at=world.last_touch.get(contact.id),
        company_touch_at=world.company_touch(contact),
        touch_state=before.state if before else None,
        touch_message_id=before.message_id if before else None,
        denied=denial(contact, intent.aim, now),
        suppressed=world.refused(intent.recipient),
        has_one_under_way=contact.id in under_way,
        has_colleague_under_way=bool(under_way & {*colleagues(world, contact)}),
        id_is_taken=intent.message_id in world.ids,
        hush=world.hush_over(contact, now),
        owes_parting=parting_owed(walk.id, world.live([contact.id])),
        override=world.overrides.get((contact.id, walk.sequence, intent.step)),
        had_piece=bool(intent.piece) and intent.piece in _barred(world, contact, now),
    )


def _barred(world: World, contact: Contact, now: datetime) -> frozenset[str]:
    reader = memory_readers.reader(world, contact, now)
    return reader.had | reader.company_had


def _touch(world: World, intent: ports.Intent) -> Touch | None:
    key = (intent.enrollment_id, intent.step, intent.occurrence)
    found = world.touches.values()
    same = (each for each in found if (each.enrollment_id, each.step, each.occurrence) == key)
    return next(same, None)


def _begin(world: World, intent: ports.Intent, lease: ports.Lease, now: datetime) -> int:
    walk, before = world.walks[intent.enrollment_id], _touch(world, intent)
    number = before.id if before else len(world.touches) + 1
    world.touches[number] = Touch(
        id=number,
        enrollment_id=walk.id,
        contact_id=walk.contact_id,
        account=walk.account,
        sequence=walk.sequence,
        revision=walk.revision,
        step=intent.step,
        occurrence=intent.occurrence,
        state=TouchState.SENDING,
        message_id=intent.message_id,
        begun_at=now,
        subject=intent.subject,
        attempts=before.attempts + 1 if before else 1,
        tried_since=before.tried_since if before else now,
        reply=before.reply if before else "",
    )
    world.intents[number], world.epochs[number] = intent, lease.epoch
    world.ids[intent.message_id] = number
    world.wires[number] = intent.wire
    world.walks[walk.id] = rule.cleared(walk)
    if intent.piece:
        world.close_tasks(walk.id, TaskMove.EXPIRED, "a piece was found", now, walk)
    return number

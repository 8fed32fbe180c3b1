"""A person works on a handoff: takes it, gives it back, answers, puts it off, closes it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.calendar import at_wall_time
from nurture.core.handoff import LEASE, Handoff, Outcome
from nurture.core.handoff.deed import (
    NOTHING_NEXT,
    AwaitThem,
    Close,
    Deed,
    GiveBack,
    MoveOver,
    Onward,
    Snooze,
    Take,
)
from nurture.core.sequence.course import lanes
from nurture.core.sequence.entry import run_of
from nurture.value import frozen


@frozen
class Workdesk:
    """Everything it takes to work on handoffs; no verb here looks at a clock or sends anything."""

    desk: ports.Desk
    people: ports.People
    outgoing: ports.Outgoing
    catalog: ports.Catalog
    accounts: Mapping[str, Account]


async def take_handoff(desk: Workdesk, handoff_id: int, who: str, now: datetime) -> ports.Acted:
    """Mine, for four working hours of the owner; of two who say so, one hears who was first.

    Who has it already begins a new lease.
    """
    handoff = await desk.desk.handoff(handoff_id)
    until = _lease_end(desk, handoff, now) if handoff else now + LEASE
    return await _act(desk, handoff_id, Take(who, until), now)


async def give_back_handoff(
    desk: Workdesk, handoff_id: int, who: str, now: datetime
) -> ports.Acted:
    """Somebody else has to look: open again, with deadlines that begin anew."""
    return await _act(desk, handoff_id, GiveBack(who), now)


async def await_contact(
    desk: Workdesk, handoff_id: int, who: str, until: datetime | None, now: datetime
) -> ports.Acted:
    """They were answered, and it is their turn; where they stay silent until then, it comes back.

    Whoever answers by mail need not say so: their mail is seen in Sent.
    """
    return await _act(desk, handoff_id, AwaitThem(who, until), now)


async def snooze_handoff(
    desk: Workdesk, handoff_id: int, who: str, until: datetime, now: datetime
) -> ports.Acted:
    """Off the desk until then, or until they write more than thanks."""
    return await _act(desk, handoff_id, Snooze(who, until), now)


async def close_handoff(
    desk: Workdesk,
    handoff_id: int,
    who: str,
    outcome: Outcome,
    now: datetime,
    *,
    onward: Onward = NOTHING_NEXT,
    amount: int | None = None,
    note: str = "",
) -> ports.Acted:
    """It is over, and `onward` is what comes next; `usual_onward` knows what mostly does."""
    return await _act(desk, handoff_id, Close(who, outcome, onward, amount, note), now)


async def moving_over(
    desk: Workdesk, handoff_id: int, sequence: str, on: datetime, now: datetime
) -> MoveOver | str:
    """The way into another sequence, whose first step is looked at from `on`; or why there is none.

    Its entry is not asked: a person chose it for this very contact.
    """
    handoff, text = await desk.desk.handoff(handoff_id), desk.catalog.today(sequence)
    contact = await desk.people.contact_by_id(handoff.contact_id) if handoff else None
    if text is None:
        return f"there is no usable sequence {sequence!r}"
    if handoff is None or contact is None:
        return f"there is no handoff {handoff_id}"
    if refused := await desk.people.suppressed([contact.address]):
        return f"{contact.address} is suppressed: {refused[contact.address]}"
    walks = (await desk.outgoing.walks([contact.id])).get(contact.id, ())
    account = desk.accounts.get(handoff.account)
    begun = lanes(
        text,
        contact,
        handoff.account,
        now,
        because=f"a person moved them here after handoff {handoff_id}",
        run=run_of(text.name, walks),
        zone=account.owner.zone if account else "UTC",
    )
    return MoveOver(tuple(replace(lane, due_at=max(on, now)) for lane in begun))


def morning_of(desk: Workdesk, account: str, day: date) -> datetime:
    """When the owner of the account is back at their desk, on that day or the next working one."""
    known = desk.accounts.get(account)
    if known is None:
        return at_wall_time(day, time(0), "UTC")
    office = known.owner.office(desk.catalog.calendar.away)
    return office.after(at_wall_time(day, time(0), known.owner.zone), timedelta(0))


def _lease_end(desk: Workdesk, handoff: Handoff, now: datetime) -> datetime:
    known = desk.accounts.get(handoff.account)
    if known is None:
        return now + LEASE
    return known.owner.office(desk.catalog.calendar.away).after(now, LEASE)


async def _act(desk: Workdesk, handoff_id: int, deed: Deed, now: datetime) -> ports.Acted:
    acted = await desk.desk.act(handoff_id, deed, now)
    if acted.handoff and not acted.objection:
        handoff = acted.handoff
        journal.handoff_worked(handoff.contact_id, handoff.id, handoff.state)
    return acted

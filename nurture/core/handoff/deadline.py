"""When somebody must be reminded of a conversation that waits, and who (domain.md H1, H7)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from nurture.core.account import Owner
from nurture.core.calendar.season import Away
from nurture.core.handoff.conversation import Handoff, HandoffState, Urgency
from nurture.value import frozen

FORGOTTEN = timedelta(hours=72)
"""What waits for longer stands first in the digest (domain.md H7)."""


class Stage(StrEnum):
    """How far a conversation has come without anybody acting."""

    REMINDED = "reminded"
    ESCALATED = "escalated"
    STILL = "still"


@frozen
class Patience:
    """Working time until a reminder, and until somebody else is asked."""

    remind: timedelta
    escalate: timedelta


PATIENCE: Mapping[Urgency, Patience] = {
    Urgency.NOW: Patience(timedelta(minutes=30), timedelta(minutes=60)),
    Urgency.TODAY: Patience(timedelta(hours=4), timedelta(hours=8)),
}
"""H1: reminded after 30 minutes, escalated after 60, of working time.  Thanks have no deadline.

What was said less urgently, or is not sure to be meant for us, waits half a day and a day.
"""


@frozen
class Prompt:
    """Somebody who is to be reminded now, and why; told once for each time it waits."""

    stage: Stage
    whom: Owner
    in_place_of: Owner | None
    key: str


def in_charge(owner: Owner, closed: tuple[Away, ...], now: datetime) -> Owner:
    """The owner, or on their days away the substitute, unless that one is away as well."""
    stand_in = owner.substitute
    if stand_in is None or owner.office(closed).absence(now) is None:
        return owner
    return owner if stand_in.office(closed).absence(now) else stand_in


def prompts(
    handoff: Handoff, owner: Owner, closed: tuple[Away, ...], now: datetime
) -> tuple[Prompt, ...]:
    """Who is to be told now; only of the last stage reached, and only in their own hours.

    Working time is that of whoever is in charge.  Escalated is to the other one of the two, where
    there is one who is there; after a working day both are told.
    """
    patience = PATIENCE.get(handoff.urgency)
    if handoff.state is not HandoffState.OPEN or patience is None:
        return ()
    charge = in_charge(owner, closed, now)
    other = _other(owner, charge, closed, now)
    stage = _stage(handoff, charge, patience, closed, now)
    if stage is None:
        return ()
    asked = {
        Stage.REMINDED: (charge,),
        Stage.ESCALATED: (other or charge,),
        Stage.STILL: (charge, other) if other else (charge,),
    }[stage]
    return tuple(
        Prompt(stage, each, owner if each is not owner else None, _key(handoff, stage, each))
        for each in asked
        if each.office(closed).is_open(now)
    )


def _other(owner: Owner, charge: Owner, closed: tuple[Away, ...], now: datetime) -> Owner | None:
    stand_in = owner.substitute
    if charge is not owner or stand_in is None:
        return None
    return None if stand_in.office(closed).absence(now) else stand_in


def _stage(
    handoff: Handoff, charge: Owner, patience: Patience, closed: tuple[Away, ...], now: datetime
) -> Stage | None:
    office, since = charge.office(closed), handoff.opened_at
    a_day = max(patience.escalate, office.hours.length)
    if now >= office.after(since, a_day):
        return Stage.STILL
    if now >= office.after(since, patience.escalate):
        return Stage.ESCALATED
    return Stage.REMINDED if now >= office.after(since, patience.remind) else None


def _key(handoff: Handoff, stage: Stage, whom: Owner) -> str:
    since = handoff.opened_at.strftime("%Y-%m-%dT%H:%M:%S")
    return f"handoff/{handoff.id}/{stage}/{since}/{whom.address}"

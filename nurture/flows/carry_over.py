"""Brings people under way to today's text of their sequence, once somebody has agreed."""

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.core.sequence.carry import Carried, carry
from nurture.value import frozen

_WHY = "carried over to the edited sequence"


@frozen
class Crossing:
    """Everything it takes to carry people over; `account` tells the zone of whoever has none."""

    outgoing: ports.Outgoing
    catalog: ports.Catalog
    account: Account
    clock: ports.Clock


@frozen
class Crosser:
    """One person under way on an older text, and what becomes of their walk."""

    contact: Contact
    carried: Carried


async def crossers(crossing: Crossing, sequence: Sequence) -> tuple[Crosser, ...]:
    """Everybody under way on an older text of this sequence; nothing is changed.

    Whose older text is gone is left where they are: their walk is held and shown anyway.
    """
    found = []
    for walking in await crossing.outgoing.walking(sequence.name):
        revisions = {lane.revision for lane in walking.lanes if lane.due_at or lane.position}
        if revisions <= {sequence.revision}:
            continue
        lane = next(each for each in walking.lanes if each.revision != sequence.revision)
        old = await crossing.catalog.sequence(sequence.name, lane.revision)
        if old is None:
            continue
        carried = carry(
            walking.lanes,
            walking.contact,
            old,
            sequence,
            walking.had,
            crossing.clock.now(),
            zone=crossing.account.owner.zone,
        )
        found.append(Crosser(walking.contact, carried))
    return tuple(found)


async def carry_over(crossing: Crossing, sequence: Sequence) -> int:
    """Carries everybody over; how many were.  Doing it twice changes nothing more."""
    found = await crossers(crossing, sequence)
    if not found:
        return 0
    carried = await crossing.outgoing.carry(
        [each.carried for each in found], crossing.clock.now(), _WHY
    )
    journal.walks_carried_over(sequence.name, sequence.revision, carried)
    return carried

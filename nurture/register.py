"""Who may begin a sequence, and their first places in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from nurture import ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.condition import Facts
from nurture.core.contact import Contact
from nurture.core.contact.place import zones_of
from nurture.core.enrollment import Enrollment, State
from nurture.core.sequence import Sequence as StepSequence
from nurture.core.sequence.course import lanes
from nurture.core.sequence.entry import Entry, Standing, admission, run_of
from nurture.core.situation import Pace
from nurture.value import frozen

_NOBODY = Pace()


@frozen
class Register:
    """Everything it takes to enroll."""

    outgoing: ports.Outgoing
    people: ports.People
    catalog: ports.Catalog
    accounts: Mapping[str, Account]
    clock: ports.Clock


@frozen
class Door:
    """Everything it takes to admit people for one account.

    `is_default`: it also writes to those who name no account.  With `tasks`, no more begin than
    their owner can take on.
    """

    account: Account
    register: Register
    desk: ports.Desk
    sequences: tuple[StepSequence, ...]
    is_default: bool = False
    tasks: ports.Tasks | None = None


@frozen
class Known:
    """What the store knows of some contacts, by their ids; `refused` by their addresses."""

    refused: Mapping[str, str]
    walks: Mapping[int, tuple[Enrollment, ...]]
    paces: Mapping[int, Pace]

    @classmethod
    async def of(cls, register: Register, contacts: Collection[Contact]) -> "Known":
        """Three questions, however many they are."""
        ids = [contact.id for contact in contacts]
        return cls(
            await register.people.suppressed([contact.address for contact in contacts]),
            await register.outgoing.walks(ids),
            await register.outgoing.paces(ids, register.clock.now()),
        )


def objection(
    register: Register,
    known: Known,
    contact: Contact,
    sequence: StepSequence,
    account: Account,
    now: datetime,
    *,
    anyway: bool = False,
    last_contact: date | None = None,
) -> str:
    """Why this person cannot begin this sequence now, or nothing.

    `last_contact`, where given, is taken for the day on which we last spoke.
    """
    if contact.address in known.refused:
        return f"suppressed: {known.refused[contact.address]}"
    if contact.account and contact.account not in register.accounts:
        return f"account {contact.account!r} is not configured"
    zone = zones_of(contact, account.owner.zone)[0]
    walks, pace = known.walks.get(contact.id, ()), known.paces.get(contact.id, _NOBODY)
    live = {walk.sequence for walk in walks if walk.state is not State.ENDED}
    if sequence.name in live:
        return f"is in {sequence.name} already"
    if anyway:
        return ""
    last = pace.last_contact_at
    day = last_contact or (local_day(last, zone) if last else None)
    facts = Facts(
        today=local_day(now, zone),
        has_answered=pace.last_heard_at is not None,
        last_contact=day,
    )
    standing = Standing(walks, _entries(register, live), last)
    return sequence.entry.suits(contact, facts) or admission(
        sequence.name, sequence.entry, standing, zone, now
    )


def _entries(register: Register, live: Collection[str]) -> Mapping[str, Entry]:
    found = (register.catalog.today(name) for name in live)
    return {each.name: each.entry for each in found if each}


async def begin(
    register: Register,
    known: Known,
    contacts: Sequence[Contact],
    sequence: StepSequence,
    account: Account,
    reason: str,
) -> Mapping[int, int]:
    """The id of each new walk's first lane, by contact; who began meanwhile is missing."""
    now = register.clock.now()
    walks = [
        lane
        for contact in contacts
        for lane in lanes(
            sequence,
            contact,
            contact.account or account.name,
            now,
            because=reason,
            run=run_of(sequence.name, known.walks.get(contact.id, ())),
            zone=account.owner.zone,
        )
    ]
    ids = await register.outgoing.enroll(walks)
    first: dict[int, int] = {}
    for walk, enrollment_id in zip(walks, ids, strict=True):
        if enrollment_id is not None:
            first.setdefault(walk.contact_id, enrollment_id)
    return first

"""How many people may begin what needs their owner, so that no task is left to rot."""

from datetime import timedelta

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.calendar import local_day
from nurture.core.capacity import WEEK, Load
from nurture.core.contact import Contact
from nurture.core.sequence import Sequence
from nurture.register import Door, Known, Register
from nurture.steps import HumanStep
from nurture.value import frozen

_DAY = timedelta(days=1)


@frozen
class Intake:
    """How many may begin, None for any number; `why` where none may."""

    room: int | None = None
    why: str = ""


def needs_owner(sequence: Sequence) -> bool:
    """Whether somebody who walks through it becomes work for the owner."""
    return any(isinstance(step, HumanStep) for step in sequence.steps)


async def intake_of(
    register: Register,
    tasks: ports.Tasks,
    account: Account,
    sequences: tuple[Sequence, ...],
    *,
    is_default: bool,
) -> Intake:
    """What the owner of this account can still take on, where one of these sequences needs them.

    Counted are open tasks, the overdue first of all, and people who lately began any sequence
    that needs the owner, by whatever door.
    """
    if not any(map(needs_owner, sequences)):
        return Intake()
    names = {each.name for each in register.catalog.all_today() if needs_owner(each)}
    now = register.clock.now()
    open_ = [task for task, _ in await tasks.tasks() if task.account == account.name]
    at_work = {task.contact_id for task in open_}
    begun = begun_today = 0
    page = await register.people.page()
    while page:
        ours = [each for each in page if is_ours(account, each, is_default=is_default)]
        known = await Known.of(register, ours)
        for who, walks in known.walks.items():
            if who in at_work:
                continue  # their task is there already, and is counted itself
            ages = [now - walk.enrolled_at for walk in walks if walk.sequence in names]
            begun += any(age < WEEK for age in ages)
            begun_today += any(age < _DAY for age in ages)
        page = await register.people.page(after=page[-1].address)
    today = local_day(now, account.owner.zone)
    load = Load.of(open_, today, begun, begun_today)
    capacity = account.owner.capacity
    return Intake(capacity.room(load), capacity.why_full(load))


async def intake_at(door: Door, sequences: tuple[Sequence, ...]) -> Intake:
    """The same at this door, and written to the journal where nobody may begin."""
    if door.tasks is None:
        return Intake()
    found = await intake_of(
        door.register, door.tasks, door.account, sequences, is_default=door.is_default
    )
    if found.why:
        journal.intake_slowed(door.account.name, found.why)
    return found


def is_ours(account: Account, contact: Contact, *, is_default: bool) -> bool:
    """Whether this account writes to the person."""
    return contact.account == account.name or (is_default and not contact.account)

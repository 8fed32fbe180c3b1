"""What a command by mail comes to: one instruction for one matter, or why it cannot be told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from nurture import ports
from nurture.core.account import Account, Owner
from nurture.core.calendar import at_wall_time
from nurture.core.draft import DraftState
from nurture.core.handoff import LEASE, Handoff, Outcome
from nurture.core.handoff.confirmation import confirmation
from nurture.core.handoff.deed import Close, Deed, Resume, Snooze, Stay, Stop, Take, usual_onward
from nurture.core.handoff.ticket import Matter, Ticket
from nurture.core.task import Task, TaskMove, TaskState
from nurture.errors import Misconfigured
from nurture.mail.words.command import Command, Verb
from nurture.onward import Ways, accepted_wire, spot_of, way_past
from nurture.ports.instructions import (
    AcceptDraft,
    EndTask,
    Instruction,
    KeepNote,
    MoveTask,
    PassDraft,
    StopWalks,
    WorkHandoff,
)
from nurture.value import frozen

_OUTCOMES = {
    Verb.WON: Outcome.WON,
    Verb.LATER: Outcome.LATER,
    Verb.NOT_INTERESTED: Outcome.NOT_INTERESTED,
    Verb.WRONG_PERSON: Outcome.WRONG_PERSON,
    Verb.OPTED_OUT: Outcome.OPTED_OUT,
}


@frozen
class Clerk:
    """Everything it takes to look up what an owner means.

    `account` is where they are heard, `speaker` who it is: its owner, or who stands in for them.
    """

    account: Account
    speaker: Owner
    accounts: Mapping[str, Account]
    desk: ports.Desk
    tasks: ports.Tasks
    drafts: ports.Drafts
    people: ports.People
    outgoing: ports.Outgoing
    catalog: ports.Catalog

    def is_own(self, account: str) -> bool:
        """Whether what belongs to this account is the speaker's to decide."""
        known = self.accounts.get(account)
        return known is not None and self.speaker in (known.owner, known.owner.substitute)


@frozen
class Meant:
    """An instruction, and the words that confirm it once it is done."""

    instruction: Instruction
    words: str


@frozen
class Unclear:
    """Why nothing is done, for the owner."""

    words: str


async def understand(clerk: Clerk, ticket: Ticket, said: Command, now: datetime) -> Meant | Unclear:
    """The instruction that this line asks for, about the ticket's matter or the number it names.

    Without a number, what a list is about must be the only one of its kind that is open.  What is
    not this owner's is not there for them.
    """
    if said.verb is Verb.APPROVE:
        return await _about_draft(clerk, ticket, said, now)
    if said.verb is Verb.SKIP:
        return await _skip(clerk, ticket, said, now)
    of_task = {Verb.DONE, Verb.SNOOZE, Verb.LATER}
    if said.channel or (ticket.matter is Matter.TASK and said.verb in of_task):
        return await _about_task(clerk, ticket, said, now)
    if said.verb in {Verb.STOP, Verb.NOTE} and ticket.matter in {Matter.TASK, Matter.DRAFT}:
        return await _about_person(clerk, ticket, said)
    return await _about_handoff(clerk, ticket, said, now)


async def _skip(clerk: Clerk, ticket: Ticket, said: Command, now: datetime) -> Meant | Unclear:
    """A mail that waits; in a conversation about a task that task, unless a mail was named."""
    if ticket.matter is not Matter.TASK:
        return await _about_draft(clerk, ticket, said, now)
    task = await _about_task(clerk, ticket, said, now)
    is_this = isinstance(task, Meant) and said.number == ticket.number
    if said.number is None or is_this:
        return task
    mail = await _about_draft(clerk, ticket, said, now)
    if isinstance(task, Meant) and isinstance(mail, Meant):
        return Unclear(f"there is both a task {said.number} and a mail {said.number}")
    return mail if isinstance(mail, Meant) else task


async def _about_handoff(
    clerk: Clerk, ticket: Ticket, said: Command, now: datetime
) -> Meant | Unclear:
    number = said.number or (ticket.number if ticket.matter is Matter.HANDOFF else None)
    handoff = await _handoff(clerk, number, said)
    if isinstance(handoff, Unclear):
        return handoff
    contact = await clerk.people.contact_by_id(handoff.contact_id)
    who = contact.name if contact else "somebody erased"
    if said.verb is Verb.NOTE:
        return Meant(KeepNote(handoff.contact_id, said.text), f"Noted about {who}: {said.text}")
    deed = _deed(clerk, said, now)
    if deed is None:
        return Unclear(f"“{said.line}” cannot be said about an answer of {who}")
    return Meant(WorkHandoff(handoff.id, deed), f"{who}: {confirmation(deed, clerk.speaker.zone)}")


async def _handoff(clerk: Clerk, number: int | None, said: Command) -> Handoff | Unclear:
    if number is not None:
        found = await clerk.desk.handoff(number)
        if found is None or not clerk.is_own(found.account):
            return Unclear(f"there is no handoff {number}")
        return found
    known = [each for each in await clerk.desk.handoffs() if clerk.is_own(each.account)]
    if len(known) != 1 or said.verb is Verb.DONE:
        return Unclear(_which("handoff", [each.id for each in known], said))
    return known[0]


def _which(kind: str, numbers: Sequence[int], said: Command) -> str:
    if not numbers:
        return f"no {kind} of yours is open"
    listed = ", ".join(f"#{number}" for number in numbers[:20])
    return f"say which {kind}: {said.verb.replace('_', ' ')} #{numbers[0]} (there is {listed})"


def _deed(clerk: Clerk, said: Command, now: datetime) -> Deed | None:
    owner = clerk.speaker
    who, office = owner.name, owner.office(clerk.catalog.calendar.away)
    on = _opening(clerk, said.day) if said.day else None
    match said.verb:
        case Verb.MINE:
            return Take(who, office.after(now, LEASE))
        case Verb.SNOOZE if on:
            return Snooze(who, on)
        case Verb.DONE:
            return Close(who, Outcome.DONE, Stay(), None, said.text)
        case Verb.STOP:
            return Close(who, Outcome.DONE, Stop(), None, said.text)
        case Verb.RESUME:
            return Close(who, Outcome.DONE, Resume(on or now), None, said.text)
        case verb if outcome := _OUTCOMES.get(verb):
            amount, note = _won(said)
            return Close(who, outcome, usual_onward(outcome, on), amount, note or said.text)
        case _:
            return None


def _opening(clerk: Clerk, day: date) -> datetime:
    """When the owner is at their desk first, on that day or after it."""
    owner = clerk.speaker
    office = owner.office(clerk.catalog.calendar.away)
    return office.after(at_wall_time(day, time(0), owner.zone), timedelta(0))


def _won(said: Command) -> tuple[int | None, str]:
    """Whole units for the sums, and what they leave out for the eye."""
    if said.amount is None:
        return None, ""
    whole = said.amount.sum.quantize(Decimal(1))
    is_all = whole == said.amount.sum and not said.amount.currency
    return int(whole), "" if is_all else str(said.amount)


async def _about_task(
    clerk: Clerk, ticket: Ticket, said: Command, now: datetime
) -> Meant | Unclear:
    number = said.number or (ticket.number if ticket.matter is Matter.TASK else None)
    open_ones = [task for task, _ in await clerk.tasks.tasks() if clerk.is_own(task.account)]
    fitting = [task for task in open_ones if _fits(task, said)]
    if number is not None:
        fitting = [task for task in fitting if task.id == number]
    elif ticket.matter is Matter.HANDOFF:
        handoff = await clerk.desk.handoff(ticket.number)
        fitting = [each for each in fitting if handoff and each.contact_id == handoff.contact_id]
    if len(fitting) != 1:
        named = f"task {number}" if number is not None else f"{said.channel or 'task'} of yours"
        some = _which(said.channel or "task", [each.id for each in fitting], said)
        return Unclear(some if fitting else f"no {named} is open")
    task = fitting[0]
    if said.day:
        return Meant(
            MoveTask(task.id, said.day), f"“{task.title}” is due on {said.day:%a %d %b %Y}"
        )
    by = TaskMove.PASSED_OVER if said.verb is Verb.SKIP else TaskMove.FINISHED
    ways = Ways(clerk.people, clerk.outgoing, clerk.catalog, clerk.accounts)
    why = f"{task.step} was {by.replace('_', ' ')}"
    onward = await way_past(ways, spot_of(task), why, now) if task.blocks else None
    done = "will not be done" if by is TaskMove.PASSED_OVER else "is done"
    note = f": {said.text}" if said.text else ""
    return Meant(EndTask(task.id, by, said.text, onward), f"“{task.title}” {done}{note}")


def _fits(task: Task, said: Command) -> bool:
    return task.state is TaskState.OPEN and said.channel in {"", str(task.channel)}


async def _about_draft(
    clerk: Clerk, ticket: Ticket, said: Command, now: datetime
) -> Meant | Unclear:
    number = said.number or (ticket.number if ticket.matter is Matter.DRAFT else None)
    waiting = [
        each
        for each in await clerk.drafts.open()
        if each.state is DraftState.WAITING and clerk.is_own(each.account)
    ]
    found = [each for each in waiting if number in {None, each.id}]
    if len(found) != 1:
        which = _which("mail", [each.id for each in found], said)
        return Unclear(which if number is None else f"no mail {number} waits for your word")
    draft = found[0]
    whom = draft.sheet.recipient.name or draft.sheet.recipient.address
    if said.verb is Verb.SKIP:
        ways = Ways(clerk.people, clerk.outgoing, clerk.catalog, clerk.accounts)
        why = f"the owner skipped {draft.step}"
        onward = await way_past(ways, spot_of(draft), why, now)
        if onward is None:
            return Unclear(f"the sequence of mail {draft.id} has gone on")
        return Meant(PassDraft(draft.id, onward), f"Mail {draft.id} to {whom} is not sent")
    try:
        wire = accepted_wire(clerk.catalog, clerk.accounts[draft.account], draft, now)
    except Misconfigured as error:
        return Unclear(str(error))
    return Meant(AcceptDraft(draft.id, wire), f"Mail {draft.id} to {whom} may leave")


async def _about_person(clerk: Clerk, ticket: Ticket, said: Command) -> Meant | Unclear:
    """Whoever the task or the draft is for."""
    thing = (
        await clerk.tasks.task(ticket.number)
        if ticket.matter is Matter.TASK
        else await clerk.drafts.draft(ticket.number)
    )
    contact = await clerk.people.contact_by_id(thing.contact_id) if thing else None
    if thing is None or contact is None or not clerk.is_own(thing.account):
        return Unclear("whom it was about is not known any more")
    if said.verb is Verb.STOP:
        return Meant(StopWalks(thing.contact_id), f"{contact.name}: their sequences have ended")
    return Meant(KeepNote(thing.contact_id, said.text), f"Noted about {contact.name}: {said.text}")

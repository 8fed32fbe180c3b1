"""Gathers what one owner should know today, from everything that is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from nurture import ports
from nurture.core.account import Account, Owner
from nurture.core.calendar import at_wall_time, local_day
from nurture.core.decision import Pick, Postpone, Send
from nurture.core.draft import DraftState
from nurture.core.handoff import Handoff, HandoffState
from nurture.core.handoff.brief import one_line
from nurture.core.handoff.digest import (
    Digest,
    Section,
    forgotten,
    handoff_line,
    in_words,
    median_answer,
)
from nurture.pen import Pen, choose
from nurture.standing import why_silent
from nurture.value import frozen

_MONTH = timedelta(days=30)
_SILENCE = relativedelta(months=6)
_DUE = 500
_LOOKS = 4


@frozen
class Shelves:
    """Everything that is looked at; nothing of it is changed."""

    accounts: ports.Accounts
    desk: ports.Desk
    tasks: ports.Tasks
    promises: ports.Promises
    drafts: ports.Drafts
    people: ports.People
    outgoing: ports.Outgoing
    switch: ports.Switch
    catalog: ports.Catalog
    clock: ports.Clock
    key: bytes


async def overview(
    shelves: Shelves, owner: Owner, accounts: Sequence[Account], now: datetime
) -> Digest:
    """The day of this owner over all their accounts."""
    names = frozenset(each.name for each in accounts)
    today = local_day(now, owner.zone)
    waiting = [
        (each, await _name(shelves, each.contact_id))
        for each in await shelves.desk.handoffs()
        if each.account in names
    ]
    needs = await _needs(shelves, owner, accounts, waiting, now)
    leaving = await _leaving(shelves, owner, accounts, now)
    drafts = await _drafts(shelves, names)
    sections = (
        needs,
        drafts,
        await _tasks(shelves, names, today),
        await _promises(shelves, names),
        leaving,
        _put_aside(waiting, owner),
        await _held(shelves, names),
        await _silence(shelves, names, now),
        await _answers(shelves, owner, names, now),
    )
    return Digest(
        day=today,
        first=forgotten(waiting, now, owner.zone),
        sections=sections,
        needs=sum(each.count for each in sections[:3]),
        goes_out=leaving.count,
    )


async def _name(shelves: Shelves, contact_id: int) -> str:
    contact = await shelves.people.contact_by_id(contact_id)
    return one_line(contact.name) if contact else "somebody"


async def _needs(
    shelves: Shelves,
    owner: Owner,
    accounts: Sequence[Account],
    waiting: Sequence[tuple[Handoff, str]],
    now: datetime,
) -> Section:
    """Answers first; then what stands still, and what nobody but a person can tell."""
    lines = [f"NOTHING IS SENT: {halt}" for halt in await shelves.switch.halts()]
    lines += [
        handoff_line(each, name, owner.zone)
        for each, name in waiting
        if each.state in {HandoffState.OPEN, HandoffState.TAKEN}
    ]
    for account in accounts:
        why = why_silent(account, await shelves.accounts.state(account.name), now)
        lines += [f"{account.address} sends nothing: {why}"] if why else []
        uncertain = await shelves.outgoing.uncertain(account.name)
        lines += [f"sent or not? {each.subject} (nurture uncertain)" for each in uncertain]
    names = {each.name for each in accounts}
    lines += [
        f"what does this mail mean? {each.heard.subject} (nurture verdict {each.id})"
        for each in await shelves.desk.to_check()
        if each.heard.account in names
    ]
    return Section.of("Needs you", lines, "nurture handoffs")


async def _drafts(shelves: Shelves, names: frozenset[str]) -> Section:
    lines = [
        f"{each.id}  {each.sheet.recipient.name or each.sheet.recipient.address}: "
        f"{each.sheet.words.subject}"
        for each in await shelves.drafts.open()
        if each.account in names and each.state is DraftState.WAITING
    ]
    return Section.of("Waits for your approval", lines, "nurture drafts")


async def _tasks(shelves: Shelves, names: frozenset[str], today: date) -> Section:
    lines = [
        f"{task.id}  {task.title}, for {contact.name}"
        + (f", since {task.due_on:%a %d %b}" if task.due_on < today else "")
        for task, contact in await shelves.tasks.tasks()
        if task.account in names and task.due_on <= today
    ]
    return Section.of("To do today", lines, "nurture tasks")


async def _promises(shelves: Shelves, names: frozenset[str]) -> Section:
    """What the owner wrote by hand and may want to keep as a task."""
    lines = [
        f"{promise.id}  to {contact.name}, by {promise.due_on:%a %d %b}: {promise.sentence}"
        for promise, contact in await shelves.promises.promises()
        if promise.account in names
    ]
    return Section.of("You promised, it seems", lines, "nurture tasks offered")


async def _leaving(
    shelves: Shelves, owner: Owner, accounts: Sequence[Account], now: datetime
) -> Section:
    """Whom the planner would write to before the day is over; caps may put some of them off."""
    tomorrow = local_day(now, owner.zone) + timedelta(days=1)
    end = at_wall_time(tomorrow, time(0), owner.zone)
    leaving: list[tuple[datetime, str]] = []
    for account in accounts:
        pen = Pen(account, shelves.outgoing, shelves.catalog, shelves.clock, shelves.key)
        written_to: set[int] = set()
        for due in await shelves.outgoing.due(account.name, end, _DUE):
            shelves.clock.now()  # whoever watches us sees that we get on
            at = await _leaves_at(pen, due, now, end)
            if at is not None and due.contact.id not in written_to:
                written_to.add(due.contact.id)
                walk = due.enrollment
                who = f"{one_line(due.contact.name)} <{due.contact.address}>"
                leaving.append((at, f"{who}: {walk.position} of {walk.sequence}"))
    zone = ZoneInfo(owner.zone)
    lines = [f"{at.astimezone(zone):%H:%M}  {what}" for at, what in sorted(leaving)]
    return Section.of("Goes out today", lines, "nurture status")


async def _leaves_at(pen: Pen, due: ports.Due, now: datetime, end: datetime) -> datetime | None:
    """When this mail leaves today by the decision that the daemon would come to, if it does."""
    at = max(now, due.enrollment.due_at or now)
    for _ in range(_LOOKS):
        choice = await choose(pen, due, at, may_write=False)
        if isinstance(choice, Send | Pick):
            return at
        if not isinstance(choice, Postpone) or not at < choice.until < end:
            return None
        at = choice.until
    return None


def _put_aside(waiting: Sequence[tuple[Handoff, str]], owner: Owner) -> Section:
    aside = {HandoffState.WAITING, HandoffState.SNOOZED}
    lines = [handoff_line(each, name, owner.zone) for each, name in waiting if each.state in aside]
    return Section.of("Waits for others", lines, "nurture handoffs")


async def _held(shelves: Shelves, names: frozenset[str]) -> Section:
    """By reason, the commonest first, with the first person of each."""
    found = [
        (walk.held_why or walk.reason or str(walk.state), one_line(contact.name))
        for walk, contact in await shelves.desk.held()
        if walk.account in names
    ]
    first: Mapping[str, str] = dict(reversed(found))
    counted = Counter(why for why, _ in found).most_common()
    lines = [f"{first[why]}{_others(count)}: {why}" for why, count in counted]
    return replace(Section.of("Held, and why", lines, "nurture status"), count=len(lines))


def _others(count: int) -> str:
    if count == 1:
        return ""
    others = count - 1
    return " and one more" if others == 1 else f" and {others} more"


async def _silence(shelves: Shelves, names: frozenset[str], now: datetime) -> Section:
    count, first = await shelves.desk.silent(now - _SILENCE, names)
    lines = [
        f"{one_line(contact.name)}: {f'since {last:%b %Y}' if last else 'nothing is on record'}"
        for contact, last in first
    ]
    title = f"Silent for more than six months: {count}"
    return replace(Section.of(title, lines), count=count)


async def _answers(shelves: Shelves, owner: Owner, names: frozenset[str], now: datetime) -> Section:
    answered = [
        each for each in await shelves.desk.answer_times(now - _MONTH) if each.account in names
    ]
    office = owner.office(shelves.catalog.calendar.away)
    typical = median_answer((each, office) for each in answered)
    if typical is None:
        return Section.of("Your answers", ())
    times = "once" if len(answered) == 1 else f"{len(answered)} times"
    line = f"answered {times} in 30 days; half of them within {in_words(typical)} of working time"
    return Section.of("Your answers", (line,))

"""Takes what the owner must learn from the outbox to every channel that is wanted for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.account import Account, Owner
from nurture.core.account.pace import tell_again_at
from nurture.core.calendar.season import Away
from nurture.core.handoff.brief import Answer, Brief, brief_text
from nurture.core.handoff.deadline import in_charge
from nurture.core.handoff.ticket import Matter, Ticket, sayings
from nurture.errors import Unreachable
from nurture.mail.read.ticket import nonce_from, seal_of, token_of
from nurture.mail.thread import references_for
from nurture.value import frozen

_HOPE = timedelta(days=7)  # for a channel that is dead, once another has told
_PATIENCE = timedelta(seconds=20)  # with one channel in a round; promise P8 gives two minutes


@frozen
class Town:
    """Everything it takes to reach the owners.

    `closed` tells on which days nobody of the house is there.
    """

    accounts: Mapping[str, Account]
    desk: ports.Desk
    routes: Sequence[ports.Route]
    clock: ports.Clock
    instructions: ports.Instructions
    key: bytes
    closed: Callable[[], tuple[Away, ...]] = tuple


Spent = dict[tuple[str, str], timedelta]
"""How long each route took for each account in this round."""


async def tell_owners(town: Town) -> int:
    """Tries every notice that is due on each channel that owes it; returns how many it told.

    What a channel took is written down at once, and under one key for ever: a crash in between may
    tell twice, under the same id, and never not at all (promise P8).  A channel that fails keeps
    no other from telling, and one that is slow leaves the rest of its round for the next.  One
    that still fails after a week is given up for what another took.
    """
    told, spent = 0, Spent()
    for notice in await town.desk.notices_due(town.clock.now()):
        told += await _tell_everywhere(town, notice, spent)
    return told


async def _tell_everywhere(town: Town, notice: ports.Notice, spent: Spent) -> bool:
    """Whether a channel took it just now; what is left is due again at the earliest retry."""
    errands = {each.channel: each for each in notice.errands}
    wanted = [each for each in town.routes if _is_wanted(town, notice, each)]
    before = {each.name: errands.get(each.name, ports.Errand(each.name)) for each in wanted}
    now, none = town.clock.now(), timedelta(0)
    due = [
        each
        for each in wanted
        if _is_due(before[each.name], now)
        and spent.get((each.name, notice.account), none) < _PATIENCE
    ]
    telling = await _composed(town, notice) if due else ""
    after = dict(before)
    for route in due:
        began = town.clock.now()
        tried = after[route.name] = await _tried(town, route, telling, before[route.name])
        await town.desk.notice_tried(notice.id, tried)
        _report(notice, tried)
        mine = (route.name, notice.account)
        spent[mine] = spent.get(mine, none) + (town.clock.now() - began)
    await _settle(town, notice, tuple(after.values()))
    return any(after[each.name].told_at for each in due)


def _is_due(errand: ports.Errand, now: datetime) -> bool:
    return errand.told_at is None and (errand.due_at is None or errand.due_at <= now)


def _is_wanted(town: Town, notice: ports.Notice, route: ports.Route) -> bool:
    """As the owner chose; whoever stands in for them is reached by mail in any case."""
    account = town.accounts.get(notice.account)
    stands_in = account is not None and _stand_in(town, notice, account) is not None
    return route.wants(notice.account, notice.kind) or (stands_in and route.name == ports.MAIL)


async def _tried(
    town: Town, route: ports.Route, telling: ports.Telling | str, before: ports.Errand
) -> ports.Errand:
    failure = telling if isinstance(telling, str) else await _failure(route.channel, telling)
    now, attempts = town.clock.now(), before.attempts + 1
    if not failure:
        return ports.Errand(route.name, attempts, told_at=now)
    again = tell_again_at(now, before.attempts)
    return ports.Errand(route.name, attempts, due_at=again, why=failure)


def _report(notice: ports.Notice, tried: ports.Errand) -> None:
    account, kind, channel = notice.account, notice.kind, tried.channel
    if tried.told_at:
        journal.owner_told(account, kind, notice=notice.id, channel=channel)
    else:
        journal.owner_not_told(account, kind, tried.why, channel=channel)


async def _composed(town: Town, notice: ports.Notice) -> ports.Telling | str:
    """What is told, or why not: a notice that breaks us never stops those behind it."""
    try:
        return await _compose(town, notice)
    except Unreachable:
        raise  # the database, for all of them
    except Exception as error:
        return _broke(error)


async def _failure(channel: ports.Channel, telling: ports.Telling) -> str:
    """Nothing once it is told, else why not."""
    try:
        await channel.tell(telling)
    except Unreachable as error:
        return str(error) or "it cannot be reached"
    except Exception as error:
        return _broke(error)
    return ""


def _broke(error: Exception) -> str:
    return f"nurture broke on it: {error!r}"


async def _settle(town: Town, notice: ports.Notice, errands: Sequence[ports.Errand]) -> None:
    """Leaves the outbox once nothing is owed; stays in it otherwise, for as long as there is hope.

    What nobody took at all is never given up.
    """
    now = town.clock.now()
    owed = [each for each in errands if each.told_at is None]
    is_told = any(each.told_at for each in errands)
    if is_told and (not owed or now - notice.created_at > _HOPE):
        await town.desk.notice_told(notice.id, now)
        return
    why = "; ".join(each.why for each in owed if each.why)
    if not errands:
        why = "no channel is configured for it"
        journal.owner_not_told(notice.account, notice.kind, why, channel="")
    again = min((each.due_at or now for each in owed), default=tell_again_at(now, notice.attempts))
    await town.desk.notice_failed(notice.id, again, why)


async def _compose(town: Town, notice: ports.Notice) -> ports.Telling:
    """With the ticket of this notice, the same however often it is tried."""
    telling = await _words(town, notice)
    if notice.account not in town.accounts:
        return telling
    nonce = nonce_from(town.clock.mint_id("ticket"))
    matter, number = _matter(notice)
    fresh = Ticket(nonce, notice.account, matter, number, notice.id, town.clock.now())
    ticket = await town.instructions.issue(fresh)
    token = token_of(town.key, ticket.nonce)
    seal = seal_of(town.key, ticket.nonce)
    return replace(telling, token=token, seal=seal, sayings=sayings(ticket.matter))


def _matter(notice: ports.Notice) -> tuple[Matter, int]:
    """What an answer to this notice is about."""
    if notice.handoff_id:
        return Matter.HANDOFF, notice.handoff_id
    kind, _, number = (notice.key or "").partition("/")
    if kind in {Matter.TASK, Matter.DRAFT} and number.isdecimal():
        return Matter(kind), int(number)
    return Matter.ALL, 0


async def _words(town: Town, notice: ports.Notice) -> ports.Telling:
    # An id is given out again after a restored backup; what was told then was something else.
    key = f"notice-{notice.id}-{int(notice.created_at.timestamp())}"
    account = town.accounts.get(notice.account)
    talk = await town.desk.conversation(notice.handoff_id) if notice.handoff_id else None
    if talk is None or account is None:
        thread = tuple(notice.answering.split())
        telling = ports.Telling(
            notice.account, key, notice.subject, notice.text, answering=thread, kind=notice.kind
        )
        return replace(telling, to=_stand_in(town, notice, account) if account else None)
    return replace(_brief(town, notice, key, account, talk), kind=notice.kind)


def brief_of(account: Account, talk: ports.Conversation, now: datetime) -> str:
    """The text of a brief as it stands now."""
    answer = Answer(
        text=talk.inbound_text,
        at=talk.inbound_at,
        verdict=talk.verdict,
        evidence=talk.evidence,
        confidence=talk.confidence,
        touch=talk.answers,
    )
    brief = Brief(
        contact=talk.contact,
        account=account,
        handoff=talk.handoff,
        answer=answer,
        enrollments=talk.enrollments,
        said=talk.said,
        tasks=talk.tasks,
        before=talk.before,
    )
    return brief_text(brief, now)


def _brief(
    town: Town, notice: ports.Notice, key: str, account: Account, talk: ports.Conversation
) -> ports.Telling:
    """To whoever is in charge today; their reply goes to the contact, in the contact's thread."""
    stand_in = _stand_in(town, notice, account)
    chain = [each for each in (*talk.inbound_references, talk.inbound_message_id) if each]
    telling = ports.Telling(
        account.name,
        key,
        notice.subject,
        brief_of(account, talk, town.clock.now()),
        reply_to=talk.inbound_sender or talk.contact.address,
        answering=references_for(chain),
    )
    if stand_in is None:
        return telling
    lead = f"(You stand in for {account.owner.name}.)"
    return replace(telling, to=stand_in, text=f"{lead}\n\n{telling.text}")


def _stand_in(town: Town, notice: ports.Notice, account: Account) -> Owner | None:
    """Who is told instead of the owner: on their days away, or where they were told in vain."""
    owner = account.owner
    if notice.in_place:
        return owner.substitute
    if notice.kind not in {ports.NoticeKind.BRIEF, ports.NoticeKind.DIGEST}:
        return None
    charge = in_charge(owner, town.closed(), town.clock.now())
    return None if charge is owner else charge

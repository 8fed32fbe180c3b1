"""Reads every watched folder of an account to its end and records what each mail means."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import TypeVar

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect, effect_of
from nurture.core.enrollment import Move
from nurture.core.halt import HaltKind
from nurture.core.promise import Promise
from nurture.core.touch import Touch
from nurture.core.verdict import Verdict
from nurture.correlate import Correlator
from nurture.errors import Unreachable
from nurture.mail.cursor import READ_FOLDERS, Fetched, Folder
from nurture.mail.own_id import is_own_id
from nurture.mail.read.inbound import Inbound, read
from nurture.mail.read.trace import first_ids, trace
from nurture.outcome import trouble_told_by
from nurture.pledge import pledges
from nurture.signals import judge_mail, written_text
from nurture.value import frozen

T = TypeVar("T")

_BACKWARDS = timedelta(days=3)  # a rescan after UIDVALIDITY changed; what is known is skipped
_OUR_TOUCH = "our own touch"
_LARGE = 32 * 1024  # bytes from which a mail may take longer to think about than others may wait


Obey = Callable[[Inbound, Fetched], Awaitable[bool]]
"""Whether a mail was written to nurture itself, and is recorded and settled with that."""


SettlesByHand = Callable[[Inbound, Fetched], Awaitable[Touch | None]]
"""The touch of a waiting mail that this one in Sent was, settled with that; None for any other."""


async def nobody_obeys(_inbound: Inbound, _fetched: Fetched) -> bool:
    """Every mail is heard; none is a command."""
    return False


async def nothing_waits(_inbound: Inbound, _fetched: Fetched) -> Touch | None:
    """No mail waits for its owner in the mailbox."""
    return None


@frozen
class Ear:
    """Everything it takes to hear for one account; `own` holds all owners' addresses."""

    account: Account
    own: frozenset[str]
    lease: ports.Lease
    accounts: ports.Accounts
    incoming: ports.Incoming
    people: ports.People
    mailbox: ports.Mailbox
    switch: ports.Switch
    clock: ports.Clock
    key: bytes
    obeys: Obey = nobody_obeys
    settles_by_hand: SettlesByHand = nothing_waits

    @property
    def correlator(self) -> Correlator:
        """Who finds out to whom a mail belongs."""
        return Correlator(self.account.name, self.incoming, self.people)


def rehearse() -> None:
    """Loads every phrase and date list, so that the first mail need not wait for them."""
    rehearsal = b"From: a@b.example\r\n\r\nI will return on 5 March 2026, thank you.\r\n"
    judge_mail(read(rehearsal), known_contact=True, today=date(2026, 1, 1))


async def listen(ear: Ear) -> datetime:
    """Reads INBOX, Junk and Sent to their ends; returns when the reading began.

    Every mail is committed with its outcome and the cursor before the next one is looked at.
    Raises Unreachable as soon as one folder cannot be read: then nothing counts as read.
    """
    started = ear.clock.now()
    heard = 0
    await ear.mailbox.open()
    state = await ear.accounts.state(ear.account.name)
    since = ear.account.since or (state.read_started_at or started) - _BACKWARDS
    for folder in READ_FOLDERS:
        heard += await _read_folder(ear, folder, since)
    await ear.accounts.was_read(ear.lease, started)
    journal.account_read(ear.account.name, heard=heard)
    return started


async def _read_folder(ear: Ear, folder: Folder, since: datetime) -> int:
    name = ear.account.name
    cursor, end = await asyncio.gather(
        ear.incoming.cursor(name, folder), ear.mailbox.position(folder)
    )
    if end is None:
        if cursor is not None:
            journal.folder_missing(name, folder)
        return 0
    if cursor is None and ear.account.since is None:
        await ear.incoming.set_cursor(name, folder, end)
        return 0
    heard = 0
    async for fetched in ear.mailbox.fetch(folder, cursor, since):
        await _hear_one(ear, fetched)
        heard += 1
    if cursor is None or cursor.uidvalidity != end.uidvalidity:
        await ear.incoming.set_cursor(name, folder, end)
    return heard


async def _hear_one(ear: Ear, fetched: Fetched) -> None:
    """One mail, heard or quarantined: whatever breaks us, the next one is heard (promise P4)."""
    try:
        inbound = await _think(fetched, lambda: read(fetched.raw))
        if await ear.obeys(inbound, fetched):
            return
        heard = await _understand(ear, inbound, fetched)
        await _notice_rollback(ear, heard)
        recorded = await ear.incoming.record(heard)
    except Unreachable:
        raise
    except Exception as error:
        await _put_aside(ear, fetched, f"{type(error).__name__}: {error}")
        return
    if recorded.is_new:
        _journal(ear, heard, recorded)


async def _notice_rollback(ear: Ear, heard: ports.Heard) -> None:
    """A mail of ours in Sent that nobody remembers: the database is older than the mailbox.

    Every id is committed before its mail leaves, so only a copy that nothing else gave away, or
    another nurture at this mailbox, leaves such a trace (domain.md F21).
    """
    fetched, domain = heard.fetched, ear.account.address.rpartition("@")[2]
    is_ours = fetched.folder is Folder.SENT and is_own_id(heard.message_id, domain)
    if not (heard.effect.owner_spoke and heard.match and is_ours):
        return
    settled_at = await ear.switch.lifted_at(HaltKind.RESTORED)
    if settled_at and fetched.arrived_at and fetched.arrived_at <= settled_at:
        return
    address = heard.match.contact.address
    why = f"Sent holds a mail of nurture's to {address} that the database does not know"
    if await ear.switch.halt(HaltKind.RESTORED, why, ear.clock.now()):
        journal.sending_halted(HaltKind.RESTORED, why)


async def _put_aside(ear: Ear, fetched: Fetched, why: str) -> None:
    """Keeps what broke us with its bytes, behind the stop of whoever wrote it.

    It may be an answer, and nothing certain says that a machine wrote it (promises P1 and P7).
    """
    try:
        await _stop_writer(ear, fetched)
    except Unreachable:
        raise
    except Exception as error:
        why = f"{why}; nor could its writer be stopped: {type(error).__name__}: {error}"
    await ear.incoming.quarantine(ear.account.name, fetched, ear.clock.now(), why)
    journal.mail_quarantined(ear.account.name, why)


async def _stop_writer(ear: Ear, fetched: Fetched) -> None:
    inbound, now = await _think(fetched, lambda: read(fetched.raw)), ear.clock.now()
    if fetched.folder is Folder.SENT or inbound.sender in ear.own:
        return
    match = await ear.correlator.match(trace(inbound, ear.key), fetched.thread, now)
    if match is None:
        return
    effect = Effect(
        move=Move.ANSWERED,
        colleague_move=Move.COLLEAGUE_ANSWERED if ear.account.pauses_colleagues else None,
        handoff="to check: nurture could not judge this mail",
    )
    heard = ports.Heard(
        account=ear.account.name,
        fetched=fetched,
        at=now,
        message_id=inbound.message_id,
        references=_references(inbound),
        sender=inbound.sender,
        subject=inbound.subject,
        text=inbound.plain,
        digest=fetched.digest,
        verdict=None,
        match=match,
        effect=effect,
        outcome="quarantined",
        to_check="nurture could not judge it",
    )
    recorded = await ear.incoming.record(heard)
    if recorded.is_new:
        _journal(ear, heard, recorded)


def _references(inbound: Inbound) -> tuple[str, ...]:
    """The thread it stands in, also where only the mail it answers is named (RFC 5322 3.6.4)."""
    return inbound.references or inbound.in_reply_to


async def _think(fetched: Fetched, work: Callable[[], T]) -> T:
    """Reading and judging; of a large mail in a thread, so that nobody waits for it (R10)."""
    return await asyncio.to_thread(work) if len(fetched.raw) > _LARGE else work()


async def _understand(ear: Ear, inbound: Inbound, fetched: Fetched) -> ports.Heard:
    now = ear.clock.now()
    if fetched.folder is Folder.SENT or inbound.sender in ear.own:
        match, effect, outcome, copy_of = await _from_us(ear, inbound, fetched)
        verdict, spent = None, _spent(inbound, fetched, outcome)
    else:
        match, verdict = await _from_them(ear, inbound, fetched, now)
        copy_of = None
        effect = _effect(ear, inbound, match, verdict, now)
        outcome = str(verdict.meaning) if match else "no contact of ours"
        spent = 0
    return ports.Heard(
        account=ear.account.name,
        fetched=fetched,
        at=now,
        message_id=inbound.message_id,
        references=_references(inbound),
        sender=inbound.sender,
        subject=inbound.subject,
        text=await _think(fetched, lambda: written_text(inbound)) if match or copy_of else "",
        digest=fetched.digest,
        verdict=verdict if match else None,
        match=match,
        effect=effect,
        outcome=outcome,
        to_check=_to_check(match, verdict),
        spent=spent,
        trouble=_trouble(ear, match, verdict),
        promises=await _promised(ear, inbound, fetched, match, effect, now),
        copy_of=copy_of,
    )


async def _promised(
    ear: Ear,
    inbound: Inbound,
    fetched: Fetched,
    match: ports.Match | None,
    effect: Effect,
    now: datetime,
) -> tuple[Promise, ...]:
    if match is None or not effect.owner_spoke:
        return ()
    return await _think(fetched, lambda: pledges(inbound, ear.account, match.contact, now))


def _trouble(
    ear: Ear, match: ports.Match | None, verdict: Verdict | None
) -> tuple[str, str] | None:
    """What a report about a mail that is certainly ours says of the recipient's family."""
    if match is None or verdict is None or not (match.is_certain and match.touch):
        return None
    status = trouble_told_by(verdict.recipients)
    why = f"a delivery report said {status}"
    return (ear.account.scope_of(match.contact.address), why) if status else None


def _spent(inbound: Inbound, fetched: Fetched, outcome: str) -> int:
    """How much of the account's day the owner's own mail took: providers count recipients."""
    is_theirs = fetched.folder is Folder.SENT and outcome != _OUR_TOUCH
    return max(1, len({*inbound.to, *inbound.cc})) if is_theirs else 0


def _to_check(match: ports.Match | None, verdict: Verdict | None) -> str:
    if match is None or verdict is None:
        return ""
    if match.is_guess:
        return match.how
    return "not sure what was said" if verdict.needs_check else ""


async def _from_us(
    ear: Ear, inbound: Inbound, fetched: Fetched
) -> tuple[ports.Match | None, Effect, str, int | None]:
    """Mail from an own address is never a reply; by hand to a contact it counts as contact.

    A touch of ours that is read back from Sent tells under which id and in which conversation
    the server sent it; elsewhere anybody can write our address into From.
    """
    ids = [inbound.message_id]
    if fetched.folder is Folder.SENT:
        ids += first_ids(inbound)
    touch = await ear.incoming.touch_of(ids)
    if touch is None and fetched.folder is Folder.SENT:
        touch = await ear.settles_by_hand(inbound, fetched)
    if touch:
        if fetched.folder is Folder.SENT:
            await ear.incoming.learn_id(touch.id, inbound.message_id)
            await ear.incoming.learn_thread(touch.id, fetched.thread)
            return None, NOTHING, _OUR_TOUCH, touch.id
        return None, NOTHING, _OUR_TOUCH, None
    by_hand = (*inbound.to, *inbound.cc) if fetched.folder is Folder.SENT else ()
    for address in by_hand:
        contact = await ear.people.contact(address)
        if contact and inbound.header("auto-submitted") in {None, "no"}:
            match = ports.Match(contact, None, "the owner wrote to them", is_certain=True)
            return match, Effect(owner_spoke=True), "owner wrote", None
    return None, NOTHING, "from an own address", None


async def _from_them(
    ear: Ear, inbound: Inbound, fetched: Fetched, now: datetime
) -> tuple[ports.Match | None, Verdict]:
    lead = await _think(fetched, lambda: trace(inbound, ear.key))
    match = await ear.correlator.match(lead, fetched.thread, now)
    verdict = await _think(
        fetched,
        lambda: judge_mail(
            inbound,
            known_contact=match is not None,
            today=now.date(),
            answers_us=match is not None and match.is_certain,
        ),
    )
    if verdict.recipients and (match is None or match.is_guess):
        match = await ear.correlator.reported(verdict, lead, now)
    return match, verdict


def _effect(
    ear: Ear, inbound: Inbound, match: ports.Match | None, verdict: Verdict | None, now: datetime
) -> Effect:
    if match is None or verdict is None:
        return NOTHING
    return effect_of(
        verdict,
        match.contact,
        ear.account,
        now,
        is_certain=match.is_certain and match.touch is not None,
        other_address=_other_address(inbound, match.contact),
        doubt=match.how if match.is_guess else "",
    )


def _other_address(inbound: Inbound, contact: Contact) -> str:
    known = (contact.address, *contact.aliases)
    return "" if inbound.sender in known else inbound.sender


def _journal(ear: Ear, heard: ports.Heard, recorded: ports.Recorded) -> None:
    if heard.match is None:
        journal.mail_ignored(ear.account.name, heard.outcome)
        return
    contact = heard.match.contact.id
    if heard.effect.owner_spoke:
        journal.owner_wrote(contact)
    if heard.verdict:
        journal.reply_heard(
            contact,
            str(heard.verdict.meaning),
            confidence=heard.verdict.confidence,
            evidence=tuple(each.quote for each in heard.verdict.evidence),
            inbound=recorded.inbound_id,
        )
    if heard.effect.held_until:
        journal.enrollment_held(contact, until=heard.effect.held_until, why=heard.effect.held_why)
    for moved in recorded.moved:
        journal.enrollment_moved(moved.contact_id, moved.enrollment_id, moved.state, moved.why)
    if recorded.handoff_id is not None:
        journal.handoff_opened(contact, recorded.handoff_id, heard.effect.handoff)

"""Reads every watched folder of an account to its end and records what each mail means."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.contact import Contact
from nurture.core.effect import NOTHING, Effect, effect_of
from nurture.core.enrollment import Move
from nurture.core.touch import Touch
from nurture.core.verdict import Verdict
from nurture.errors import Unreachable
from nurture.mail.cursor import Fetched, Folder
from nurture.mail.inbound import Inbound, read
from nurture.mail.trace import Trace, trace
from nurture.signals import judge_mail, written_text

_BACKWARDS = timedelta(days=3)  # a rescan after UIDVALIDITY changed; what is known is skipped
_REPORT_REACH = timedelta(days=7)  # how long after a touch a report without our id may name it


@dataclass(frozen=True, slots=True)
class Ear:
    """Everything it takes to hear for one account; `own` holds all owners' addresses."""

    account: Account
    own: frozenset[str]
    lease: ports.Lease
    accounts: ports.Accounts
    incoming: ports.Incoming
    people: ports.People
    mailbox: ports.Mailbox
    clock: ports.Clock
    key: bytes


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
    for folder in Folder:
        heard += await _read_folder(ear, folder, since)
    await ear.accounts.was_read(ear.lease, started)
    journal.account_read(ear.account.name, heard=heard)
    return started


async def _read_folder(ear: Ear, folder: Folder, since: datetime) -> int:
    name = ear.account.name
    cursor = await ear.incoming.cursor(name, folder)
    end = await ear.mailbox.position(folder)
    if end is None:
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
        heard = await _understand(ear, fetched)
        recorded = await ear.incoming.record(heard)
    except Unreachable:
        raise
    except Exception as error:
        await _put_aside(ear, fetched, f"{type(error).__name__}: {error}")
        return
    if recorded.is_new:
        _journal(ear, heard, recorded)


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
    inbound, now = read(fetched.raw), ear.clock.now()
    if fetched.folder is Folder.SENT or inbound.sender in ear.own:
        return
    match = await _correlate(ear, trace(inbound, ear.key))
    if match is None:
        return
    effect = Effect(move=Move.ANSWERED, handoff="to check: nurture could not judge this mail")
    heard = ports.Heard(
        account=ear.account.name,
        fetched=fetched,
        at=now,
        message_id=inbound.message_id,
        references=_references(inbound),
        sender=inbound.sender,
        subject=inbound.subject,
        text=inbound.plain,
        digest=inbound.sha256,
        verdict=None,
        match=match,
        effect=effect,
        outcome="quarantined",
    )
    recorded = await ear.incoming.record(heard)
    if recorded.is_new:
        _journal(ear, heard, recorded)


def _references(inbound: Inbound) -> tuple[str, ...]:
    """The thread it stands in, also where only the mail it answers is named (RFC 5322 3.6.4)."""
    return inbound.references or inbound.in_reply_to


async def _understand(ear: Ear, fetched: Fetched) -> ports.Heard:
    inbound = read(fetched.raw)
    now = ear.clock.now()
    if fetched.folder is Folder.SENT or inbound.sender in ear.own:
        match, effect, outcome = await _from_us(ear, inbound)
        verdict = None
    else:
        match, verdict = await _from_them(ear, inbound, now)
        effect = _effect(ear, inbound, match, verdict, now)
        outcome = str(verdict.meaning) if match and verdict else "no contact of ours"
    return ports.Heard(
        account=ear.account.name,
        fetched=fetched,
        at=now,
        message_id=inbound.message_id,
        references=_references(inbound),
        sender=inbound.sender,
        subject=inbound.subject,
        text=written_text(inbound) if match else "",
        digest=inbound.sha256,
        verdict=verdict if match else None,
        match=match,
        effect=effect,
        outcome=outcome,
    )


async def _from_us(ear: Ear, inbound: Inbound) -> tuple[ports.Match | None, Effect, str]:
    """Mail from an own address is never a reply; by hand to a contact it counts as contact."""
    if await ear.incoming.touch_of([inbound.message_id]):
        return None, NOTHING, "our own touch"
    for address in (*inbound.to, *inbound.cc):
        contact = await ear.people.contact(address)
        if contact and inbound.header("auto-submitted") in {None, "no"}:
            match = ports.Match(contact, None, "the owner wrote to them", is_certain=True)
            return match, Effect(owner_spoke=True), "owner wrote"
    return None, NOTHING, "from an own address"


async def _from_them(
    ear: Ear, inbound: Inbound, now: datetime
) -> tuple[ports.Match | None, Verdict | None]:
    lead = trace(inbound, ear.key)
    match = await _correlate(ear, lead)
    answers_us = match is not None and match.is_certain
    verdict = judge_mail(
        inbound, known_contact=match is not None, today=now.date(), answers_us=answers_us
    )
    if match is None and verdict.recipients:
        match = await _reported(ear, verdict, now)
    return match, verdict


async def _correlate(ear: Ear, lead: Trace) -> ports.Match | None:
    """By an id we sent under, by our token, by who wrote (domain.md M7)."""
    if touch := await ear.incoming.touch_of(lead.ids):
        contact = await ear.people.contact_by_id(touch.contact_id)
        if contact:
            return ports.Match(contact, touch, "it cites our message", is_certain=True)
    if lead.token.isdecimal():
        contact = await ear.people.contact_by_id(int(lead.token))
        if contact:
            touch = await ear.incoming.last_touch_to(contact.id)
            return ports.Match(contact, touch, "it carries our token", is_certain=True)
    for writer in lead.writers:
        if contact := await ear.people.contact(writer):
            touch = await ear.incoming.last_touch_to(contact.id)
            return ports.Match(contact, touch, f"it comes from {writer}", is_certain=False)
    return None


async def _reported(ear: Ear, verdict: Verdict, now: datetime) -> ports.Match | None:
    """A report without our id counts only while a touch to its recipient is fresh (D2)."""
    for recipient in verdict.recipients:
        contact = await ear.people.contact(recipient.address)
        touch = contact and await ear.incoming.last_touch_to(contact.id)
        if contact and touch and now - _when(touch) < _REPORT_REACH:
            how = f"it reports on {recipient.address}"
            return ports.Match(contact, touch, how, is_certain=True)
    return None


def _when(touch: Touch) -> datetime:
    return touch.sent_at or touch.begun_at


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

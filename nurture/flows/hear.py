"""Reads every watched folder of an account to its end and records what each mail means."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from nurture import journal, ports
from nurture.core.effect import Effect
from nurture.core.enrollment import Move
from nurture.core.halt import HaltKind
from nurture.ear import Ear, bare, think, understand
from nurture.errors import Unreachable
from nurture.mail.cursor import READ_FOLDERS, Fetched, Folder
from nurture.mail.own_id import is_own_id
from nurture.mail.read.inbound import read
from nurture.mail.read.trace import trace

_BACKWARDS = timedelta(days=3)  # a rescan after UIDVALIDITY changed; what is known is skipped


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
        inbound = await think(fetched, lambda: read(fetched.raw))
        if await ear.obeys(inbound, fetched):
            return
        heard = await understand(ear, inbound, fetched)
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
    inbound, now = await think(fetched, lambda: read(fetched.raw)), ear.clock.now()
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
    heard = replace(
        bare(ear, inbound, fetched, now),
        text=inbound.plain,
        match=match,
        effect=effect,
        outcome="quarantined",
        to_check="nurture could not judge it",
    )
    recorded = await ear.incoming.record(heard)
    if recorded.is_new:
        _journal(ear, heard, recorded)


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

"""Keeps the mailbox's Drafts folder in step with the mails that wait for their owner's word."""

from dataclasses import replace
from datetime import datetime

from nurture import journal, ports
from nurture.core.account import Account
from nurture.core.draft import CopyState, DraftState
from nurture.errors import Misconfigured, Unreachable
from nurture.mail.cursor import Folder
from nurture.onward import accepted_wire
from nurture.value import frozen

_AT_ONCE = 50  # are put there in one round
_LIES_THERE = frozenset({CopyState.PLACED, CopyState.CHANGED})
_FINE = ""
_NO_SENT = "there is no Sent folder, so nobody would notice what you send from Drafts"


@frozen
class Tray:
    """Everything it takes to tend the Drafts folder of one account."""

    account: Account
    copies: ports.Copies
    desk: ports.Desk
    switch: ports.Switch
    catalog: ports.Catalog
    mailbox: ports.Mailbox
    clock: ports.Clock


async def tend_drafts(tray: Tray, heard_since: datetime) -> None:
    """Puts what waits into Drafts, and takes out what is decided, overtaken or gone.

    `heard_since` is when the last reading of the folders, Sent among them, began: only one that
    began after a copy had left Drafts proves that nobody sent it, and lets an accepted mail go.
    A folder that cannot be used is told to the owner once a day, and nothing else waits for it.
    """
    try:
        why = await _tend_all(tray, heard_since)
    except Unreachable as error:
        journal.drafts_untended(tray.account.name, str(error))
        return
    if why:
        journal.drafts_untended(tray.account.name, why)
        await _tell_unusable(tray, why)


async def _tend_all(tray: Tray, heard_since: datetime) -> str:
    """Why the folder cannot be used, or nothing; the first refusal ends the round."""
    now, account = tray.clock.now(), tray.account
    out = await tray.copies.out(account.name)
    wanted = account.drafts_in_mailbox and not await tray.switch.halts()
    lacking = await tray.copies.lacking(account.name, now, _AT_ONCE) if wanted else ()
    busy = [each for each in out if not _stays(each)]
    if not (busy or lacking):
        return _FINE
    if await tray.mailbox.position(Folder.SENT) is None:
        return _NO_SENT
    for draft in (*busy, *lacking):
        if why := await _tend(tray, draft, heard_since):
            return why
    return _FINE


def _stays(draft: ports.Draft) -> bool:
    """Whether its copy lies where it should: it waits, and the owner may send it from there."""
    is_there = draft.copy is not None and draft.copy.state in _LIES_THERE
    return is_there and draft.state is DraftState.WAITING


async def _tend(tray: Tray, draft: ports.Draft, heard_since: datetime) -> str:
    copy = draft.copy
    if copy is None or not copy.is_out:
        return await _place(tray, draft)
    if copy.settles_at:
        if heard_since >= copy.settles_at:
            await _settle(tray, draft, copy)
        return _FINE
    if draft.state is DraftState.WAITING and copy.state is CopyState.PLACING:
        return await _file(tray, draft, copy)  # a crash came in between: it may lie there already
    return await _take_back(tray, draft, copy)


async def _place(tray: Tray, draft: ports.Draft) -> str:
    """Says on disk that it may lie there, then puts it there (no crash leaves two)."""
    before = draft.copy.state if draft.copy else None
    now, words = tray.clock.now(), draft.sheet.words
    placing = ports.Copy(CopyState.PLACING, now, subject=words.subject, text=words.text)
    if not await tray.copies.move(draft.id, before, placing, now):
        return _FINE  # decided meanwhile
    return await _file(tray, draft, placing)


async def _file(tray: Tray, draft: ports.Draft, placing: ports.Copy) -> str:
    now = tray.clock.now()
    try:
        wire = accepted_wire(tray.catalog, tray.account, draft, now)
        answer = await tray.mailbox.file_draft(wire, draft.sheet.message_id, now)
    except Misconfigured as error:
        answer = ports.Declined(str(error))
    if isinstance(answer, ports.Declined):
        refused = replace(placing, state=CopyState.REFUSED, since=now)
        await tray.copies.move(draft.id, CopyState.PLACING, refused, now)
        return answer.why
    placed = replace(placing, state=CopyState.PLACED, since=now, place=answer)
    if await tray.copies.move(draft.id, CopyState.PLACING, placed, now):
        journal.draft_placed(draft.contact_id, draft.id)
    return _FINE


async def _take_back(tray: Tray, draft: ports.Draft, copy: ports.Copy) -> str:
    answer = await tray.mailbox.take_back(draft.sheet.message_id, copy.place)
    now = tray.clock.now()
    if isinstance(answer, ports.Declined):
        return answer.why
    if answer is ports.TakenBack.CHANGED:
        await _leave(tray, draft, copy)
        return _FINE
    is_ours = answer is ports.TakenBack.DONE
    after = CopyState.TAKEN_BACK if is_ours else CopyState.MISSED
    await tray.copies.move(draft.id, copy.state, replace(copy, state=after, since=now), now)
    journal.draft_left(draft.contact_id, draft.id, str(after))
    return _FINE


async def _leave(tray: Tray, draft: ports.Draft, copy: ports.Copy) -> None:
    """What the owner wrote is never deleted; they are told what it is worth now."""
    now, whom = tray.clock.now(), _whom(draft)
    changed = replace(copy, state=CopyState.CHANGED, since=now)
    theirs = f"The mail to {whom} in your Drafts folder has changes of yours, so nurture leaves it"
    match draft.state:
        case DraftState.ACCEPTED:
            text = (
                f"{theirs} and does not send the one that you accepted. Send yours from there; or "
                f"delete it, then accept the other one again: nurture drafts accept {draft.id}"
            )
            await _tell(tray, draft, copy, f"Which mail to {whom} do you want?", text)
            await tray.copies.doubt(draft.id, changed, now)
        case DraftState.WAITING:
            text = (
                f"{theirs} as it is. The other one, which you changed by a command, waits as well: "
                f"nurture drafts show {draft.id}. Send one of them, not both"
            )
            await _tell(tray, draft, copy, f"There are two mails to {whom}", text)
            await tray.copies.move(draft.id, copy.state, changed, now)
        case DraftState.SENT:
            await _forget(tray, draft, copy, now)
        case DraftState.SKIPPED | DraftState.STALE:
            text = (
                f"{theirs}. It is out of date: you skipped it, they answered, or their sequence "
                "went on. Delete it, unless you still want to send it"
            )
            await _tell(tray, draft, copy, f"A mail to {whom} is out of date", text)
            await _forget(tray, draft, copy, now)


async def _forget(tray: Tray, draft: ports.Draft, copy: ports.Copy, now: datetime) -> None:
    over = replace(copy, state=CopyState.OVER, since=now)
    await tray.copies.move(draft.id, copy.state, over, now)


async def _settle(tray: Tray, draft: ports.Draft, copy: ports.Copy) -> None:
    """Nobody sent it, as far as Sent tells: what was accepted may leave, if we took it back.

    Where somebody else took it away the owner is asked once more: a mail program may be offline,
    or file no copies.
    """
    now = tray.clock.now()
    if copy.state is CopyState.MISSED and draft.state is DraftState.ACCEPTED:
        whom = _whom(draft)
        text = (
            f"You accepted the mail to {whom}, but its copy had left your Drafts folder before "
            "nurture could take it back, and it is not in Sent. If you sent it: nurture drafts "
            f"skip {draft.id}. If you only deleted it: nurture drafts accept {draft.id}"
        )
        await _tell(tray, draft, copy, f"Did you send the mail to {whom}?", text)
        over = replace(copy, state=CopyState.OVER, since=now)
        await tray.copies.doubt(draft.id, over, now)
    elif copy.state is CopyState.TAKEN_BACK and draft.state is DraftState.WAITING:
        # Reworded meanwhile: its new words are put there as if it had just been written.
        await tray.copies.move(draft.id, copy.state, None, now)
    else:
        await _forget(tray, draft, copy, now)


def _whom(draft: ports.Draft) -> str:
    return draft.sheet.recipient.name or draft.sheet.recipient.address


async def _tell(tray: Tray, draft: ports.Draft, copy: ports.Copy, subject: str, text: str) -> None:
    """Before it is written down, under a key of its own: no crash forgets or repeats it."""
    key = f"draft/{draft.id}/{draft.state}/{copy.since.isoformat()}"
    await tray.desk.tell(tray.account.name, subject, f"{text}.\n", tray.clock.now(), key)


async def _tell_unusable(tray: Tray, why: str) -> None:
    name, now = tray.account.name, tray.clock.now()
    text = (
        f"{why}.\n\nMails that wait for your word are in `nurture drafts` all the same: accept, "
        "edit or skip them there or by mail. One that you accepted while a copy of it lies in "
        "Drafts leaves only when that copy is gone.\n\nMend the folder, name another one in "
        f"[accounts.{name}.imap.folders], or set drafts_in_mailbox = false.\n"
    )
    subject = f"nurture cannot use the Drafts folder of {tray.account.address}"
    await tray.desk.tell(name, subject, text, now, f"drafts-folder/{name}/{now:%Y-%m-%d}")

"""The Drafts folder: a mail of ours put there, and taken out again by its UID alone."""

import re
from datetime import datetime

from nurture.mail.cursor import Cursor, Folder
from nurture.ports import Declined, TakenBack
from nurture.transport.imap_answer import quoted
from nurture.transport.imap_connection import Answer
from nurture.transport.imap_session import Session

_APPENDED = re.compile(r"\[APPENDUID (\d{1,10}) (\d{1,10})\]", re.IGNORECASE)  # RFC 4315 section 3
_NO_FOLDER = Declined("there is no Drafts folder")


async def file_draft(
    session: Session, wire: bytes, message_id: str, at: datetime
) -> Cursor | Declined:
    """Where the bytes lie in Drafts now; one of this id that lies there already is found."""
    if not session.has(Folder.DRAFTS):
        await session.find_folders()  # it may be there by now, under whatever name
    if not session.has(Folder.DRAFTS):
        return _NO_FOLDER
    entered = await session.enter_drafts(to_write=False)
    if not entered.is_ok:
        return _declined("the Drafts folder cannot be opened", entered)
    if known := await _bearing(session, message_id):
        return Cursor(session.uidvalidity, known[-1])
    answer = await session.append(Folder.DRAFTS, "\\Draft \\Seen", wire, at)
    if not answer.is_ok:
        return _declined("the server does not take it", answer)
    if told := _APPENDED.search(answer.words):
        return Cursor(int(told[1]), int(told[2]))
    await session.run("NOOP")
    placed = await _bearing(session, message_id)
    return Cursor(session.uidvalidity, placed[-1]) if placed else _declined("it is lost", answer)


async def take_back(
    session: Session, message_id: str, place: Cursor | None
) -> TakenBack | Declined:
    """Deletes what was put at this place for good; what bears its id elsewhere is a person's."""
    if not session.has(Folder.DRAFTS):
        return TakenBack.ABSENT
    entered = await session.enter_drafts(to_write=True)
    if not entered.is_ok or "[READ-ONLY]" in entered.words.upper():
        return _declined("the Drafts folder cannot be changed", entered)
    there = await _bearing(session, message_id)
    if not there:
        return TakenBack.ABSENT
    if place is not None and (session.uidvalidity, there) != (place.uidvalidity, (place.uid,)):
        return TakenBack.CHANGED
    return await _delete(session, there)


async def _delete(session: Session, uids: tuple[int, ...]) -> TakenBack | Declined:
    """Deletes these and no others, also where a server can only delete all that is marked."""
    has_uidplus = "UIDPLUS" in session.connection.capabilities
    if not has_uidplus and set(await session.search("DELETED")) - set(uids):
        return Declined("other mails in the Drafts folder are marked as deleted: empty them first")
    listed = ",".join(map(str, uids))
    marked = await session.change("STORE", f"{listed} +FLAGS.SILENT (\\Deleted)")
    if not marked.is_ok:
        return _declined("it cannot be deleted", marked)
    if has_uidplus:
        gone = await session.change("EXPUNGE", listed)
        return TakenBack.DONE if gone.is_ok else _declined("it cannot be deleted", gone)
    await session.run("EXPUNGE")
    return TakenBack.DONE


async def _bearing(session: Session, message_id: str) -> tuple[int, ...]:
    """The UIDs in the open folder that bear this id."""
    wanted = quoted(f"<{message_id}>")
    return await session.search(f"HEADER Message-ID {wanted} UNDELETED")


def _declined(what: str, answer: Answer) -> Declined:
    return Declined(f"{what}: {answer.words}")

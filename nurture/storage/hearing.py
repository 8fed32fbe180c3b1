"""One incoming mail becomes rows: its outcome and all it changes, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from nurture.core.contact import Contact
from nurture.core.effect import NOTHING
from nurture.core.enrollment import Enrollment, Move, State, move
from nurture.core.touch import TOUCH_TRANSITIONS, Touch, move_touch
from nurture.mail.cursor import Cursor, Folder
from nurture.ports import Heard, LedgerEntry, Moved, NoticeKind, Recorded
from nurture.storage.company import Companies
from nurture.storage.engine import add_missing
from nurture.storage.families import trip
from nurture.storage.gate import spend
from nurture.storage.handing import hand_off, owner_spoke
from nurture.storage.lane import first_of_lanes
from nurture.storage.ledger import OF_TOUCH, Event, about_touch, about_walk, write_lines
from nurture.storage.people import ERASED, learn_alias
from nurture.storage.promising import keep_promises
from nurture.storage.rows import (
    TOUCH,
    Values,
    contacts_by_id,
    insert_one,
    save_walks,
)  # fmt: skip
from nurture.storage.rule import shifted
from nurture.storage.suppression import Suppressions
from nurture.storage.tables import (
    contacts,
    cursors,
    inbound,
    notices,
    stops,
    touches,
)  # fmt: skip
from nurture.storage.walk import Stopping, addresses_of, live_walks, lock_people, move_walks


def set_cursor(connection: Connection, account: str, folder: Folder, cursor: Cursor) -> None:
    """The folder is read up to there."""
    place = {"uidvalidity": cursor.uidvalidity, "uid": cursor.uid}
    this = (cursors.c.account == account) & (cursors.c.folder == folder)
    if not connection.execute(update(cursors).where(this).values(place)).rowcount:
        add_missing(connection, cursors, [{"account": account, "folder": folder, **place}])


def record(connection: Connection, list_: Suppressions, heard: Heard) -> Recorded:
    """The mail, its reasons, everything its effect changes, and the cursor."""
    set_cursor(connection, heard.account, heard.fetched.folder, heard.fetched.cursor)
    known = _known_id(connection, heard)
    if known is not None:
        return Recorded(is_new=False, inbound_id=known)
    heard = _of_nobody_erased(connection, heard)
    inbound_id = _keep(connection, heard)
    if heard.spent:
        spend(connection, heard.account, heard.spent, heard.fetched.arrived_at or heard.at)
    if heard.trouble:
        trip(connection, *heard.trouble, heard.at)
    if heard.effect.alert:
        tell_alert(connection, heard)
    if heard.match is None:
        return Recorded(is_new=True, inbound_id=inbound_id)
    contact_id = heard.match.contact.id
    # Locked against an enrollment that is being made: either it sees the answer, or we the walk.
    lock_people(connection, [contact_id])
    write_lines(connection, [_line(contact_id, Event.MAIL_HEARD, heard_why(heard), heard.at)])
    if heard.effect.touch_move is None and not heard.effect.owner_spoke:
        spoke = update(contacts).where(contacts.c.id == contact_id)
        connection.execute(spoke.values(last_heard_at=heard.at))
    return apply(connection, list_, heard, contact_id, inbound_id)


def _of_nobody_erased(connection: Connection, heard: Heard) -> Heard:
    """The mail as a stranger's, where its person was erased between the match and now."""
    if heard.match is None:
        return heard
    theirs = select(contacts.c.address).where(contacts.c.id == heard.match.contact.id)
    if not connection.scalars(theirs).one().startswith(ERASED):
        return heard
    outcome = "no contact of ours any more"
    return replace(
        heard, match=None, verdict=None, effect=NOTHING, text="", to_check="", outcome=outcome
    )


def _known_id(connection: Connection, heard: Heard) -> int | None:
    fetched = heard.fetched
    same_place = (
        (inbound.c.folder == fetched.folder)
        & (inbound.c.uidvalidity == fetched.uidvalidity)
        & (inbound.c.uid == fetched.uid)
    )
    query = select(inbound.c.id).where(
        inbound.c.account == heard.account, same_place | (inbound.c.digest == heard.digest)
    )
    return connection.scalar(query.order_by(inbound.c.id).limit(1))


def _keep(connection: Connection, heard: Heard) -> int:
    match, verdict, fetched = heard.match, heard.verdict, heard.fetched
    row: Values = {
        "account": heard.account,
        "folder": fetched.folder,
        "uidvalidity": fetched.uidvalidity,
        "uid": fetched.uid,
        "digest": heard.digest,
        "at": heard.at,
        "arrived_at": fetched.arrived_at,
        "message_id": heard.message_id,
        "references": list(heard.references),
        "sender": heard.sender,
        "subject": heard.subject,
        "text": heard.text,
        "verdict": str(verdict.meaning) if verdict else "",
        "confidence": verdict.confidence if verdict else None,
        "evidence": [
            {"signal": each.signal, "meaning": each.meaning, "quote": each.quote}
            for each in (verdict.evidence if verdict else ())
        ],
        "outcome": heard.outcome,
        "contact_id": match.contact.id if match else None,
        "touch_id": match.touch.id if match and match.touch else heard.copy_of,
        "how": match.how if match else "",
        "is_certain": match.is_certain if match else False,
        "to_check": heard.to_check,
        "asks_person": bool(heard.effect.handoff),
        "raw": fetched.raw if heard.to_check else None,
    }
    return insert_one(connection, inbound, row)


def apply(
    connection: Connection, list_: Suppressions, heard: Heard, contact_id: int, inbound_id: int
) -> Recorded:
    """What the effect changes besides the mail itself; the contact is locked already."""
    effect, at = heard.effect, heard.at
    contact = contacts_by_id(connection, [contact_id])[contact_id]
    if effect.learn_alias:
        learn_alias(connection, contact_id, effect.learn_alias)
        learnt = _line(contact_id, Event.ALIAS_LEARNT, effect.learn_alias, at)
        write_lines(connection, [learnt])
    if effect.suppress:
        list_.add(connection, addresses_of(connection, contact_id), effect.suppress, at)
        line = _line(contact_id, Event.ADDRESS_SUPPRESSED, effect.suppress, at)
        write_lines(connection, [line])
    moved, cancelled = _move_all(connection, heard, contact, inbound_id)
    if effect.held_until:
        _hold(connection, contact_id, effect.held_until, effect.held_why, at)
    _move_touch(connection, heard)
    if effect.owner_spoke:
        owner_spoke(connection, contact_id, at)
    keep_promises(connection, heard.promises)
    handoff_id = None
    if effect.handoff:
        handoff_id = hand_off(connection, heard, contact, inbound_id, stopped=bool(moved))
    return Recorded(
        is_new=True,
        inbound_id=inbound_id,
        moved=moved,
        cancelled=cancelled,
        handoff_id=handoff_id,
    )


def heard_why(heard: Heard) -> str:
    """What was heard and by which words, as the ledger tells it."""
    if heard.verdict is None:
        return heard.outcome
    quotes = "; ".join(f"{each.signal}: {each.quote}" for each in heard.verdict.evidence)
    return f"{heard.verdict.meaning} ({quotes})" if quotes else str(heard.verdict.meaning)


def _line(contact_id: int, event: Event, why: str, at: datetime) -> LedgerEntry:
    return LedgerEntry(at, event, why, contact_id)


def _move_all(
    connection: Connection, heard: Heard, contact: Contact, inbound_id: int
) -> tuple[tuple[Moved, ...], tuple[int, ...]]:
    """Moves the contact's walks and their colleagues'; what moved, and what was called off."""
    effect = heard.effect
    moved: list[Moved] = []
    cancelled: list[int] = []
    colleagues = _colleagues(connection, contact) if effect.colleague_move else []
    # All at once: two colleagues who answer at the same time must not wait for each other.
    live = live_walks(connection, [contact.id, *colleagues])
    own = [walk for walk in live if walk.contact_id == contact.id]
    theirs = [walk for walk in live if walk.contact_id != contact.id]
    reasons = (
        (effect.move, own, own_reason(heard)),
        (effect.colleague_move, theirs, colleague_reason(contact.name)),
    )
    for by, found, reason in reasons:
        if by is not None:
            stopping = move_walks(connection, found, by, reason, heard.at)
            moved += _told(found, stopping, reason)
            cancelled += stopping.cancelled
            _note_stops(connection, inbound_id, found, by)
    return tuple(moved), tuple(sorted(cancelled))


def _note_stops(
    connection: Connection, inbound_id: int, found: Sequence[Enrollment], by: Move
) -> None:
    """Remembers what this mail holds back, so that a correction lets go of that and no more."""
    rows = [
        {
            "inbound_id": inbound_id,
            "enrollment_id": walk.id,
            "found_active": walk.state is State.ACTIVE,
        }
        for walk in found
        if move(walk.state, by) is not State.ENDED
    ]
    if rows:
        add_missing(connection, stops, rows)


def own_reason(heard: Heard) -> str:
    """Why the walks of the person who wrote are stopped."""
    return heard.effect.handoff or heard.effect.suppress or heard.outcome


def colleague_reason(name: str) -> str:
    """Why the walks of their colleagues are stopped."""
    return f"their colleague {name} answered"


def _told(found: Sequence[Enrollment], stopping: Stopping, why: str) -> list[Moved]:
    person = {walk.id: walk.contact_id for walk in found}
    return [Moved(person[each], each, state, why) for each, state in stopping.moved]


def _colleagues(connection: Connection, contact: Contact) -> Sequence[int]:
    theirs = select(contacts.c.id).where(Companies.of([contact]).works_there)
    return sorted(set(connection.scalars(theirs)) - {contact.id})


def _hold(connection: Connection, contact_id: int, until: datetime, why: str, at: datetime) -> None:
    held = [(walk, shifted(walk, until, why, at)) for walk in live_walks(connection, [contact_id])]
    changed = [new for old, new in held if new != old]
    save_walks(connection, changed)
    told = first_of_lanes(changed)
    write_lines(connection, [about_walk(walk, Event.TOUCH_HELD, why, at) for walk in told])


def _move_touch(connection: Connection, heard: Heard) -> None:
    """Moves the matched touch, if that is possible in the state it has come to by now.

    A report may overtake the settlement of its own touch; then the touch is left to be settled,
    and everything else the report changes stands.
    """
    by, touch = heard.effect.touch_move, heard.match.touch if heard.match else None
    if by is None or touch is None:
        return
    query = select(*TOUCH).where(touches.c.id == touch.id).with_for_update()
    now = Touch(**connection.execute(query).one()._asdict())
    if (now.state, by) not in TOUCH_TRANSITIONS:
        return
    after = replace(now, state=move_touch(now.state, by))
    connection.execute(update(touches).where(touches.c.id == now.id).values(state=after.state))
    line = about_touch(after, OF_TOUCH[after.state], heard_why(heard), heard.at)
    write_lines(connection, [line])


def tell_alert(connection: Connection, heard: Heard) -> None:
    """Puts the alert of a mail into the outbox."""
    alert: Values = {
        "account": heard.account,
        "kind": NoticeKind.ALERT,
        "subject": heard.effect.alert,
        "text": "\n".join(part for part in (heard.effect.alert, heard_why(heard)) if part),
        "created_at": heard.at,
        "due_at": heard.at,
        "contact_id": heard.match.contact.id if heard.match else None,
    }
    connection.execute(insert(notices), alert)

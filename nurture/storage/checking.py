"""Mails that wait for a person's verdict, as they were recorded or as they broke us."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, exists, select

from nurture.core.contact import Contact
from nurture.core.effect import NOTHING
from nurture.mail.cursor import Fetched
from nurture.ports import Doubtful, Heard, Match
from nurture.storage.rows import TOUCH, contacts_by_id, touch_of
from nurture.storage.tables import inbound, quarantine, touches, waits_for_check

QUARANTINED: Final = "q"
"""What the ids of quarantined mails begin with."""


def same_place() -> ColumnElement[bool]:
    """A quarantined mail of which something was made all the same."""
    here, there = inbound.c, quarantine.c
    is_same = (here.uidvalidity == there.uidvalidity) & (here.uid == there.uid)
    return is_same & (here.account == there.account) & (here.folder == there.folder)


def to_check(connection: Connection, limit: int) -> tuple[Doubtful, ...]:
    """Mails that wait, the oldest first; one that broke us once, as what was made of it."""
    doubted = select(inbound).where(waits_for_check).order_by(inbound.c.id).limit(limit)
    found = _doubtful(connection, connection.execute(doubted).all())
    broke = select(quarantine).where(quarantine.c.settled == "", ~exists().where(same_place()))
    rows = connection.execute(broke.order_by(quarantine.c.id).limit(limit))
    waiting = [*found, *(_of_quarantine(row) for row in rows)]
    return tuple(sorted(waiting, key=lambda each: each.heard.at)[:limit])


def doubtful(connection: Connection, mail: str) -> Doubtful | None:
    """The mail of this id, waiting or not."""
    number = mail.removeprefix(QUARANTINED)
    if not number.isdecimal():
        return None
    table = quarantine if mail.startswith(QUARANTINED) else inbound
    row = connection.execute(select(table).where(table.c.id == int(number))).first()
    if row is None:
        return None
    return _of_quarantine(row) if table is quarantine else _doubtful(connection, [row])[0]


def _doubtful(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Doubtful, ...]:
    known = contacts_by_id(connection, {row.contact_id for row in rows if row.contact_id})
    return tuple(_of_inbound(connection, row, known) for row in rows)


def _match(connection: Connection, row: Row[Any], contact: Contact) -> Match:
    sent = connection.execute(select(*TOUCH).where(touches.c.id == row.touch_id)).first()
    touch = touch_of(sent) if sent else None
    return Match(contact, touch, row.how, is_certain=row.is_certain)


def _of_inbound(connection: Connection, row: Row[Any], known: Mapping[int, Contact]) -> Doubtful:
    contact = known.get(row.contact_id)
    raw = row.raw or b""
    heard = Heard(
        account=row.account,
        fetched=Fetched(row.folder, row.uidvalidity, row.uid, raw, len(raw), row.arrived_at),
        at=row.at,
        message_id=row.message_id,
        references=tuple(row.references),
        sender=row.sender,
        subject=row.subject,
        text=row.text,
        digest=row.digest,
        verdict=None,
        match=_match(connection, row, contact) if contact else None,
        effect=NOTHING,
        outcome=row.outcome,
        to_check=row.to_check,
    )
    return Doubtful(
        id=str(row.id),
        heard=heard,
        verdict=row.verdict,
        confidence=row.confidence,
        evidence=tuple(f"{each['signal']}: {each['quote']}" for each in row.evidence),
        corrected=row.corrected,
    )


def _of_quarantine(row: Row[Any]) -> Doubtful:
    fetched = Fetched(row.folder, row.uidvalidity, row.uid, row.raw, row.size)
    heard = Heard(
        account=row.account,
        fetched=fetched,
        at=row.at,
        message_id="",
        sender="",
        subject="",
        text="",
        digest=fetched.digest,
        verdict=None,
        match=None,
        effect=NOTHING,
        outcome="quarantined",
        to_check=f"it broke nurture: {row.why}",
    )
    return Doubtful(f"{QUARANTINED}{row.id}", heard, corrected=row.settled)

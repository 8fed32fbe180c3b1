"""What the owner must learn, and how far each notice has come on each channel."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from nurture.ports import Errand, Notice
from nurture.storage.tables import errands, is_untold, notices

_PLAIN: Final = tuple(name for name in Notice.__dataclass_fields__ if name != "errands")
_NOTICE: Final = tuple(notices.c[name] for name in _PLAIN)
_DELIVERY: Final = tuple(errands.c[name] for name in Errand.__dataclass_fields__)


def notices_due(connection: Connection, now: datetime, limit: int) -> tuple[Notice, ...]:
    """Notices that some channel still owes and whose next attempt is due, the oldest first."""
    query = select(*_NOTICE).where(is_untold, notices.c.due_at <= now)
    rows = connection.execute(query.order_by(notices.c.due_at, notices.c.id).limit(limit))
    found = [Notice(**row._asdict()) for row in rows]
    tried = _tried(connection, [each.id for each in found])
    return tuple(replace(each, errands=tuple(tried[each.id])) for each in found)


def _tried(connection: Connection, ids: Sequence[int]) -> dict[int, list[Errand]]:
    tried: dict[int, list[Errand]] = {number: [] for number in ids}
    query = select(errands.c.notice_id, *_DELIVERY).where(errands.c.notice_id.in_(ids))
    for notice_id, *row in connection.execute(query.order_by(errands.c.channel)):
        tried[notice_id].append(Errand(*row))
    return tried


def notice_tried(connection: Connection, notice_id: int, errand: Errand) -> None:
    """What came of the newest attempt on that channel; what was taken stays so."""
    this = (errands.c.notice_id == notice_id, errands.c.channel == errand.channel)
    before = connection.execute(select(errands.c.told_at).where(*this)).one_or_none()
    if before is None:
        connection.execute(insert(errands).values(notice_id=notice_id, **asdict(errand)))
    elif before.told_at is None:
        connection.execute(update(errands).where(*this).values(asdict(errand)))


def notice_told(connection: Connection, notice_id: int, now: datetime) -> None:
    """It is out of the outbox."""
    untold = update(notices).where(notices.c.id == notice_id, is_untold)
    connection.execute(untold.values(told_at=now))


def notice_failed(connection: Connection, notice_id: int, retry_at: datetime, why: str) -> None:
    """Some channel did not take it; another attempt at `retry_at`."""
    untold = update(notices).where(notices.c.id == notice_id, is_untold)
    attempts = notices.c.attempts + 1
    connection.execute(untold.values(attempts=attempts, due_at=retry_at, why=why))


def forget_errands(connection: Connection, notice_ids: Sequence[int]) -> None:
    """Whatever was noted about these notices, which are to be deleted."""
    connection.execute(delete(errands).where(errands.c.notice_id.in_(notice_ids)))

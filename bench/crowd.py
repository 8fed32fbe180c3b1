"""A database of so many walks, made by the database itself, and what the scheduler pays on it."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table, text

from bench.roster import ALLOWED, KEY, prove, write_folder
from nurture import ports
from nurture.core.account import Limits
from nurture.core.contact import Contact
from nurture.core.enrollment import Enrollment, State
from nurture.storage import Store, open_store
from nurture.storage.tables import contacts, enrollments
from nurture.transport.clock import SystemClock

DUE = 10_000
_PAGE = 100
_LOOKS = 30

_NUMBERS = (
    "WITH RECURSIVE counted(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counted WHERE n < :people)"
)
# Seven of ten wait for a day of the next thirty; the others have ended.
_STATE = "CASE WHEN n > :due AND n % 10 >= 7 THEN 'ended' ELSE 'active' END"
_DUE_AT = (
    "CASE WHEN n <= :due THEN t.due_at ELSE strftime('%Y-%m-%d %H:%M:%f000', t.due_at,"
    " '+' || (7200 + n * 37 % 2592000) || ' seconds') END"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds, the median of many."""

    page: float
    claim: float


@cache
def cost(people: int) -> Cost:
    """What a page of a hundred due costs, and a committed last look at them."""
    with TemporaryDirectory() as name:
        return asyncio.run(_measure(Path(name), people))


async def fill(folder: Path, people: int, due: int) -> None:
    """A folder for `nurture run` with so many walks, of which so many are due."""
    write_folder(folder)
    now = SystemClock().now()
    database = f"sqlite:///{folder}/nurture.db"
    store = await open_store(database, KEY.encode(), now)
    await _fill(store, people, due, now)
    await prove(store, folder, database, ["sam"])
    await store.close()


async def _fill(store: Store, people: int, due: int, now: datetime) -> None:
    first = Contact(
        "p1@firm1.example", given_name="Ada", company="Firm 1", city="Lyon", consent=ALLOWED
    )
    await store.people.merge([first], now)
    since = now - timedelta(hours=1)
    walk = Enrollment(0, 1, "sam", "tips", "r1", State.ACTIVE, "first",
                      anchor_at=since, due_at=since, enrolled_at=since)  # fmt: skip
    await store.outgoing.enroll([walk])
    given = {"people": people, "due": due}
    if due == 0:
        await store.database.write(_put_off)
    await store.database.write(_multiply, contacts, given, {
        "id": "n", "address": "'p' || n || '@firm' || n || '.example'",
        "company": "'Firm ' || n",
        "company_name": "'firm ' || n", "company_domain": "'firm' || n || '.example'",
    })  # fmt: skip
    await store.database.write(_multiply, enrollments, given, {
        "id": "n", "contact_id": "n", "state": _STATE, "due_at": _DUE_AT,
    })  # fmt: skip
    await store.database.write(_analyse)


def _multiply(
    connection: Connection, table: Table, given: dict[str, int], new: dict[str, str]
) -> None:
    columns = [column.name for column in table.columns]
    values = ", ".join(new.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    made = f"INSERT INTO {table.name} ({names}) {_NUMBERS} SELECT {values}"
    connection.execute(text(f"{made} FROM counted, {table.name} t WHERE t.id = 1"), given)


def _put_off(connection: Connection) -> None:
    connection.execute(text("UPDATE enrollments SET due_at = datetime(due_at, '+1 day')"))


def _analyse(connection: Connection) -> None:
    connection.execute(text("ANALYZE"))


_FREELY = Limits(per_day=10_000_000, per_family=0, gap=timedelta(0), batch=1_000)


async def _measure(folder: Path, people: int) -> Cost:
    now = SystemClock().now()
    store = await open_store(f"sqlite:///{folder}/nurture.db", KEY.encode(), now)
    await _fill(store, people, DUE, now)
    lease = await store.accounts.take("sam", "bench", now, now + timedelta(hours=1))
    if lease is None:
        raise RuntimeError("the lease of a new database is free")
    await store.accounts.was_read(lease, now)
    pages, claims = [], []
    for _ in range(_LOOKS):
        began = time.perf_counter()
        page = await store.outgoing.due("sam", now, _PAGE)
        read = time.perf_counter()
        intents = _intents(page)
        written = time.perf_counter()
        looks = await store.outgoing.begin(lease, intents, now, now, _FREELY)
        claims.append(time.perf_counter() - written)
        pages.append(read - began)
        if not all(isinstance(look, ports.Begun) for look in looks):
            raise RuntimeError(f"not claimed: {looks[:3]}")
        await store.database.write(_set_aside, [due.enrollment.id for due in page])
    await store.close()
    return Cost(median(pages) * 1000, median(claims) * 1000)


def _intents(page: Sequence[ports.Due]) -> list[ports.Intent]:
    return [
        ports.Intent(
            enrollment_id=due.enrollment.id,
            contact_id=due.contact.id,
            step="first",
            occurrence="1",
            recipient=due.contact.address,
            message_id=f"{due.enrollment.id}.bench@agency.example",
            subject="A note",
            due_at=due.enrollment.due_at or due.enrollment.anchor_at,
            why="step 'first' is due",
        )
        for due in page
    ]


def _set_aside(connection: Connection, ids: list[int]) -> None:
    ended = ",".join(map(str, ids))
    connection.execute(text(f"UPDATE enrollments SET state = 'ended' WHERE id IN ({ended})"))
    connection.execute(text("UPDATE touches SET state = 'refused' WHERE state = 'sending'"))

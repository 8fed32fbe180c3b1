"""What runs in the loops runs over indexes, and in a constant number of statements."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Engine, Select, event, select, text

from nurture.core.decision import Advance
from nurture.core.touch import TouchMove
from nurture.ports import Begun, Settlement
from nurture.storage import Store, open_store, prepared, tables
from nurture.storage.agenda import due
from nurture.storage.prepared import Raw
from nurture.storage.sight import Sight
from nurture.storage.suppression import Suppressions
from tests.fakes.story import ACCEPTED, ACCOUNT, DAY, MINUTE, START, Story

KEY = b"a key for tests"


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that any engine executes meanwhile, once for each time."""
    seen: list[str] = []
    execute = prepared._executed  # by which those go that Core does not see

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    def noted(connection: Connection, sql: str, given: Any, *, many: bool = False) -> list[Raw]:
        seen.extend([sql] * (len(given) if many else 1))
        return execute(connection, sql, given, many=many)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(prepared, "_executed", noted):
            yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def sending_costs(store: Store, story: Story, people: int) -> tuple[int, int, int]:
    """How many statements a page, a last look and a settlement of so many people take."""
    walks = [await story.enrolled(f"{n}@{n}.{people}.example") for n in range(people)]
    await story.leased()
    intents = [story.intent(walk, f"{n}@{n}.{people}.example") for n, walk in enumerate(walks)]
    with counted() as page:
        due = await store.outgoing.due(ACCOUNT, START, 100)
    assert len(due) == people
    with counted() as begin:
        looks = await story.look(*intents)
    onward = Advance("second", START + DAY, "sent")
    settlements = [
        Settlement(look.touch_id, TouchMove.ACCEPTED, START + MINUTE, ACCEPTED, next=onward)
        for look in looks
        if isinstance(look, Begun)
    ]
    assert len(settlements) == people
    with counted() as settle:
        await store.outgoing.settle(settlements)
    return len(page), len(begin), len(settle)


async def test_a_batch_of_fifty_takes_as_many_statements_as_one_of_two(sqlite_url: str) -> None:
    store = await open_store(sqlite_url, KEY, START)
    story = Story(store)
    await sending_costs(store, story, 3)  # the account's first mail is noted once
    small = await sending_costs(store, story, 2)
    assert small == await sending_costs(store, story, 50)
    assert max(small) in range(8, 26), small
    await store.close()


def steps(connection: Connection, work: Callable[[Connection], object]) -> int:
    """How many steps SQLite's machine takes for it."""
    taken = count()
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_progress_handler(lambda: 0 * next(taken), 1)
    work(connection)
    driver.set_progress_handler(None, 1)
    return next(taken)


async def test_who_has_no_company_is_looked_at_alone_however_many_have_none(
    sqlite_url: str,
) -> None:
    store = await open_store(sqlite_url, KEY, START)
    story, list_ = Story(store), Suppressions(KEY)
    await story.leased()
    walk = await story.enrolled("ann@gmail.com")
    intents = [story.intent(walk, "ann@gmail.com")]

    def looks(connection: Connection) -> tuple[int, int]:
        see = partial(Sight.of, list_=list_, account=ACCOUNT, intents=intents, now=START)
        page = partial(due, list_=list_, account=ACCOUNT, now=START, limit=9)
        return steps(connection, see), steps(connection, page)

    before = await store.database.write(looks)
    for number in range(200):
        await story.known(f"ann{number}@gmail.com")
    after = await store.database.write(looks)
    await store.close()
    # A tree of more rows is a little deeper to go down.
    assert all(now < then + 100 for then, now in zip(before, after, strict=True)), (before, after)


OVER_AN_INDEX = (
    (
        select(tables.enrollments.c.id)
        .where(
            tables.is_active,
            tables.enrollments.c.account == "a",
            tables.enrollments.c.due_at <= START,
        )
        .order_by(tables.enrollments.c.due_at),
        "ix_enrollments_due",
    ),
    (select(tables.enrollments.c.id).where(tables.waits_for_a_person), "ix_enrollments_waiting"),
    (select(tables.enrollments.c.id).where(tables.is_owing).limit(1), "ix_enrollments_owing"),
    (
        select(tables.touches.c.id).where(tables.is_sending, tables.touches.c.account == "a"),
        "ix_touches_sending",
    ),
    (
        select(tables.touches.c.id).where(tables.is_uncertain, tables.touches.c.account == "a"),
        "ix_touches_uncertain",
    ),
    (
        select(tables.touches.c.id).where(tables.owes_a_copy, tables.touches.c.account == "a"),
        "ix_touches_copy_owed",
    ),
    (
        select(tables.families.c.scope)
        .where(tables.is_backed_off)
        .order_by(tables.families.c.scope),
        "ix_families_backed_off",
    ),
    (
        select(tables.families.c.tally).where(tables.families.c.scope == "a.example>gmail"),
        "sqlite_autoindex_families_1",
    ),
    (
        select(tables.accounts.c.tally).where(tables.accounts.c.account == "a"),
        "sqlite_autoindex_accounts_1",
    ),
    (
        select(tables.drafts.c.id).where(tables.has_copy_out, tables.drafts.c.account == "a"),
        "ix_drafts_out",
    ),
    (
        select(tables.notices.c.id).where(tables.is_untold, tables.notices.c.due_at <= START),
        "ix_notices_untold",
    ),
)


@pytest.mark.parametrize(("query", "index"), OVER_AN_INDEX)
async def test_sqlite_answers_from_the_partial_index(
    sqlite_url: str, query: Select[tuple[Any]], index: str
) -> None:
    def plan(connection: Connection) -> str:
        compiled = query.compile(connection)
        positional = tuple(compiled.construct_params()[name] for name in compiled.positiontup or ())
        values = tuple(str(each) for each in positional)
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return " ".join(str(row[3]) for row in rows)

    store = await open_store(sqlite_url, KEY, START)
    told = await store.database.read(plan)
    await store.close()
    assert index in told
    assert "TEMP B-TREE" not in told


async def test_who_waits_for_a_person_is_found_without_reading_who_does_not(
    sqlite_url: str,
) -> None:
    store = await open_store(sqlite_url, KEY, START)
    with counted() as seen:
        await store.desk.held()

    def plan(connection: Connection) -> str:
        values = (1,) * seen[0].count("?")
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}", values)
        return " ".join(str(row[3]) for row in rows)

    told = await store.database.read(plan)
    await store.close()
    assert "ix_enrollments_waiting" in told


async def test_postgresql_goes_by_keys_before_it_has_counted_any_rows(
    empty_postgres_url: str,
) -> None:
    def plan(connection: Connection) -> str:
        words = [f"word{number}" for number in range(16)]
        columns = ", ".join(f"{word} text" for word in words)
        connection.execute(text(f"CREATE TABLE many (id integer PRIMARY KEY, {columns})"))
        rows = (
            f"SELECT n, {', '.join(repr(word) for word in words)} FROM generate_series(1, 4000) n"
        )
        connection.execute(text(f"INSERT INTO many {rows}"))
        few = "SELECT 100 * n AS id FROM generate_series(1, 25) AS n"
        found = connection.execute(text(f"EXPLAIN SELECT * FROM ({few}) few JOIN many USING (id)"))
        return "\n".join(str(row[0]) for row in found)

    store = await open_store(empty_postgres_url, KEY, START)
    told = await store.database.write(plan)
    await store.close()
    assert "Index Scan using many_pkey" in told

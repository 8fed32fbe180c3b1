"""A database of the present schema with something in every table, as text that is kept for ever.

`python -m tests.fakes.released` writes it.  Once a release has that schema its file never changes
again: each later program must migrate it.
"""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Table

from nurture import SCHEMA
from nurture.core.account.tally import Tally
from nurture.storage import Store, open_store
from nurture.storage.column import Counts, Instant, Word
from nurture.storage.tables import metadata
from tests.fakes.story import ANSWERED, START, Story

KEY: Final = b"a key for tests"
FOLDER: Final = Path(__file__).parents[1] / "storage/released"
SUPPRESSED: Final = "eve@firm.example"


def dump(database: Path) -> str:
    """Its tables and rows as SQL, one statement a line as SQLite writes them."""
    with closing(sqlite3.connect(database)) as connection:
        return "".join(f"{line}\n" for line in connection.iterdump())


def restore(text: str, database: Path) -> None:
    """The database of that text."""
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(text)


async def write_sample(database: Path) -> None:
    """Bob was written to and answered, Ada waits for her second mail, of Cleo's nobody knows."""
    store = await open_store(f"sqlite:///{database}", KEY, START)
    try:
        await _tell(store)
        await store.database.write(_fill)
    finally:
        await store.close()


async def _tell(store: Store) -> None:
    story = Story(store)
    bob = await story.known("bob@firm.example", given_name="Bob", aliases=("b@home.example",))
    await story.sent(await story.enrolled(bob.address), to="second")
    await story.hears(bob, ANSWERED)
    await story.sent(await story.enrolled("ada@else.example"), to="second")
    await story.begun(await story.enrolled("cleo@third.example"))
    await store.people.suppress(SUPPRESSED, "said no", START)


def _fill(connection: Connection) -> None:
    """A row in each table of which the story knows nothing."""
    for table in metadata.sorted_tables:
        if connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0:
            connection.execute(table.insert().values(_row(connection, table)))


def _row(connection: Connection, table: Table) -> Mapping[str, object]:
    return {each.name: _value(connection, each) for each in table.columns if each.name != "id"}


def _value(connection: Connection, column: Column[Any]) -> object:
    for foreign in column.foreign_keys:
        return connection.scalar(sa.select(sa.func.min(foreign.column)))
    match column.type:
        case Word():
            return next(iter(column.type.words))
        case Instant():
            return START
        case Counts():
            return Tally()
        case sa.Date():
            return date(2026, 3, 2)
        case sa.JSON():
            return {}
        case sa.LargeBinary():
            return b"From: a@b.example\r\n\r\nHello.\r\n"
        case sa.Boolean():
            return True
        case sa.Integer() | sa.Float():
            return 1
        case _:
            return "x"


async def _main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        await write_sample(Path(folder, "nurture.db"))
        (FOLDER / f"{SCHEMA}.sql").write_text(dump(Path(folder, "nurture.db")), "utf-8")


if __name__ == "__main__":
    asyncio.run(_main())

"""What is said of many rows at once is what is said of each of them, on both databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, select, update

from nurture.core.account.tally import Tally
from nurture.storage.engine import Database
from nurture.storage.insertion import insert_missing
from nurture.storage.prepared import Prepared, Raw
from nurture.storage.tables import families
from tests.fakes.story import START

_Row = tuple[str, int, Tally, datetime | None, str]

_NEW = insert_missing(families, "scope", "failures", "until")
_NAMES = ("of", "tally", "until", "why")
_SAVE = Prepared(
    update(families)
    .where(families.c.scope == bindparam("of"), families.c.failures > bindparam("least"))
    .values(
        tally=bindparam("tally"),
        until=bindparam("until"),
        why=bindparam("why"),
        tripped_at=bindparam("at"),
        probing_until=bindparam("at"),
    )
)
_INSTANTS = st.integers(0, 10**12).map(lambda micros: START + timedelta(microseconds=micros))
_ROWS = st.lists(
    st.tuples(
        st.sampled_from([f"f{number}.example" for number in range(90)]),
        st.integers(0, 2),
        st.just(Tally()) | st.integers(1, 9).map(lambda count: Tally(((7, count),))),
        st.none() | _INSTANTS,
        st.sampled_from(["", 'it\'s "so"', "ü %(of)s ?"]),
    ),
    max_size=70,
)


async def test_many_rows_at_once_are_written_as_each_would_be_alone(database: Database) -> None:
    def both(connection: Connection) -> None:
        @settings(max_examples=40, deadline=None)
        @given(_ROWS)
        def holds(rows: Sequence[_Row]) -> None:
            at_once = _written(connection, rows, is_at_once=True)
            assert at_once == _written(connection, rows, is_at_once=False)

        holds()

    await database.write(both)


def _written(connection: Connection, rows: Sequence[_Row], *, is_at_once: bool) -> object:
    """All that these new families, and their changes, leave behind."""

    def write(
        statement: Prepared, names: Sequence[str], of: Sequence[Raw], **shared: object
    ) -> None:
        if is_at_once:
            statement.run_all(connection, names, of, **shared)
        else:
            each = (dict(zip(names, row, strict=True)) for row in of)
            statement.run(connection, [{**row, **shared} for row in each])

    with connection.begin_nested() as savepoint:
        new = [(scope, failures, until) for scope, failures, _, until, _ in rows]
        write(_NEW, ("scope", "failures", "until"), new)
        last = {scope: (scope, tally, until, why) for scope, _, tally, until, why in rows}
        write(_SAVE, _NAMES, [*last.values()], least=0, at=START)
        found = connection.execute(select(families).order_by(families.c.scope)).all()
        savepoint.rollback()
    return found

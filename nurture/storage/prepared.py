"""Statements of the hot path: written once in Core, run as the driver's own text from then on."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import JSON, Connection, Dialect, Select, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Boolean, TypeEngine, UserDefinedType

from nurture.storage.many import Statement, Types, names_of, of_rows, portions_for, repeated
from nurture.value import frozen

Raw = tuple[Any, ...]
"""A row as values of the core, in the order of the statement's columns."""

_Convert = Callable[[Any], Any]
_Cells = Iterable[Any]
_Read = Callable[[_Cells], _Cells]
_POSTGRES: Final = "postgresql"


class _List(UserDefinedType[Collection[object]]):
    """A list in one parameter: JSON for SQLite, an array for PostgreSQL."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> _Convert:
        """The list as the driver wants it."""
        return list if dialect.name == _POSTGRES else _as_json


def _as_json(values: _Cells) -> str:
    return _json_of(frozenset(values))


@lru_cache(maxsize=8)
def _json_of(values: frozenset[Any]) -> str:
    """All of one kind; one transaction asks many statements of the same people."""
    is_of_numbers = isinstance(next(iter(values), 0), int)
    return str([*values]) if is_of_numbers else json.dumps([*values])


class OneOf(ColumnElement[bool]):
    """Whether the column holds one of the values of the list parameter of this name.

    One text however long the list is, unlike `in_`: the driver prepares the statement once.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values = bindparam(name, type_=_List())

    def self_group(self, against: object = None) -> "OneOf":
        """A condition as it stands: SQLite need not be told that it is one."""
        del against
        return self


@compiles(OneOf, "sqlite")
def _in_json(element: OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = (compiler.process(each, **kwargs) for each in (element.column, element.values))
    return " ".join((column, "IN (SELECT value FROM json_each(", values, "))"))


@compiles(OneOf, _POSTGRES)
def _in_array(element: OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = (compiler.process(each, **kwargs) for each in (element.column, element.values))
    return f"{column} = ANY({values})"


@frozen
class _Text:
    """A statement in one dialect: its words, and what its values pass through."""

    sql: str
    is_positional: bool
    constants: Mapping[str, object]
    types: Types
    into: tuple[tuple[str, _Convert | None], ...]
    out_of: tuple[tuple[int, _Read], ...]

    def converted(self, names: Sequence[str], rows: Iterable[Raw]) -> list[Raw]:
        """The rows of these parameters with their values as the driver takes them."""
        into = dict(self.into)
        columns = list(zip(*rows, strict=True))
        # A column at a time: what converts it is looked up once, and called by `map`.
        given = zip(names, columns, strict=True) if columns else ()
        return list(zip(*(_each(into[name], cells) for name, cells in given), strict=False))

    def of_many(self, types: Types, dialect: Dialect, count: int) -> "_Text":
        """Of what is said of one row of these parameters, the text that says it of so many."""
        into, cells = dict(self.into), names_of(types, 1)
        of_all = zip(names_of(types, count), [into[name] for name in cells] * count, strict=True)
        shared = (each for each in self.into if each[0] not in cells)
        sql = repeated(self.sql, types, dialect, count)
        return replace(self, sql=sql, into=(*of_all, *shared))

    def behind(self, cells: int, values: Mapping[str, object]) -> Raw:
        """What stands behind so many cells of rows, as the driver takes it."""
        known = {**self.constants, **values}
        rest = self.into[cells:]
        return tuple([made(known[name]) if made else known[name] for name, made in rest])

    def placed(self, values: Raw) -> Any:
        """These values, converted already, in the order of their places."""
        if self.is_positional:
            return values
        return {name: value for (name, _), value in zip(self.into, values, strict=True)}

    def read(self, rows: Sequence[Raw]) -> list[Raw]:
        """Rows of the driver as values of the core."""
        if not (rows and self.out_of):
            return list(rows)
        columns: list[_Cells] = list(zip(*rows, strict=True))
        for place, read in self.out_of:
            columns[place] = read(columns[place])
        return list(zip(*columns, strict=True))

    def given(self, values: Mapping[str, object]) -> Any:
        """The values as the driver takes them."""
        if self.constants:
            values = {**self.constants, **values}
        if self.is_positional:
            return tuple([made(values[name]) if made else values[name] for name, made in self.into])
        return {name: made(values[name]) if made else values[name] for name, made in self.into}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One statement without the price of Core: what it means stays where it is written.

    Every value it takes is a named `bindparam`; lists are `OneOf`.  An `ending` is said behind it.
    """

    statement: Statement
    ending: str = ""
    _texts: dict[str, _Text] = field(default_factory=dict, init=False, repr=False)
    _many: dict[tuple[str, tuple[str, ...], int], _Text] = field(
        default_factory=dict, init=False, repr=False
    )

    def rows(self, connection: Connection, **values: object) -> list[Raw]:
        """Every row that a SELECT finds."""
        text, rows = self._found(connection, values)
        return text.read(rows)

    def column(self, connection: Connection, **values: object) -> list[Any]:
        """The only column of every row that a SELECT finds."""
        text, rows = self._found(connection, values)
        return [value for (value,) in text.read(rows)]

    def _found(
        self, connection: Connection, values: Mapping[str, object]
    ) -> tuple[_Text, Sequence[Raw]]:
        text = self._text(connection.dialect)
        return text, _executed(connection, text.sql, text.given(values))

    def run(self, connection: Connection, values: Iterable[Mapping[str, object]]) -> None:
        """The statement once for each of these, nothing for none."""
        text = self._text(connection.dialect)
        if given := [text.given(each) for each in values]:
            _executed(connection, text.sql, given, many=True)

    def run_all(
        self,
        connection: Connection,
        names: Sequence[str],
        rows: Iterable[Raw],
        **shared: object,
    ) -> None:
        """The statement for all rows of these parameters, of which no two change the same row.

        Nothing for none; `shared` is what they have in common.  Said row by row, each of them
        would have the table and all its indexes opened anew, half the price of an update.
        """
        cells = self._text(connection.dialect).converted(names, rows)
        done = 0
        for count in portions_for(connection.dialect):
            until = len(cells) - (len(cells) - done) % count
            if done < until:
                text = self._text_of(connection.dialect, tuple(names), count)
                portions = (cells[at : at + count] for at in range(done, until, count))
                behind = text.behind(count * len(names), shared)
                given = [text.placed((*chain(*rows), *behind)) for rows in portions]
                _executed(connection, text.sql, given, many=True)
                done = until

    def _text(self, dialect: Dialect) -> _Text:
        known = self._texts.get(dialect.name)
        if known is None:
            known = self._texts[dialect.name] = _compiled(self.statement, dialect, self.ending)
        return known

    def _text_of(self, dialect: Dialect, names: tuple[str, ...], count: int) -> _Text:
        """What it says of so many rows of these parameters."""
        known = self._many.get((dialect.name, names, count))
        if known is None:
            types = {name: self._text(dialect).types[name] for name in names}
            one = _compiled(of_rows(self.statement, types), dialect, self.ending)
            known = self._many[dialect.name, names, count] = one.of_many(types, dialect, count)
        return known


def _executed(connection: Connection, sql: str, given: Any, *, many: bool = False) -> list[Raw]:
    """Run by the driver in this transaction; its complaints are SQLAlchemy's all the same."""
    cursor = connection.connection.cursor()
    try:
        if many:
            cursor.executemany(sql, given)
            return []
        cursor.execute(sql, given)
        return list(cursor.fetchall())
    except connection.dialect.loaded_dbapi.Error as error:
        driver = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(None, None, error, driver, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _each(convert: _Convert | None, cells: _Cells) -> _Cells:
    if convert is None:
        return cells
    # One reading of the clock, one state: what is the same in every row is converted once.
    if isinstance(cells, tuple) and all(cell is cells[0] for cell in cells):
        return repeat(convert(cells[0]), len(cells))
    return map(convert, cells)


def _compiled(statement: Statement, dialect: Dialect, ending: str) -> _Text:
    compiled = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup or compiled.params)
    types = {name: compiled.binds[name].type for name in names}
    into = tuple((name, _native(types[name], dialect).bind_processor(dialect)) for name in names)
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    out_of = tuple(
        (place, read)
        for place, column in enumerate(columns)
        if (read := _reader(column.type, dialect))
    )
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    sql = f"{compiled}{ending}"
    return _Text(sql, bool(compiled.positional), constants, types, into, out_of)


def _reader(type_: TypeEngine[Any], dialect: Dialect) -> _Read | None:
    if isinstance(type_, JSON) and dialect.name != _POSTGRES:
        return _from_json
    convert = _native(type_, dialect).result_processor(dialect, None)
    return partial(map, convert) if convert else None


def _from_json(texts: _Cells) -> _Cells:
    """The values of JSON texts; read as one, for to begin is what costs."""
    whole: list[object] = json.loads(f"[{','.join([text or 'null' for text in texts])}]")
    return whole


def _native(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)

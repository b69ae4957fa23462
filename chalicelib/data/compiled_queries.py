"""Queries compiled once: the frequent reads that most requests need.

Building a query's SQL from models takes longer than executing it. The values that differ between
calls are parameters; rows are returned as named tuples.
"""

from __future__ import annotations

import functools
import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import peewee
from peewee import SQL, fn

from chalicelib.data.connection import database, transactional
from chalicelib.data.fields import KeyField, MomentField, keys_of
from chalicelib.errors import TooLarge

T = TypeVar("T", bound=peewee.Model)


class _Parameter:
    """A placeholder in a query for a value passed at each call."""

    def __init__(self, name: str) -> None:
        self.name = name


def parameter(name: str) -> Any:
    """Return a placeholder for the argument of this name."""
    return peewee.Value(_Parameter(name), converter=False)


def id_parameters(name: str) -> Any:
    """Return a placeholder, after `IN`, for the ids in the argument of this name."""
    return SQL(f"({_slot(name)})")


def _slot(name: str) -> str:
    return f"/*{name}*/"


class CompiledQuery:
    """A SELECT, compiled at its first call.

    Parameters
    ----------
    build : Callable[[], Any]
        Returns the query. Its columns have unique names, and the first is the id.
    many : bool
        Whether many rows are expected. They are then read as one JSON value, ordered by id:
        drivers take longer to decode rows than Python to parse JSON.
    """

    def __init__(self, build: Callable[[], Any], *, many: bool = False) -> None:
        self._build = build
        self._many = many
        self._made: dict[type, _Compiled] = {}

    @transactional
    def __call__(self, **arguments: Any) -> list[Any]:
        """Return the rows for these arguments, as named tuples.

        Parameters
        ----------
        **arguments : Any
            For each `parameter` a value that the driver accepts, for each `id_parameters` the ids.

        Raises
        ------
        TooLarge
            If the rows do not fit into one packet of the database.
        """
        compiled = self._compiled()
        rows: Sequence[Any] = _execute(compiled.sql, compiled.parameters, arguments).fetchall()
        if self._many:
            rows = sorted(parse_json_rows(*rows[0]), key=itemgetter(0))
        make = compiled.row._make
        if not compiled.converters:
            return [make(row) for row in rows]
        return [make(_converted(list(row), compiled.converters)) for row in rows]

    def _compiled(self) -> _Compiled:
        engine = type(database.obj)
        if engine not in self._made:
            query = self._build()
            names = [_name(column) for column in query._returning]
            converters = [
                (position, convert)
                for position, column in enumerate(query._returning)
                if (convert := _converter(column))
            ]
            row = namedtuple("Row", names)  # type: ignore[misc]  # the names are not literals
            if self._many:
                inner = query.alias("listed")
                query = peewee.Select(
                    [inner], json_rows(*(getattr(inner.c, name) for name in names))
                )
            sql, parameters = query.bind(database).sql()
            self._made[engine] = _Compiled(sql, parameters, converters, row)
        return self._made[engine]


class CompiledChange:
    """An INSERT, UPDATE or DELETE, compiled at its first call.

    Parameters
    ----------
    build : Callable[[], Any]
        Returns the query.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._made: dict[type, tuple[str, list[Any]]] = {}

    @transactional
    def __call__(self, **arguments: Any) -> int:
        """Run it with these arguments (see `CompiledQuery`); return the number of changed rows."""
        engine = type(database.obj)
        if engine not in self._made:
            self._made[engine] = self._build().sql()
        count: int = _execute(*self._made[engine], arguments).rowcount
        return count


def add_on_conflict(insert: Any, column: Any, key: Sequence[Any]) -> Any:
    """Return an insert that, for rows that exist, adds the new value of a column to the old one.

    Parameters
    ----------
    insert : Any
        The insert.
    column : Field
        The column whose values are added.
    key : Sequence[Field]
        The columns of the unique key that identifies a row.
    """
    if isinstance(database.obj, peewee.SqliteDatabase):
        update = {column: column + peewee.EXCLUDED[column.column_name]}
        return insert.on_conflict(conflict_target=key, update=update)
    return insert.on_conflict(update={column: column + fn.VALUES(column)})


_INSERTS: dict[tuple[Any, ...], Any] = {}


def insert(table: type[T], row: dict[str, Any], **computed: Any) -> T:
    """Insert a row in the current transaction (see `insert_all`)."""
    return insert_all(table, [row], **computed)[0]


def insert_all(table: type[T], rows: Sequence[dict[str, Any]], **computed: Any) -> list[T]:
    """Insert rows in one statement, in the current transaction.

    Parameters
    ----------
    table : type[T]
        The table.
    rows : Sequence[dict[str, Any]]
        Values by field name; every row has the same fields. Missing fields get their defaults.
    **computed : Any
        By field name, expressions that the database computes; in them, `parameter` stands for the
        values of other fields. The returned models lack the computed values.

    Returns
    -------
    list[T]
        Models of the rows, in the same order, with their ids.

    Raises
    ------
    peewee.IntegrityError
        If a row violates a constraint.
    """
    fields = table._meta.fields
    defaults = {
        field.name: default
        for field, default in table._meta.defaults.items()
        if field.name not in rows[0]
    }
    rows = [{**row, **keys_of(row, fields)} for row in rows]
    names = (*defaults, *rows[0])
    key = (type(database.obj), table, *names, *computed)
    if key not in _INSERTS:
        values = {name: parameter(name) for name in names} | computed
        _INSERTS[key] = table.insert({fields[name]: one for name, one in values.items()}).sql()
    sql, parameters = _INSERTS[key]
    head, _, one_row = sql.partition(" VALUES ")
    models: list[Any] = []
    values_sent: list[Any] = []
    for row in rows:
        models.append(table(__no_default__=True, **_filled(defaults), **row))
        contents = models[-1].__data__
        values_sent += [
            fields[one.name].db_value(contents[one.name]) if isinstance(one, _Parameter) else one
            for one in parameters
        ]
    cursor = database.execute_sql(f"{head} VALUES {', '.join([one_row] * len(rows))}", values_sent)
    for model, number in zip(models, _ids(cursor, len(rows)), strict=True):
        model._pk = number
    return models


def _filled(defaults: dict[str, Any]) -> dict[str, Any]:
    return {name: one() if callable(one) else one for name, one in defaults.items()}


def _ids(cursor: Any, count: int) -> range:
    """Return the ids of the rows that one statement inserted; their distance is constant.

    The last insert id is that of the last row in SQLite, and of the first row in MySQL, where a
    statement with a known number of rows gets ids in equal steps (MySQL's manual, "InnoDB
    AUTO_INCREMENT Lock Modes").
    """
    last_insert_id: int = database.last_insert_id(cursor)
    if isinstance(database.obj, peewee.SqliteDatabase):
        return range(last_insert_id - count + 1, last_insert_id + 1)
    step = 1 if count == 1 else _step(database.obj)
    return range(last_insert_id, last_insert_id + step * count, step)


@functools.cache
def _step(of: Any) -> int:
    ((step,),) = of.execute_sql("SELECT @@auto_increment_increment").fetchall()
    return int(step)


def _execute(sql: str, parameters: Sequence[Any], arguments: dict[str, Any]) -> Any:
    for name, given in arguments.items():
        slot = _slot(name)
        if slot in sql:
            sql = sql.replace(slot, ",".join(str(int(one)) for one in given) or "NULL")
    return database.execute_sql(
        sql, [arguments[one.name] if isinstance(one, _Parameter) else one for one in parameters]
    )


class _Compiled(NamedTuple):
    """A query, compiled for one kind of database."""

    sql: str
    parameters: list[Any]
    converters: list[tuple[int, Any]]
    row: Any


def _name(column: Any) -> str:
    if isinstance(column, peewee.Field):
        return str(column.column_name)
    return str(column.name if isinstance(column, peewee.Alias) else column._alias)  # a subquery


def _converter(column: Any) -> Any:
    """Return the function that converts a column's value to Python's, or None if they are equal."""
    field = column.node if isinstance(column, peewee.Alias) else column
    if isinstance(field, MomentField):
        return field.python_value
    return _as_flag if isinstance(field, peewee.BooleanField) else None


def _as_flag(content: Any) -> bool | None:
    return None if content is None else bool(content)


def _converted(values: list[Any], converters: Iterable[tuple[int, Any]]) -> list[Any]:
    for position, convert in converters:
        values[position] = convert(values[position])
    return values


def json_rows(*columns: Any) -> list[Any]:
    """Return columns that select all rows as one JSON value, a list of lists, and their number."""
    rows = fn.JSON_ARRAY(*columns)
    is_sqlite = isinstance(database.obj, peewee.SqliteDatabase)
    made = fn.json_group_array(rows) if is_sqlite else fn.JSON_ARRAYAGG(rows)
    return [made, fn.COUNT(SQL("*"))]


def parse_json_rows(text: str | None, count: int) -> list[list[Any]]:
    """Return the rows that `json_rows` selected.

    Raises
    ------
    TooLarge
        If they are incomplete: MySQL truncates values that exceed one packet.
    """
    import orjson

    try:
        rows: list[list[Any]] = orjson.loads(text or "[]")
    except ValueError:
        rows = []
    if len(rows) != count:
        raise TooLarge("This list is too long for one answer; ask for pages of it")
    return rows


def all_columns(table: Any, name: str) -> Any:
    """Return all columns of a table, or of an alias of it, as one column for `instance`.

    It is a JSON list: drivers take longer to describe columns than Python to parse JSON. Keys are
    left out, because only the database compares them.
    """
    fields = [getattr(table, field.name) for field in _read(getattr(table, "model", table))]
    return fn.JSON_ARRAY(*fields).alias(name)


def _read(model: Any) -> list[Any]:
    return [field for field in model._meta.sorted_fields if not isinstance(field, KeyField)]


def instance(model: type[T], column: str) -> T | None:
    """Return the model in a column of `all_columns`; None when its id is null."""
    fields = _read(model)
    values = json.loads(column, strict=False)
    if values[0] is None:
        return None
    made: Any = model(__no_default__=True)
    made.__data__.update(
        (field.name, value if value is None else field.python_value(value))
        for field, value in zip(fields, values, strict=True)
    )
    made._dirty.clear()
    found: T = made
    return found

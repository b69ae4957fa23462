"""Queries compiled once: the frequent reads that most requests need.

Putting a query together from models takes longer than a database takes to answer it. What differs
from call to call stays open as a parameter; the rows come as named tuples.
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
from chalicelib.data.fields import MomentField
from chalicelib.errors import TooLarge

T = TypeVar("T", bound=peewee.Model)


class _Parameter:
    """Stands in a query for a value that is not known yet."""

    def __init__(self, name: str) -> None:
        self.name = name


def parameter(name: str) -> Any:
    """Return what stands for the argument of this name."""
    return peewee.Value(_Parameter(name), converter=False)


def id_parameters(name: str) -> Any:
    """Return what stands for a list of ids behind `IN`."""
    return SQL(f"({_slot(name)})")


def _slot(name: str) -> str:
    return f"/*{name}*/"


class CompiledQuery:
    """A query, put together when it is first asked for.

    Parameters
    ----------
    build : Callable[[], Any]
        Returns the query, of selected columns whose names all differ; the first of them is the id.
    many : bool
        Whether many rows are expected. They come as one JSON value then, in the order of their
        ids: drivers take longer for rows than Python for JSON.
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
            For each `value` what the driver takes, for each of `numbers` some ids.

        Raises
        ------
        TooLarge
            If there are so many rows that the database does not hand them over at once.
        """
        made = self._prepared()
        rows: Sequence[Any] = _execute(made.sql, made.parameters, arguments).fetchall()
        if self._many:
            rows = sorted(loads(*rows[0]), key=itemgetter(0))
        make = made.row._make
        if not made.converters:
            return [make(row) for row in rows]
        return [make(_converted(list(row), made.converters)) for row in rows]

    def _prepared(self) -> _Compiled:
        engine = type(database.obj)
        if engine not in self._made:
            query = self._build()
            names = [_name(column) for column in query._returning]
            converters = [
                (position, convert)
                for position, column in enumerate(query._returning)
                if (convert := _converter(column))
            ]
            row = namedtuple("Row", names)  # type: ignore[misc]  # they are known only now
            if self._many:
                inner = query.alias("listed")
                query = peewee.Select([inner], lists(*(getattr(inner.c, name) for name in names)))
            sql, parameters = query.bind(database).sql()
            self._made[engine] = _Compiled(sql, parameters, converters, row)
        return self._made[engine]


class CompiledChange:
    """A query that changes rows, put together when it is first run.

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
        """Run it with these arguments (see `Prepared`); return how many rows there were."""
        engine = type(database.obj)
        if engine not in self._made:
            self._made[engine] = self._build().sql()
        count: int = _execute(*self._made[engine], arguments).rowcount
        return count


def adding(insert: Any, column: Any, key: Sequence[Any]) -> Any:
    """Have an insert of rows that may be there add to a column of those that are.

    Parameters
    ----------
    insert : Any
        The query.
    column : Field
        What is added to.
    key : Sequence[Field]
        The unique columns that tell whether a row is there.
    """
    if isinstance(database.obj, peewee.SqliteDatabase):
        update = {column: column + peewee.EXCLUDED[column.column_name]}
        return insert.on_conflict(conflict_target=key, update=update)
    return insert.on_conflict(update={column: column + fn.VALUES(column)})


_INSERTS: dict[tuple[Any, ...], Any] = {}


def insert(table: type[T], row: dict[str, Any], **computed: Any) -> T:
    """Insert a row, in the transaction under way (see `insert_all`)."""
    return insert_all(table, [row], **computed)[0]


def insert_all(table: type[T], rows: Sequence[dict[str, Any]], **computed: Any) -> list[T]:
    """Insert rows in one statement, in the transaction under way.

    Parameters
    ----------
    table : type[T]
        Where to.
    rows : Sequence[dict[str, Any]]
        Values by field name, of the same fields in each; what is missing gets its default.
    **computed : Any
        By field name what the database computes; `value` stands for other fields' values. The
        models do not know it.

    Returns
    -------
    list[T]
        Their models, in the same order, with their ids.

    Raises
    ------
    peewee.IntegrityError
        If one is there already.
    """
    fields = table._meta.fields
    defaults = {
        field.name: default
        for field, default in table._meta.defaults.items()
        if field.name not in rows[0]
    }
    names = (*defaults, *rows[0])
    key = (type(database.obj), table, *names, *computed)
    if key not in _INSERTS:
        values = {name: parameter(name) for name in names} | computed
        _INSERTS[key] = table.insert({fields[name]: one for name, one in values.items()}).sql()
    sql, parameters = _INSERTS[key]
    head, _, one_row = sql.partition(" VALUES ")
    made: list[Any] = []
    sent: list[Any] = []
    for row in rows:
        made.append(table(__no_default__=True, **_filled(defaults), **row))
        contents = made[-1].__data__
        sent += [
            fields[one.name].db_value(contents[one.name]) if isinstance(one, _Parameter) else one
            for one in parameters
        ]
    cursor = database.execute_sql(f"{head} VALUES {', '.join([one_row] * len(rows))}", sent)
    for one, number in zip(made, _ids(cursor, len(rows)), strict=True):
        one._pk = number
    return made


def _filled(defaults: dict[str, Any]) -> dict[str, Any]:
    return {name: one() if callable(one) else one for name, one in defaults.items()}


def _ids(cursor: Any, count: int) -> range:
    """Return the ids of the rows that one statement inserted: they follow one another.

    SQLite tells the last one. MySQL tells the first one, and hands out the others in equal steps to
    statements that say how many rows they have (its manual: "InnoDB AUTO_INCREMENT Lock Modes").
    """
    told: int = database.last_insert_id(cursor)
    if isinstance(database.obj, peewee.SqliteDatabase):
        return range(told - count + 1, told + 1)
    step = 1 if count == 1 else _step(database.obj)
    return range(told, told + step * count, step)


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
    """A query, put together for one kind of database."""

    sql: str
    parameters: list[Any]
    converters: list[tuple[int, Any]]
    row: Any


def _name(column: Any) -> str:
    if isinstance(column, peewee.Field):
        return str(column.column_name)
    return str(column.name if isinstance(column, peewee.Alias) else column._alias)  # a subquery


def _converter(column: Any) -> Any:
    """Return what makes Python's value of a column's, where they differ."""
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


def lists(*columns: Any) -> list[Any]:
    """Return what selects rows as one JSON value, a list of lists, and how many there are."""
    rows = fn.JSON_ARRAY(*columns)
    is_sqlite = isinstance(database.obj, peewee.SqliteDatabase)
    made = fn.json_group_array(rows) if is_sqlite else fn.JSON_ARRAYAGG(rows)
    return [made, fn.COUNT(SQL("*"))]


def loads(text: str | None, count: int) -> list[list[Any]]:
    """Return the rows that `lists` selected.

    Raises
    ------
    TooLarge
        If they are not complete: MySQL cuts what is larger than one packet.
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

    It is a JSON list: drivers take longer to describe columns than Python for JSON.
    """
    model = getattr(table, "model", table)
    fields = [getattr(table, field.name) for field in model._meta.sorted_fields]
    return fn.JSON_ARRAY(*fields).alias(name)


def instance(model: type[T], column: str) -> T | None:
    """Return the model that a column made by `whole` holds; None when it has no id."""
    fields = model._meta.sorted_fields
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

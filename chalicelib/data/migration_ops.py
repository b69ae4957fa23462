"""Statements of migrations, which run on either database, and again after an interruption.

MySQL commits each change of the schema separately, so the rerun of a migration finds some of its
tables, columns and indexes in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee


def execute(database: peewee.Database, sql: str, *values: Any) -> Any:
    """Run a statement whose values are marked by ``?`` on either database; return its cursor."""
    return database.execute_sql(sql.replace("?", database.param), values)


def create(database: peewee.Database, tables: Sequence[type[peewee.Model]]) -> None:
    """Create missing tables and indexes.

    Parameters
    ----------
    database : peewee.Database
        The database.
    tables : Sequence[type[peewee.Model]]
        Frozen models of one migration, each after the models that it refers to.
    """
    with database.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        for table in tables:
            if not table.table_exists():
                schema: Any = table._schema  # type: ignore[attr-defined]
                schema.create_table(safe=True)
            _index(database, table)


def _index(database: peewee.Database, table: type[peewee.Model]) -> None:
    existing = {index.name for index in database.get_indexes(table._meta.table_name)}
    for index in table._meta.fields_to_index():
        if index._name not in existing:
            database.execute(index.safe(False))


def extend(database: peewee.Database, tables: Sequence[type[peewee.Model]]) -> None:
    """Add missing columns, foreign keys and indexes to tables.

    Parameters
    ----------
    database : peewee.Database
        The database.
    tables : Sequence[type[peewee.Model]]
        Frozen models with only the id and the new columns. A column that is not null needs a
        ``DEFAULT`` for existing rows.
    """
    with database.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        for table in tables:
            name = table._meta.table_name
            existing = {column.name for column in database.get_columns(name)}
            for field in table._meta.sorted_fields:
                if field.column_name not in existing:
                    _add(database, name, field)
                if isinstance(field, peewee.ForeignKeyField):
                    _refer(database, name, field)
            _index(database, table)


def drop_unique(database: peewee.Database, table: str, *columns: str) -> None:
    """Drop the unique index of these columns, if it exists."""
    for index in database.get_indexes(table):
        if index.unique and tuple(index.columns) == columns:
            is_sqlite = _is_sqlite(database)
            database.execute_sql(
                f"DROP INDEX `{index.name}`{'' if is_sqlite else f' ON `{table}`'}"
            )


def _add(database: peewee.Database, table: str, field: Any) -> None:
    context = database.get_sql_context()
    context.literal("ALTER TABLE ").sql(peewee.Entity(table)).literal(" ADD COLUMN ")
    context.sql(field.ddl(context))
    if isinstance(field, peewee.ForeignKeyField) and _is_sqlite(database):
        context.literal(" ").sql(_reference(field))
    database.execute_sql(*context.query())


def _refer(database: peewee.Database, table: str, field: peewee.ForeignKeyField) -> None:
    """Add the constraint of a foreign key; in SQLite, the column's definition includes it."""
    if field.column_name in {key.column for key in database.get_foreign_keys(table)}:
        return
    context = database.get_sql_context()
    context.literal("ALTER TABLE ").sql(peewee.Entity(table)).literal(" ADD FOREIGN KEY ")
    context.sql(peewee.EnclosedNodeList([peewee.Entity(field.column_name)]))
    context.literal(" ").sql(_reference(field))
    database.execute_sql(*context.query())


def _reference(field: peewee.ForeignKeyField) -> Any:
    meta = field.rel_model._meta
    target = peewee.EnclosedNodeList([peewee.Entity(field.rel_field.column_name)])
    return peewee.NodeList(
        (peewee.SQL("REFERENCES"), peewee.Entity(meta.table_name), target,
         peewee.SQL(f"ON DELETE {field.on_delete}"))
    )  # fmt: skip


def _is_sqlite(database: peewee.Database) -> bool:
    return isinstance(database, peewee.SqliteDatabase)

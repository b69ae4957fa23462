"""Schema changes for migrations, repeatable: a migration that was interrupted can simply run again.

MySQL commits every change of the schema by itself, so a migration that was killed half-way finds
some of its tables and indexes made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee


def create(database: peewee.Database, tables: Sequence[type[peewee.Model]]) -> None:
    """Create the tables and indexes that are not there yet.

    Parameters
    ----------
    database : peewee.Database
        Where to create them.
    tables : Sequence[type[peewee.Model]]
        Frozen models of one migration, each after those it refers to.
    """
    with database.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        for table in tables:
            if not table.table_exists():
                schema: Any = table._schema  # type: ignore[attr-defined]
                schema.create_table(safe=True)
            _index(database, table)


def _index(database: peewee.Database, table: type[peewee.Model]) -> None:
    there = {index.name for index in database.get_indexes(table._meta.table_name)}
    for index in table._meta.fields_to_index():
        if index._name not in there:
            database.execute(index.safe(False))


def extend(database: peewee.Database, tables: Sequence[type[peewee.Model]]) -> None:
    """Add the columns and indexes that tables lack.

    Parameters
    ----------
    database : peewee.Database
        Where the tables are.
    tables : Sequence[type[peewee.Model]]
        Frozen models that hold the new columns, and the id, only. What is not null needs a
        ``DEFAULT`` for the rows that are there.
    """
    with database.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        for table in tables:
            name = table._meta.table_name
            there = {column.name for column in database.get_columns(name)}
            for field in table._meta.sorted_fields:
                if field.column_name not in there:
                    _add(database, name, field)
                if isinstance(field, peewee.ForeignKeyField):
                    _refer(database, name, field)
            _index(database, table)


def _add(database: peewee.Database, table: str, field: Any) -> None:
    context = database.get_sql_context()
    context.literal("ALTER TABLE ").sql(peewee.Entity(table)).literal(" ADD COLUMN ")
    context.sql(field.ddl(context))
    if isinstance(field, peewee.ForeignKeyField) and _is_sqlite(database):
        context.literal(" ").sql(_reference(field))
    database.execute_sql(*context.query())


def _refer(database: peewee.Database, table: str, field: peewee.ForeignKeyField) -> None:
    """Add the constraint of a foreign key; SQLite got it with the column."""
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

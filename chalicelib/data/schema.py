"""Making tables in migrations so that a migration cut short can simply run again.

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
            there = {index.name for index in database.get_indexes(table._meta.table_name)}
            for index in table._meta.fields_to_index():
                if index._name not in there:
                    database.execute(index.safe(False))

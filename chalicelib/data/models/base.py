"""What all tables share: an id, the database, and keys of names that are written with them."""

from __future__ import annotations

from typing import Any

from peewee import Field, Model

from chalicelib.data.connection import database
from chalicelib.data.fields import IdField, keys_of


class Table(Model):
    """Base of all tables."""

    id = IdField()

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True  # do not overwrite columns that others changed meanwhile

    @classmethod
    def _normalize_data(cls, data: Any, kwargs: dict[str, Any]) -> Any:
        """Add keys to the values of an INSERT or UPDATE (peewee's hook for both)."""
        values = super()._normalize_data(data, kwargs)  # type: ignore[misc]  # not in its stubs
        fields = cls._meta.fields
        named = {field.name: one for field, one in values.items() if isinstance(field, Field)}
        return values | {fields[key]: one for key, one in keys_of(named, fields).items()}

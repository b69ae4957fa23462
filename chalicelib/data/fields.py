"""Column types that behave the same on SQLite and MySQL. Migrations use them too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import peewee

from chalicelib import texts

if TYPE_CHECKING:  # peewee's fields are generic in its stubs only
    _Field = peewee.Field[datetime]
    _Text = peewee.TextField[str]
    _Char = peewee.CharField[str]
    _Id = peewee.AutoField
else:
    _Field, _Text, _Char = peewee.Field, peewee.TextField, peewee.CharField
    _Id = peewee.AutoField


def moment(value: datetime) -> str:
    """Return a moment as it is stored: UTC without a zone, with microseconds."""
    # Not strftime: its %Y does not pad years before 1000.
    plain = value.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(sep=" ", timespec="microseconds")


class MomentField(_Field):
    """A moment: aware and in UTC in Python, without a zone and with microseconds in the table."""

    field_type = "DATETIME(6)"

    def db_value(self, value: Any) -> Any:
        return moment(value) if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class LongTextField(_Text):
    """Text of any length (MySQL's TEXT ends at 64 KB)."""

    field_type = "LONGTEXT"


class SlugField(_Char):
    """A random name in URLs: hexadecimal digits, in which letter case does not count.

    Images, applications, reviews, drafts and awards have one. No two can be confused in any
    collation; names that clients type are `NameField`s.
    """

    def ddl_datatype(self, ctx: Any) -> Any:
        collation = "NOCASE" if ctx.state.quote == '""' else "utf8mb4_general_ci"
        datatype = super().ddl_datatype(ctx)
        return peewee.SQL(f"{datatype.sql} COLLATE {collation}")


class NameField(SlugField):
    """A slug or code that clients type: shown as it was typed, and compared by its `KeyField`."""

    def contains(self, text: Any) -> Any:
        """Return the condition that the name contains a text, in any letter case."""
        return _Searched(self).contains(text)


class _Searched(peewee.WrappedNode):
    """A column to search in: MySQL's general collations find every emoji in every other one."""

    def __sql__(self, ctx: Any) -> Any:
        ctx.sql(self.node)
        return ctx if ctx.state.quote == '""' else ctx.literal(" COLLATE utf8mb4_unicode_520_ci")


KEY = "_key"  # the end of the name of a `KeyField`


class KeyField(_Char):
    """The key of the `NameField` of the same name without ``_key`` (see `chalicelib.texts`).

    It is written whenever the name is. It is null only in rows that an earlier version wrote, until
    `chalicelib.data.keys` fills it in.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=texts.KEY_DIGITS, **{"null": True, **options})


def keys_of(names: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that belong to values of columns, by the names of their fields.

    Parameters
    ----------
    names : Mapping[str, Any]
        Values by the names of fields. Values that are not text, such as expressions, have no key.
    fields : Mapping[str, Any]
        The fields of the table.
    """
    return {
        f"{name}{KEY}": texts.key(value)
        for name, value in names.items()
        if isinstance(value, str) and isinstance(fields.get(f"{name}{KEY}"), KeyField)
    }


def new_public_id() -> str:
    """Return a random public id: 32 hexadecimal digits."""
    import secrets  # most requests insert nothing that needs one

    return secrets.token_hex(16)


class PublicIdField(_Char):
    """The id by which Open Badges documents name a row: random, unique, and never changed.

    It is null only in rows that an earlier version wrote (see `domain/owners/public_ids.py`).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **{"null": True, "unique": True, **options})


class IdField(_Id):
    """An id that is never reused, even after its row was deleted (AUTOINCREMENT in SQLite)."""

    def ddl(self, ctx: Any) -> Any:
        column = super().ddl(ctx)
        if ctx.state.quote == '""':
            return peewee.NodeList((column, peewee.SQL("AUTOINCREMENT")))
        return column

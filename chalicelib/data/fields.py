"""Column types that behave the same on SQLite and MySQL. Migrations use them too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import peewee

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
    """A name in URLs, case-insensitive in queries and unique keys, as in badgekit-api."""

    def ddl_datatype(self, ctx: Any) -> Any:
        collation = "NOCASE" if ctx.state.quote == '""' else "utf8mb4_general_ci"
        datatype = super().ddl_datatype(ctx)
        return peewee.SQL(f"{datatype.sql} COLLATE {collation}")


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

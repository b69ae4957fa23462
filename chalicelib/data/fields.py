"""Column types of our own, written once for SQLite and MySQL. Migrations use them too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import peewee

if TYPE_CHECKING:  # peewee's fields are generic in its stubs only
    _Field = peewee.Field[datetime]
    _Text = peewee.TextField[str]
    _Char = peewee.CharField[str]
else:
    _Field, _Text, _Char = peewee.Field, peewee.TextField, peewee.CharField


class MomentField(_Field):
    """A moment: aware and in UTC in Python, without zone and with microseconds in the table."""

    field_type = "DATETIME(6)"

    def db_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            # Not strftime: its %Y writes years before 1000 without their zeros.
            plain = value.astimezone(UTC).replace(tzinfo=None)
            return plain.isoformat(sep=" ", timespec="microseconds")
        return value

    def python_value(self, value: Any) -> Any:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


class LongTextField(_Text):
    """Text of any length (MySQL's TEXT ends at 64 KB)."""

    field_type = "LONGTEXT"


class SlugField(_Char):
    """A name in URLs, found and kept unique without regard to case, as badgekit-api does."""

    def ddl_datatype(self, ctx: Any) -> Any:
        collation = "NOCASE" if ctx.state.quote == '""' else "utf8mb4_general_ci"
        datatype = super().ddl_datatype(ctx)
        return peewee.SQL(f"{datatype.sql} COLLATE {collation}")

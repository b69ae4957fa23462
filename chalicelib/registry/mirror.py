"""Local rows for badges and awards that live in another BadgeKit API, made from its messages.

Only the data that public pages and mails need is kept. Later messages fill in missing values; a
value that is absent from a message is never removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from peewee import IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Criterion, Issuer, Program, System, Table, Tag
from chalicelib.domain.badges import block_counts, fields, quotas
from chalicelib.domain.badges.fields import BadgeField
from chalicelib.domain.images import images
from chalicelib.domain.shared import validation

T = TypeVar("T", bound=Table)

_MIRRORED = tuple(field for field in fields.stored() if field.mirrored)


@transactional
def badge(content: Mapping[str, Any]) -> Badge:
    """Return our row of a badge as the API sent it, created or completed, with its owners.

    Parameters
    ----------
    content : Mapping[str, Any]
        The badge's JSON: at least ``slug``.
    """
    system = _owner(System, content.get("system"), {})
    issuer = _owner(Issuer, content.get("issuer"), {"system": system}) if system else None
    program = _owner(Program, content.get("program"), {"issuer": issuer}) if issuer else None
    slug = _text(content, "slug") or ""
    values = {field.column: _value(content, field) for field in _MIRRORED}
    values["name"] = values["name"] or slug
    row = _find_or_insert(
        lambda: Badge.get_or_none(Badge.slug == slug),
        lambda: _count(Badge.create(slug=slug, **values)),
    )
    row = _set_owners(row, {"system": system, "issuer": issuer, "program": program})
    url = _text(content, "imageUrl", 2083)
    if row.image_id is None and url and url.startswith(("http://", "https://")):
        row = _complete(row, image=images.keep(images.Picture(url=url)))
    _add_missing(row, content)
    return row


def _value(content: Mapping[str, Any], field: BadgeField) -> Any:
    text = _text(content, field.name, field.kind.limit)
    return field.empty if text is None else text


def _count(row: Badge) -> Badge:
    block_counts.count_badge(row, 1)
    return row


def _set_owners(row: Badge, owners: Mapping[str, Any]) -> Badge:
    """Set a badge's missing owners, and count the badge among theirs."""
    if all(owner is None or getattr(row, f"{name}_id") for name, owner in owners.items()):
        return row
    quotas.lock(row.id)
    row = Badge.get_by_id(row.id)
    before = block_counts.lists_with(row)
    row = _complete(row, **owners)
    block_counts.move_badge(row, before)
    return row


def _owner(table: type[T], content: Any, inside: dict[str, Any]) -> T | None:
    if not isinstance(content, dict) or not (slug := _text(content, "slug")):
        return None
    columns: Any = table
    conditions = [columns.slug == slug, *(getattr(columns, n) == v for n, v in inside.items())]
    values = {
        "slug": slug,
        "name": _text(content, "name") or slug,
        "url": _text(content, "url", 2083) or "",
        "description": _text(content, "description", validation.LONGEST_TEXT),
        "email": _text(content, "email"),
    }
    row: T = _find_or_insert(
        lambda: table.get_or_none(*conditions), lambda: table.create(**values, **inside)
    )
    return _complete(row, **{name: value for name, value in values.items() if name != "slug"})


def _find_or_insert(find: Callable[[], T | None], insert: Callable[[], T]) -> T:
    row = find()
    if row is None:
        try:
            row = insert()
        except IntegrityError:  # inserted by another process
            row = find()
            if row is None:
                raise
    return row


def _complete(row: T, **values: Any) -> T:
    """Set those of these columns of a row that are empty."""
    changes = {
        name: value
        for name, value in values.items()
        if value not in (None, "") and getattr(row, name) in (None, "")
    }
    if changes:
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(only=list(changes))
    return row


def _add_missing(row: Badge, content: Mapping[str, Any]) -> None:
    """Add criteria and tags if the badge has none."""
    criteria = [c for c in content.get("criteria") or [] if isinstance(c, dict)]
    if criteria and not Criterion.select().where(Criterion.badge == row).exists():
        Criterion.insert_many(
            {
                "badge": row,
                "description": _text(c, "description", validation.LONGEST_TEXT) or "",
                "required": bool(validation.as_flag(c.get("required"))),
                "note": _text(c, "note", validation.LONGEST_TEXT) or "",
            }
            for c in criteria
        ).execute()
    tags = [t for t in content.get("tags") or [] if isinstance(t, dict) and _text(t, "value")]
    if tags and not Tag.select().where(Tag.badge == row).exists():
        Tag.insert_many({"badge": row, "value": _text(t, "value")} for t in tags).execute()


def _text(content: Mapping[str, Any], name: str, longest: int = 255) -> str | None:
    """Return a text, cut to the column's length; None for any other type."""
    value = content.get(name)
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode("utf-8")[:longest]

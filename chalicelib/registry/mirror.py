"""Local rows for badges and awards that live in another BadgeKit API, made from its messages.

Only the data that public pages and mails need is kept. Later messages fill in missing values; a
value that is absent from a message is never removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from peewee import IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Criterion, Issuer, Owner, Program, System, Table, Tag
from chalicelib.domain.badges import block_counts, criteria_pages, fields, quotas
from chalicelib.domain.badges.field_kinds import Address, Text
from chalicelib.domain.badges.fields import BadgeField
from chalicelib.domain.images import images
from chalicelib.domain.owners import addresses
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
    owners = owners_of(content)
    slug = text_of(content, "slug") or ""
    row = _find_or_insert(
        lambda: Badge.get_or_none(Badge.called(slug)),
        lambda: _count(Badge.create(slug=slug, **columns(content))),
    )
    row = _set_owners(row, owners)
    url = text_of(content, "imageUrl", 2083)
    if row.image_id is None and url and url.startswith(("http://", "https://")):
        row = _complete(row, image=images.keep(images.Picture(url=url)))
    _add_missing(row, content)
    return row


def columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a badge's row as the API's JSON of the badge has them."""
    values = {field.column: _value(content, field) for field in _MIRRORED}
    slug, system = text_of(content, "slug") or "", content.get("system")
    values["name"] = values["name"] or slug
    if isinstance(system, dict) and (name := text_of(system, "slug")):
        own_page = criteria_pages.path(name, slug)
        values["criteria_url"] = criteria_pages.stored(values["criteria_url"], [own_page])
    return values


def _value(content: Mapping[str, Any], field: BadgeField) -> Any:
    """Return a field's value, a text cut to its column's length; the empty one for a bad value."""
    value = content.get(field.name)
    if isinstance(field.kind, (Text, Address)):
        value = text_of(content, field.name, field.kind.limit)
    elif value is not None and field.api is not None and field.api(value) is not None:
        value = None
    stored = None if value is None else field.kind.stored(value)
    return field.empty if stored is None else stored


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
    addresses.keep_badge(row)
    row = _complete(row, **owners)
    block_counts.move_badge(row, before)
    return row


def owners_of(content: Mapping[str, Any]) -> dict[str, Owner | None]:
    """Return our rows of a badge's owners by their level, created or completed."""
    system = owner(System, content.get("system"), {})
    issuer = owner(Issuer, content.get("issuer"), {"system": system}) if system else None
    program = owner(Program, content.get("program"), {"issuer": issuer}) if issuer else None
    return {"system": system, "issuer": issuer, "program": program}


def owner(table: type[T], content: Any, inside: Mapping[str, Any]) -> T | None:
    """Return our row of a system, issuer or program as the API sent it, created or completed.

    Parameters
    ----------
    table : type[T]
        Its table.
    content : Any
        Its JSON; None is returned if it is none, or has no slug.
    inside : Mapping[str, Any]
        The column of the owner that it is in, with its row.
    """
    if not isinstance(content, dict) or not (slug := text_of(content, "slug")):
        return None
    columns: Any = table
    conditions = [columns.called(slug), *(getattr(columns, n) == v for n, v in inside.items())]
    values = profile(content)
    row: T = _find_or_insert(
        lambda: table.get_or_none(*conditions), lambda: table.create(slug=slug, **values, **inside)
    )
    return _complete(row, **values)


def profile(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an owner's profile as the API's JSON of it has them."""
    return {
        "name": text_of(content, "name") or text_of(content, "slug"),
        "url": text_of(content, "url", 2083) or "",
        "description": text_of(content, "description", validation.LONGEST_TEXT),
        "email": text_of(content, "email"),
    }


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
    criteria = objects(content, "criteria")
    if criteria and not Criterion.select().where(Criterion.badge == row).exists():
        Criterion.insert_many(
            {
                "badge": row,
                "description": text_of(c, "description", validation.LONGEST_TEXT) or "",
                "required": bool(validation.as_flag(c.get("required"))),
                "note": text_of(c, "note", validation.LONGEST_TEXT) or "",
            }
            for c in criteria
        ).execute()
    tags = [one for one in objects(content, "tags") if text_of(one, "value")]
    if tags and not Tag.select().where(Tag.badge == row).exists():
        Tag.insert_many({"badge": row, "value": text_of(t, "value")} for t in tags).execute()


def objects(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the objects in a list, or none if it is not a list."""
    many = content.get(name)
    return [one for one in many if isinstance(one, dict)] if isinstance(many, list) else []


def text_of(content: Mapping[str, Any], name: str, longest: int = 255) -> str | None:
    """Return a text, cut to the column's length; None for any other type."""
    value = content.get(name)
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode("utf-8")[:longest]

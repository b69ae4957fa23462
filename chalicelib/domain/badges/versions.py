"""Versions of badges: what an award says stays true when its badge is changed.

A badge that was awarded and is then changed gets a new public id. What it was before is kept under
the old one, which its awards go on naming. Only what documents and public pages show makes a version.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from peewee import SQL

from chalicelib.data.fields import new_public_id
from chalicelib.data.models import Alignment, Award, Badge, BadgeVersion, Criterion, Image, Tag
from chalicelib.domain.badges.details import AlignmentView, CriterionView, Details, TagView
from chalicelib.domain.owners import addresses

_COLUMNS = (
    "name", "strapline", "earner_description", "consumer_description", "issuer_url",
    "criteria_url",
)  # fmt: skip
_LISTS: dict[str, tuple[Any, Any]] = {
    "criteria": (Criterion, CriterionView),
    "alignments": (Alignment, AlignmentView),
    "tags": (Tag, TagView),
}


class Earlier(NamedTuple):
    """What a badge that was loaded as an earlier version has besides its columns.

    Parameters
    ----------
    details : Details
        The details of that version.
    present : str
        The public id of the badge's present version.
    """

    details: Details
    present: str


def was_awarded(badge: Badge) -> bool:
    """Return whether a badge was ever awarded; awards are never deleted."""
    return bool(Award.select(SQL("1")).where(Award.badge == badge).exists())


def content(badge: Badge) -> dict[str, Any]:
    """Return what documents and public pages show of a badge, by column and list, as it is now.

    Raises
    ------
    Badge.DoesNotExist
        If it was deleted meanwhile.
    """
    row = Badge.get_by_id(badge.id)
    found: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    found["image"] = row.image_id
    for name, (table, view) in _LISTS.items():
        columns = [getattr(table, member) for member in view._fields]
        rows = table.select(*columns).where(table.badge == badge).order_by(table.id)
        found[name] = [list(one) for one in rows.tuples()]
    return found


def keep(badge: Badge, before: dict[str, Any]) -> None:
    """Keep the version of an awarded badge before a change, if the change shows.

    Parameters
    ----------
    badge : Badge
        The badge, locked and changed in the current transaction.
    before : dict[str, Any]
        Its `content` before.
    """
    if _shown(before) == _shown(content(badge)):
        return
    if Award.select(SQL("1")).where(Award.badge == badge, Award.badge_class.is_null()).exists():
        addresses.keep_badge(badge)  # their assertions may have been baked with it
    now = Badge.get_by_id(badge.id)
    BadgeVersion.create(
        badge=badge, public_id=now.public_id or new_public_id(), content=json.dumps(before),
        image=before["image"],
    )  # fmt: skip
    badge.public_id = new_public_id()
    Badge.update(public_id=badge.public_id).where(Badge.id == badge.id).execute()


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    """Return a content without the ids of its rows, which are replaced when they are sent again."""
    return {**content, **{name: [row[1:] for row in content[name]] for name in _LISTS}}


def of_award(award: Award) -> BadgeVersion | None:
    """Return the earlier version of its badge that an award names; None for the present one."""
    known: Any = BadgeVersion.select().where(BadgeVersion.badge == award.badge_id)
    if award.badge_class is not None:
        known = known.where(BadgeVersion.public_id == award.badge_class)
    found: BadgeVersion | None = known.order_by(BadgeVersion.id).first()
    return found


def as_of(badge: Any, version: BadgeVersion) -> Badge:
    """Give a loaded badge the content of an earlier version, not to be saved; return it."""
    values = json.loads(version.content)
    for name in _COLUMNS:
        setattr(badge, name, values[name])
    badge.earlier = Earlier(
        Details(
            **{name: [view(*row) for row in values[name]] for name, (_, view) in _LISTS.items()}
        ),
        present=badge.public_id,
    )
    badge.public_id = version.public_id
    badge.image = Image.get_or_none(Image.id == version.image_id) if version.image_id else None
    badge._dirty.clear()
    found: Badge = badge
    return found

"""Published badges: creating, changing and deleting them with all that belongs to them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from peewee import JOIN, SQL, IntegrityError, fn

from chalicelib import times
from chalicelib.data.compiled_queries import CompiledQuery, all_columns, instance, parameter
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Application,
    Award,
    Badge,
    ClaimCode,
    Image,
    Issuer,
    Milestone,
    MilestoneBadge,
    Program,
    System,
    Webhook,
)
from chalicelib.domain.badges import block_counts, quotas
from chalicelib.domain.badges.details import Belongings
from chalicelib.domain.images import images
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place, Scope, missing
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import Conflict, ValidationError

R = TypeVar("R", Application, Award)

# badgekit-api 0.2.22: app/models/badge.js
BADGE = (
    Field("slug", validation.text(1, 255)),
    Field("name", validation.text(1, 255), required=True),
    Field("strapline", validation.text(0, 140)),
    Field("earnerDescription", validation.text(1), required=True),
    Field("consumerDescription", validation.text(1), required=True),
    Field("issuerUrl", validation.text(0, 2083)),
    Field("rubricUrl", validation.text(0, 2083)),
    Field("criteriaUrl", validation.url, required=True),
    Field("timeValue", validation.integer),
    Field("timeUnits", validation.one_of("minutes", "hours", "days", "weeks")),
    Field("limit", validation.integer),
    Field("unique", validation.flag, required=True),
    Field("type", validation.text(0, 255)),
    Field("evidenceType", validation.one_of("URL", "Text", "Photo", "Video", "Sound")),
)
ARCHIVED = Field("archived", validation.flag)
_COLUMNS = {
    "name": "name", "strapline": "strapline", "earnerDescription": "earner_description",
    "consumerDescription": "consumer_description", "issuerUrl": "issuer_url",
    "rubricUrl": "rubric_url", "criteriaUrl": "criteria_url", "timeUnits": "time_units",
    "type": "type", "evidenceType": "evidence_type",
}  # fmt: skip


class Follows(NamedTuple):
    """What follows from awarding a badge: is a webhook told, does it support milestones?"""

    told: bool
    supports: bool


@transactional
def create(where: Scope, data: Mapping[str, Any], picture: images.Picture | None) -> Badge:
    """Publish a badge.

    Parameters
    ----------
    where : Scope
        Who it belongs to.
    data : Mapping[str, Any]
        The body as badgekit-api takes it, with lists of ``criteria``, ``alignments``,
        ``categories`` and ``tags``.
    picture : Picture or None
        Its image, which is required.

    Raises
    ------
    ValidationError
        With every missing and bad field.
    Conflict
        If the slug is taken, in whatever system.
    """
    problems = validation.errors(data, BADGE)
    if picture is None:
        problems.append({"message": "Missing value", "field": "image"})
    if problems:
        raise ValidationError(problems)
    belongings = Belongings(data)
    values = {**_values(data), "slug": _slug(data) or secrets.token_hex(16)}
    try:
        badge = Badge.create(
            **values,
            system=where.system,
            issuer=where.issuer,
            program=where.program,
            image=images.keep(picture),
        )
    except IntegrityError as problem:
        raise _taken(values) from problem
    belongings.keep(badge)
    block_counts.count_badge(badge, 1)
    return badge


def _slug(data: Mapping[str, Any]) -> str | None:
    return validation.as_text(data.get("slug")) or None


def _taken(values: Mapping[str, Any]) -> Conflict:
    details = {name: values[name] for name in ("slug", "name") if name in values}
    return Conflict("badge with that `slug` already exists", details=details)


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for what was sent of a badge itself, but its slug."""
    values: dict[str, Any] = {
        column: validation.as_text(data[name]) for name, column in _COLUMNS.items() if name in data
    }
    if "type" in values:
        values["type"] = values["type"] or ""
    for name, column in (("timeValue", "time_value"), ("limit", "award_limit")):
        if name in data:
            values[column] = None if data[name] is None else int(data[name])
    if "unique" in data:
        values["is_unique"] = validation.as_flag(data["unique"]) or False
    return values


@transactional
def update(badge: Badge, data: Mapping[str, Any], picture: images.Picture | None = None) -> None:
    """Change what is sent of a badge.

    Criteria, alignments, categories and tags that are not sent again are gone, as in badgekit-api;
    those that are sent with their id keep it.

    Parameters
    ----------
    badge : Badge
        Which badge.
    data : Mapping[str, Any]
        As for `create`, and perhaps ``archived``.
    picture : Picture, optional
        A new image.

    Raises
    ------
    ValidationError, Conflict
    NotFound
        If somebody deleted it meanwhile.
    """
    validation.check(data, (*BADGE, ARCHIVED), partial=True)
    belongings = Belongings(data)
    now = _locked(badge)
    values = _values(data)
    if slug := _slug(data):
        values["slug"] = slug
    if picture is not None:
        values["image"] = images.keep(picture)
    if data.get("archived") is not None:
        values["archived"] = validation.as_flag(data["archived"])
    if values:
        try:
            Badge.update(**values).where(Badge.id == badge.id).execute()
        except IntegrityError as problem:
            raise _taken({"name": badge.name, **values}) from problem
    if values.get("archived", now.archived) != now.archived:
        before = block_counts.lists_of(now)
        now.archived = not now.archived
        block_counts.move_badge(now, before)
    belongings.keep(badge)


@transactional
def archive(badge: Badge, archived: bool) -> None:
    """Archive a badge, so that nobody is awarded it any more, or restore it.

    Raises
    ------
    NotFound
        If somebody deleted it meanwhile.
    """
    now = _locked(badge)
    if now.archived != archived:
        before = block_counts.lists_of(now)
        now.archived = archived
        now.save()
        block_counts.move_badge(now, before)


def _locked(badge: Badge) -> Badge:
    """Return a badge as it is now, and stays while the transaction under way lasts."""
    quotas.lock(badge.id)
    now: Badge | None = Badge.get_or_none(Badge.id == badge.id, Badge.deleted.is_null())
    if now is None:
        raise missing("badge", "slug", badge.slug)
    return now


@transactional
def delete(badge: Badge) -> None:
    """Delete a badge; if it was ever awarded, only from lists and look-ups.

    Its claim codes, applications and milestones go either way, and its slug is free again. Its
    awards go on answering, and so does what their assertions point to.

    Raises
    ------
    NotFound
        If somebody else deleted it meanwhile.
    """
    block_counts.count_badge(_locked(badge), -1)
    if not Award.select(Award.id).where(Award.badge == badge).limit(1).exists():
        Badge.delete().where(Badge.id == badge.id).execute()
        return
    for table, column in (
        (ClaimCode, ClaimCode.badge), (Application, Application.badge),
        (Milestone, Milestone.primary_badge), (MilestoneBadge, MilestoneBadge.badge),
    ):  # fmt: skip
        table.delete().where(column == badge.id).execute()
    Badge.update(slug=f"{badge.slug[:200]}-{secrets.token_hex(16)}", deleted=times.now()).where(
        Badge.id == badge.id
    ).execute()


def _joined(condition: Callable[[], Any], of: Any = None) -> CompiledQuery:
    """Return the query for a badge with everything that it has one of.

    `of` is a table whose rows have a badge, if one of them is wanted with it.
    """

    def build() -> Any:
        tables = {"badge": Badge, "system": System, "issuer": Issuer, "program": Program}
        pictures = {name: Image.alias() for name in tables}
        selected = [
            *(all_columns(table, name) for name, table in tables.items()),
            *(all_columns(kept, f"{name}_image") for name, kept in pictures.items()),
            Webhook.id.alias("webhook"),
            fn.EXISTS(
                MilestoneBadge.select(SQL("1")).where(MilestoneBadge.badge == Badge.id)
            ).alias("supports"),
        ]
        if of is None:
            query = Badge.select(*selected)
        else:
            query = of.select(all_columns(of, "row"), *selected).join(Badge, JOIN.LEFT_OUTER)
        for owner in (System, Issuer, Program):
            query = query.switch(Badge).join(owner, JOIN.LEFT_OUTER)
        for name, picture in pictures.items():
            table: Any = tables[name]
            query = query.switch(table).join(
                picture, JOIN.LEFT_OUTER, on=(table.image == picture.id), attr="picture"
            )
        query = query.switch(System).join(
            Webhook, JOIN.LEFT_OUTER, on=(Webhook.system == System.id), attr="webhook"
        )
        return query.where(condition())

    return CompiledQuery(build)


_BY_SLUG = _joined(lambda: Badge.slug == parameter("slug"))
_BY_ID = _joined(lambda: Badge.id == parameter("id"))
_ROWS = {
    Application: _joined(lambda: Application.slug == parameter("slug"), Application),
    Award: _joined(lambda: Award.slug == parameter("slug"), Award),
}


def _badge(rows: Sequence[Any]) -> Badge | None:
    """Return the badge of a joined query, with its owners and images."""
    if not rows:
        return None
    (row,) = rows
    badge: Any = instance(Badge, row.badge)
    if badge is None:
        return None
    badge.image = instance(Image, row.badge_image)
    badge.system = owners.of_row(System, row)
    badge.issuer = owners.of_row(Issuer, row)
    badge.program = owners.of_row(Program, row)
    badge._dirty.clear()
    badge.follows = Follows(row.webhook is not None, bool(row.supports))
    found: Badge = badge
    return found


@transactional
def find(where: Place, slug: str, *, even_deleted: bool = False) -> Badge:
    """Return a badge of this place, or of a place within it, with its owners and images.

    Badge slugs are unique whatever the place, so the badge is read first and its owners compared.

    Parameters
    ----------
    where : Place
        The place.
    slug : str
        The badge's slug.
    even_deleted : bool
        Whether one is wanted that was deleted, for those who were awarded it before.

    Raises
    ------
    NotFound
        If there is none of that slug there; a place that does not exist is named first.
    """
    badge = _badge(_BY_SLUG(slug=slug))
    has = badge is not None and (even_deleted or badge.deleted is None)
    if badge is None or not has or not _is_inside(badge, where):
        owners.scope(*where)
        raise missing("badge", "slug", slug)
    return badge


LEVELS: dict[str, Any] = {
    "system": Badge.system, "issuer": Badge.issuer, "program": Badge.program,
}  # fmt: skip


def inside(where: Scope) -> Any:
    """Return the condition for badges of this place, or of a place within it."""
    return (LEVELS[where.level] == where.innermost.id) & Badge.deleted.is_null()


def _is_inside(badge: Badge, where: Place) -> bool:
    mine = (badge.system, badge.issuer, badge.program)
    pairs = [(own, slug) for own, slug in zip(mine, where, strict=True) if slug is not None]
    if all(own is not None and own.slug == slug for own, slug in pairs):
        return True
    if any(own is None for own, _ in pairs):
        return False
    # Written otherwise, perhaps: only the database knows which spellings are the same.
    scope = owners.scope(*where)
    theirs = (scope.system, scope.issuer, scope.program)
    return all(other is None or own == other for own, other in zip(mine, theirs, strict=True))


@transactional
def by_slug(slug: str) -> Badge:
    """Return a badge of whatever place, a deleted one too, with its owners and images.

    Raises
    ------
    NotFound
        If there is none of that slug.
    """
    badge = _badge(_BY_SLUG(slug=slug))
    if badge is None:
        raise missing("badge", "slug", slug)
    return badge


@transactional
def by_id(number: int) -> Badge:
    """Return a badge, a deleted one too, with its owners and images.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    badge = _badge(_BY_ID(id=number))
    if badge is None:
        raise missing("badge", "id", number)
    return badge


@transactional
def with_badge(table: type[R], slug: str) -> R | None:
    """Return an application or award with its badge, in one statement; None if there is none."""
    rows = _ROWS[table](slug=slug)
    if not rows:
        return None
    found: Any = instance(table, rows[0].row)
    if found.badge_id is not None:
        found.badge = _badge(rows)
        found._dirty.clear()
    row: R = found
    return row


@transactional
def follows(badge: Badge) -> Follows:
    """Return what follows from awarding a badge, however it was loaded."""
    known: Follows | None = badge.follows
    if known is None:
        known = badge.follows = by_id(badge.id).follows
    if known is None:
        raise AssertionError("a badge was loaded without what follows")
    return known

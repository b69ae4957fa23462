"""Published badges: create, update, archive, delete and find them, with their owners and images."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from peewee import JOIN, SQL, IntegrityError, fn

from chalicelib import texts, times
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
from chalicelib.domain.badges import block_counts, criteria_pages, fields, quotas, versions
from chalicelib.domain.badges.details import BadgeDetails
from chalicelib.domain.images import images
from chalicelib.domain.owners import addresses, owners
from chalicelib.domain.owners.places import Place, Scope, missing
from chalicelib.domain.shared import slugs, validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import Conflict, ValidationError

R = TypeVar("R", Application, Award)

BADGE = fields.body()
# A new badge may have an empty slug, which is none.
NEW_BADGE = tuple(
    field._replace(check=validation.slug(0)) if field.name == "slug" else field for field in BADGE
)
ARCHIVED = Field("archived", validation.flag)
# `slug` is checked, and made where it is missing; `archived` is for changes only.
_SENT = tuple(field for field in fields.stored() if field.api and field.name != "slug")


class AwardEffects(NamedTuple):
    """What an award of a badge causes: a webhook is called, milestones are checked."""

    calls_webhook: bool
    counts_for_milestones: bool


@transactional
def create(where: Scope, data: Mapping[str, Any], picture: images.Picture | None) -> Badge:
    """Publish a badge.

    Parameters
    ----------
    where : Scope
        The owner.
    data : Mapping[str, Any]
        The body as badgekit-api takes it, with lists of ``criteria``, ``alignments``,
        ``categories`` and ``tags``. Without a slug, or with an empty one, it gets a random one.
    picture : Picture or None
        Its image, which is required.

    Raises
    ------
    ValidationError
        With every missing and bad field.
    Conflict
        If the slug is taken, in whatever system.
    """
    problems = validation.errors(data, NEW_BADGE)
    if picture is None:
        problems.append({"message": "Missing value", "field": "image"})
    if problems:
        raise ValidationError(problems)
    details = BadgeDetails(data)
    values = {**_values(data), "slug": _slug(data) or slugs.random_slug()}
    own_page = criteria_pages.path(where.system.slug, values["slug"])
    values["criteria_url"] = criteria_pages.stored(values["criteria_url"], [own_page])
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
    details.replace(badge)
    block_counts.count_badge(badge, 1)
    return badge


def _slug(data: Mapping[str, Any]) -> str | None:
    return validation.as_text(data.get("slug")) or None


def _taken(values: Mapping[str, Any]) -> Conflict:
    details = {name: values[name] for name in ("slug", "name") if name in values}
    return Conflict("badge with that `slug` already exists", details=details)


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the columns for the fields that were sent, except the slug."""
    values: dict[str, Any] = {}
    for field in _SENT:
        if field.name in data:
            value = field.kind.stored(data[field.name])
            values[field.column] = field.empty if value is None else value
    return values


@transactional
def update(badge: Badge, data: Mapping[str, Any], picture: images.Picture | None = None) -> None:
    """Change the members of a badge that are sent.

    As in badgekit-api, criteria, alignments, categories and tags that aren't sent again are
    deleted; those sent with their id keep it.

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
        If it was deleted meanwhile.
    """
    validation.check(data, (*BADGE, ARCHIVED), partial=True)
    details = BadgeDetails(data)
    now = _locked(badge)
    before = versions.content(now) if versions.was_awarded(now) else None
    values = _values(data)
    if slug := _slug(data):
        values["slug"] = slug
        if slug != now.slug:
            addresses.keep_badge(now)
    if "criteria_url" in values:
        values["criteria_url"] = criteria_pages.stored_of(badge, values["criteria_url"], slug)
    if picture is not None:
        values["image"] = images.keep(picture, now.image)
    if data.get("archived") is not None:
        values["archived"] = validation.as_flag(data["archived"])
    if values:
        try:
            Badge.update(**values).where(Badge.id == badge.id).execute()
        except IntegrityError as problem:
            raise _taken({"name": badge.name, **values}) from problem
    if values.get("archived", now.archived) != now.archived:
        lists = block_counts.lists_with(now)
        now.archived = values["archived"]
        block_counts.move_badge(now, lists)
    details.replace(badge)
    if before is not None:
        versions.keep(badge, before)


@transactional
def archive(badge: Badge, archived: bool) -> None:
    """Archive a badge, so that it can no longer be awarded, or restore it.

    Raises
    ------
    NotFound
        If it was deleted meanwhile.
    """
    now = _locked(badge)
    if now.archived != archived:
        before = block_counts.lists_with(now)
        now.archived = archived
        now.save()
        block_counts.move_badge(now, before)


def _locked(badge: Badge) -> Badge:
    """Lock a badge until the current transaction ends, and return it as it is now."""
    quotas.lock(badge.id)
    now: Badge | None = Badge.get_or_none(Badge.id == badge.id, Badge.live())
    if now is None:
        raise missing("badge", "slug", badge.slug)
    return now


@transactional
def delete(badge: Badge) -> None:
    """Delete a badge. One that was ever awarded keeps its row, hidden from lists and look-ups.

    Either way its claim codes, applications and milestones are deleted, and its slug becomes free.
    Its awards stay valid, and so do the addresses in their assertions, whatever takes its slug.

    Raises
    ------
    NotFound
        If it was deleted meanwhile.
    """
    block_counts.count_badge(_locked(badge), -1)
    if not versions.was_awarded(badge):
        Badge.delete().where(Badge.id == badge.id).execute()
        return
    for table, column in (
        (ClaimCode, ClaimCode.badge), (Application, Application.badge),
        (Milestone, Milestone.primary_badge), (MilestoneBadge, MilestoneBadge.badge),
    ):  # fmt: skip
        table.delete().where(column == badge.id).execute()
    addresses.keep_badge(badge)
    Badge.update(slug=slugs.of_deleted(badge.slug), deleted=times.now()).where(
        Badge.id == badge.id
    ).execute()


def _joined(condition: Callable[[], Any], of: Any = None) -> CompiledQuery:
    """Return the query for a badge with its owners, images and effects.

    `of` is a table whose rows have a badge, to select one of them with it.
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


_BY_SLUG = _joined(lambda: Badge.slug_key == parameter("slug_key"))
_BY_ID = _joined(lambda: Badge.id == parameter("id"))
_BY_PUBLIC_ID = _joined(lambda: Badge.public_id == parameter("public_id"))
_ROWS = {
    Application: _joined(lambda: Application.slug == parameter("slug"), Application),
    Award: _joined(lambda: Award.slug == parameter("slug"), Award),
}


def _badge(rows: Sequence[Any]) -> Badge | None:
    """Return the badge that a joined query found, with its owners and images."""
    if not rows:
        return None
    (row,) = rows
    badge: Any = instance(Badge, row.badge)
    if badge is None:
        return None
    badge.image = instance(Image, row.badge_image)
    badge.system = owners.from_row(System, row)
    badge.issuer = owners.from_row(Issuer, row)
    badge.program = owners.from_row(Program, row)
    badge._dirty.clear()
    badge.award_effects = AwardEffects(row.webhook is not None, bool(row.supports))
    found: Badge = badge
    return found


@transactional
def find(where: Place, slug: str, *, even_deleted: bool = False) -> Badge:
    """Return a badge of this place, or of a place within it, with its owners and images.

    Badge slugs are unique across places, so the badge is read first and its owners are compared.

    Parameters
    ----------
    where : Place
        The place.
    slug : str
        The badge's slug.
    even_deleted : bool
        Whether to return a deleted badge too, for those who have it.

    Raises
    ------
    NotFound
        If there is no such badge; a place that does not exist is named first.
    """
    badge = _badge(_BY_SLUG(slug_key=texts.key(slug)))
    has = badge is not None and (even_deleted or badge.is_live)
    if badge is None or not has or not _is_inside(badge, where):
        owners.scope(*where)
        raise missing("badge", "slug", slug)
    return badge


LEVELS: dict[str, Any] = {
    "system": Badge.system, "issuer": Badge.issuer, "program": Badge.program,
}  # fmt: skip


def inside(where: Scope) -> Any:
    """Return the condition for badges of this place, or of a place within it."""
    return (LEVELS[where.level] == where.innermost.id) & Badge.live()


def _is_inside(badge: Badge, where: Place) -> bool:
    mine = (badge.system, badge.issuer, badge.program)
    pairs = [(own, slug) for own, slug in zip(mine, where, strict=True) if slug is not None]
    return all(own is not None and texts.same(own.slug, slug) for own, slug in pairs)


@transactional
def by_slug(slug: str) -> Badge:
    """Return a badge of any place, a deleted one too, with its owners and images.

    Raises
    ------
    NotFound
        If there is no badge with that slug.
    """
    badge = _badge(_BY_SLUG(slug_key=texts.key(slug)))
    if badge is None:
        raise missing("badge", "slug", slug)
    return badge


@transactional
def by_id(number: int) -> Badge:
    """Return a badge, a deleted one too, with its owners and images.

    Raises
    ------
    NotFound
        If there is no badge with that id.
    """
    badge = _badge(_BY_ID(id=number))
    if badge is None:
        raise missing("badge", "id", number)
    return badge


@transactional
def by_public_id(public_id: str) -> Badge | None:
    """Return the badge whose present version has this public id, as `by_id` does, or None."""
    return _badge(_BY_PUBLIC_ID(public_id=public_id))


@transactional
def with_badge(table: type[R], slug: str) -> R | None:
    """Return an application or award with its badge in one statement, or None."""
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
def award_effects(badge: Badge) -> AwardEffects:
    """Return what an award of a badge causes; it is read if the badge was loaded without it."""
    known: AwardEffects | None = badge.award_effects
    if known is None:
        known = badge.award_effects = by_id(badge.id).award_effects
    if known is None:
        raise AssertionError("a badge was loaded without its award effects")
    return known

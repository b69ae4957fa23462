"""Published badges: creating them with all that belongs to them, and finding them again."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import JOIN, IntegrityError

from chalicelib.badges import images, validation
from chalicelib.badges.owners import Scope, missing
from chalicelib.badges.validation import Field
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Alignment,
    Badge,
    Category,
    Criterion,
    Image,
    Issuer,
    Program,
    System,
    Tag,
)
from chalicelib.errors import Conflict, ValidationError

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
CRITERION = (
    Field("description", validation.text(0)),
    Field("required", validation.flag, required=True),
    Field("note", validation.text(0)),
)
ALIGNMENT = (
    Field("name", validation.text(1, 255), required=True),
    Field("url", validation.text(0, 2083)),
    Field("description", validation.text(0)),
)
_COLUMNS = {
    "name": "name", "strapline": "strapline", "earnerDescription": "earner_description",
    "consumerDescription": "consumer_description", "issuerUrl": "issuer_url",
    "rubricUrl": "rubric_url", "criteriaUrl": "criteria_url", "timeUnits": "time_units",
    "type": "type", "evidenceType": "evidence_type",
}  # fmt: skip


@dataclass
class Details:
    """What belongs to a badge and lies in tables of its own."""

    criteria: list[Criterion] = field(default_factory=list)
    alignments: list[Alignment] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)


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
    criteria = validation.objects(data, "criteria")
    alignments = validation.objects(data, "alignments")
    categories, tags = names(data, "categories"), names(data, "tags")
    for criterion in criteria:
        validation.check(criterion, CRITERION)
    for alignment in alignments:
        validation.check(alignment, ALIGNMENT)
    values: dict[str, Any] = {
        column: str(data[name]) for name, column in _COLUMNS.items() if data.get(name) is not None
    }
    slug = str(data.get("slug") or secrets.token_hex(16))
    try:
        badge = Badge.create(
            **values,
            slug=slug,
            system=where.system,
            issuer=where.issuer,
            program=where.program,
            time_value=_number(data.get("timeValue")),
            award_limit=_number(data.get("limit")),
            is_unique=validation.as_flag(data["unique"]) or False,
            image=images.keep(picture),
        )
    except IntegrityError as problem:
        raise Conflict(
            "badge with that `slug` already exists", details={"slug": slug, "name": data["name"]}
        ) from problem
    _add_criteria(badge, criteria)
    _add_rows(Alignment, badge, alignments, ("name", "url", "description"))
    _add_labels(Category, "label", badge, categories)
    _add_labels(Tag, "value", badge, tags)
    return badge


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def names(data: Mapping[str, Any], name: str, most: int = 200) -> list[str]:
    """Return categories or tags as sent: texts or ``{"value"}``, one or many, without doubles.

    Raises
    ------
    ValidationError
        If they are anything else, or more than `most`.
    """
    value = data.get(name)
    many = value if isinstance(value, list) else [value]
    values = (one.get("value") if isinstance(one, dict) else one for one in many)
    sent = [one for one in values if one is not None]
    if len(many) > most or any(map(validation.text(), sent)):
        raise ValidationError(
            [{"message": "Unexpected value or invalid argument", "field": name, "value": ""}]
        )
    return list(dict.fromkeys(text for one in sent if (text := str(one)[:255])))


def _add_criteria(badge: Badge, criteria: Iterable[Mapping[str, Any]]) -> None:
    rows = [
        {
            "badge": badge,
            "description": str(criterion.get("description") or ""),
            "required": validation.as_flag(criterion["required"]),
            "note": str(criterion.get("note") or ""),
        }
        for criterion in criteria
    ]
    if rows:
        Criterion.insert_many(rows).execute()


def _add_rows(
    table: type[Alignment],
    badge: Badge,
    items: Iterable[Mapping[str, Any]],
    members: Sequence[str],
) -> None:
    rows = [{"badge": badge, **{name: item.get(name) for name in members}} for item in items]
    if rows:
        table.insert_many(rows).execute()


def _add_labels(
    table: type[Category] | type[Tag], column: str, badge: Badge, labels: Sequence[str]
) -> None:
    if labels:
        table.insert_many([{"badge": badge, column: label} for label in labels]).execute()


def _joined() -> Any:
    """Return the query for badges with everything that they have one of."""
    badge_image, system_image, issuer_image, program_image = (Image.alias() for _ in range(4))
    return (
        Badge.select(
            Badge, badge_image, System, system_image, Issuer, issuer_image, Program, program_image
        )
        .join(badge_image, JOIN.LEFT_OUTER, on=(Badge.image == badge_image.id), attr="image")
        .switch(Badge)
        .join(System, JOIN.LEFT_OUTER)
        .join(system_image, JOIN.LEFT_OUTER, on=(System.image == system_image.id), attr="image")
        .switch(Badge)
        .join(Issuer, JOIN.LEFT_OUTER)
        .join(issuer_image, JOIN.LEFT_OUTER, on=(Issuer.image == issuer_image.id), attr="image")
        .switch(Badge)
        .join(Program, JOIN.LEFT_OUTER)
        .join(program_image, JOIN.LEFT_OUTER, on=(Program.image == program_image.id), attr="image")
    )


def _inside(where: Scope) -> list[Any]:
    conditions: list[Any] = [Badge.system == where.system]
    if where.issuer is not None:
        conditions.append(Badge.issuer == where.issuer)
    if where.program is not None:
        conditions.append(Badge.program == where.program)
    return conditions


@transactional
def find(where: Scope, slug: str) -> Badge:
    """Return a badge of this place, or of a place within it, with its owners and images.

    Raises
    ------
    NotFound
        If there is none of that slug here.
    """
    badge: Badge | None = _joined().where(*_inside(where), Badge.slug == slug).get_or_none()
    if badge is None:
        raise missing("badge", "slug", slug)
    return badge


@transactional
def by_slug(slug: str) -> Badge:
    """Return a badge of whatever place, with its owners and images.

    Raises
    ------
    NotFound
        If there is none of that slug.
    """
    badge: Badge | None = _joined().where(Badge.slug == slug).get_or_none()
    if badge is None:
        raise missing("badge", "slug", slug)
    return badge


@transactional
def inside(where: Scope, *, archived: bool | None = False) -> list[Badge]:
    """Return the badges of a place in order of creation; `archived` None means any."""
    conditions = _inside(where)
    if archived is not None:
        conditions.append(Badge.archived == archived)
    return list(_joined().where(*conditions).order_by(Badge.id))


@transactional
def details(ids: Iterable[int]) -> dict[int, Details]:
    """Return what belongs to each of some badges, in as many statements as for one."""
    wanted = list(set(ids))
    found: dict[int, Details] = defaultdict(Details)
    if not wanted:
        return found
    for criterion in Criterion.select().where(Criterion.badge.in_(wanted)).order_by(Criterion.id):
        found[criterion.badge_id].criteria.append(criterion)
    for alignment in Alignment.select().where(Alignment.badge.in_(wanted)).order_by(Alignment.id):
        found[alignment.badge_id].alignments.append(alignment)
    for category in Category.select().where(Category.badge.in_(wanted)).order_by(Category.id):
        found[category.badge_id].categories.append(category.label)
    for tag in Tag.select().where(Tag.badge.in_(wanted)).order_by(Tag.id):
        found[tag.badge_id].tags.append(tag)
    return found

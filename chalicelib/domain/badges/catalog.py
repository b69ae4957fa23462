"""Badge views: badges with their owners, images and details, for serializers and pages.

Reading many badges takes as few statements as reading one.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import peewee
from peewee import JOIN

from chalicelib.data.compiled_queries import (
    CompiledQuery,
    id_parameters,
    json_rows,
    parameter,
    parse_json_rows,
)
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Alignment,
    Badge,
    Category,
    Criterion,
    Image,
    Issuer,
    Milestone,
    MilestoneBadge,
    Owner,
    Program,
    System,
    Tag,
)
from chalicelib.domain.badges import badges, block_counts
from chalicelib.domain.badges.details import (
    AlignmentView,
    CriterionView,
    Details,
    MilestoneView,
    TagView,
)
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.shared.pagination import Listed, Page


class Picture(NamedTuple):
    """The address of an image: elsewhere at `url`, or here by its slug."""

    url: str | None
    slug: str


class _CategoryView(NamedTuple):
    id: int
    label: str


class _MilestoneRow(NamedTuple):
    id: int
    action: str | None
    number_required: int


@dataclass
class OwnerView:
    """A system, issuer or program, as far as badges show it."""

    id: int
    slug: str
    name: str
    url: str
    email: str | None
    description: str | None
    image: Picture | None


AnyOwner = Owner | OwnerView


@dataclass
class BadgeView:
    """A badge with what is shown of it.

    Parameters
    ----------
    badge : Any
        A `Badge`, or a row with its columns.
    image : Any
        Its `Image` or `Picture`, or None.
    system, issuer, program : Owner, OwnerView or None
        Its owners.
    details : Details
        Its details.
    """

    badge: Any
    image: Any
    system: Any
    issuer: Any
    program: Any
    details: Details


_OWN_COLUMNS = [
    one for one in Badge._meta.sorted_fields
    if one.name not in ("system", "issuer", "program", "image", "awarded")
]  # fmt: skip
_PICTURE = [Image.url.alias("picture_url"), Image.slug.alias("picture_slug")]


def _rows() -> Any:
    return (
        Badge.select(*_OWN_COLUMNS, Badge.system, Badge.issuer, Badge.program, *_PICTURE)
        .join(Image, JOIN.LEFT_OUTER, on=(Badge.image == Image.id))
        .order_by(Badge.id)
    )


def _inside(level: Any, archived: bool | None, part: str) -> CompiledQuery:
    def build() -> Any:
        mine = block_counts.equals_without_index if part == "near" else operator.eq
        query = _rows().where(mine(level, parameter("owner")), Badge.live())
        if archived is not None:
            query = query.where(Badge.with_archived(archived))
        if part == "whole":
            return query
        query = query.where(Badge.id.between(parameter("first"), parameter("last")))
        return query.limit(parameter("size")).offset(parameter("skip"))

    return CompiledQuery(build, many=True)


_INSIDE = {
    (name, archived, part): _inside(level, archived, part)
    for name, level in badges.LEVELS.items()
    for archived in (True, False, None)
    for part in (
        "whole",
        "page",
        "near",
    )  # a whole list, a page, a page whose ids are close together
}
_BY_IDS = CompiledQuery(lambda: _rows().where(Badge.id.in_(id_parameters("ids"))), many=True)


@transactional
def inside(
    place: Place, *, archived: bool | None = False, page: Page | None = None
) -> Listed[BadgeView]:
    """Return the badges of a place in order of creation; `archived` None means any.

    Raises
    ------
    NotFound
        If there is no such place.
    """
    where = owners.scope(*place)
    owner = where.innermost
    if page is None:
        rows = _INSIDE[where.level, archived, "whole"](owner=owner.id)
        return Listed(_views(rows, where), len(rows))
    at = block_counts.badge_page(f"{where.level}:{owner.id}", page, archived=archived)
    query = _INSIDE[where.level, archived, "page" if at.last == block_counts.UNBOUNDED else "near"]
    rows = query(owner=owner.id, first=at.first, last=at.last, skip=at.skip, size=page.size)
    return Listed(_views(rows, where), at.total)


@transactional
def by_ids(ids: Iterable[int]) -> dict[int, BadgeView]:
    """Return badges by their ids, deleted ones too."""
    wanted = set(ids)
    rows = _BY_IDS(ids=wanted) if wanted else []
    return {one.badge.id: one for one in _views(rows)}


@transactional
def find(where: Place, slug: str) -> BadgeView:
    """Return the view of a badge of a place (see `badges.find`)."""
    return view(badges.find(where, slug))


@transactional
def view(badge: Badge) -> BadgeView:
    """Return the view of a badge, with the owners and image that it was loaded with."""
    about = details([badge.id], {badge.id: badge})[badge.id]
    return BadgeView(badge, badge.image, badge.system, badge.issuer, badge.program, about)


def view_without_details(badge: Badge) -> BadgeView:
    """Return the view of a badge without its details, as it was loaded."""
    return BadgeView(badge, badge.image, badge.system, badge.issuer, badge.program, Details())


def _views(rows: Sequence[Any], where: Scope | None = None) -> list[BadgeView]:
    systems = _owners(System, {row.system_id for row in rows}, where and where.system)
    issuers = _owners(Issuer, {row.issuer_id for row in rows}, where and where.issuer)
    programs = _owners(Program, {row.program_id for row in rows}, where and where.program)
    about = details([row.id for row in rows], {row.id: row for row in rows})
    return [
        BadgeView(
            row,
            _picture(row),
            systems.get(row.system_id),
            issuers.get(row.issuer_id),
            programs.get(row.program_id),
            about[row.id],
        )
        for row in rows
    ]


def _picture(row: Any) -> Picture | None:
    return None if row.picture_slug is None else Picture(row.picture_url, row.picture_slug)


def _owner_query(table: Any) -> CompiledQuery:
    return CompiledQuery(
        lambda: (
            table.select(
                table.id, table.slug, table.name, table.url, table.email, table.description,
                *_PICTURE,
            )
            .join(Image, JOIN.LEFT_OUTER, on=(table.image == Image.id))
            .where(table.id.in_(id_parameters("ids")))
        )
    )  # fmt: skip


_OWNERS = {table: _owner_query(table) for table in (System, Issuer, Program)}


def _owners(table: Any, ids: set[int | None], known: Any) -> dict[int | None, Any]:
    """Return owners by their ids; one of them may be known."""
    found: dict[int | None, Any] = {} if known is None else {known.id: known}
    if missing := {one for one in ids if one is not None and one not in found}:
        for row in _OWNERS[table](ids=missing):
            found[row.id] = OwnerView(
                row.id, row.slug, row.name, row.url, row.email, row.description, _picture(row)
            )
    return found


_KINDS: dict[str, tuple[Any, Any, Any]] = {
    "criteria": (Criterion, Criterion.badge, CriterionView),
    "alignments": (Alignment, Alignment.badge, AlignmentView),
    "categories": (Category, Category.badge, _CategoryView),
    "tags": (Tag, Tag.badge, TagView),
    "milestones": (Milestone, Milestone.primary_badge, _MilestoneRow),
}


def _lists() -> Any:
    """Return the query for the details of some badges, each kind as a list of lists."""
    selected = []
    for name, (table, badge, shown) in _KINDS.items():
        members = [getattr(table, member) for member in shown._fields]
        for part, column in zip(("rows", "count"), json_rows(badge, *members), strict=True):
            query = table.select(column).where(badge.in_(id_parameters("ids")))
            selected.append(query.alias(f"{name}_{part}"))
    return peewee.Select(None, selected)


_LISTS = CompiledQuery(_lists)
_SUPPORT = CompiledQuery(
    lambda: (
        MilestoneBadge.select(MilestoneBadge.milestone.alias("milestone"), *_OWN_COLUMNS)
        .join(Badge)
        .where(MilestoneBadge.milestone.in_(id_parameters("ids")), Badge.live())
        .order_by(MilestoneBadge.id)
    )
)


def details_of(badge: Badge) -> Details:
    """Return the details of a badge, or those of the earlier version that it was loaded as."""
    if badge.earlier is None:
        return details([badge.id])[badge.id]
    kept: Details = badge.earlier.details
    return kept


@transactional
def details(ids: Iterable[int], badges: dict[int, Any] | None = None) -> dict[int, Details]:
    """Return the details of each of these badges, in as many statements as for one.

    Parameters
    ----------
    ids : Iterable[int]
        Which badges.
    badges : dict[int, Any], optional
        Their rows, to return their milestones too.
    """
    found: dict[int, Details] = defaultdict(Details)
    wanted = set(ids)
    if not wanted:
        return found
    (row,) = _LISTS(ids=wanted)
    milestones: list[tuple[int, _MilestoneRow]] = []
    for number, (name, (_, _, shown)) in enumerate(_KINDS.items()):
        rows = parse_json_rows(*row[2 * number : 2 * number + 2])
        for badge, *values in sorted(rows, key=itemgetter(1)):
            if name == "milestones":
                milestones.append((badge, _MilestoneRow(*values)))
            elif name == "categories":
                found[badge].categories.append(values[1])
            else:
                getattr(found[badge], name).append(shown(*values))
    if badges and milestones:
        support = _support([one.id for _, one in milestones])
        for badge, one in milestones:
            found[badge].milestones.append(
                MilestoneView(*one, primary=badges[badge], support=support[one.id])
            )
    return found


def _support(milestones: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _SUPPORT(ids=milestones):
        found[row.milestone].append(row)
    return found


@transactional
def milestones(rows: Sequence[Milestone]) -> list[MilestoneView]:
    """Return the views of milestones, in two statements."""
    support = _support([row.id for row in rows])
    primaries = {row.id: row for row in _BY_IDS(ids=[row.primary_badge_id for row in rows])}
    return [
        MilestoneView(
            row.id, row.action, row.number_required, primaries[row.primary_badge_id],
            support[row.id],
        )
        for row in rows
        if row.primary_badge_id in primaries  # otherwise it was deleted with its badge
    ]  # fmt: skip

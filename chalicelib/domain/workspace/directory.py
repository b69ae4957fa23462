"""The directory: drafts, templates and badges of a place and all within, searched and paged.

The first statement selects, sorts and cuts ids only. Loading the rows of a page then takes the same
few statements however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import JOIN, SQL, Case, fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Application,
    Award,
    Badge,
    Category,
    Draft,
    DraftLabel,
    Image,
    Issuer,
    Program,
    System,
    Tag,
)
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared.pagination import PageSize

MOST_WORDS, LONGEST_SEARCH = 6, 100
MOST_CATEGORIES = 200


class Tab(StrEnum):
    """Which list."""

    DRAFTS = "drafts"
    TEMPLATES = "templates"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Sort(StrEnum):
    """The order of a list."""

    CREATED = "created"
    ACTIVE = "active"
    NAME = "name"
    AWARDED = "awarded"
    PENDING = "pending"


_STATUS = {Tab.DRAFTS: drafts.DRAFT, Tab.TEMPLATES: drafts.TEMPLATE}


@dataclass(frozen=True)
class Card:
    """A draft, template or badge in the directory.

    Parameters
    ----------
    thing : Draft or Badge
        The row, with its owners and image.
    strapline : str
        Its short description.
    pending : int
        How many applications for it await a review.
    """

    thing: Any
    strapline: str
    pending: int = 0


@dataclass(frozen=True)
class Listed:
    """A page of the directory.

    Parameters
    ----------
    cards : Sequence[Card]
        The cards.
    number, pages : int
        Which page, and of how many; the last page is returned for any number beyond it.
    total : int
        How many rows all pages have.
    """

    cards: Sequence[Card]
    number: int
    pages: int
    total: int


@transactional
def counts(scope: Scope) -> dict[Tab, int]:
    """Return how many rows each tab lists, in two statements."""
    found: Counter[Tab] = Counter()
    by_status: Any = Draft.select(Draft.status, fn.COUNT(Draft.id)).where(drafts.inside(scope))
    for status, number in by_status.group_by(Draft.status).tuples():
        for tab, listed in _STATUS.items():
            if status == listed:
                found[tab] = number
    by_archived: Any = Badge.select(Badge.archived, fn.COUNT(Badge.id)).where(badges.inside(scope))
    for archived, number in by_archived.group_by(Badge.archived).tuples():
        found[Tab.ARCHIVED if archived else Tab.PUBLISHED] = number
    return {tab: found[tab] for tab in Tab}


@transactional
def categories(scope: Scope) -> list[str]:
    """Return the categories to choose from: the default ones, and those in use."""
    used = (
        Category.select(Category.label.alias("label"))
        .join(Badge)
        .where(badges.inside(scope))
        .union(
            DraftLabel.select(DraftLabel.label.alias("label"))
            .join(Draft)
            .where(drafts.inside(scope), DraftLabel.kind == "category")
        )
        .limit(MOST_CATEGORIES)
    )
    found = {label.lower(): label for label in content.CATEGORIES}
    for (label,) in used.tuples():
        found.setdefault(label.lower(), label)
    return list(found.values())


@transactional
def page(
    scope: Scope,
    tab: Tab,
    *,
    sort: Sort = Sort.CREATED,
    search: str = "",
    category: str = "",
    number: int = 1,
) -> Listed:
    """Return a page of the rows of a place.

    Parameters
    ----------
    scope : Scope
        The place; rows of places within it are listed, too.
    tab : Tab
        Which list.
    sort : Sort
        The order; drafts, which have no awards, are sorted by name, change or age.
    search : str
        Words that must all be in the name or in a tag.
    category : str
        A category that it must have.
    number : int
        Which page, from 1.
    """
    select = _drafts if tab in _STATUS else _badges
    query = select(scope, tab, search, category)
    total = query.count()
    pages = max(1, -(-total // PageSize.DIRECTORY))
    number = min(max(number, 1), pages)
    ordered = query.order_by(*(_draft_order if tab in _STATUS else _badge_order)(sort))
    rows = ordered.limit(PageSize.DIRECTORY).offset((number - 1) * PageSize.DIRECTORY).tuples()
    load = _draft_cards if tab in _STATUS else _badge_cards
    return Listed(load([one for (one,) in rows]), number, pages, total)


def _words(search: str) -> list[str]:
    return search[:LONGEST_SEARCH].split()[:MOST_WORDS]


def _has(column: Any, word: str) -> Any:
    """Return the condition that a column contains a word, regardless of case.

    MySQL compares these columns by exact letters, and SQLite folds the case of ASCII letters only.
    """
    found = fn.LOWER(column).contains(word.lower())
    if not word.isascii():
        for spelling in {word, word.upper(), word.capitalize()}:
            found |= column.contains(spelling)
    return found


def _any(table: Any, owner: Any, of: Any, *conditions: Any) -> Any:
    return fn.EXISTS(table.select(SQL("1")).where(owner == of, *conditions))


# Drafts and templates


def _drafts(scope: Scope, tab: Tab, search: str, category: str) -> Any:
    query = Draft.select(Draft.id).where(drafts.inside(scope), Draft.status == _STATUS[tab])
    for word in _words(search):
        tagged = _any(
            DraftLabel, DraftLabel.draft, Draft.id,
            DraftLabel.kind == "tag", _has(DraftLabel.label, word),
        )  # fmt: skip
        query = query.where(_has(Draft.name, word) | tagged)
    if category:
        query = query.where(
            _any(
                DraftLabel, DraftLabel.draft, Draft.id,
                DraftLabel.kind == "category", DraftLabel.label == category,
            )
        )  # fmt: skip
    return query


def _draft_order(sort: Sort) -> tuple[Any, ...]:
    if sort is Sort.NAME:
        return (fn.LOWER(Draft.name), Draft.id)
    if sort is Sort.ACTIVE:
        return (Draft.updated.desc(), Draft.id.desc())
    return (Draft.created.desc(), Draft.id.desc())


def _draft_cards(ids: Sequence[int]) -> list[Card]:
    rows = _with_owners(Draft, ids)
    return [Card(rows[one], drafts.content(rows[one])["strapline"]) for one in ids if one in rows]


# Badges


def _badges(scope: Scope, tab: Tab, search: str, category: str) -> Any:
    query = Badge.select(Badge.id).where(
        badges.inside(scope), Badge.with_archived(tab is Tab.ARCHIVED)
    )
    for word in _words(search):
        tagged = _any(Tag, Tag.badge, Badge.id, _has(Tag.value, word))
        query = query.where(_has(Badge.name, word) | tagged)
    if category:
        query = query.where(_any(Category, Category.badge, Badge.id, Category.label == category))
    return query


def _badge_order(sort: Sort) -> tuple[Any, ...]:
    last = (Badge.created.desc(), Badge.id.desc())
    if sort is Sort.NAME:
        return (fn.LOWER(Badge.name), Badge.id)
    if sort is Sort.AWARDED:
        return (Badge.awarded.desc(), *last)
    if sort is Sort.PENDING:
        waiting = Application.select(fn.COUNT(Application.id)).where(
            Application.badge == Badge.id, Application.processed.is_null()
        )
        return (fn.COALESCE(waiting, 0).desc(), *last)
    if sort is Sort.ACTIVE:
        return (_last_activity().desc(), *last)
    return last


def _last_activity() -> Any:
    """Return when a badge was last awarded or applied for, or else created.

    The latest row of each kind has the highest number, which an index finds directly.
    """
    awarded = (
        Award.select(Award.issued_on)
        .where(Award.badge == Badge.id)
        .order_by(Award.position.desc())
        .limit(1)
    )
    applied = (
        Application.select(Application.created)
        .where(Application.badge == Badge.id)
        .order_by(Application.id.desc())
        .limit(1)
    )
    award = fn.COALESCE(awarded, Badge.created)
    application = fn.COALESCE(applied, Badge.created)
    return Case(None, [(award > application, award)], application)


def _badge_cards(ids: Sequence[int]) -> list[Card]:
    rows, waiting = _with_owners(Badge, ids), pending(ids)
    return [Card(rows[one], rows[one].strapline or "", waiting[one]) for one in ids if one in rows]


@transactional
def pending(ids: Iterable[int]) -> Counter[int]:
    """Return how many applications for each of these badges await a review, by their ids."""
    wanted = list(ids)
    if not wanted:
        return Counter()
    rows: Any = (
        Application.select(Application.badge, fn.COUNT(Application.id))
        .where(Application.badge.in_(wanted), Application.processed.is_null())
        .group_by(Application.badge)
    )
    return Counter(dict(rows.tuples()))


def _with_owners(table: Any, ids: Sequence[int]) -> dict[int, Any]:
    """Return drafts or badges by their ids, with their owners and images, in one statement."""
    if not ids:
        return {}
    query = table.select(table, System, Issuer, Program, *images.LISTED)
    for other in (System, Issuer, Program, Image):
        query = query.switch(table).join(other, JOIN.LEFT_OUTER, on=_reference(table, other))
    return {row.id: row for row in query.where(table.id.in_(ids))}


def _reference(table: Any, other: Any) -> Any:
    return getattr(table, other._meta.name) == other.id

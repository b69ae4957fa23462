"""Addresses with slugs that are out of date, and what they named.

Documents name badges and owners by public ids. Addresses with slugs exist as well: badgekit-api's
clients use them, and assertions were baked with them before there were public ids. When a badge is
renamed or deleted, or one of its owners is, the addresses of badges that were awarded are kept here.
They go on leading to what they named, even if another badge takes the slug.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from peewee import JOIN, SQL, fn

from chalicelib import texts
from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Award,
    Badge,
    BadgeVersion,
    Issuer,
    Owner,
    Program,
    PublishedAddress,
    System,
)
from chalicelib.domain.owners import public_ids
from chalicelib.domain.owners.places import Place

BADGE, CRITERIA, OWNER = "badge", "criteria", "owner"


class NamedBadge(NamedTuple):
    """What an out-of-date address of a badge named: a badge's row, and its version's public id."""

    badge_id: int
    public_id: str


def _key(kind: str, *slugs: str | None) -> str:
    """Return the key of an address; equal spellings of its slugs have the same (see `texts`)."""
    names = [texts.normalized(slug) for slug in slugs if slug]
    return hashlib.sha256(json.dumps([kind, *names]).encode()).hexdigest()


def badge_key(place: Place | None, slug: str) -> str:
    """Return the key of the address of a badge class; a badge may have no place."""
    return _key(BADGE, *(place or ()), slug)


@transactional
def badges_at(keys: Iterable[str]) -> dict[str, NamedBadge]:
    """Return what these addresses named before; those that are not out of date are missing."""
    found: dict[str, NamedBadge] = {}
    for piece in bulk.chunks(list(keys)):
        for key, badge_id, public_id in _rows(piece):
            if badge_id is not None:
                found[key] = NamedBadge(badge_id, public_id)
    return found


def _rows(keys: Iterable[str]) -> Iterable[tuple[str, int | None, str]]:
    """Return the rows of keys: the key, the badge's id, unless it is an owner's, and the public id."""
    badge = fn.COALESCE(Badge.id, BadgeVersion.badge)
    rows: Any = (
        PublishedAddress.select(PublishedAddress.key, badge, PublishedAddress.public_id)
        .join(Badge, JOIN.LEFT_OUTER, on=(Badge.public_id == PublishedAddress.public_id))
        .join(
            BadgeVersion,
            JOIN.LEFT_OUTER,
            on=(BadgeVersion.public_id == PublishedAddress.public_id),
        )
        .where(PublishedAddress.key.in_(list(keys)))
    )
    found: Iterable[tuple[str, int | None, str]] = rows.tuples()
    return found


def badge_at(place: Place | None, slug: str) -> NamedBadge | None:
    """Return what the address of a badge class named before, or None."""
    key = badge_key(place, slug)
    return badges_at([key]).get(key)


def criteria_at(system: str, slug: str) -> NamedBadge | None:
    """Return the badge whose criteria were at an address before, or None."""
    key = _key(CRITERIA, system, slug)
    return badges_at([key]).get(key)


@transactional
def taken(badges: Iterable[Badge], *kinds: str) -> frozenset[tuple[str, int]]:
    """Return which addresses of badges lead to something else, which had them before.

    Parameters
    ----------
    badges : Iterable[Badge]
        Badges with their owners.
    kinds : str
        Which addresses: their own (`BADGE`), of their criteria or of their issuer; all by default.

    Returns
    -------
    frozenset[tuple[str, int]]
        Kinds of addresses, each with the id of the badge.
    """
    asked = [
        (kind, badge, _key(kind, *slugs))
        for badge in badges
        for kind, slugs in _slugs(badge).items()
        if not kinds or kind in kinds
    ]
    named: dict[str, tuple[int | None, str]] = {}
    for piece in bulk.chunks(list({key for _, _, key in asked})):
        named |= {key: (badge_id, public_id) for key, badge_id, public_id in _rows(piece)}
    return frozenset(
        (kind, badge.id) for kind, badge, key in asked
        if key in named and named[key] != _means(kind, badge, named[key])
    )  # fmt: skip


def _slugs(badge: Badge) -> dict[str, tuple[str | None, ...]]:
    """Return the slugs in the addresses of a badge, by the kind of address."""
    owners = (badge.system, badge.issuer, badge.program)
    place = tuple(owner.slug if owner else None for owner in owners)
    of_place = {CRITERIA: (place[0], badge.slug), OWNER: place} if badge.system else {}
    return {BADGE: (*place, badge.slug), **of_place}


def _means(kind: str, badge: Badge, named: tuple[int | None, str]) -> tuple[int | None, str]:
    """Return what an address of a badge names, if it is the badge's own: any of its versions."""
    if kind != OWNER:
        return badge.id, named[1]
    innermost: Any = badge.program or badge.issuer or badge.system
    return None, innermost.public_id


@transactional
def owner_at(place: Place) -> str | None:
    """Return the public id of the owner whose profile was at an address before, or None."""
    row = PublishedAddress.get_or_none(PublishedAddress.key == _key(OWNER, *place))
    return row.public_id if row else None


@transactional
def keep_badge(badge: Badge) -> None:
    """Keep the addresses of a badge that is about to be renamed or deleted."""
    _keep(Badge.id == badge.id)


@transactional
def keep_within(owner: Owner) -> None:
    """Keep the addresses of an owner that is about to be renamed or deleted, and of all within."""
    level: Any = {System: Badge.system, Issuer: Badge.issuer, Program: Badge.program}[type(owner)]
    _keep(level == owner.id)


def _keep(condition: Any) -> None:
    public_ids.fill_missing()
    awarded = fn.EXISTS(Award.select(SQL("1")).where(Award.badge == Badge.id))
    owners = (System, Issuer, Program)
    query: Any = Badge.select(
        Badge.slug, Badge.public_id, *(table.slug for table in owners),
        *(table.public_id for table in owners), Badge.former_owner,
    )  # fmt: skip
    for table in owners:
        query = query.switch(Badge).join(table, JOIN.LEFT_OUTER)
    named = dict(pair for row in query.where(condition, awarded).tuples() for pair in _named(*row))
    rows = [{"key": key, "public_id": public_id} for key, public_id in named.items()]
    for piece in bulk.chunks(rows):
        PublishedAddress.insert_many(piece).on_conflict_ignore().execute()


def _named(slug: str, public_id: str | None, *owners: str | None) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a badge and of the owner that it names, each with its public id."""
    *slugs, system, issuer, program, former = owners
    place = [one for one in slugs if one]
    if public_id:
        yield _key(BADGE, *place, slug), public_id
        if place:
            yield _key(CRITERIA, place[0], slug), public_id
    innermost = program or issuer or system
    if innermost and not former:
        yield _key(OWNER, *place), innermost

"""The review queue: applications awaiting a review, grouped by badge, and reviewed ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from peewee import SQL, Case, fn

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Badge, Image, Review
from chalicelib.domain.badges import badges
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import Page, PageSize

_BADGE = (Badge.id, Badge.slug, Badge.name, Badge.archived, Badge.image)


class Counts(NamedTuple):
    """Numbers of pending and of processed applications."""

    pending: int
    processed: int


class Group(NamedTuple):
    """The applications for one badge that are on a page.

    Parameters
    ----------
    badge : Badge
        Without its texts and owners.
    image : Image or None
        Its picture.
    total : int
        Number of pending applications for the badge on all pages.
    applications : Sequence[Application]
        The oldest first.
    """

    badge: Badge
    image: Image | None
    total: int
    applications: Sequence[Application]


@transactional
def counts(where: Scope, search: str = "") -> Counts:
    """Count the applications for the badges in a scope that match a search."""
    columns = (fn.COUNT(Application.id), fn.COUNT(Application.processed))
    ((total, processed),) = _inside(where, search, *columns).tuples()
    return Counts(total - processed, processed)


@transactional
def pending(where: Scope, search: str = "", page: int = 1) -> list[Group]:
    """Return a page of the pending applications, grouped by badge.

    Parameters
    ----------
    where : Scope
        The system, issuer or program whose badges they are for.
    search : str
        Part of the learner's address or of the badge's name.
    page : int
        Which page; each has `PageSize.REVIEW_QUEUE` applications, so that those for one badge may
        begin on one page and continue on the next.
    """
    order = (fn.LOWER(Badge.name), Badge.id, Application.id)
    waiting = _inside(where, search, Application, *_BADGE).where(Application.processed.is_null())
    rows = _paged(waiting.order_by(*order), page)
    found = [(badge, list(group)) for badge, group in groupby(rows, key=lambda row: row.badge)]
    totals = _totals(where, search, [badge.id for badge, _ in found])
    pictures = _pictures([badge for badge, _ in found])
    return [
        Group(badge, pictures.get(badge.image_id), totals[badge.id], group)
        for badge, group in found
    ]


@transactional
def processed(where: Scope, search: str = "", page: int = 1) -> list[Application]:
    """Return a page of the processed applications, the last one first (see `pending`)."""
    done = _inside(where, search, Application, *_BADGE).where(Application.processed.is_null(False))
    return _paged(done.order_by(Application.processed.desc(), Application.id.desc()), page)


@transactional
def following(where: Scope, done: Application, email: str) -> Application | None:
    """Return the application that a reviewer can review next, or None if none is left.

    Those for the same badge come first. Those that others are reviewing are left out, and so are
    those that were approved and wait for their award.

    Parameters
    ----------
    where : Scope
        The system, issuer or program whose badges they are for.
    done : Application
        The application that was reviewed.
    email : str
        The reviewer.
    """
    free = (
        Application.assigned_to.is_null()
        | (Application.assigned_expiration <= times.now())
        | (fn.LOWER(Application.assigned_to) == email_addresses.key(email))
    )
    reviewed = Review.select(SQL("1")).where(Review.application == Application.id)
    waiting = _inside(where, "", Application, Badge.id, Badge.name).where(
        Application.processed.is_null(), Application.id != done.id, free, ~fn.EXISTS(reviewed)
    )
    same_badge = Case(None, [(Badge.id == done.badge_id, 0)], 1)
    found: Application | None = waiting.order_by(
        same_badge, fn.LOWER(Badge.name), Badge.id, Application.id
    ).first()
    return found


@transactional
def others(application: Application, most: int = 5) -> list[Application]:
    """Return the newest other applications of the same learner for the same badge."""
    query = (
        Application.select()
        .where(
            Application.badge == application.badge_id,
            Application.learner_key == application.learner_key,
            Application.id != application.id,
        )
        .order_by(Application.id.desc())
        .limit(most)
    )
    return list(query)


def _inside(where: Scope, search: str, *columns: Any) -> Any:
    query = Application.select(*columns).join(Badge).where(badges.inside(where))
    if search:
        lowered = search.lower()
        query = query.where(
            Application.learner_key.contains(lowered)
            | fn.LOWER(Badge.name).contains(lowered)
            | Badge.name.contains(search)  # SQLite's LOWER only knows ASCII
        )
    return query


def _paged(query: Any, number: int) -> list[Application]:
    page = Page(number, PageSize.REVIEW_QUEUE)
    return list(query.limit(page.size).offset(page.offset))


def _totals(where: Scope, search: str, badges: Sequence[int]) -> dict[int, int]:
    """Return the number of pending applications for each badge."""
    query = _inside(where, search, Application.badge, fn.COUNT(Application.id)).where(
        Application.processed.is_null(), Application.badge.in_(list(badges))
    )
    return dict(query.group_by(Application.badge).tuples())


def _pictures(badges: Sequence[Badge]) -> dict[int | None, Image]:
    wanted = [badge.image_id for badge in badges if badge.image_id is not None]
    return {image.id: image for image in Image.select(*images.LISTED).where(Image.id.in_(wanted))}

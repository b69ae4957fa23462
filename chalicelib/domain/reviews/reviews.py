"""Reviews: a reviewer's assessment of an application, and whether it approves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import config
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Badge, Criterion, Review, ReviewItem
from chalicelib.domain.events import events
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared import slugs, validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field

# badgekit-api 0.2.22: app/models/review.js and review-item.js
REVIEW = (
    Field("author", validation.email, required=True),
    Field("comment", validation.text(0)),
)
ITEM = (
    Field("criterionId", validation.integer, required=True),
    Field("satisfied", validation.flag, required=True),
    Field("comment", validation.text(0)),
)


@transactional
def create(application: Application, data: Mapping[str, Any]) -> Review:
    """Create a review of an application, with its `review` event.

    Parameters
    ----------
    application : Application
        With its badge loaded.
    data : Mapping[str, Any]
        ``author``, optionally ``comment``, and a list of ``reviewItems``.

    Raises
    ------
    ValidationError
    """
    validation.check(data, REVIEW)
    sent = _items(data)
    review = Review.create(
        slug=slugs.random_slug(),
        application=application,
        author=data["author"],
        comment=validation.as_text(data.get("comment")),
    )
    _add_items(application.badge, review, sent)
    _announce(application, review)
    return review


@transactional
def update(application: Application, review: Review, data: Mapping[str, Any]) -> None:
    """Change a review; its items are replaced by those sent, as in badgekit-api.

    Raises
    ------
    ValidationError
    """
    validation.check(data, REVIEW, partial=True)
    sent = _items(data)
    if data.get("author") is not None:
        review.author = data["author"]
    if "comment" in data:
        review.comment = validation.as_text(data["comment"])
    review.save()
    ReviewItem.delete().where(ReviewItem.review == review).execute()
    _add_items(application.badge, review, sent)
    _announce(application, review)


def _items(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    sent = validation.objects(data, "reviewItems")
    for item in sent:
        validation.check(item, ITEM)
    return sent


def _add_items(badge: Badge, review: Review, items: Iterable[Mapping[str, Any]]) -> None:
    known = {row.id for row in Criterion.select(Criterion.id).where(Criterion.badge == badge)}
    rows = [
        {
            "review": review,
            "criterion": int(item["criterionId"]) if int(item["criterionId"]) in known else None,
            "satisfied": validation.as_flag(item["satisfied"]),
            "comment": item.get("comment"),
        }
        for item in items
    ]
    if rows:
        ReviewItem.insert_many(rows).execute()


def _announce(application: Application, review: Review) -> None:
    approved = is_approved(application.badge, review)
    events.record_review(application, review, items([review.id])[review.id], approved=approved)


@transactional
def is_approved(badge: Badge, review: Review) -> bool:
    """Return whether a review satisfies every required criterion of the badge."""
    required = {
        row.id
        for row in Criterion.select(Criterion.id).where(
            Criterion.badge == badge, Criterion.required
        )
    }
    satisfied = {
        row.criterion_id
        for row in ReviewItem.select(ReviewItem.criterion).where(
            ReviewItem.review == review, ReviewItem.satisfied
        )
    }
    return required <= satisfied


def auto_award(system: str | None) -> bool:
    """Return whether approved reviews award badges of this system (its slug) automatically."""
    settings = config.settings()
    return settings.flag_for("AUTO_AWARD", system or settings.text("OPENBADGER_SYSTEM"))


@transactional
def find(application: Application, slug: str) -> Review:
    """Return a review of an application.

    Raises
    ------
    NotFound
        If there is no such review.
    """
    review: Review | None = (
        Review.select().where(Review.application == application, Review.slug == slug).get_or_none()
    )
    if review is None:
        raise missing("review", "slug", slug)
    return review


@transactional
def of_application(application: Application, page: Page | None = None) -> Listed[Review]:
    """Return the reviews of an application in order of creation, or a page of them."""
    return listed(
        Review.select().where(Review.application == application).order_by(Review.id), page
    )


@transactional
def delete(review: Review) -> None:
    """Delete a review with its items; an award that resulted from it stays."""
    review.delete_instance()


@transactional
def items(ids: Iterable[int]) -> dict[int, list[ReviewItem]]:
    """Return the items of each of some reviews, in one statement."""
    found: dict[int, list[ReviewItem]] = defaultdict(list)
    for row in ReviewItem.select().where(ReviewItem.review.in_(list(ids))).order_by(ReviewItem.id):
        found[row.review_id].append(row)
    return found


@transactional
def descriptions(ids: Iterable[int]) -> dict[int, str]:
    """Return the descriptions of criteria by their ids; deleted ones are left out."""
    rows = Criterion.select(Criterion.id, Criterion.description).where(Criterion.id.in_(list(ids)))
    return {row.id: row.description for row in rows}

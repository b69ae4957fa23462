"""Review workflow: assignment, submission, awarding, and the state of applications.

An application is assigned to one reviewer for a limited time, so that two do not review it at once.
Submitting a review ends the assignment. A second review, or one submitted after the application was
assigned to another reviewer, is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import fn

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Application,
    Award,
    Criterion,
    Evidence,
    Review,
    ReviewItem,
)
from chalicelib.domain.applications import applications, review_queue
from chalicelib.domain.awards import awards, lookup
from chalicelib.domain.badges import catalog
from chalicelib.domain.badges.details import CriterionView
from chalicelib.domain.events import payloads, serializers
from chalicelib.domain.events.payloads import ReviewPayload
from chalicelib.domain.reviews import reviews
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import Conflict

ASSIGNED_FOR = timedelta(minutes=20)
MOST_REVIEWS = 20  # shown of one application


class State(StrEnum):
    """The state of an application."""

    WAITING = "waiting"  # for a review
    APPROVED = "approved"  # by its last review, and not yet awarded
    AWARDED = "awarded"
    NOT_APPROVED = "not approved"
    CLOSED = "closed"  # processed without an award of its own, though approved or never reviewed


class Assignment(NamedTuple):
    """The reviewer to whom an application is assigned, and until when."""

    to: str
    until: datetime


@dataclass(frozen=True)
class ReviewView:
    """All that the page of an application shows.

    Parameters
    ----------
    state : State
        The application's state.
    criteria : Sequence[CriterionView]
        The badge's criteria.
    evidence : Sequence[Evidence]
        The learner's evidence.
    reviews : Sequence[Review]
        The last reviews, the newest first.
    items : Mapping[int, Sequence[ReviewItem]]
        The items of each review, by the review's id.
    award : Award or None
        The award that results from the application, or else the learner's newest award of this
        badge, which may be revoked.
    others : Sequence[Application]
        The learner's other applications for this badge.
    """

    state: State
    criteria: Sequence[CriterionView]
    evidence: Sequence[Evidence]
    reviews: Sequence[Review]
    items: Mapping[int, Sequence[ReviewItem]]
    award: Award | None
    others: Sequence[Application]


@transactional
def review_view(application: Application) -> ReviewView:
    """Return all that the page of an application shows; the application has its badge loaded."""
    badge = application.badge
    written = _newest(application, MOST_REVIEWS)
    return ReviewView(
        state=states([application])[application.id],
        criteria=catalog.details([badge.id])[badge.id].criteria,
        evidence=applications.evidence([application.id])[application.id],
        reviews=written,
        items=reviews.items(review.id for review in written),
        award=awards.by_origin(applications.origin(application.slug))
        or lookup.latest(badge, application.learner),
        others=review_queue.others(application),
    )


def _newest(application: Application, most: int) -> list[Review]:
    query = Review.select().where(Review.application == application)
    return list(query.order_by(Review.id.desc()).limit(most))


# Assignment


def assignment(application: Application) -> Assignment | None:
    """Return an application's assignment; None if there is none, or it has expired."""
    until = application.assigned_expiration
    if not application.assigned_to or until is None or until <= times.now():
        return None
    return Assignment(application.assigned_to, until)


def is_mine(application: Application, email: str) -> bool:
    """Return whether an application is assigned to the reviewer with this address."""
    current = assignment(application)
    return current is not None and email_addresses.key(current.to) == email_addresses.key(email)


@transactional
def assign(application: Application, email: str) -> bool:
    """Assign an application to a reviewer, or extend the assignment.

    Returns
    -------
    bool
        Whether it is assigned to this reviewer now. It is not if it is assigned to another
        reviewer or was processed.
    """
    now = times.now()
    free = (
        Application.assigned_to.is_null()
        | Application.assigned_expiration.is_null()
        | (Application.assigned_expiration <= now)
    )
    Application.update(assigned_to=email, assigned_expiration=now + ASSIGNED_FOR).where(
        Application.id == application.id,
        Application.processed.is_null(),
        free | _is_assigned_to(email),
    ).execute()
    found = Application.get_or_none(Application.id == application.id)
    return found is not None and found.processed is None and is_mine(found, email)


@transactional
def release(application: Application, email: str) -> None:
    """End the assignment of an application to this reviewer, if there is one."""
    _unassign(application, email)


def _unassign(application: Application, email: str, *conditions: Any) -> bool:
    changed = (
        Application.update(assigned_to=None, assigned_expiration=None)
        .where(Application.id == application.id, _is_assigned_to(email), *conditions)
        .execute()
    )
    return bool(changed)


def _is_assigned_to(email: str) -> Any:
    return fn.LOWER(Application.assigned_to) == email_addresses.key(email)


# Submission and awarding


@transactional
def submit(application: Application, author: str, data: Mapping[str, Any]) -> bool:
    """Submit the review of the assigned reviewer, and end the assignment.

    A review that does not approve marks the application as processed; after an approval the award
    does. A review submitted after the assignment expired is accepted, unless the application was
    assigned to another reviewer since.

    Parameters
    ----------
    application : Application
        With its badge.
    author : str
        The reviewer's address.
    data : Mapping[str, Any]
        As for `reviews.create`, without the author.

    Returns
    -------
    bool
        Whether it approves.

    Raises
    ------
    ValidationError
    Conflict
        If it is no longer assigned to this reviewer.
    """
    if not _unassign(application, author, Application.processed.is_null()):
        raise Conflict("This application is no longer assigned to you.")
    review = reviews.create(application, {**data, "author": author})
    approved = reviews.is_approved(application.badge, review)
    if not approved:
        applications.mark_processed(application)
    return approved


@transactional
def award(
    application: Application, give: Callable[[ReviewPayload], tuple[Award, bool]]
) -> tuple[Award | None, bool]:
    """Award the badge of an approved application, as its review does if `AUTO_AWARD` is on.

    Parameters
    ----------
    application : Application
        With its badge.
    give : Callable[[ReviewPayload], tuple[Award, bool]]
        The registry's method (see `chalicelib.registry.Registry.award`).

    Returns
    -------
    tuple[Award | None, bool]
        The award, and whether this call created it. For an application that was processed before,
        it is the learner's newest award of the badge, active or not, if any.

    Raises
    ------
    Conflict
        If it is not approved, or the badge cannot be awarded.
    """
    if application.processed is not None:
        return lookup.latest(application.badge, application.learner), False
    payload = _approval(application)
    given, new = give(payload)
    _approval(application)  # checked again, now that its row is locked
    return given, new


def _approval(application: Application) -> ReviewPayload:
    last = next(iter(_newest(application, 1)), None)
    if last is None or not reviews.is_approved(application.badge, last):
        raise Conflict("The latest review did not approve this application.")
    about = serializers.badge(catalog.view_without_details(application.badge))
    content = {
        "action": "review",
        "application": serializers.application(application, about, ()),
        "review": serializers.review(last, ()),
        "approved": True,
    }
    payload = payloads.parse(content)
    if not isinstance(payload, ReviewPayload):
        raise TypeError("the payload of a review was read as another kind")
    return payload


# States


@transactional
def states(these: Sequence[Application]) -> dict[int, State]:
    """Return the state of each application by its id, in a fixed number of statements."""
    approved = _approved(these)
    awarded = _awarded([one for one in these if one.processed is not None])
    return {one.id: _state(one, approved.get(one.id), one.id in awarded) for one in these}


def _state(application: Application, approved: bool | None, awarded: bool) -> State:
    if awarded:
        return State.AWARDED
    if application.processed is None:
        return State.APPROVED if approved else State.WAITING
    return State.NOT_APPROVED if approved is False else State.CLOSED


def _approved(these: Sequence[Application]) -> dict[int, bool]:
    """Return whether each application's last review approves it; those without one are left out."""
    newest: Any = (
        Review.select(Review.application, fn.MAX(Review.id))
        .where(Review.application.in_([one.id for one in these]))
        .group_by(Review.application)
    )
    last: dict[int, int] = dict(newest.tuples())
    if not last:
        return {}
    satisfied: dict[int, set[int | None]] = defaultdict(set)
    for item in ReviewItem.select(ReviewItem.review, ReviewItem.criterion).where(
        ReviewItem.review.in_(list(last.values())), ReviewItem.satisfied
    ):
        satisfied[item.review_id].add(item.criterion_id)
    required: dict[int, set[int]] = defaultdict(set)
    badges = {one.badge_id for one in these if one.id in last}
    for criterion in Criterion.select(Criterion.id, Criterion.badge).where(
        Criterion.badge.in_(badges), Criterion.required
    ):
        required[criterion.badge_id].add(criterion.id)
    return {
        one.id: required[one.badge_id] <= satisfied[last[one.id]] for one in these if one.id in last
    }


def _awarded(these: Sequence[Application]) -> set[int]:
    """Return the ids of the applications from which an award resulted."""
    origins = {applications.origin(one.slug): one.id for one in these}
    found = Award.select(Award.origin).where(Award.origin.in_(list(origins)))
    return {origins[str(row.origin)] for row in found}

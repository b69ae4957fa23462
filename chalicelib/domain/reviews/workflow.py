"""Review workflow: assignments, and what became of an application.

An application is in one reviewer's hands for a while, so that two do not review it at once. Their
review uses that up: whoever sends one again, or after somebody else took it, is refused.
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
from chalicelib.domain.events import payloads, serializers
from chalicelib.domain.events.payloads import ReviewPayload
from chalicelib.domain.reviews import reviews
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import Conflict

HELD_FOR = timedelta(minutes=20)
MOST_REVIEWS = 20  # that are shown of one application


class State(StrEnum):
    """What became of an application, so far."""

    WAITING = "waiting"  # for a review
    APPROVED = "approved"  # by its last review, and not awarded yet
    AWARDED = "awarded"
    NOT_APPROVED = "not approved"
    CLOSED = "closed"  # without an award of its own, though it was approved or never reviewed


class Assignment(NamedTuple):
    """In whose hands an application is, and until when."""

    to: str
    until: datetime


@dataclass(frozen=True)
class ReviewView:
    """All that a reviewer looks at.

    Parameters
    ----------
    state : State
        What became of it, so far.
    criteria : Sequence[catalog.CriterionView]
        What the badge asks for.
    evidence : Sequence[Evidence]
        What the learner shows.
    reviews : Sequence[Review]
        The last ones, the newest first.
    items : Mapping[int, Sequence[ReviewItem]]
        What each review says of criteria, by its id.
    award : Award or None
        The one that answers it; otherwise the learner's last one of this badge, perhaps revoked.
    others : Sequence[Application]
        The learner's other applications for this badge.
    """

    state: State
    criteria: Sequence[catalog.CriterionView]
    evidence: Sequence[Evidence]
    reviews: Sequence[Review]
    items: Mapping[int, Sequence[ReviewItem]]
    award: Award | None
    others: Sequence[Application]


@transactional
def review_view(application: Application) -> ReviewView:
    """Return all that a reviewer looks at; the application comes with its badge."""
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


# In somebody's hands


def assignment(application: Application) -> Assignment | None:
    """Return in whose hands an application is; None when in nobody's, or when that is over."""
    until = application.assigned_expiration
    if not application.assigned_to or until is None or until <= times.now():
        return None
    return Assignment(application.assigned_to, until)


def is_mine(application: Application, email: str) -> bool:
    """Tell whether an application is in the hands of this address."""
    held = assignment(application)
    return held is not None and email_addresses.key(held.to) == email_addresses.key(email)


@transactional
def assign(application: Application, email: str) -> bool:
    """Take an application in hand, or keep it for longer.

    Returns
    -------
    bool
        Whether it is theirs now: not when somebody else has it, or it was dealt with.
    """
    now = times.now()
    free = (
        Application.assigned_to.is_null()
        | Application.assigned_expiration.is_null()
        | (Application.assigned_expiration <= now)
    )
    Application.update(assigned_to=email, assigned_expiration=now + HELD_FOR).where(
        Application.id == application.id, Application.processed.is_null(), free | _is_of(email)
    ).execute()
    found = Application.get_or_none(Application.id == application.id)
    return found is not None and found.processed is None and is_mine(found, email)


@transactional
def release(application: Application, email: str) -> None:
    """Put an application back, if it is in the hands of this address."""
    _take_back(application, email)


def _take_back(application: Application, email: str, *conditions: Any) -> bool:
    changed = (
        Application.update(assigned_to=None, assigned_expiration=None)
        .where(Application.id == application.id, _is_of(email), *conditions)
        .execute()
    )
    return bool(changed)


def _is_of(email: str) -> Any:
    return fn.LOWER(Application.assigned_to) == email_addresses.key(email)


# Deciding


@transactional
def submit(application: Application, author: str, data: Mapping[str, Any]) -> bool:
    """Take the review of whoever has an application in hand, and put it out of their hands.

    One that does not approve deals with the application; one that approves leaves that to the
    award. That somebody took longer than planned is no reason to refuse, unless somebody else took
    it over.

    Parameters
    ----------
    application : Application
        With its badge.
    author : str
        Who writes it.
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
        If it is not in their hands any more.
    """
    if not _take_back(application, author, Application.processed.is_null()):
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
    """Award the badge that an application was approved for, as its review would have done by itself.

    Parameters
    ----------
    application : Application
        With its badge.
    give : Callable[[ReviewPayload], tuple[Award, bool]]
        The registry's way to award (see `chalicelib.registry.Registry.award`).

    Returns
    -------
    tuple[Award | None, bool]
        The award, and whether this call made it. Of an application that was dealt with before it
        is the one that the learner has or had, if any.

    Raises
    ------
    Conflict
        If it is not approved, or the badge cannot be awarded.
    """
    if application.processed is not None:
        return lookup.latest(application.badge, application.learner), False
    payload = _approval(application)
    given, new = give(payload)
    _approval(application)  # its row is locked now: nobody withdrew the approval meanwhile
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
        raise TypeError("a review was read as something else")
    return payload


# What became of them


@transactional
def states(these: Sequence[Application]) -> dict[int, State]:
    """Return what became of each of some applications, in a few statements however many."""
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
    """Return whether the last review of each approves; without those that have none."""
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
    """Return the ids of those that an award answers."""
    origins = {applications.origin(one.slug): one.id for one in these}
    found = Award.select(Award.origin).where(Award.origin.in_(list(origins)))
    return {origins[str(row.origin)] for row in found}

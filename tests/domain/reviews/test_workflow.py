"""Reviewing: one reviewer at a time, one review from their hands, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Application, Award, Badge, Event, Job, Review
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.events import payloads
from chalicelib.domain.reviews import reviews, workflow
from chalicelib.domain.reviews.workflow import ASSIGNED_FOR, Assignment, State
from chalicelib.errors import Conflict, ValidationError
from chalicelib.registry import registry
from tests.conftest import Clock
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")

ADA, BEN = "Ada@example.org", "ben@example.org"
LEARNER = "Learner@example.org"
CRITERIA = [
    {"description": "Read a book", "required": True},
    {"description": "Wrote about it", "required": False},
]


@pytest.fixture
def badge(database: Any) -> Badge:
    return places.published(places.chicago(), "reader", criteria=CRITERIA)


@pytest.fixture
def application(badge: Badge) -> Application:
    return applied(badge)


def applied(badge: Badge, **more: Any) -> Application:
    slug = applications.create(badge, {"learner": LEARNER, **more}).slug
    return applications.by_slug(slug)


def again(application: Application) -> Application:
    return applications.by_slug(application.slug)


def said(application: Application, *, met: bool, **more: Any) -> dict[str, Any]:
    """Return a review that says this of all criteria."""
    criteria = workflow.review_view(application).criteria
    items = [{"criterionId": one.id, "satisfied": met, "comment": "So"} for one in criteria]
    return {"reviewItems": items, "comment": "Well", **more}


def reviewed(application: Application, *, met: bool, by: str = ADA) -> Application:
    assert workflow.assign(application, by)
    assert workflow.submit(again(application), by, said(application, met=met)) is met
    return again(application)


def state(application: Application) -> State:
    return workflow.states([again(application)])[application.id]


# Assignment


def test_an_application_is_in_one_reviewer_s_hands_for_twenty_minutes(
    application: Application, clock: Clock
) -> None:
    assert workflow.assignment(application) is None
    assert workflow.assign(application, ADA)
    assert workflow.assignment(again(application)) == Assignment(
        ADA, clock.now + timedelta(minutes=20)
    )
    assert workflow.is_mine(again(application), ADA.upper())
    assert not workflow.assign(application, BEN)
    assert not workflow.is_mine(again(application), BEN)


def test_who_has_it_may_keep_it_for_longer(application: Application, clock: Clock) -> None:
    assert workflow.assign(application, ADA)
    assert workflow.assign(application, ADA)  # at the very same moment
    later = clock.move(timedelta(minutes=19))
    assert workflow.assign(application, ADA.lower())
    held = workflow.assignment(again(application))
    assert held is not None
    assert held.until == later + ASSIGNED_FOR


def test_after_that_anybody_may_take_it(application: Application, clock: Clock) -> None:
    assert workflow.assign(application, ADA)
    clock.move(ASSIGNED_FOR)
    assert workflow.assignment(again(application)) is None
    assert workflow.assign(application, BEN)
    assert not workflow.assign(application, ADA)


def test_what_is_put_back_is_free(application: Application) -> None:
    assert workflow.assign(application, ADA)
    workflow.release(application, BEN)
    assert workflow.is_mine(again(application), ADA)
    workflow.release(application, ADA.upper())
    assert workflow.assignment(again(application)) is None
    assert workflow.assign(application, BEN)


def test_an_assignment_without_an_end_from_the_api_does_not_hold(badge: Badge) -> None:
    application = applied(badge, assignedTo=BEN)
    assert workflow.assignment(application) is None
    assert workflow.assign(application, ADA)


def test_a_processed_or_deleted_application_is_not_assigned(badge: Badge) -> None:
    done, gone = applied(badge), applied(badge)
    applications.mark_processed(done)
    applications.delete(gone)
    assert not workflow.assign(done, ADA)
    assert not workflow.assign(gone, ADA)


def test_of_two_who_take_it_at_the_same_moment_one_has_it(
    badge: Badge, together: Callable[..., list[Any]]
) -> None:
    for _ in range(5):
        application = applied(badge)
        answers = together(
            *[lambda who=who, to=application: workflow.assign(to, who) for who in (ADA, BEN) * 2]
        )
        assert sorted(answers) == [False, False, True, True]  # each asks twice
        winner = workflow.assignment(again(application))
        assert winner is not None
        assert winner.to == (ADA if answers[0] else BEN)


# Deciding


def test_an_approval_leaves_the_application_to_the_award(application: Application) -> None:
    found = reviewed(application, met=True)
    assert (found.processed, found.assigned_to, found.assigned_expiration) == (None, None, None)
    review = Review.get()
    assert (review.author, review.comment) == (ADA, "Well")
    assert state(application) is State.APPROVED
    payload = payloads.of_event(Event.get(), payloads.ReviewPayload)
    assert (payload.approved, payload.author, payload.comment) == (True, ADA, "Well")
    assert [job.kind for job in Job.select().where(Job.event.is_null(False))] == ["review"]


def test_what_is_not_approved_is_dealt_with(application: Application, clock: Clock) -> None:
    found = reviewed(application, met=False)
    assert (found.processed, found.assigned_to) == (clock.now, None)
    assert state(application) is State.NOT_APPROVED
    assert not payloads.of_event(Event.get(), payloads.ReviewPayload).approved


def test_a_second_review_from_the_same_hands_is_refused(application: Application) -> None:
    reviewed(application, met=True)
    with pytest.raises(Conflict, match="no longer assigned to you"):
        workflow.submit(application, ADA, said(application, met=True))
    assert Review.select().count() == 1


def test_what_is_sent_twice_at_once_is_one_review(
    badge: Badge, together: Callable[..., list[Any]]
) -> None:
    for number in range(1, 4):
        application = applied(badge)
        assert workflow.assign(application, ADA)
        data = said(application, met=True)
        send = [lambda data=data, to=application: workflow.submit(to, ADA, data)] * 3
        answers = together(*send)
        assert sorted(type(one).__name__ for one in answers) == ["Conflict", "Conflict", "bool"]
        assert Review.select().count() == number


def test_a_late_review_is_accepted_unless_another_reviewer_was_assigned(
    badge: Badge, clock: Clock
) -> None:
    slow, lost = applied(badge), applied(badge)
    for one in (slow, lost):
        assert workflow.assign(one, ADA)
    clock.move(ASSIGNED_FOR * 2)
    assert workflow.assign(lost, BEN)
    assert workflow.submit(slow, ADA, said(slow, met=True))
    with pytest.raises(Conflict):
        workflow.submit(lost, ADA, said(lost, met=True))
    assert workflow.is_mine(again(lost), BEN)


def test_a_bad_review_changes_nothing(application: Application) -> None:
    assert workflow.assign(application, ADA)
    with pytest.raises(ValidationError):
        workflow.submit(application, ADA, said(application, met=False, comment=[]))
    assert workflow.is_mine(again(application), ADA)
    assert (again(application).processed, Review.select().count()) == (None, 0)


def test_what_was_dealt_with_meanwhile_is_not_reviewed(application: Application) -> None:
    assert workflow.assign(application, ADA)
    applications.mark_processed(application)
    with pytest.raises(Conflict):
        workflow.submit(application, ADA, said(application, met=True))
    assert Review.select().count() == 0


# Awarding what was approved


def award(application: Application) -> tuple[Award | None, bool]:
    return workflow.award(again(application), registry().award)


def test_a_person_awards_as_the_review_would_have_by_itself(application: Application) -> None:
    reviewed(application, met=True)
    given, new = award(application)
    assert given is not None
    assert (given.email, given.origin, new) == (LEARNER, f"application:{application.slug}", True)
    assert again(application).processed is not None
    assert state(application) is State.AWARDED
    assert Event.select().where(Event.action == "award").count() == 1


def test_awarding_twice_awards_once(
    application: Application, together: Callable[..., list[Any]]
) -> None:
    reviewed(application, met=True)
    answers = together(*[lambda: award(application)] * 3)
    assert {given for given, _ in answers} == {Award.get()}
    assert sorted(new for _, new in answers) == [False, False, True]
    assert award(application) == (Award.get(), False)
    assert Event.select().where(Event.action == "award").count() == 1


@pytest.mark.parametrize("met", [None, False])
def test_what_is_not_approved_is_not_awarded(application: Application, met: bool | None) -> None:
    if met is None:
        with pytest.raises(Conflict, match="did not approve"):
            award(application)
    else:
        reviewed(application, met=met)
        assert award(application) == (None, False)
    assert Award.select().count() == 0


def test_an_approval_that_is_withdrawn_meanwhile_awards_nothing(application: Application) -> None:
    reviewed(application, met=True)

    def give(payload: payloads.ReviewPayload) -> tuple[Award, bool]:
        reviews.create(application, {"author": BEN, **said(application, met=False)})
        return registry().award(payload)

    with pytest.raises(Conflict, match="did not approve"):
        workflow.award(again(application), give)
    assert Award.select().count() == 0
    assert again(application).processed is None


def test_an_archived_badge_is_not_awarded_and_the_application_goes_on_waiting(
    application: Application,
) -> None:
    reviewed(application, met=True)
    badges.update(application.badge, {"archived": True})
    with pytest.raises(Conflict, match="archived"):
        award(application)
    assert state(application) is State.APPROVED


# What became of them


def test_states_are_told_of_many_in_a_few_statements(badge: Badge, statements: list[str]) -> None:
    plain = places.published(badge.system, "plain")
    made = [applied(badge) for _ in range(6)] + [applied(plain)]
    reviewed(made[1], met=True)
    reviewed(made[2], met=True)
    award(made[2])
    reviewed(made[3], met=False)
    applications.mark_processed(made[4])
    reviews.create(made[5], {"author": BEN, **said(made[5], met=False)})
    reviewed(made[6], met=True)
    these = [again(one) for one in made]
    statements.clear()
    found = workflow.states(these)
    assert [found[one.id] for one in made] == [
        State.WAITING, State.APPROVED, State.AWARDED, State.NOT_APPROVED, State.CLOSED,
        State.WAITING, State.APPROVED,
    ]  # fmt: skip
    assert len(statements) == 4


def test_the_last_review_counts(application: Application) -> None:
    reviews.create(application, {"author": BEN, **said(application, met=False)})
    assert state(application) is State.WAITING
    reviewed(application, met=True)
    assert state(application) is State.APPROVED
    written = workflow.review_view(application).reviews
    assert [one.author for one in written] == [ADA, BEN]


def test_who_has_the_badge_already_is_shown(badge: Badge, application: Application) -> None:
    assert workflow.review_view(application).award is None
    earlier, _ = awards.give(badge, LEARNER.lower())
    assert workflow.review_view(application).award == earlier
    reviewed(application, met=True)
    assert award(application) == (earlier, False)
    assert state(application) is State.CLOSED

"""Reviews: approved exactly when every required criterion is satisfied, with an event each time."""

from __future__ import annotations

import re
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Application, Badge, Criterion, Event, Job, Review, ReviewItem
from chalicelib.domain.events import payloads
from chalicelib.domain.reviews import reviews
from chalicelib.errors import NotFound, ValidationError
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")

AUTHOR = "Reviewer@example.org"
EARNER = "Earner@example.org"
SATISFIED = (1, "1", True, "true")
NOT_SATISFIED = (0, "0", False, "false")


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return stored(examples.badge(None))


@pytest.fixture
def application(badge: Badge) -> Application:
    row = Application(slug="a1", badge=badge, learner=EARNER, learner_key=EARNER.lower())
    return stored(row)


@pytest.fixture
def required(badge: Badge) -> list[int]:
    """The ids of two criteria that the badge requires."""
    rows = [stored(Criterion(badge=badge, description="D", required=True)) for _ in range(2)]
    return [row.id for row in rows]


@pytest.fixture
def optional(badge: Badge) -> int:
    """The id of a criterion that the badge does not require."""
    return stored(Criterion(badge=badge, description="D", required=False)).id


def items(*satisfied: int, value: Any = True, **more: Any) -> list[dict[str, Any]]:
    """Return review items that say this of some criteria."""
    return [{"criterionId": number, "satisfied": value, **more} for number in satisfied]


def created(application: Application, *said: dict[str, Any], **more: Any) -> Review:
    return reviews.create(application, {"author": AUTHOR, "reviewItems": list(said), **more})


def announced() -> list[bool]:
    """Return what the events say so far, each of which must have a job."""
    rows = list(Event.select().order_by(Event.id))
    assert [job.event_id for job in Job.select().order_by(Job.id)] == [row.id for row in rows]
    assert {job.kind for job in Job.select()} <= {"review"}
    found = [payloads.parse(payloads.load(row.body)) for row in rows]
    assert all(isinstance(payload, payloads.ReviewPayload) for payload in found)
    return [payload.approved for payload in found if isinstance(payload, payloads.ReviewPayload)]


# Approval


def test_a_badge_without_criteria_is_approved_by_any_review(application: Application) -> None:
    created(application)
    assert announced() == [True]


def test_a_badge_that_requires_nothing_is_approved_by_any_review(
    application: Application, optional: int
) -> None:
    created(application)
    created(application, *items(optional, value=False))
    assert announced() == [True, True]


@pytest.mark.parametrize("value", SATISFIED)
def test_every_required_criterion_satisfied_approves(
    application: Application, required: list[int], value: Any
) -> None:
    created(application, *items(*required, value=value))
    assert announced() == [True]


@pytest.mark.parametrize("value", NOT_SATISFIED)
def test_one_that_is_not_satisfied_does_not_approve(
    application: Application, required: list[int], value: Any
) -> None:
    created(application, *items(required[0]), *items(required[1], value=value))
    assert announced() == [False]


def test_one_that_is_not_spoken_of_does_not_approve(
    application: Application, required: list[int], optional: int
) -> None:
    created(application)
    created(application, *items(required[0]))
    created(application, *items(required[0], required[0], optional))
    assert announced() == [False, False, False]


def test_optional_criteria_do_not_matter(
    application: Application, required: list[int], optional: int
) -> None:
    created(application, *items(*required), *items(optional, value=False))
    assert announced() == [True]


def test_criteria_that_the_badge_does_not_have_do_not_count(
    application: Application, required: list[int]
) -> None:
    foreign = stored(
        Criterion(badge=stored(examples.badge(None, slug="other")), description="D", required=True)
    )
    review = created(application, *items(required[0], foreign.id, 99_999))
    assert announced() == [False]
    assert [row.criterion_id for row in reviews.items([review.id])[review.id]] == [
        required[0], None, None,
    ]  # fmt: skip


def test_ids_may_come_as_digits(application: Application, required: list[int]) -> None:
    created(application, *items(*map(str, required)))  # type: ignore[arg-type]
    assert announced() == [True]


# Writing down


def test_a_review_is_kept_with_its_items_in_order(
    application: Application, required: list[int]
) -> None:
    review = created(
        application,
        *items(required[1], comment="perfect ☃"),
        *items(required[0], value=0),
        comment="Great 😀",
    )
    row = reviews.find(application, review.slug)
    assert (row.author, row.comment, row.application) == (AUTHOR, "Great 😀", application)
    assert re.fullmatch("[0-9a-f]{32}", row.slug)
    assert [
        (item.criterion_id, item.satisfied, item.comment)
        for item in reviews.items([row.id])[row.id]
    ] == [(required[1], True, "perfect ☃"), (required[0], False, None)]


@pytest.mark.parametrize("comment", [5, 1.5, "5", "", None])
def test_a_comment_is_a_text_for_everybody_who_hears_of_it(
    application: Application, comment: Any
) -> None:
    review = created(application, comment=comment)
    reviews.update(application, review, {"comment": comment})
    wanted = None if comment is None else str(comment)
    assert reviews.find(application, review.slug).comment == review.comment == wanted
    for event in Event.select():
        payload = payloads.parse(payloads.load(event.body))
        assert isinstance(payload, payloads.ReviewPayload)
        assert payload.comment == wanted


def test_a_review_does_not_deal_with_the_application(application: Application) -> None:
    created(application)
    assert Application.get_by_id(application.id).processed is None


# Changing


def test_a_change_says_anew_whether_it_is_approved(
    application: Application, required: list[int]
) -> None:
    review = created(application, *items(*required))
    for said in (items(required[0]), items(*required), items(*required, value=0)):
        reviews.update(application, review, {"reviewItems": said})
    assert announced() == [True, False, True, False]


def test_items_that_are_not_repeated_are_gone(
    application: Application, required: list[int]
) -> None:
    review = created(application, *items(*required))
    reviews.update(application, review, {"comment": "Edited"})
    assert reviews.items([review.id]) == {}
    assert ReviewItem.select().count() == 0
    assert announced() == [True, False]


def test_only_what_is_sent_is_changed(application: Application) -> None:
    review = created(application, comment="Great")
    reviews.update(application, review, {})
    row = reviews.find(application, review.slug)
    assert (row.author, row.comment) == (AUTHOR, "Great")
    reviews.update(application, review, {"author": "other@example.org", "comment": None})
    row = reviews.find(application, review.slug)
    assert (row.author, row.comment) == ("other@example.org", None)
    assert Review.select().count() == 1


# Refusing

BAD: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    ({}, [{"field": "author", "value": ""}]),
    ({"author": None}, [{"field": "author", "value": ""}]),
    ({"author": "nope"}, [{"message": "Invalid email", "field": "author", "value": "nope"}]),
    (
        {"author": "nope", "comment": []},
        [
            {"message": "Invalid email", "field": "author", "value": "nope"},
            {"message": "String is not in range", "field": "comment", "value": []},
        ],
    ),
    (
        {"author": AUTHOR, "reviewItems": "nope"},
        [{"message": "Unexpected value or invalid argument", "field": "reviewItems", "value": ""}],
    ),
    (
        {"author": AUTHOR, "reviewItems": [{"satisfied": 1}]},
        [{"field": "criterionId", "value": ""}],
    ),
    (
        {"author": AUTHOR, "reviewItems": [{"criterionId": "x", "satisfied": "maybe"}]},
        [
            {"message": "Invalid integer", "field": "criterionId", "value": "x"},
            {
                "message": "Unexpected value or invalid argument",
                "field": "satisfied",
                "value": "maybe",
            },
        ],
    ),
]


@pytest.mark.parametrize(("data", "details"), BAD)
def test_what_is_wrong_with_a_review_is_said_and_nothing_is_written(
    application: Application, data: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    with pytest.raises(ValidationError) as problem:
        reviews.create(application, data)
    assert problem.value.details == details
    assert (Review.select().count(), announced()) == (0, [])


@pytest.mark.parametrize(("data", "details"), BAD[1:])
def test_the_same_goes_for_changes(
    application: Application,
    required: list[int],
    data: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    review = created(application, *items(*required), comment="Great")
    with pytest.raises(ValidationError) as problem:
        reviews.update(application, review, data)
    assert problem.value.details == details
    row = reviews.find(application, review.slug)
    assert (row.author, row.comment) == (AUTHOR, "Great")
    assert len(reviews.items([row.id])[row.id]) == 2
    assert announced() == [True]


# Finding


def test_a_review_is_found_under_its_application_alone(
    application: Application, badge: Badge
) -> None:
    review = created(application)
    other = stored(Application(slug="a2", badge=badge, learner=EARNER, learner_key=EARNER))
    assert reviews.find(application, review.slug.upper()) == review
    for within, slug in ((other, review.slug), (application, "nope")):
        with pytest.raises(NotFound) as problem:
            reviews.find(within, slug)
        assert problem.value.message == f"Could not find review field: `slug`, value: `{slug}`"


def test_reviews_are_listed_in_order_their_items_in_one_statement(
    application: Application, required: list[int], statements: list[str]
) -> None:
    made = [created(application, *items(*required)) for _ in range(3)]
    statements.clear()
    assert reviews.of_application(application).rows == made
    found = reviews.items(review.id for review in made)
    assert len(statements) == 2
    assert [len(found[review.id]) for review in made] == [2, 2, 2]

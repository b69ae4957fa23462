"""Applications: created, changed, listed and deleted, with their evidence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.data.models import Application, Badge, Evidence
from chalicelib.domain.applications import applications
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound, ValidationError
from tests.conftest import Clock
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")

LEARNER = "Learner@example.org"
NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)
EVIDENCE = [
    {"url": "http://example.org/e1.png", "mediaType": "image", "reflection": "Look ☃ 😀"},
    {"url": "http://example.org/e2", "mediaType": "link"},
    {"reflection": "just text"},
    {},
]


@pytest.fixture
def badge(scratch: Scope) -> Badge:
    return stored(examples.badge(scratch))


def created(badge: Badge, **data: Any) -> Application:
    return applications.create(badge, {"learner": LEARNER, **data})


def again(application: Application) -> Application:
    """Read an application anew."""
    row: Application = Application.get_by_id(application.id)
    return row


def shown(application: Application) -> list[tuple[str | None, ...]]:
    """Return the evidence of an application."""
    rows = applications.evidence([application.id])[application.id]
    return [(row.url, row.media_type, row.reflection) for row in rows]


# Applying


def test_an_application_is_kept_with_its_evidence_in_order(badge: Badge, clock: Clock) -> None:
    row = again(created(badge, evidence=EVIDENCE))
    assert (row.badge, row.learner, row.learner_key) == (badge, LEARNER, LEARNER.lower())
    assert (row.assigned_to, row.assigned_expiration, row.processed) == (None, None, None)
    assert row.created == clock.now
    assert re.fullmatch("[0-9a-f]{32}", row.slug)
    assert shown(row) == [
        ("http://example.org/e1.png", "image", "Look ☃ 😀"),
        ("http://example.org/e2", "link", None),
        (None, None, "just text"),
        (None, None, None),
    ]


def test_a_learner_may_apply_for_a_badge_several_times(badge: Badge) -> None:
    first, second = created(badge), created(badge)
    assert first.slug != second.slug
    assert applications.of_badge(badge).rows == [first, second]


@pytest.mark.parametrize("expiration", ["2030-01-01T00:00:00.000Z", 1893456000, 1893456000000])
def test_an_application_may_be_assigned_until_a_date(badge: Badge, expiration: Any) -> None:
    row = again(created(badge, assignedTo="rev@example.org", assignedExpiration=expiration))
    assert (row.assigned_to, row.assigned_expiration) == ("rev@example.org", NEW_YEAR)


def test_slug_and_processed_are_not_taken_at_creation(badge: Badge) -> None:
    for processed in ("2014-01-01T00:00:00.000Z", "nope"):
        row = again(created(badge, slug="own-slug", processed=processed, id=99_999))
    assert row.slug != "own-slug"
    assert row.processed is None
    assert row.id != 99_999


OTHER = "Unexpected value or invalid argument"
BAD: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    ({"learner": None}, [{"field": "learner", "value": ""}]),
    ({"learner": "nope"}, [{"message": "Invalid email", "field": "learner", "value": "nope"}]),
    (
        {"assignedTo": "nope", "assignedExpiration": "nope"},
        [
            {"message": "Invalid email", "field": "assignedTo", "value": "nope"},
            {"message": "Not a date", "field": "assignedExpiration", "value": "nope"},
        ],
    ),
    (
        {"assignedExpiration": "0001-01-01T00:00:00+14:00"},
        [
            {
                "message": "Not a date",
                "field": "assignedExpiration",
                "value": "0001-01-01T00:00:00+14:00",
            }
        ],
    ),
    ({"evidence": "nope"}, [{"message": OTHER, "field": "evidence", "value": ""}]),
    ({"evidence": {"url": "a"}}, [{"message": OTHER, "field": "evidence", "value": ""}]),
    ({"evidence": [{}] * 201}, [{"message": OTHER, "field": "evidence", "value": ""}]),
    (
        {"evidence": [{}, {"url": [], "mediaType": True}]},
        [
            {"message": "String is not in range", "field": "url", "value": []},
            {"message": "String is not in range", "field": "mediaType", "value": True},
        ],
    ),
]


@pytest.mark.parametrize(("data", "details"), BAD)
def test_what_is_wrong_with_an_application_is_said_and_nothing_is_written(
    badge: Badge, data: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    with pytest.raises(ValidationError) as problem:
        created(badge, **data)
    assert problem.value.details == details
    assert (Application.select().count(), Evidence.select().count()) == (0, 0)


# Changing


def test_only_what_is_sent_is_changed(badge: Badge) -> None:
    application = created(badge, assignedTo="rev@example.org", evidence=EVIDENCE)
    before = again(application).__data__
    applications.update(application, {})
    assert (again(application).__data__, len(shown(application))) == (before, 4)
    applications.update(application, {"learner": "Other@example.org"})
    row = again(application)
    assert (row.learner, row.learner_key) == ("Other@example.org", "other@example.org")
    assert (row.assigned_to, len(shown(row))) == ("rev@example.org", 4)


def test_what_is_set_to_null_is_taken_away(badge: Badge) -> None:
    application = created(badge, assignedTo="rev@example.org", assignedExpiration="2030-01-01")
    applications.update(application, {"processed": "2014-06-10T14:02:57.000Z"})
    assert again(application).processed == datetime(2014, 6, 10, 14, 2, 57, tzinfo=UTC)
    nothing = {"assignedTo": None, "assignedExpiration": None, "processed": None}
    applications.update(application, nothing)
    row = again(application)
    assert (row.assigned_to, row.assigned_expiration, row.processed) == (None, None, None)


@pytest.mark.parametrize("evidence", [[], [{"reflection": "replaced"}]])
def test_evidence_that_is_sent_replaces_what_was_there(badge: Badge, evidence: Any) -> None:
    application = created(badge, evidence=EVIDENCE)
    applications.update(application, {"evidence": evidence})
    assert [reflection for *_, reflection in shown(application)] == ["replaced"] * len(evidence)
    assert Evidence.select().count() == len(evidence)


def test_evidence_that_is_null_is_not_sent(badge: Badge) -> None:
    application = created(badge, evidence=EVIDENCE)
    applications.update(application, {"evidence": None})
    assert len(shown(application)) == len(EVIDENCE)


@pytest.mark.parametrize(
    ("data", "details"),
    [
        *BAD,
        ({"processed": "nope"}, [{"message": "Not a date", "field": "processed", "value": "nope"}]),
        ({"processed": True}, [{"message": "Not a date", "field": "processed", "value": True}]),
    ],
)
def test_a_bad_change_changes_nothing(
    badge: Badge, data: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    application = created(badge, assignedTo="rev@example.org", evidence=EVIDENCE)
    before = again(application).__data__
    with pytest.raises(ValidationError) as problem:
        applications.update(application, {"assignedTo": None, **data})
    assert problem.value.details == details
    assert (again(application).__data__, len(shown(application))) == (before, 4)


def test_an_application_is_dealt_with_once(badge: Badge, clock: Clock) -> None:
    application, other = created(badge), created(badge)
    first = clock.now
    applications.mark_processed(application)
    clock.move(timedelta(days=1))
    applications.mark_processed(application)
    assert (again(application).processed, again(other).processed) == (first, None)


# Finding


def test_an_application_is_found_under_its_badge_alone(badge: Badge) -> None:
    application = created(badge)
    other = stored(examples.badge(None, slug="other"))
    found = applications.find(badge, application.slug.upper())
    assert (found, found.badge is badge) == (application, True)
    for within, slug in ((other, application.slug), (badge, "nope")):
        with pytest.raises(NotFound) as problem:
            applications.find(within, slug)
        assert problem.value.message == f"Could not find application field: `slug`, value: `{slug}`"


def test_by_its_slug_it_comes_with_its_badge_and_owners_in_one_statement(
    badge: Badge, scratch: Scope, statements: list[str]
) -> None:
    slug = created(badge).slug
    statements.clear()
    found = applications.by_slug(slug)
    owners = (found.badge.system, found.badge.issuer, found.badge.program)
    assert (found.badge, owners) == (badge, (scratch.system, scratch.issuer, scratch.program))
    assert len(statements) == 1
    with pytest.raises(NotFound, match="Could not find application field: `slug`, value: `nope`"):
        applications.by_slug("nope")


def test_a_badge_may_have_lost_its_owners() -> None:
    application = created(stored(examples.badge(None)))
    found = applications.by_slug(application.slug)
    assert (found.badge.system, found.badge.issuer, found.badge.program) == (None, None, None)


def test_a_place_shows_what_is_inside_it(scratch: Scope) -> None:
    system, issuer = scratch.system, scratch.issuer
    assert issuer is not None
    places = [scratch, Scope(system, issuer), Scope(system)]
    made = [
        created(stored(examples.badge(place, slug=f"badge-{number}")))
        for number, place in enumerate(places)
    ]
    elsewhere = stored(examples.system(slug="pittsburgh"))
    created(stored(examples.badge(Scope(elsewhere), slug="elsewhere")))
    assert [applications.inside(place).rows for place in places] == [made[:1], made[:2], made]


def test_evidence_of_many_is_read_in_one_statement(badge: Badge, statements: list[str]) -> None:
    made = [created(badge, evidence=EVIDENCE[:number]) for number in range(4)]
    statements.clear()
    found = applications.evidence(application.id for application in made)
    assert [len(found[application.id]) for application in made] == [0, 1, 2, 3]
    assert len(statements) == 1

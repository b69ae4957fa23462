"""Badges: created with all their details, and found in their place."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import peewee
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib.data.models import (
    Alignment,
    Application,
    Award,
    Badge,
    Category,
    Criterion,
    Image,
    Tag,
)
from chalicelib.domain.applications import applications
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.domain.badges import catalog, details
from chalicelib.domain.images.images import Picture
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import Conflict, NotFound, ValidationError
from tests.conftest import short_id
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")

PICTURE = Picture(url="http://example.org/badge.png")
MINIMAL = {
    "name": "Minimal",
    "earnerDescription": "E",
    "consumerDescription": "C",
    "criteriaUrl": "http://example.org/c",
    "unique": "0",
}
FULL = {
    "name": "Badge Öne ☃ 😀",
    "slug": "badge-one",
    "strapline": "A strapline",
    "earnerDescription": "For earners",
    "consumerDescription": "For consumers",
    "issuerUrl": "http://example.org/issuer",
    "rubricUrl": "http://example.org/rubric",
    "criteriaUrl": "http://example.org/criteria",
    "timeValue": 10,
    "timeUnits": "minutes",
    "evidenceType": "URL",
    "limit": "2",
    "unique": True,
    "type": "Skill",
    "categories": ["science", "art", "science", ""],
    "tags": ["one", {"value": "two"}, {"id": 77, "value": "one"}],
    "criteria": [
        {"description": "Required criterion", "required": 1, "note": "note 1"},
        {"description": "Optional criterion", "required": "false", "note": "note 2"},
        {"required": True},
    ],
    "alignments": [
        {"name": "CCSS", "url": "http://example.org/ccss", "description": "A standard"},
        {"name": "Bare"},
    ],
}
TABLES = (Badge, Criterion, Alignment, Category, Tag, Image)
Together = Callable[..., list[Any]]


class BrokenError(Exception):
    """Stands for anything that goes wrong between two statements."""


@pytest.fixture
def chicago(scratch: Scope) -> Scope:
    return Scope(scratch.system)


@pytest.fixture
def library(scratch: Scope) -> Scope:
    return Scope(scratch.system, scratch.issuer)


def created(where: Scope, **data: Any) -> Badge:
    """Publish a badge of which little else is known, and return its row."""
    badge: Badge = Badge.get_by_id(badge_repository.create(where, {**MINIMAL, **data}, PICTURE).id)
    return badge


def rows() -> list[int]:
    """Return how many rows there are of all that belongs to badges."""
    return [table.select().count() for table in TABLES]


# Publishing


def test_a_badge_is_kept_as_it_is_sent(chicago: Scope) -> None:
    row = Badge.get_by_id(badge_repository.create(chicago, FULL, PICTURE).id)
    assert (row.name, row.slug, row.strapline) == ("Badge Öne ☃ 😀", "badge-one", "A strapline")
    assert (row.earner_description, row.consumer_description) == ("For earners", "For consumers")
    assert (row.issuer_url, row.rubric_url, row.criteria_url) == (
        "http://example.org/issuer", "http://example.org/rubric", "http://example.org/criteria",
    )  # fmt: skip
    assert (row.time_value, row.time_units, row.evidence_type) == (10, "minutes", "URL")
    assert (row.award_limit, row.is_unique, row.type, row.archived) == (2, True, "Skill", False)
    assert (row.system, row.issuer, row.program) == (chicago.system, None, None)
    assert row.image.url == PICTURE.url


def test_all_that_belongs_to_it_is_kept_in_order(chicago: Scope) -> None:
    badge = badge_repository.create(chicago, FULL, PICTURE)
    details = catalog.details([badge.id])[badge.id]
    assert [(c.description, c.required, c.note) for c in details.criteria] == [
        ("Required criterion", True, "note 1"),
        ("Optional criterion", False, "note 2"),
        ("", True, ""),
    ]
    assert [(a.name, a.url, a.description) for a in details.alignments] == [
        ("CCSS", "http://example.org/ccss", "A standard"),
        ("Bare", None, None),
    ]
    assert details.categories == ["science", "art"]
    assert [tag.value for tag in details.tags] == ["one", "two"]


def test_little_is_needed(chicago: Scope) -> None:
    row = created(chicago)
    assert re.fullmatch("[0-9a-f]{32}", row.slug)
    assert (row.strapline, row.issuer_url, row.rubric_url, row.time_value) == (None,) * 4
    assert (row.time_units, row.award_limit, row.evidence_type) == (None,) * 3
    assert (row.type, row.is_unique) == ("", False)
    assert catalog.details([row.id])[row.id] == catalog.Details()


@pytest.mark.parametrize(
    ("unique", "wanted"),
    [
        *((spelling, True) for spelling in (True, 1, "1", "true")),
        *((spelling, False) for spelling in (False, 0, "0", "false")),
    ],
)
def test_unique_has_many_spellings(chicago: Scope, unique: Any, wanted: bool) -> None:
    assert created(chicago, unique=unique).is_unique is wanted


def test_a_badge_belongs_to_its_place_whatever_the_body_says(scratch: Scope) -> None:
    elsewhere = stored(examples.system(slug="pittsburgh"))
    body = {"id": 99_999, "systemId": elsewhere.id, "issuerId": 0, "archived": True}
    row = created(scratch, **body)
    assert (row.system, row.issuer, row.program) == (
        scratch.system, scratch.issuer, scratch.program,
    )  # fmt: skip
    assert (row.id != 99_999, row.archived) == (True, False)


# Refusing

RANGE, OTHER = "String is not in range", "Unexpected value or invalid argument"
MISSING_IMAGE = {"message": "Missing value", "field": "image"}


def test_everything_wrong_with_a_badge_is_said_in_the_order_of_the_model(chicago: Scope) -> None:
    with pytest.raises(ValidationError) as problem:
        badge_repository.create(chicago, {}, None)
    assert problem.value.details == [
        *(
            {"field": name, "value": ""}
            for name in (
                "name", "earnerDescription", "consumerDescription", "criteriaUrl", "unique",
            )
        ),
        MISSING_IMAGE,
    ]  # fmt: skip
    bad = {**MINIMAL, "name": "", "unique": "q", "timeUnits": "years", "limit": "x"}
    with pytest.raises(ValidationError) as problem:
        badge_repository.create(chicago, bad, PICTURE)
    assert problem.value.details == [
        {"message": RANGE, "field": "name", "value": ""},
        {"message": OTHER, "field": "timeUnits", "value": "years"},
        {"message": "Invalid integer", "field": "limit", "value": "x"},
        {"message": OTHER, "field": "unique", "value": "q"},
    ]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"strapline": "s" * 141}, {"message": RANGE, "field": "strapline", "value": "s" * 141}),
        ({"slug": "s" * 256}, {"message": RANGE, "field": "slug", "value": "s" * 256}),
        ({"evidenceType": "Smell"}, {"message": OTHER, "field": "evidenceType", "value": "Smell"}),
        ({"criteria": "nope"}, {"message": OTHER, "field": "criteria", "value": ""}),
        (
            {"criteria": [{"required": 1, "note": []}]},
            {"message": RANGE, "field": "note", "value": []},
        ),
        ({"alignments": {}}, {"message": OTHER, "field": "alignments", "value": ""}),
        ({"alignments": [{"url": "x"}]}, {"field": "name", "value": ""}),
        ({"categories": [["a"]]}, {"message": OTHER, "field": "categories", "value": ""}),
        ({"tags": [{"value": {}}]}, {"message": OTHER, "field": "tags", "value": ""}),
        ({"tags": ["\ud800"]}, {"message": OTHER, "field": "tags", "value": ""}),
        ({"tags": True}, {"message": OTHER, "field": "tags", "value": ""}),
        ({"tags": ["a"] * 201}, {"message": OTHER, "field": "tags", "value": ""}),
    ],
    ids=short_id,
)
def test_a_bad_part_is_named_and_nothing_is_written(
    chicago: Scope, data: dict[str, Any], error: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as problem:
        created(chicago, **data)
    assert problem.value.details == [error]
    assert rows() == [0] * len(TABLES)


@pytest.mark.parametrize("slug", ["badge-one", "BADGE-ONE"])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_slug_is_taken_in_all_systems_whatever_its_letter_case(
    chicago: Scope, slug: str, elsewhere: bool
) -> None:
    where = Scope(stored(examples.system(slug="pittsburgh"))) if elsewhere else chicago
    badge_repository.create(chicago, FULL, PICTURE)
    before = rows()
    with pytest.raises(Conflict) as problem:
        badge_repository.create(where, {**FULL, "slug": slug, "name": "Again"}, PICTURE)
    assert problem.value.message == "badge with that `slug` already exists"
    assert problem.value.details == {"slug": slug, "name": "Again"}
    assert rows() == before


def test_many_at_once_for_one_slug_end_with_one(chicago: Scope, together: Together) -> None:
    answers = together(*[lambda: badge_repository.create(chicago, FULL, PICTURE)] * 4)
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True, True, True]
    assert rows() == [1, 3, 2, 2, 2, 1]


def test_a_badge_cannot_be_given_the_slug_of_another(chicago: Scope) -> None:
    badge_repository.create(chicago, FULL, PICTURE)
    badge = badge_repository.create(chicago, MINIMAL, PICTURE)
    with pytest.raises(Conflict) as problem:
        badge_repository.update(badge, {"slug": "BADGE-ONE"})
    assert problem.value.message == "badge with that `slug` already exists"
    assert problem.value.details == {"slug": "BADGE-ONE", "name": "Minimal"}
    assert Badge.get_by_id(badge.id).slug == badge.slug


def test_a_failure_after_any_statement_leaves_nothing(
    chicago: Scope, database: peewee.Database, statements: list[str]
) -> None:
    statements.clear()
    badge_repository.create(chicago, {**FULL, "slug": "another"}, PICTURE)
    total, before = len(statements), rows()
    for number in range(total):
        numbers = count()

        def hook(_: Any, numbers: Any = numbers, number: int = number) -> None:
            if next(numbers) == number:
                raise BrokenError

        database.query_hooks.append(hook)
        with pytest.raises(BrokenError):
            badge_repository.create(chicago, FULL, PICTURE)
        database.query_hooks.remove(hook)
        assert rows() == before


# Categories and tags


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, []),
        ("solo", ["solo"]),
        ("", []),
        ([], []),
        (["a", "b", "a", "", None], ["a", "b"]),
        ([{"value": "a"}, {"id": 7, "value": "b"}, {}, {"value": None}], ["a", "b"]),
        ({"value": "a"}, ["a"]),
        ([5, 0, 1.5], ["5", "0", "1.5"]),
        (["☃" * 256], ["☃" * 255]),
        ([f"{number}" for number in range(200)], [f"{number}" for number in range(200)]),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_names_come_one_or_many_as_texts_or_objects(value: Any, wanted: list[str]) -> None:
    assert details.labels({"tags": value}, "tags") == wanted


@profile(deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["value", "a"]), inner),
    )
)
def test_whatever_is_sent_names_are_short_texts_without_doubles_or_refused(value: Any) -> None:
    try:
        found = details.labels({"tags": value}, "tags")
    except ValidationError:
        return
    assert len(set(found)) == len(found) <= 200
    assert all(0 < len(text) <= 255 and text.encode("utf-8") for text in found)


# Finding


def listed(where: Scope, *, archived: bool | None = False) -> list[str]:
    """Return the slugs of a place's badges."""
    return [entry.badge.slug for entry in catalog.inside(where.place, archived=archived).rows]


def test_a_badge_is_found_in_its_place_and_in_those_around_it(
    chicago: Scope, library: Scope, scratch: Scope
) -> None:
    badges = [
        created(where, slug=f"badge-{n}") for n, where in enumerate((chicago, library, scratch))
    ]
    for number, where in enumerate((chicago, library, scratch)):
        for badge in badges[number:]:
            assert badge_repository.find(where.place, badge.slug.upper()) == badge
        for badge in badges[:number]:
            with pytest.raises(NotFound) as problem:
                badge_repository.find(where.place, badge.slug)
            assert problem.value.message == (
                f"Could not find badge field: `slug`, value: `{badge.slug}`"
            )


def test_a_badge_is_found_by_its_slug_alone_even_without_owners(chicago: Scope) -> None:
    badge = created(chicago, slug="explorer")
    orphan = stored(examples.badge(None, slug="orphan"))
    assert badge_repository.by_slug("EXPLORER") == badge
    assert badge_repository.by_slug("orphan") == orphan
    with pytest.raises(NotFound, match="Could not find badge field: `slug`, value: `nope`"):
        badge_repository.by_slug("nope")


def test_applications_and_awards_are_found_with_their_badge(
    chicago: Scope, statements: list[str]
) -> None:
    badges = [created(chicago, slug=slug) for slug in ("one", "two")]
    for table, made in (
        (Application, [applications.create(badge, {"learner": "a@b.co"}) for badge in badges]),
        (Award, [stored(examples.award(badge, slug=f"a-{badge.slug}")) for badge in badges]),
    ):
        for row, badge in zip(made, badges, strict=True):
            statements.clear()
            found: Any = badge_repository.with_badge(table, row.slug)
            assert (found, found.badge, found.badge.system) == (row, badge, chicago.system)
            assert len(statements) == 1
        assert badge_repository.with_badge(table, "unknown") is None
    alone = stored(examples.award(None, slug="alone"))
    found = badge_repository.with_badge(Award, "alone")
    assert (found, found.badge) == (alone, None)


def test_another_system_s_badges_are_not_found(chicago: Scope) -> None:
    badge = created(chicago)
    elsewhere = Scope(stored(examples.system(slug="pittsburgh")))
    with pytest.raises(NotFound):
        badge_repository.find(elsewhere.place, badge.slug)
    assert listed(elsewhere) == []


def test_badges_are_listed_in_order_with_or_without_the_archived(
    chicago: Scope, library: Scope, scratch: Scope
) -> None:
    first, second, third = (created(where) for where in (scratch, chicago, library))
    badge_repository.update(third, {"archived": True})
    assert listed(chicago) == [first.slug, second.slug]
    assert listed(chicago, archived=True) == [third.slug]
    assert listed(chicago, archived=None) == [first.slug, second.slug, third.slug]
    assert listed(library, archived=None) == [first.slug, third.slug]
    assert listed(scratch, archived=None) == [first.slug]


def test_an_archived_badge_is_listed_as_such_until_it_is_restored(chicago: Scope) -> None:
    badge = created(chicago)
    for archived in (True, True, False, False):
        badge_repository.archive(badge, archived)
        assert listed(chicago, archived=archived) == [badge.slug]
        assert listed(chicago, archived=not archived) == []
        assert Badge.get_by_id(badge.id).archived is archived


def test_owners_and_pictures_come_along_in_one_statement(
    scratch: Scope, statements: list[str]
) -> None:
    assert scratch.issuer is not None
    assert scratch.program is not None
    for row, slug in ((scratch.system, "s"), (scratch.issuer, "i"), (scratch.program, "p")):
        row.image = stored(examples.image(slug=slug))
        row.save()
    slugs = [created(scratch).slug for _ in range(3)]
    statements.clear()
    found = badge_repository.find(scratch.place, slugs[0])
    assert len(statements) == 1
    for badge in (found, *catalog.inside(scratch.place).rows):
        assert badge.image.url == PICTURE.url
        owners = (badge.system, badge.issuer, badge.program)
        assert [owner.image.slug for owner in owners] == ["s", "i", "p"]
    assert len(statements) == 4


def test_what_belongs_to_many_takes_as_many_statements_as_for_one(
    chicago: Scope, statements: list[str]
) -> None:
    ids = [
        badge_repository.create(chicago, {**FULL, "slug": f"b{n}"}, PICTURE).id for n in range(5)
    ]
    for wanted in (ids[:1], ids, [*ids, *ids]):
        statements.clear()
        found = catalog.details(wanted)
        assert [len(found[number].criteria) for number in wanted] == [3] * len(wanted)
        assert len(statements) == 1
    statements.clear()
    assert catalog.details([]) == {}
    assert statements == []

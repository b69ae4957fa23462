"""Systems, issuers and programs: created, found and listed at their three levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Image, Issuer, Owner, Program, System
from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import Conflict, NotFound, ValidationError
from tests.conftest import Clock
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")

MINIMAL = {"slug": "mini", "name": "Mini", "url": "http://mini.example.org"}
PICTURE = Picture(url="http://example.org/a.png")
LEVELS: dict[str, type[Owner]] = {"system": System, "issuer": Issuer, "program": Program}
Create = Callable[..., Any]
Together = Callable[..., list[Any]]


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def create(level: str, scratch: Scope) -> Create:
    """Make one of a level, in Chicago or its library."""
    if level == "system":
        return owners.create_system
    if level == "issuer":
        return lambda *data: owners.create_issuer(scratch.system, *data)
    assert scratch.issuer is not None
    library = scratch.issuer
    return lambda *data: owners.create_program(library, *data)


def count(level: str) -> int:
    number: int = LEVELS[level].select().count()
    return number


# Making


def test_what_is_sent_is_kept(level: str, create: Create, clock: Clock) -> None:
    data = {
        **MINIMAL, "name": "Zürich ☃ 😀", "description": "Now described", "email": "A@b.co",
    }  # fmt: skip
    row = LEVELS[level].get_by_id(create(data, PICTURE).id)
    assert {name: getattr(row, name) for name in data} == data
    assert (row.image.url, row.created) == (PICTURE.url, clock.now)


def test_little_is_needed(level: str, create: Create) -> None:
    row = LEVELS[level].get_by_id(create(MINIMAL).id)
    assert (row.description, row.email, row.image) == (None, None, None)


def test_other_members_and_ids_are_not_taken(level: str, create: Create, scratch: Scope) -> None:
    strange = {"id": 99_999, "system": 0, "systemId": 0, "issuerId": 0, "created": "2001-01-01"}
    row = LEVELS[level].get_by_id(create({**MINIMAL, **strange}).id)
    assert (row.id != 99_999, row.created.year > 2001) == (True, True)
    if isinstance(row, Issuer):
        assert row.system == scratch.system
    if isinstance(row, Program):
        assert row.issuer == scratch.issuer


def test_numbers_count_as_texts(level: str, create: Create) -> None:
    row = create({"slug": 123, "name": 456, "url": "http://n.example.org"})
    assert (row.slug, row.name) == ("123", "456")


def test_null_is_absent(level: str, create: Create) -> None:
    row = create({**MINIMAL, "email": None, "description": None})
    assert (row.email, row.description) == (None, None)


@pytest.mark.parametrize(
    ("data", "details"),
    [
        ({}, [{"field": name, "value": ""} for name in ("slug", "name", "url")]),
        (
            {"slug": "", "name": "", "url": "", "description": "", "email": ""},
            [
                {"message": "String is not in range", "field": "slug", "value": ""},
                {"message": "String is not in range", "field": "name", "value": ""},
                {"message": "Invalid URL", "field": "url", "value": ""},
                {"message": "Invalid email", "field": "email", "value": ""},
            ],
        ),
        (
            {**MINIMAL, "slug": "s" * 256},
            [{"message": "String is not in range", "field": "slug", "value": "s" * 256}],
        ),
        (
            {**MINIMAL, "description": "d" * 65_536},
            [{"message": "String is not in range", "field": "description", "value": "d" * 65_536}],
        ),
    ],
    ids=["empty", "empty texts", "long slug", "long description"],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    level: str, create: Create, data: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    before = count(level)
    with pytest.raises(ValidationError) as problem:
        create(data, PICTURE)
    assert problem.value.details == details
    assert (count(level), Image.select().count()) == (before, 0)


@pytest.mark.parametrize("slug", ["mini", "MINI"])
def test_a_slug_is_taken_whatever_its_letter_case(level: str, create: Create, slug: str) -> None:
    create(MINIMAL)
    before = count(level)
    with pytest.raises(Conflict) as problem:
        create({**MINIMAL, "slug": slug}, PICTURE)
    assert problem.value.status == 409
    assert problem.value.message == f"{level} with that `slug` already exists"
    assert problem.value.details == {**MINIMAL, "slug": slug}
    assert (count(level), Image.select().count()) == (before, 0)


def test_many_at_once_for_one_slug_end_with_one(
    level: str, create: Create, together: Together
) -> None:
    before = count(level)
    answers = together(*[lambda: create(MINIMAL, PICTURE)] * 4)
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True, True, True]
    assert (count(level), Image.select().count()) == (before + 1, 1)


def test_none_can_be_given_the_slug_of_another(level: str, create: Create) -> None:
    create(MINIMAL)
    owner = create({**MINIMAL, "slug": "other"})
    with pytest.raises(Conflict) as problem:
        owners.update(owner, {"slug": "MINI"})
    assert problem.value.message == f"{level} with that `slug` already exists"
    assert problem.value.details == {**MINIMAL, "id": owner.id, "slug": "MINI"}
    assert LEVELS[level].get_by_id(owner.id).slug == "other"


def test_slugs_are_taken_within_their_owner_only(scratch: Scope) -> None:
    pittsburgh = owners.create_system({**MINIMAL, "slug": "pittsburgh"})
    library = owners.create_issuer(pittsburgh, {**MINIMAL, "slug": "library"})
    program = owners.create_program(library, {**MINIMAL, "slug": "scratch"})
    assert owners.scope("pittsburgh", "library", "scratch") == Scope(pittsburgh, library, program)
    assert owners.scope("chicago", "library", "scratch") == scratch


@pytest.mark.parametrize("slug", ["a", "s" * 255, "Some Slug/with: odd", "ü ☃", "%2F", "..."])
def test_any_slug_is_found_again(slug: str) -> None:
    row = owners.create_system({**MINIMAL, "slug": slug})
    assert owners.system(slug) == row


# Finding


def test_a_place_is_found_whatever_the_letter_case(scratch: Scope) -> None:
    assert owners.scope("CHICAGO") == Scope(scratch.system)
    assert owners.scope("Chicago", "Library") == Scope(scratch.system, scratch.issuer)
    assert owners.scope("chicago", "LIBRARY", "Scratch") == scratch
    assert owners.system("cHICAGO") == scratch.system


@pytest.mark.parametrize(
    ("path", "model", "slug"),
    [
        (("nope",), "system", "nope"),
        (("nope", "nope2"), "system", "nope"),
        (("nope", "library", "scratch"), "system", "nope"),
        (("chicago", "nope"), "issuer", "nope"),
        (("chicago", "nope", "scratch"), "issuer", "nope"),
        (("chicago", "library", "nope"), "program", "nope"),
        (("pittsburgh", "library"), "issuer", "library"),
        (("chicago", "museum", "scratch"), "program", "scratch"),
    ],
)
def test_the_first_missing_level_is_named_in_the_original_s_words(
    scratch: Scope, path: tuple[str, ...], model: str, slug: str
) -> None:
    stored(examples.system(slug="pittsburgh"))
    stored(examples.issuer(scratch.system, slug="museum"))
    with pytest.raises(NotFound) as problem:
        owners.scope(*path)
    assert problem.value.to_json() == {
        "code": "ResourceNotFound",
        "message": f"Could not find {model} field: `slug`, value: `{slug}`",
    }


def test_all_are_listed_in_order_of_creation(scratch: Scope) -> None:
    assert scratch.issuer is not None
    more = [{**MINIMAL, "slug": slug} for slug in ("zoo", "aquarium", "museum")]
    systems = [scratch.system, *(owners.create_system(data) for data in more)]
    issuers = [scratch.issuer, *(owners.create_issuer(scratch.system, data) for data in more)]
    programs = [scratch.program, *(owners.create_program(scratch.issuer, data) for data in more)]
    assert owners.systems().rows == systems
    assert owners.issuers(scratch.system).rows == issuers
    assert owners.programs(scratch.issuer).rows == programs
    assert owners.issuers(systems[1]).rows == []
    assert owners.programs(issuers[1]).rows == []


def test_everywhere_is_each_system_with_what_is_in_it(scratch: Scope) -> None:
    aurora = owners.create_system({**MINIMAL, "slug": "aurora", "name": "Aurora"})
    assert owners.all_scopes() == [
        Scope(aurora), Scope(scratch.system), Scope(scratch.system, scratch.issuer), scratch,
    ]  # fmt: skip


def test_pictures_come_along_in_the_same_statement(scratch: Scope, statements: list[str]) -> None:
    assert scratch.issuer is not None
    assert scratch.program is not None
    for row in (scratch.system, scratch.issuer, scratch.program):
        row.image = images.keep(PICTURE)
        row.save()
    statements.clear()
    found = owners.scope("chicago", "library", "scratch")
    listed = [
        *owners.systems().rows,
        *owners.issuers(scratch.system).rows,
        *owners.programs(scratch.issuer).rows,
    ]
    for owner in (found.system, found.issuer, found.program, *listed):
        assert owner is not None
        assert owner.image.url == PICTURE.url
    assert len(statements) == 4

"""Public reads, and the number of statements they take."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Alignment, Badge, Criterion, Tag
from chalicelib.domain.badges import badges, catalog, public
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.shared.pagination import Page
from chalicelib.errors import NotFound
from tests.openbadges import examples
from tests.openbadges.examples import stored

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scratch(database: peewee.Database) -> Scope:
    """A program, its issuer and its system, each with an image."""
    chicago = stored(examples.system(image=stored(examples.image(slug="system-image"))))
    library = stored(examples.issuer(chicago, image=stored(examples.image(slug="issuer-image"))))
    program = stored(examples.program(library, image=stored(examples.image(slug="program-image"))))
    return Scope(chicago, library, program)


@pytest.fixture
def badge(scratch: Scope) -> Badge:
    """A badge of that program, with all that a badge can have."""
    row = stored(examples.badge(scratch, image=stored(examples.image(slug="badge-image"))))
    for number in (1, 2):
        stored(Criterion(badge=row, description=f"criterion {number}"))
        stored(Alignment(badge=row, name=f"alignment {number}"))
        stored(Tag(badge=row, value=f"tag {number}"))
    return row


def everything_one_of(badge: Badge) -> list[object]:
    """Return what a page shows of a badge's owners and images."""
    owners = (badge, badge.system, badge.issuer, badge.program)
    return [(owner and owner.slug, owner and owner.image and owner.image.slug) for owner in owners]


WHOLE = [
    ("explorer", "badge-image"),
    ("chicago", "system-image"),
    ("library", "issuer-image"),
    ("scratch", "program-image"),
]


# Awards


def test_an_award_comes_with_its_badge_owners_and_images(
    badge: Badge, statements: list[str]
) -> None:
    slug = stored(examples.award(badge)).slug
    statements.clear()
    found = public.assertion(slug)
    assert found.badge is not None
    assert everything_one_of(found.badge) == WHOLE
    assert len(statements) <= 4


def test_an_award_is_found_without_regard_to_case(badge: Badge) -> None:
    slug = stored(examples.award(badge)).slug
    assert public.assertion(slug.upper()).slug == slug


def test_a_revocation_that_came_before_its_award_has_no_badge(database: peewee.Database) -> None:
    slug = stored(examples.award(None)).slug
    assert public.assertion(slug).badge is None


def test_an_unknown_award_is_not_found(database: peewee.Database) -> None:
    with pytest.raises(NotFound, match=r"^Could not find badge instance$"):
        public.assertion("nope")


# Badges


@pytest.mark.parametrize(
    "place",
    [
        ("chicago", "library", "scratch"),
        ("chicago", "library"),
        ("chicago",),
        ("CHICAGO", "LIBRARY", "SCRATCH"),
    ],
)
def test_a_badge_is_found_at_its_place_and_at_those_around_it(
    place: tuple[str, ...], badge: Badge, statements: list[str]
) -> None:
    statements.clear()
    found = badges.find(Place(*place), "EXPLORER")
    assert everything_one_of(found) == WHOLE
    assert len(statements) <= 4


def test_a_badge_without_owners_within_the_system_and_images_is_complete(
    database: peewee.Database, statements: list[str]
) -> None:
    stored(examples.badge(Scope(stored(examples.system()))))
    statements.clear()
    found = badges.find(Place("chicago"), "explorer")
    assert everything_one_of(found) == [
        ("explorer", None),
        ("chicago", None),
        (None, None),
        (None, None),
    ]
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("slug", "place", "message"),
    [
        ("nope", ("chicago",), "badge field: `slug`, value: `nope`"),
        ("explorer", ("nowhere",), "system field: `slug`, value: `nowhere`"),
        ("explorer", ("boston",), "badge field: `slug`, value: `explorer`"),
        ("explorer", ("chicago", "nobody"), "issuer field: `slug`, value: `nobody`"),
        ("explorer", ("chicago", "museum"), "badge field: `slug`, value: `explorer`"),
        ("explorer", ("chicago", "library", "x"), "program field: `slug`, value: `x`"),
    ],
)
def test_a_badge_is_not_found_elsewhere(
    slug: str, place: tuple[str, ...], message: str, badge: Badge, statements: list[str]
) -> None:
    stored(examples.system(slug="boston"))
    stored(examples.issuer(badge.system, slug="museum"))  # type: ignore[arg-type]
    statements.clear()
    with pytest.raises(NotFound) as problem:
        badges.find(Place(*place), slug)
    assert problem.value.message == f"Could not find {message}"
    assert len(statements) <= 4


def test_the_details_of_a_badge_are_in_order(badge: Badge, statements: list[str]) -> None:
    statements.clear()
    details = catalog.details([badge.id])[badge.id]
    assert [row.description for row in details.criteria] == ["criterion 1", "criterion 2"]
    assert [row.name for row in details.alignments] == ["alignment 1", "alignment 2"]
    assert [row.value for row in details.tags] == ["tag 1", "tag 2"]
    assert len(statements) == 1


# The list of all badges


@pytest.fixture
def three(scratch: Scope) -> list[str]:
    """Three badges, of which the second is archived and the third has lost its system."""
    stored(examples.badge(scratch, slug="first"))
    stored(examples.badge(scratch, slug="second", archived=True))
    stored(examples.badge(None, slug="third"))
    return ["first", "second", "third"]


@pytest.mark.parametrize(
    ("archived", "slugs"),
    [(False, ["first", "third"]), (True, ["second"]), (None, ["first", "second", "third"])],
)
def test_archived_badges_are_listed_when_asked_for(
    archived: bool | None, slugs: list[str], three: list[str]
) -> None:
    rows, total = public.badges(archived=archived)
    assert [row.slug for row in rows] == slugs
    assert total == len(slugs)


def test_the_list_knows_the_owners_whatever_its_length(
    three: list[str], statements: list[str]
) -> None:
    statements.clear()
    rows, _ = public.badges()
    assert [row.program and row.program.slug for row in rows] == ["scratch", None]
    assert [row.system and row.system.slug for row in rows] == ["chicago", None]
    assert len(statements) == 1


def test_the_list_has_pages(three: list[str], statements: list[str]) -> None:
    statements.clear()
    rows, total = public.badges(archived=None, page=Page(2, 2))
    assert ([row.slug for row in rows], total) == (["third"], 3)
    assert public.badges(archived=None, page=Page(3, 2)) == ([], 3)
    assert len(statements) == 4


# Images


def test_an_image_is_found_without_regard_to_case(database: peewee.Database) -> None:
    stored(examples.image(slug="abc"))
    assert public.image("ABC").slug == "abc"


def test_an_unknown_image_is_not_found(database: peewee.Database) -> None:
    with pytest.raises(NotFound, match=r"^Could not find image field: `slug`, value: `nope`$"):
        public.image("nope")

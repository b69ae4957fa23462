"""Badges and their criteria as people, validators and old clients see them."""

from __future__ import annotations

import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.badges import catalog
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import BASE, Public

LINKS = Links(BASE)
SYSTEM = "/public/systems/chicago"
ISSUER = f"{SYSTEM}/issuers/library"
PROGRAM = f"{ISSUER}/programs/scratch"


def test_each_kind_of_client_gets_its_kind_of_badge_class(public: Public, badge: Badge) -> None:
    path, details = f"{SYSTEM}/badges/explorer", catalog.details([badge.id])[badge.id]
    assert public.validate(path).json == v2.badge_class(LINKS, badge, details)
    assert public.get(path).json == v1.badge_class(LINKS, badge, details)
    page = public.browse(path)
    assert page.headers["Content-Type"].startswith("text/html")
    for part in ("Explorer", "Chicago", "Cross ten bridges", f"{LINKS.badge(badge)}?format=json"):
        assert part in page.text
    assert public.browse(f"{path}?format=json").json["type"] == "BadgeClass"


@pytest.mark.parametrize("level", [SYSTEM, ISSUER, PROGRAM, "/public"])
def test_a_badge_of_a_program_is_found_at_all_levels_and_names_its_own(
    level: str, public: Public, scratch: Scope
) -> None:
    badge = stored(examples.badge(scratch))
    document = public.validate(f"{level}/badges/explorer").json
    assert document["id"] == LINKS.badge(badge)
    assert document["issuer"] == f"{BASE}/id/issuers/{scratch.innermost.public_id}"
    assert public.get(f"{level}/badges/explorer").json["issuer"] == f"{BASE}{PROGRAM}"


def test_a_badge_is_not_found_below_others(public: Public, badge: Badge, scratch: Scope) -> None:
    answer = public.get(f"{PROGRAM}/badges/explorer")
    assert answer.status == 404
    assert answer.json == {
        "code": "ResourceNotFound",
        "message": "Could not find badge field: `slug`, value: `explorer`",
    }


def test_a_badge_that_lost_its_system_is_found_by_its_slug(public: Public, badge: Badge) -> None:
    badge.system = None
    badge.save()
    document = public.validate("/public/badges/explorer").json
    assert document["id"] == LINKS.badge(badge)
    assert public.browse("/public/badges/explorer").status == 200


@pytest.mark.parametrize("path", ["/public/badges/nope", f"{SYSTEM}/badges/nope"])
def test_an_unknown_badge_is_not_found(path: str, public: Public, badge: Badge) -> None:
    assert public.get(path).status == 404
    assert public.browse(path).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("alt", "shown"),
    [("A star & a <hill>", "A star &amp; a &lt;hill&gt;"), (None, "Explorer badge")],
)
def test_a_picture_says_what_it_shows_or_of_what_it_is(
    alt: str | None, shown: str, public: Public, badge: Badge, award: Award
) -> None:
    badge.image = stored(examples.image(key="images/a.png", alt=alt))
    badge.save()
    for path in (f"{SYSTEM}/badges/explorer", "/public/assertions/abc"):
        page = public.browse(path).text
        assert f'alt="{shown}" width="320"' in page
        assert f'<meta property="og:image:alt" content="{shown}">' in page


# Criteria


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
def test_criteria_are_a_page_for_everyone(
    headers: dict[str, str], public: Public, badge: Badge
) -> None:
    answer = public.get("/system/chicago/badge/explorer/criteria", headers)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Cross ten bridges" in answer.text
    assert "Count!" not in answer.text


def test_criteria_are_looked_for_in_the_system_that_the_address_names(
    public: Public, badge: Badge
) -> None:
    stored(examples.system(slug="boston"))
    assert public.get("/system/boston/badge/explorer/criteria").status == 404
    assert public.get("/system/CHICAGO/badge/Explorer/criteria").status == 200


# The list


@pytest.fixture
def five(scratch: Scope) -> None:
    """Five badges: of each level, an archived one, and one that lost its system."""
    library = Scope(scratch.system, scratch.issuer)
    stored(examples.badge(Scope(scratch.system), slug="one"))
    stored(examples.badge(library, slug="two"))
    stored(examples.badge(scratch, slug="three"))
    stored(examples.badge(Scope(scratch.system), slug="four", archived=True))
    stored(examples.badge(None, slug="five"))


ONE, TWO, THREE, FOUR, FIVE = (
    {"location": BASE + path}
    for path in (
        f"{SYSTEM}/badges/one",
        f"{ISSUER}/badges/two",
        f"{PROGRAM}/badges/three",
        f"{SYSTEM}/badges/four",
        "/public/badges/five",
    )
)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?archived=", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?archived=false", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?archived=true", {"badgelist": [FOUR]}),
        ("?archived=1", {"badgelist": [FOUR]}),
        ("?archived=any", {"badgelist": [ONE, TWO, THREE, FOUR, FIVE]}),
        (
            "?page=2&count=2",
            {"badgelist": [THREE, FIVE], "pageData": {"page": 2, "count": 2, "total": 4}},
        ),
        (
            "?page=1.9&count=1x",
            {"badgelist": [ONE], "pageData": {"page": 1, "count": 1, "total": 4}},
        ),
        ("?page=9&count=9", {"badgelist": [], "pageData": {"page": 9, "count": 9, "total": 4}}),
        ("?page=0&count=1", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?page=1&count=-1", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?page=x&count=1", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        ("?page=2", {"badgelist": [ONE, TWO, THREE, FIVE]}),
        (
            "?page=1&page=9&count=1",
            {"badgelist": [ONE], "pageData": {"page": 1, "count": 1, "total": 4}},
        ),
    ],
)
def test_all_badges_are_listed_as_the_old_api_did(
    query: str, answer: dict[str, object], public: Public, five: None
) -> None:
    assert public.get(f"/public/badges{query}").json == answer


def test_no_number_is_too_large_for_the_database(public: Public, five: None) -> None:
    answer = public.get(f"/public/badges?page={'9' * 30}&count={'9' * 30}")
    assert (answer.status, answer.json["badgelist"]) == (200, [])


@pytest.mark.parametrize("value", ["maybe", "TRUE", "true&archived=true"])
def test_archived_is_one_of_a_few_words(value: str, public: Public, five: None) -> None:
    answer = public.get(f"/public/badges?archived={value}")
    assert answer.status == 400
    assert answer.json == {
        "code": "InvalidParameter",
        "parameter": "archived",
        "message": "Invalid `archived` parameter. Expecting one of 'true', 'false' or 'any'.",
    }

"""Badges and their criteria as people, validators and old clients see them."""

from __future__ import annotations

import re

import pytest

from chalicelib.data.models import Alignment, Award, Badge, ClaimCode, Tag
from chalicelib.domain.awards import awards, milestones
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
from tests.admin.browser import words
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


# The page that people read

PAGE = "/public/badges/explorer"


def test_the_page_of_a_badge_says_what_its_document_says(public: Public, badge: Badge) -> None:
    badge.time_value, badge.time_units = 3, "hours"
    badge.save()
    for tag in ("outdoors", "maps"):
        Tag.create(badge=badge, value=tag)
    Alignment.create(badge=badge, name="CCSS 1", url="https://example.org/1", description="Reads")
    page = public.browse(PAGE)
    said = words(page)
    assert "Time to earn About 3 hours" in said
    assert "Tags outdoors, maps" in said
    assert "How to earn this badge You looked around Cross ten bridges" in said
    assert "Alignments CCSS 1 Reads" in said
    assert '<a href="https://example.org/1" rel="noopener">CCSS 1</a>' in page.text
    assert f'<a href="{BASE}/id/issuers/{badge.system.public_id}">Chicago</a>' in page.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.org", None])
def test_what_is_no_web_address_is_no_link(public: Public, badge: Badge, url: str | None) -> None:
    Alignment.create(badge=badge, name="CCSS 1", url=url)
    page = public.browse(PAGE)
    assert "Alignments CCSS 1" in words(page)
    assert f'href="{url}' not in page.text


def test_the_page_of_an_archived_or_deleted_badge_says_so(
    public: Public, badge: Badge, award: Award
) -> None:
    sentence = "This badge is archived: it’s no longer awarded. People who earned it keep it."
    assert sentence not in words(public.browse(PAGE))
    badges.archive(badge, True)
    said = words(public.browse(PAGE))
    assert sentence in said
    assert "Ask Chicago" not in said
    badges.delete(badge)
    assert sentence in words(public.browse(f"/id/badges/{badge.public_id}"))


def test_the_ways_to_earn_a_badge_are_those_that_it_has(public: Public, badge: Badge) -> None:
    code = "If the issuer gave you a claim code"
    said = words(public.browse(PAGE))
    assert "Ask Chicago how to apply." in said
    assert code not in said
    claimed = ClaimCode.create(badge=badge, code="a", claimed=True)
    assert code not in words(public.browse(PAGE))
    ClaimCode.update(multiuse=True).where(ClaimCode.id == claimed.id).execute()
    assert code in words(public.browse(PAGE))
    Badge.update(award_limit=1).execute()
    awards.give(Badge.get(), "ada@example.org")
    said = words(public.browse(PAGE))
    assert "The only award of this badge was given." in said
    assert code not in said


def test_the_page_of_a_milestone_names_the_badges_that_lead_to_it(
    public: Public, badge: Badge, chicago: Scope
) -> None:
    walker = stored(examples.badge(chicago, slug="walker", name="Walker"))
    milestones.create(
        chicago.system,
        {"primaryBadgeId": badge.id, "supportBadges": [walker.id], "numberRequired": 1,
         "action": milestones.ISSUE},
    )  # fmt: skip
    page = public.browse(PAGE)
    assert "Earn one of these badges, and you get this one automatically: Walker" in words(page)
    assert f'<a href="{BASE}/id/badges/{walker.public_id}">Walker</a>' in page.text


def test_the_page_of_an_award_shows_its_narrative_and_leads_to_its_badge(
    public: Public, award: Award
) -> None:
    award.comment, award.note = "Found <ten> bridges", "Call me"
    award.save()
    for path in ("/public/assertions/abc", "/public/awards/abc"):
        page = public.browse(path)
        assert "About this award Found <ten> bridges" in words(page)
        assert f'href="{BASE}/id/badges/{award.badge.public_id}">About this badge</a>' in page.text
        assert "Call me" not in page.text


def test_its_pages_show_the_name_of_its_own_system(public: Public, badge: Badge) -> None:
    dallas = Scope(stored(examples.system(slug="dallas", name="Dallas")))
    other = stored(examples.badge(dallas, slug="other"))
    award = stored(examples.award(other, slug="theirs"))
    for path in (
        f"/id/badges/{other.public_id}",
        f"/id/badges/{other.public_id}/criteria",
        f"/id/issuers/{dallas.system.public_id}",
        f"/public/awards/{award.slug}",
    ):
        page = public.browse(path).text
        assert re.search("[ >]Dallas</title>", page), path
        assert "BadgeKit" not in page, path
    assert " \N{EN DASH} Chicago</title>" in public.browse(f"{SYSTEM}/badges/explorer").text

"""Rows are shown member for member as badgekit-api's clients know them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.data.models import (
    Application,
    Badge,
    Evidence,
    Image,
    Issuer,
    Review,
    ReviewItem,
)
from chalicelib.domain.badges.catalog import (
    AlignmentView,
    BadgeView,
    CriterionView,
    Details,
    TagView,
)
from chalicelib.domain.events import serializers
from chalicelib.domain.owners.places import Scope
from tests.openbadges import examples

MOMENT = datetime(2014, 6, 10, 14, 2, 57, 123_456, tzinfo=UTC)
TEXT = "2014-06-10T14:02:57.123Z"
ELSEWHERE = Image(slug="a", url="http://example.org/a.png")
OURS = Image(slug="e016f5ce", key="images/e016f5ce", media_type="image/png")
SYSTEM = {
    "id": 1,
    "slug": "chicago",
    "url": "http://cityofchicago.org",
    "name": "Chicago",
    "email": "mayor@cityofchicago.org",
    "imageUrl": None,
    "issuers": [],
}
ISSUER = {
    "id": 2,
    "slug": "library",
    "url": "http://www.chipublib.org/",
    "name": "Chicago Public Library",
    "description": "Books",
    "email": "lib@chipublib.org",
    "imageUrl": None,
    "programs": [],
}
PROGRAM = {
    "id": 3,
    "slug": "scratch",
    "url": "http://scratch.mit.edu/",
    "name": "MIT Scratch",
    "description": "Games",
    "email": "scratch@mit.edu",
    "imageUrl": None,
}


def scratch() -> Scope:
    """Return a program, its issuer and its system."""
    chicago = examples.system(id=1, image=None)
    library = examples.issuer(chicago, id=2, image=None)
    return Scope(chicago, library, examples.program(library, id=3, image=None))


def issuer() -> Issuer:
    of = scratch().issuer
    assert of is not None
    return of


def badge(where: Scope | None, **changes: Any) -> Badge:
    """Return a badge without anything that it need not have."""
    nothing = {"strapline": None, "id": 4, "created": MOMENT, "is_unique": False}
    return examples.badge(where, **{**nothing, **changes})


# Pictures


@pytest.mark.parametrize("base", ["http://localhost:3000", "https://badges.example.org/"])
def test_our_pictures_are_shown_where_this_deployment_shows_them(
    settings: dict[str, str], base: str
) -> None:
    settings["PERSONA_AUDIENCE"] = base
    assert serializers.image_url(OURS) == f"{base.rstrip('/')}/public/images/e016f5ce"
    assert serializers.image_url(ELSEWHERE) == "http://example.org/a.png"
    assert serializers.image_url(None) is None


# Owners


def test_a_system_shows_no_description() -> None:
    assert serializers.system(scratch().system) == SYSTEM


def shown_badge(row: Badge, details: Details) -> dict[str, Any]:
    return serializers.badge(
        BadgeView(row, row.image, row.system, row.issuer, row.program, details)
    )


def test_a_system_shows_its_issuers_and_an_issuer_its_programs() -> None:
    where = scratch()
    assert serializers.system(where.system, [issuer()]) == {**SYSTEM, "issuers": [ISSUER]}
    assert where.program is not None
    shown = serializers.issuer(issuer(), [where.program])
    assert shown == {**ISSUER, "programs": [PROGRAM]}


def test_owners_may_lack_all_that_is_not_needed() -> None:
    row = examples.system(id=1, email=None, description=None, image=ELSEWHERE)
    assert serializers.system(row) == {**SYSTEM, "email": None, "imageUrl": ELSEWHERE.url}
    bare = examples.issuer(row, id=2, email=None, description=None, image=None)
    assert serializers.issuer(bare) == {**ISSUER, "email": None, "description": None}


# Badges


def test_a_badge_of_which_little_is_known() -> None:
    shown = shown_badge(badge(Scope(scratch().system)), Details())
    assert shown == {
        "id": 4,
        "slug": "explorer",
        "name": "Explorer",
        "strapline": None,
        "earnerDescription": "You looked around",
        "consumerDescription": "Looked around the city",
        "issuerUrl": None,
        "rubricUrl": None,
        "timeValue": None,
        "timeUnits": None,
        "limit": None,
        "unique": 0,
        "created": TEXT,
        "imageUrl": None,
        "type": "",
        "archived": False,
        "system": SYSTEM,
        "criteriaUrl": "http://example.org/criteria",
        "criteria": [],
        "alignments": [],
        "evidenceType": None,
        "categories": [],
        "tags": [],
        "milestones": [],
    }


def test_a_badge_of_which_everything_is_known() -> None:
    row = badge(
        scratch(), strapline="S", issuer_url="http://example.org/i", time_value=10,
        rubric_url="http://example.org/r", time_units="minutes", award_limit=2, is_unique=True,
        image=OURS, type="Skill", archived=True, evidence_type="URL",
    )  # fmt: skip
    details = Details(
        criteria=[
            CriterionView(id=5, description="D", required=True, note="N"),
            CriterionView(id=6, description="", required=False, note=""),
        ],
        alignments=[AlignmentView(id=7, name="A", url=None, description=None)],
        categories=["science"],
        tags=[TagView(id=8, value="one")],
    )
    shown = shown_badge(row, details)
    wanted = {
        "strapline": "S",
        "issuerUrl": "http://example.org/i",
        "rubricUrl": "http://example.org/r",
        "timeValue": 10,
        "timeUnits": "minutes",
        "limit": 2,
        "unique": 1,
        "imageUrl": "http://localhost:3000/public/images/e016f5ce",
        "type": "Skill",
        "archived": True,
        "system": SYSTEM,
        "issuer": ISSUER,
        "program": PROGRAM,
        "criteria": [
            {"id": 5, "description": "D", "required": 1, "note": "N"},
            {"id": 6, "description": "", "required": 0, "note": ""},
        ],
        "alignments": [{"id": 7, "name": "A", "url": None, "description": None}],
        "evidenceType": "URL",
        "categories": ["science"],
        "tags": [{"id": 8, "value": "one"}],
    }
    assert {name: shown[name] for name in wanted} == wanted


def test_flags_have_the_types_that_the_original_gave_them() -> None:
    details = Details(criteria=[CriterionView(id=5, description="D", required=True, note="N")])
    shown = shown_badge(badge(None, is_unique=True), details)
    assert type(shown["unique"]) is type(shown["criteria"][0]["required"]) is int
    assert shown["archived"] is False


def test_owners_that_a_badge_does_not_have_are_absent() -> None:
    assert {"system", "issuer", "program"}.isdisjoint(shown_badge(badge(None), Details()))
    shown = shown_badge(badge(Scope(scratch().system, issuer())), Details())
    assert ("issuer" in shown, "program" in shown) == (True, False)


# Applications, reviews, awards


def test_an_application() -> None:
    row = Application(id=9, slug="a1", learner="L@example.org", created=MOMENT)
    evidence = [
        Evidence(url="http://example.org/e", media_type="link", reflection="R"),
        Evidence(url=None, media_type=None, reflection=None),
    ]
    wanted = {
        "id": 9,
        "slug": "a1",
        "learner": "L@example.org",
        "created": TEXT,
        "assignedTo": None,
        "assignedExpiration": None,
        "badge": {"slug": "explorer"},
        "processed": None,
        "evidence": [
            {"url": "http://example.org/e", "mediaType": "link", "reflection": "R"},
            {"url": None, "mediaType": None, "reflection": None},
        ],
    }
    assert serializers.application(row, {"slug": "explorer"}, evidence) == wanted
    row.assigned_to, row.assigned_expiration, row.processed = "r@example.org", MOMENT, MOMENT
    assert serializers.application(row, {"slug": "explorer"}, evidence) == {
        **wanted, "assignedTo": "r@example.org", "assignedExpiration": TEXT, "processed": TEXT,
    }  # fmt: skip


def test_a_review() -> None:
    row = Review(id=10, slug="r1", author="r@example.org", comment=None)
    items = [
        ReviewItem(criterion=5, satisfied=True, comment="perfect"),
        ReviewItem(criterion=None, satisfied=False, comment=None),
    ]
    shown = serializers.review(row, items)
    assert shown == {
        "id": 10,
        "slug": "r1",
        "author": "r@example.org",
        "comment": None,
        "reviewItems": [
            {"criterionId": 5, "satisfied": 1, "comment": "perfect"},
            {"criterionId": None, "satisfied": 0, "comment": None},
        ],
    }
    assert type(shown["reviewItems"][0]["satisfied"]) is int


def test_an_award() -> None:
    row = examples.award(None, issued_on=MOMENT)
    wanted = {
        "slug": row.slug,
        "email": "Ada@example.org",
        "expires": None,
        "issuedOn": TEXT,
        "assertionUrl": f"http://localhost:3000/public/assertions/{row.slug}",
        "badge": None,
    }
    assert serializers.instance(row, None, new=True) == wanted
    row.expires = MOMENT
    shown = serializers.instance(row, {"slug": "explorer"})
    assert shown == {**wanted, "expires": TEXT, "badge": {"slug": "explorer"}, "claimCode": None}


@pytest.mark.parametrize(
    ("slug", "path"),
    [("my-award", "my-award"), ("a b/c?d#ü", "a%20b%2Fc%3Fd%23%C3%BC"), ("%", "%25")],
)
def test_an_award_s_url_holds_any_slug(slug: str, path: str) -> None:
    row = examples.award(None, slug=slug)
    url = f"http://localhost:3000/public/assertions/{path}"
    assert serializers.assertion_url(row) == url


def test_everything_shown_is_json() -> None:
    shown = [
        shown_badge(badge(scratch()), Details()),
        serializers.instance(examples.award(None), None),
    ]
    assert json.loads(json.dumps(shown)) == shown

"""Open Badges 1.0 documents, as badgekit-api answered them (its recording, steps 364 to 518)."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.data.models import Alignment
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import v1, v2
from tests.openbadges import examples
from tests.openbadges.examples import BASE, LINKS, MAIL_FROM

CHICAGO = Scope(examples.system())
BADGE = examples.badge(CHICAGO)


def test_an_assertion_counts_time_in_seconds() -> None:
    award = examples.award(BADGE, expires=datetime(2030, 1, 1, tzinfo=UTC))
    assert v1.assertion(LINKS, award) == {
        "uid": award.slug,
        "recipient": v2.recipient(award),
        "badge": f"{BASE}/public/systems/chicago/badges/explorer",
        "verify": {"url": f"{BASE}/public/assertions/{award.slug}", "type": "hosted"},
        "issuedOn": 1402408977,
        "expires": 1893456000,
    }


def test_an_assertion_shows_its_baked_image() -> None:
    award = examples.award(BADGE, baked_key="awards/x.png")
    assert v1.assertion(LINKS, award)["image"] == LINKS.assertion_image(award.slug)


def test_a_badge_class_has_plain_criteria_and_a_list_of_alignments() -> None:
    alignments = [
        Alignment(name="CCSS.1", url="http://example.org/ccss"),
        Alignment(name="No address", url=None),
    ]
    details = examples.details(alignments=alignments)
    assert v1.badge_class(LINKS, BADGE, details) == {
        "name": "Explorer",
        "description": "Looked around the city",
        "image": f"{BASE}/public/images/default",
        "criteria": "http://example.org/criteria",
        "alignment": [{"name": "CCSS.1", "url": "http://example.org/ccss", "description": ""}],
        "issuer": f"{BASE}/public/systems/chicago",
    }


def test_an_image_is_its_address_alone() -> None:
    badge = examples.badge(CHICAGO, image=examples.image(key="images/a.png", alt="A star"))
    award = examples.award(badge, baked_key="awards/x.png")
    assert v1.assertion(LINKS, award)["image"] == LINKS.assertion_image(award.slug)
    url = f"{BASE}/public/images/e016f5ce"
    assert v1.badge_class(LINKS, badge, examples.details())["image"] == url


def test_an_issuer_is_shown_without_identity() -> None:
    profile = {
        "name": "Chicago",
        "url": "http://cityofchicago.org",
        "description": "The City of Chicago",
        "email": "mayor@cityofchicago.org",
    }
    assert v1.issuer(LINKS, issuer_profiles.of(CHICAGO), email=MAIL_FROM) == profile
    assert v1.issuer_of(LINKS, BADGE, email=MAIL_FROM) == profile

"""Open Badges 2.0 documents, member by member."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from chalicelib.data.models import Alignment, Criterion
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import v2
from tests.openbadges import examples
from tests.openbadges.examples import BASE, LINKS, MAIL_FROM

CONTEXT = "https://w3id.org/openbadges/v2"
CHICAGO = Scope(examples.system())
BADGE = examples.badge(CHICAGO)
BADGE_URL = f"{BASE}/id/badges/{BADGE.public_id}"
ISSUER_URL = f"{BASE}/id/issuers/{CHICAGO.system.public_id}"
URL = f"{BASE}/public/assertions/0bcd798eaafa80e451eb337d09fca6fd0fa38a1b"


# Assertions


def test_an_assertion_says_who_has_which_badge_since_when() -> None:
    identity = hashlib.sha256(b"ada@example.org5a17").hexdigest()
    assert v2.assertion(LINKS, examples.award(BADGE)) == {
        "@context": CONTEXT,
        "id": URL,
        "type": "Assertion",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "5a17",
            "identity": f"sha256${identity}",
        },
        "badge": BADGE_URL,
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2014-06-10T14:02:57.000Z",
    }


def test_the_address_is_hashed_in_lower_case_however_it_was_typed() -> None:
    identity = f"sha256${hashlib.sha256(b'ada@example.org5a17').hexdigest()}"
    for email in ("ada@example.org", "Ada@Example.org", "ADA@EXAMPLE.ORG"):
        assert v2.recipient(examples.award(BADGE, email=email))["identity"] == identity


def test_an_assertion_expires_only_if_the_award_does() -> None:
    award = examples.award(BADGE, expires=datetime(2030, 1, 1, tzinfo=UTC))
    assert v2.assertion(LINKS, award)["expires"] == "2030-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("comment", "narrative"),
    [
        ("Found *every* bridge.\nWell done!", "Found \\*every\\* bridge.  \nWell done!"),
        (" \n", None),
        ("", None),
        (None, None),
    ],
)
def test_a_comment_becomes_the_narrative_which_shows_it_as_it_was_typed(
    comment: str | None, narrative: str | None
) -> None:
    award = examples.award(BADGE, comment=comment)
    assert v2.assertion(LINKS, award).get("narrative") == narrative


def test_an_assertion_shows_its_image_once_it_is_baked() -> None:
    baked = examples.award(BADGE, baked_key="awards/x.png")
    assert v2.assertion(LINKS, baked)["image"] == f"{URL}/image"


def test_what_is_being_baked_shows_the_image_it_is_baked_into() -> None:
    assert v2.assertion(LINKS, examples.award(BADGE), baked=True)["image"] == f"{URL}/image"


PICTURED = examples.badge(CHICAGO, image=examples.image(key="images/a.png", alt="A star"))


def test_an_image_says_in_words_what_it_shows() -> None:
    award = examples.award(PICTURED, baked_key="awards/x.png")
    assert v2.assertion(LINKS, award)["image"] == {"id": f"{URL}/image", "caption": "A star"}
    assert v2.badge_class(LINKS, PICTURED, examples.details())["image"] == {
        "id": f"{BASE}/public/images/e016f5ce",
        "caption": "A star",
    }


def test_what_was_baked_into_the_default_image_does_not_show_what_the_badge_s_does() -> None:
    award = examples.award(PICTURED, baked_key="awards/x.png", baked_note="It was away")
    assert v2.assertion(LINKS, award)["image"] == f"{URL}/image"


def test_a_revoked_assertion_says_no_more_than_that() -> None:
    award = examples.award(BADGE, revoked=datetime.now(UTC), revocation_reason="A mistake")
    assert v2.revoked(LINKS, award) == {
        "@context": CONTEXT,
        "id": URL,
        "type": "Assertion",
        "revoked": True,
        "revocationReason": "A mistake",
    }


def test_a_revocation_without_reason_gets_a_general_one() -> None:
    award = examples.award(None, revoked=datetime.now(UTC))
    assert v2.revoked(LINKS, award)["revocationReason"] == v2.NO_REASON


def test_an_award_of_an_unknown_badge_has_no_assertion() -> None:
    with pytest.raises(ValueError, match="unknown badge"):
        v2.assertion(LINKS, examples.award(None))


# Badge classes


def test_a_badge_class_says_what_was_earned() -> None:
    assert v2.badge_class(LINKS, BADGE, examples.details()) == {
        "@context": CONTEXT,
        "id": BADGE_URL,
        "type": "BadgeClass",
        "name": "Explorer",
        "description": "Looked around the city",
        "image": f"{BASE}/public/images/default",
        "criteria": "http://example.org/criteria",  # plain, for sites that print a link to it
        "issuer": ISSUER_URL,
    }


@pytest.mark.parametrize(
    ("consumer_description", "strapline", "description"),
    [("For all", "Short", "For all"), ("", "Short", "Short"), ("", None, "Explorer")],
)
def test_a_badge_class_always_has_a_description(
    consumer_description: str, strapline: str | None, description: str
) -> None:
    badge = examples.badge(CHICAGO, consumer_description=consumer_description, strapline=strapline)
    assert v2.badge_class(LINKS, badge, examples.details())["description"] == description


def test_criteria_are_told_as_a_list_without_the_notes_for_reviewers() -> None:
    criteria = [
        Criterion(description="Cross ten\nbridges", required=True, note="Count them!"),
        Criterion(description="# Draw a map", required=False),
        Criterion(description=" "),
    ]
    document = v2.badge_class(LINKS, BADGE, examples.details(criteria))
    assert document["criteria"] == {
        "id": "http://example.org/criteria",
        "narrative": "- Cross ten  \n  bridges (required)\n- \\# Draw a map",
    }


def test_tags_are_listed() -> None:
    document = v2.badge_class(LINKS, BADGE, examples.details(tags=["city", "maps"]))
    assert document["tags"] == ["city", "maps"]


def test_alignments_need_a_name_and_a_web_address() -> None:
    alignments = [
        Alignment(name="CCSS.1", url="http://example.org/ccss", description="Read closely"),
        Alignment(name="No address", url=None),
        Alignment(name="Bad address", url="see the handbook"),
        Alignment(name="", url="http://example.org/nameless"),
    ]
    document = v2.badge_class(LINKS, BADGE, examples.details(alignments=alignments))
    assert document["alignment"] == [
        {
            "type": "AlignmentObject",
            "targetName": "CCSS.1",
            "targetUrl": "http://example.org/ccss",
            "targetDescription": "Read closely",
        }
    ]


# Issuers


def test_a_profile_says_who_issues() -> None:
    assert v2.issuer(LINKS, issuer_profiles.of(CHICAGO), email=MAIL_FROM) == {
        "@context": CONTEXT,
        "id": ISSUER_URL,
        "type": "Issuer",
        "name": "Chicago",
        "url": "http://cityofchicago.org",
        "description": "The City of Chicago",
        "email": "mayor@cityofchicago.org",
    }


def test_a_program_takes_what_it_lacks_from_its_issuer_and_system() -> None:
    image = examples.image(url="http://example.org/seal.png")
    chicago = examples.system(image=image)
    library = examples.issuer(chicago, email=None)
    khan = examples.program(
        library, slug="khan", name="Khan", url="khan.example.org", description=None, email=None
    )
    profile = issuer_profiles.of(Scope(chicago, library, khan))
    assert v2.issuer(LINKS, profile, email=MAIL_FROM) == {
        "@context": CONTEXT,
        "id": f"{BASE}/id/issuers/{khan.public_id}",
        "type": "Issuer",
        "name": "Khan",
        "url": "http://khan.example.org",
        "description": "Books",
        "email": "mayor@cityofchicago.org",
        "image": "http://example.org/seal.png",
    }


@pytest.mark.parametrize("mail_from", ["badges@example.org", "BadgeKit <badges@example.org>"])
def test_an_issuer_without_an_address_has_the_sender_of_mails(mail_from: str) -> None:
    profile = issuer_profiles.of(Scope(examples.system(email=None, description=None)))
    document = v2.issuer(LINKS, profile, email=mail_from)
    assert document["email"] == "badges@example.org"
    assert "description" not in document


def test_an_issuer_without_a_web_address_is_found_at_its_profile() -> None:
    profile = issuer_profiles.of(Scope(examples.system(url="none yet")))
    document = v2.issuer(LINKS, profile, email=MAIL_FROM)
    assert document["url"] == document["id"]


def test_the_issuer_of_a_badge_is_its_innermost_owner() -> None:
    library = Scope(CHICAGO.system, examples.issuer(CHICAGO.system))
    document = v2.issuer_of(LINKS, examples.badge(library), email=MAIL_FROM)
    assert document == v2.issuer(LINKS, issuer_profiles.of(library), email=MAIL_FROM)


@pytest.mark.parametrize(
    ("issuer_url", "name", "url"),
    [
        ("http://museum.example.org/", "museum.example.org", "http://museum.example.org/"),
        (None, "badges.example.org", BADGE_URL),
    ],
)
def test_a_badge_that_outlived_its_system_still_has_an_issuer(
    issuer_url: str | None, name: str, url: str
) -> None:
    orphan = examples.badge(None, issuer_url=issuer_url)
    assert v2.issuer_of(LINKS, orphan, email=MAIL_FROM) == {
        "@context": CONTEXT,
        "id": f"{BASE}/public/badges/explorer/issuer",
        "type": "Issuer",
        "name": name,
        "url": url,
        "email": "badges@example.org",
    }

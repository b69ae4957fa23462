"""Where the parts of a badge are found."""

from __future__ import annotations

import pytest

from chalicelib.domain.owners import addresses, issuer_profiles
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges.links import Links, web_address
from tests.openbadges import examples
from tests.openbadges.examples import BASE, LINKS

CHICAGO = examples.system()
LIBRARY = examples.issuer(CHICAGO)
SCRATCH = examples.program(LIBRARY)


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (Scope(CHICAGO), "/public/systems/chicago"),
        (Scope(CHICAGO, LIBRARY), "/public/systems/chicago/issuers/library"),
        (Scope(CHICAGO, LIBRARY, SCRATCH), "/public/systems/chicago/issuers/library/programs/scratch"),
    ],
)  # fmt: skip
def test_badges_live_below_their_owners(scope: Scope, path: str) -> None:
    badge = examples.badge(scope)
    assert LINKS.owner_at_slug(scope) == BASE + path
    assert LINKS.issuer_at_slug(badge) == BASE + path
    assert LINKS.badge_at_slug(badge) == f"{BASE}{path}/badges/explorer"


def test_a_badge_outlives_its_system() -> None:
    orphan = examples.badge(None)
    assert LINKS.badge_at_slug(orphan) == f"{BASE}/public/badges/explorer"
    assert LINKS.issuer_at_slug(orphan) == f"{BASE}/public/badges/explorer/issuer"
    assert LINKS.issuer(orphan, None) == f"{BASE}/public/badges/explorer/issuer"


def test_ids_hold_no_slugs() -> None:
    scope = Scope(CHICAGO, LIBRARY)
    badge, renamed = examples.badge(scope), examples.badge(scope, slug="walker")
    renamed.public_id = badge.public_id
    assert LINKS.badge(renamed) == f"{BASE}/id/badges/{badge.public_id}" == LINKS.badge(badge)
    profile = issuer_profiles.of(scope)
    assert LINKS.issuer(badge, profile) == f"{BASE}/id/issuers/{LIBRARY.public_id}"
    assert LINKS.profile(profile) == f"{BASE}/id/issuers/{LIBRARY.public_id}"


def test_rows_of_an_earlier_version_are_named_by_their_slugs() -> None:
    """It may run for a moment after the tables have been migrated."""
    scope = Scope(examples.system(public_id=None))
    badge = examples.badge(scope, public_id=None, criteria_url="")
    assert LINKS.badge(badge) == LINKS.criteria(badge) == LINKS.badge_at_slug(badge)
    profile = issuer_profiles.of(scope)
    assert LINKS.issuer(badge, profile) == LINKS.owner_at_slug(scope)


def test_an_address_that_leads_to_something_else_is_replaced_by_the_id() -> None:
    scope = Scope(CHICAGO)
    badge = examples.badge(scope, id=7, criteria_url="")
    taken = Links(BASE, {(addresses.BADGE, 7), (addresses.CRITERIA, 7), (addresses.OWNER, 7)})
    assert taken.badge_at_slug(badge) == LINKS.badge(badge)
    assert taken.criteria_at_slug(badge) == LINKS.criteria(badge)
    assert taken.issuer_at_slug(badge) == LINKS.profile(issuer_profiles.of(scope))


def test_an_assertion_and_its_image_have_urls_of_their_own() -> None:
    assert LINKS.assertion("abc") == f"{BASE}/public/assertions/abc"
    assert LINKS.assertion_image("abc") == f"{BASE}/public/assertions/abc/image"


def test_slugs_are_percent_encoded() -> None:
    odd = examples.badge(Scope(examples.system(slug="a b")), slug="½/?#%")
    assert LINKS.badge_at_slug(odd) == f"{BASE}/public/systems/a%20b/badges/%C2%BD%2F%3F%23%25"
    assert LINKS.assertion("a/b") == f"{BASE}/public/assertions/a%2Fb"


def test_a_deployment_may_live_below_a_path() -> None:
    assert Links("https://example.org/badges/").assertion("x") == (
        "https://example.org/badges/public/assertions/x"
    )


def test_an_image_elsewhere_keeps_its_url() -> None:
    assert LINKS.image(examples.image(url="http://example.org/b.png")) == "http://example.org/b.png"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://localhost:3000", BASE),
        ("https://old.example.org/", BASE),
        ("https://old.example.org/share/abc", f"{BASE}/share/abc"),
        ("cityofchicago.org", "http://cityofchicago.org"),
        ("none yet", None),
    ],
)
def test_an_address_of_ours_moves_with_us(
    text: str, url: str | None, settings: dict[str, str]
) -> None:
    settings["FORMER_HOSTS"] = "old.example.org"
    assert LINKS.typed(text) == url


def test_an_image_that_was_copied_is_ours_but_for_clients_of_the_original() -> None:
    copied = examples.image(url="http://example.org/b.png", key="images/x.png")
    assert LINKS.image(copied) == f"{BASE}/public/images/e016f5ce"
    assert LINKS.image_at_source(copied) == "http://example.org/b.png"


def test_an_image_in_the_bucket_is_ours() -> None:
    kept = examples.image(key="images/x.png")
    assert LINKS.image(kept) == LINKS.image_at_source(kept) == f"{BASE}/public/images/e016f5ce"


def test_a_badge_without_image_shows_the_default_one() -> None:
    assert LINKS.image(None) == f"{BASE}/public/images/default"


def test_criteria_are_where_the_badge_says() -> None:
    badge = examples.badge(Scope(CHICAGO))
    assert LINKS.criteria(badge) == "http://example.org/criteria"


def test_criteria_without_an_address_are_on_our_own_page() -> None:
    badge = examples.badge(Scope(CHICAGO), criteria_url="")
    assert LINKS.criteria(badge) == f"{LINKS.badge(badge)}/criteria"
    assert LINKS.criteria_at_slug(badge) == f"{BASE}/system/chicago/badge/explorer/criteria"
    orphan = examples.badge(None, criteria_url="")
    assert LINKS.criteria_at_slug(orphan) == LINKS.badge_at_slug(orphan)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTP://Example.org", "HTTP://Example.org"),
        ("cityofchicago.org", "http://cityofchicago.org"),
        ("cityofchicago.org:8080/about", "http://cityofchicago.org:8080/about"),
        (" http://example.org/ ", "http://example.org/"),
        ("http://example.org/ü[1]", "http://example.org/%C3%BC%5B1%5D"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://example.org/a%20b", "http://example.org/a%20b"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ("", None),
        (None, None),
        ("chicago", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)//.x", None),
        ("mailto:mayor@cityofchicago.org", None),
        ("mayor@cityofchicago.org", None),
        ("http://exam ple.org/", None),
        ("//example.org/", None),
    ],
)
def test_addresses_are_written_as_every_parser_takes_them(
    text: str | None, url: str | None
) -> None:
    assert web_address(text) == url

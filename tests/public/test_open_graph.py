"""What link previews find in the head of a page: Open Graph and Twitter's card."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.owners.places import Scope
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import BASE, Public

SYSTEM = "/public/systems/chicago"
BADGE = f"{SYSTEM}/badges/explorer"
ID = f"/id/badges/{examples.public_id('explorer')}"
ISSUER_ID = f"/id/issuers/{examples.public_id('chicago')}"
DEFAULT = f"{BASE}/public/images/default"
PREVIEW = {"Accept": "*/*", "User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}  # fmt: skip


def head(public: Public, path: str) -> dict[str, str]:
    """Return the head's properties, names, and links of a page as a link preview gets it."""
    text = public.get(path, PREVIEW).text
    tags = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', text)
    links = re.findall(r'<link rel="(canonical)" href="([^"]*)">', text)
    return {name: html.unescape(value) for name, value in [*tags, *links]}


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (BADGE, ID),
        ("/public/badges/explorer", ID),
        (ID, ID),
        ("/public/assertions/abc", "/public/awards/abc"),
        ("/public/awards/abc", "/public/awards/abc"),
    ],
)
def test_a_badge_and_an_award_can_be_shared(
    path: str, url: str, public: Public, badge: Badge, award: Award
) -> None:
    badge.image = stored(examples.image(slug="hill", key="images/a.png", alt="A star & a <hill>"))
    badge.save()
    found = head(public, path)
    assert found["og:title"] == "Explorer"
    assert found["og:description"] == found["description"] == badge.strapline
    assert found["og:url"] == found["canonical"] == BASE + url
    assert found["og:image"] == f"{BASE}/public/images/hill"
    assert found["og:image:alt"] == "A star & a <hill>"
    assert (found["og:type"], found["twitter:card"]) == ("website", "summary")


def test_an_award_shows_its_baked_image(public: Public, award: Award) -> None:
    award.baked_key = "awards/abc.png"
    award.save()
    assert head(public, "/public/awards/abc")["og:image"] == f"{BASE}/public/assertions/abc/image"


@pytest.mark.parametrize("path", [SYSTEM, "/public/badges/explorer/issuer", ISSUER_ID])
def test_an_issuer_can_be_shared(path: str, public: Public, badge: Badge, chicago: Scope) -> None:
    found = head(public, path)
    assert found["og:title"] == found["og:image:alt"] == "Chicago"
    assert found["og:description"] == chicago.system.description
    assert found["og:url"] == found["canonical"] == BASE + ISSUER_ID
    assert found["og:image"] == DEFAULT
    assert (found["og:type"], found["twitter:card"]) == ("website", "summary")
    chicago.system.image = stored(examples.image(slug="hall", key="images/b.png"))
    chicago.system.description = None
    chicago.system.save()
    found = head(public, path)
    assert found["og:image"] == f"{BASE}/public/images/hall"
    assert found["og:description"] == "Open Badges issuer"


def test_nothing_is_empty_where_texts_are_missing(
    public: Public, badge: Badge, award: Award
) -> None:
    badge.strapline, badge.consumer_description, badge.image = None, "", None
    badge.save()
    for path in (BADGE, "/public/awards/abc"):
        found = head(public, path)
        assert found["og:description"] == found["description"] == "Explorer"
        assert found["og:image"] == DEFAULT
        assert found["og:image:alt"] == "Explorer badge"
        assert all(urlsplit(found[name]).scheme for name in ("og:url", "og:image"))

"""The public pages of badges and awards in a real browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import times
from chalicelib.data.models import Award, Badge, Criterion, Image, System
from chalicelib.domain.awards import awards
from tests.browser.test_administrator import spills

pytestmark = pytest.mark.browser

EARNER = "grace@example.org"


@pytest.fixture
def award(site: str) -> Award:
    """An award of a badge with all data that its page can show."""
    system = System.create(
        slug="chicago", name="City of Learning", url="https://example.org", description="We teach."
    )
    badge = Badge.create(
        slug="beekeeper", system=system, name="Urban Beekeeper", strapline="Keeps a hive",
        earner_description="Keep a hive.", consumer_description="The holder has kept a hive.",
        criteria_url="", image=Image.create(slug="bee", url=f"{site}/static/mark.svg"),
    )  # fmt: skip
    Criterion.create(badge=badge, description="Opens a hive calmly", required=True)
    Criterion.create(badge=badge, description="Shows " + "somebodyelse" * 9 + " how")
    given, _ = awards.give(
        badge, EARNER, slug="a1", expires=times.now() + timedelta(days=365), comment="Well done"
    )
    return given


@pytest.mark.parametrize("path", ["/public/assertions/a1", "/public/badges/beekeeper"])
def test_the_badge_is_shown_whole(path: str, page: Any, award: Award) -> None:
    page.goto(path)
    page.get_by_role("heading", name="Urban Beekeeper", level=1).wait_for()
    picture = page.get_by_role("img", name="Urban Beekeeper badge")
    assert picture.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    assert page.get_by_role("listitem").count() == 2
    assert spills(page) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/system/chicago/badge/beekeeper/criteria",
        "/public/systems/chicago",
        "/public/badges/beekeeper/issuer",
        "/",
    ],
)
def test_all_other_pages_fit_the_window(path: str, page: Any, award: Award) -> None:
    page.goto(path)
    assert spills(page) == 0


def test_the_award_shows_everything_except_the_address(page: Any, award: Award) -> None:
    page.goto("/public/assertions/a1")
    words = page.locator("main").inner_text()
    for part in ("City of Learning", "Opens a hive calmly", "Optional", str(award.issued_on.year)):
        assert part in words
    content = page.content().lower()
    assert EARNER not in content
    assert "grace" not in content


def test_the_award_can_be_shared(page: Any, award: Award, site: str) -> None:
    page.goto("/public/assertions/a1")
    properties = page.locator("meta[property]").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.getAttribute('property'), one.content]))"
    )
    assert properties == {
        "og:type": "website",
        "og:site_name": "City of Learning",
        "og:title": "Urban Beekeeper",
        "og:description": "Keeps a hive",
        "og:url": f"{site}/public/awards/a1",
        "og:image": f"{site}/static/mark.svg",
        "og:image:alt": "Urban Beekeeper badge",
    }


def test_a_revoked_award_shows_that_and_why(page: Any, award: Award) -> None:
    awards.revoke(award, "It was given by mistake")
    page.goto("/public/assertions/a1")
    words = page.locator("main").inner_text()
    assert "This award was revoked" in words
    assert "It was given by mistake" in words
    assert EARNER not in page.content()
    assert spills(page) == 0

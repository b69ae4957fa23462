"""What a publisher sees of activity: the badges of their own places, in words without queues."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.data.models import Badge, Event, Job
from chalicelib.domain.badges import badges
from chalicelib.domain.events import events
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from tests.admin.browser import Browser, words
from tests.domain import places

PAT = "pat@example.org"
CHICAGO, LIBRARY, PARK = Place("chicago"), Place("chicago", "library"), Place("chicago", "park")
PUBLISH, DRAFT = Rights(publish=True), Rights(draft=True)
BADGES = {"chicago": "town", "library": "reader", "park": "gardener", "boston": "sailor"}


@pytest.fixture
def jobs(database: Any) -> Mapping[str, int]:
    """A failed job for a badge of each place, by the place's slug; one of them about no badge."""
    system = places.chicago()
    issuers = {
        slug: owners.create_issuer(
            system, {"slug": slug, "name": slug, "url": "http://example.org"}
        )
        for slug in ("library", "park")
    }
    scopes = {
        "chicago": Scope(system), "boston": Scope(places.chicago("boston")),
        **{slug: Scope(system, one) for slug, one in issuers.items()},
    }  # fmt: skip
    found = {}
    for slug, scope in scopes.items():
        data = {
            "name": slug, "slug": BADGES[slug], "earnerDescription": "E", "unique": 1,
            "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
        }  # fmt: skip
        badge = badges.create(scope, data, places.PICTURE)
        events.record_webhook(slug.encode(), "review", f"eve@{slug}.example.org", badge.slug)
        found[slug] = Job.select(Job.id).order_by(Job.id.desc()).first().id
    events.record_webhook(b"?", "review", "eve@unknown.example.org", "unknown")
    found["unknown"] = Job.select(Job.id).order_by(Job.id.desc()).first().id
    Job.update(state="failed", reason="The address bounced", due=None).execute()
    return found


@pytest.fixture
def pat(signed_in: Callable[[str], Browser]) -> Callable[..., Browser]:
    def work(*granted: tuple[Place, Rights]) -> Browser:
        for place, rights in granted:
            accounts.allow(PAT, place, rights)
        return signed_in(PAT)

    return work


def seen(browser: Browser) -> set[str]:
    """Return the places whose events the page shows."""
    text = browser.get("/activity?state=failed").text.replace("<wbr>", "")
    return set(re.findall(r"eve@(\w+)\.example\.org</td>", text))


@pytest.mark.parametrize(
    ("granted", "shown"),
    [
        ([(LIBRARY, PUBLISH)], {"library"}),
        ([(CHICAGO, PUBLISH)], {"chicago", "library", "park"}),
        ([(CHICAGO, PUBLISH), (PARK, DRAFT)], {"chicago", "library"}),
        ([(CHICAGO, DRAFT), (PARK, PUBLISH)], {"park"}),
        ([(PARK, PUBLISH), (Place("boston"), PUBLISH)], {"park", "boston"}),
        ([(PARK, PUBLISH), (Place("nowhere"), PUBLISH)], {"park"}),
        ([(Place("nowhere"), PUBLISH)], set()),
    ],
)  # fmt: skip
def test_a_publisher_sees_and_retries_what_failed_in_their_own_places(
    granted: list[tuple[Place, Rights]],
    shown: set[str],
    jobs: Mapping[str, int],
    pat: Callable[..., Browser],
) -> None:
    browser = pat(*granted)
    page = words(browser.get("/activity"))
    assert f"{len(shown)} Failed" in page
    assert (f"Activity {len(shown)} failed" in page) == bool(shown)  # in the navigation
    assert seen(browser) == shown
    for place, job in jobs.items():
        answer = browser.submit("/activity", f"/activity/jobs/{job}/retry")
        assert (place, answer.status) == (place, 303 if place in shown else 403)
        assert (Job.get_by_id(job).state == outbox.FAILED) == (place not in shown)


def test_an_administrator_sees_what_is_about_no_badge_too(
    jobs: Mapping[str, int], administrator: Browser
) -> None:
    assert seen(administrator) == {*BADGES, "unknown"}


def test_who_takes_a_badge_s_slug_does_not_see_what_happened_to_it(
    jobs: Mapping[str, int], pat: Callable[..., Browser]
) -> None:
    badges.delete(badges.by_slug("sailor"))
    Badge.update(slug="sailor").where(Badge.slug == "reader").execute()
    assert seen(pat((LIBRARY, PUBLISH))) == {"library"}
    assert seen(pat((Place("boston"), PUBLISH))) == {"library"}


@pytest.mark.parametrize("rights", [DRAFT, Rights(review=True), Rights(award=True)])
def test_others_see_no_activity(
    rights: Rights, jobs: Mapping[str, int], pat: Callable[..., Browser]
) -> None:
    browser = pat((CHICAGO, rights))
    assert browser.get("/activity").status == 403
    assert "Activity" not in words(browser.get("/directory"))


def test_a_publisher_s_pages_have_no_operators_words(
    jobs: Mapping[str, int], pat: Callable[..., Browser]
) -> None:
    text = words(pat((CHICAGO, PUBLISH)).get("/activity")).lower()
    for word in ("queue", "dead letter", "job", "lease", "readme", "deliveries"):
        assert word not in text


def test_events_keep_the_badge_they_are_about(jobs: Mapping[str, int]) -> None:
    about = {event.badge_slug: event.badge_id for event in Event.select()}
    assert about == {**{badge.slug: badge.id for badge in Badge.select()}, "unknown": None}

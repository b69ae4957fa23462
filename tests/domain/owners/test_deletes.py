"""Changes and deletes: details not sent again are deleted, and awards outlive every delete."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.data.models import (
    Application,
    Badge,
    ClaimCode,
    Milestone,
    MilestoneBadge,
    System,
)
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, lookup, milestones
from chalicelib.domain.badges import badges, catalog, codes, public
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Place
from chalicelib.errors import Conflict, NotFound
from tests.domain import places

pytestmark = pytest.mark.usefixtures("database")

EARNER = "earner@example.org"


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


def criterion(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, "required": 1, "note": "", **more}


def details(badge: Badge) -> catalog.Details:
    return catalog.details([badge.id])[badge.id]


def test_what_is_not_sent_again_is_gone_and_ids_are_kept(system: System) -> None:
    sent = [criterion("a"), criterion("b")]
    badge = places.published(system, "reader", criteria=sent, tags=["x", "y"], categories=["c"])
    first, second = details(badge).criteria
    kept = {"criteria": [criterion("B", id=second.id), criterion("new")], "tags": ["y"]}
    badges.update(badge, kept)
    after = details(badge)
    assert [(row.description, row.id == second.id) for row in after.criteria] == [
        ("B", True), ("new", False),
    ]  # fmt: skip
    assert first.id not in [row.id for row in after.criteria]
    assert ([tag.value for tag in after.tags], after.categories) == (["y"], [])


def test_another_badge_s_criterion_is_not_taken(system: System) -> None:
    other = places.published(system, "other", criteria=[criterion("theirs")])
    (theirs,) = details(other).criteria
    badge = places.published(system, "reader")
    badges.update(badge, {"criteria": [criterion("mine", id=theirs.id)]})
    assert [row.description for row in details(other).criteria] == ["theirs"]
    assert [row.description for row in details(badge).criteria] == ["mine"]


def test_a_slug_changes_unless_it_is_taken(system: System) -> None:
    badge, _ = places.published(system, "reader"), places.published(system, "other")
    badges.update(badge, {"slug": "Leser", "limit": None})
    assert badges.find(Place("chicago"), "leser").id == badge.id
    with pytest.raises(Conflict):
        badges.update(badge, {"slug": "OTHER"})


def test_the_awards_of_a_deleted_badge_go_on_answering(system: System) -> None:
    badge = places.published(system, "reader", criteria=[criterion("a")])
    award, _ = awards.give(badge, EARNER)
    badges.delete(badge)
    with pytest.raises(NotFound):
        badges.find(Place("chicago"), "reader")
    assert catalog.inside(Place("chicago"), archived=None).rows == []
    assert lookup.for_email(owners.scope("chicago"), EARNER).rows == []
    found = public.assertion(award.slug)
    assert found.badge is not None
    assert (found.badge.name, found.badge.system) == ("reader", system)
    assert badges.by_slug(found.badge.slug).id == badge.id
    assert details(badge).criteria[0].description == "a"


def test_what_belongs_to_a_deleted_badge_goes_and_what_belongs_to_others_stays(
    system: System,
) -> None:
    badge, other = (places.published(system, slug) for slug in ("reader", "other"))
    for one, support in ((badge, other), (other, other)):
        codes.create(one, {"code": "summer"})
        applications.create(one, {"learner": EARNER})
        sent = {"primaryBadgeId": one.id, "numberRequired": 2, "supportBadges": [support.id]}
        milestones.create(system, sent)
    milestones.add_badge(Milestone.get(Milestone.primary_badge == other), {"badgeId": badge.id})
    awards.give(badge, EARNER)
    badges.delete(badge)
    assert (
        ClaimCode.get().badge == Application.get().badge == Milestone.get().primary_badge == other
    )
    assert [row.badge for row in MilestoneBadge.select()] == [other]


def test_its_slug_is_free_again_and_the_awards_are_not_the_new_one_s(system: System) -> None:
    badge = places.published(system, "reader")
    award, _ = awards.give(badge, EARNER)
    badges.delete(badge)
    new = places.published(system, "reader")
    assert lookup.of_badge(new).rows == []
    assert public.assertion(award.slug).badge_id == badge.id


def test_a_badge_without_awards_is_deleted_for_good(system: System) -> None:
    badges.delete(places.published(system, "reader"))
    assert Badge.select().count() == 0


def test_badges_outlive_their_owners(system: System) -> None:
    badge = places.published(system, "reader")
    award, _ = awards.give(badge, EARNER)
    owners.delete(system)
    found = public.assertion(award.slug)
    assert found.badge is not None
    assert found.badge.system is None


def test_owners_change_what_is_sent(system: System) -> None:
    places.chicago("boston")
    owners.update(system, {"name": "New", "email": None})
    again = owners.system("chicago")
    assert (again.name, again.url, again.email) == ("New", "http://example.org", None)
    with pytest.raises(Conflict) as problem:
        owners.update(again, {"slug": "BOSTON"})
    assert problem.value.details["id"] == system.id

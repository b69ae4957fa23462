"""Publishing a draft: here in one transaction, elsewhere call by call, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge, ClaimCode, Draft, Milestone, System
from chalicelib.domain.badges import badges, catalog, criteria_pages
from chalicelib.domain.drafts import drafts, publishing
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound, Unavailable, ValidationError
from chalicelib.openbadges.links import Links
from chalicelib.registry import registry
from tests.contract.original import SECRET, OriginalApi
from tests.domain.places import PICTURE, chicago, published

ADA = "ada@example.org"
CONTENT = {
    "name": "  Star  Gazer ",
    "strapline": "Knows the sky",
    "earnerDescription": "You look up.",
    "consumerDescription": "They look up.",
    "timeValue": 3,
    "timeUnits": "hours",
    "limit": 5,
    "unique": True,
    "type": "Skill",
    "evidenceType": "Photo",
    "tags": ["sky"],
    "categories": ["Numbers"],
    "alignments": [{"name": "Standard", "url": "", "description": ""}],
    "criteria": [{"description": "Find Orion", "note": "by night", "required": True}],
    "multiClaimCode": "orion",
    "milestone": {"isMilestone": True, "numberRequired": 1, "supportBadges": ["reader"]},
}


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


@pytest.fixture
def make(system: System) -> Callable[..., Draft]:
    """Make a draft that lacks nothing."""
    published(system, "reader")

    def work(**more: Any) -> Draft:
        return drafts.create(Scope(system), ADA, {**CONTENT, **more}, image=images.keep(PICTURE))

    return work


def rename(draft: Draft, name: str) -> Draft:
    now = drafts.find(draft.id)
    values = {**drafts.section(now, "description"), "name": name}
    return drafts.save(draft.id, "description", values, drafts.base(now, "description"), ADA)


def test_a_draft_becomes_a_badge_with_all_that_belongs_to_it(make: Callable[..., Draft]) -> None:
    draft = make()
    badge = registry().publish(draft)
    assert badge.slug == "star-gazer"
    assert criteria_pages.url(badge).endswith(f"/id/badges/{badge.public_id}/criteria")
    assert (badge.strapline, badge.award_limit, badge.is_unique) == ("Knows the sky", 5, True)
    assert badge.image.url == PICTURE.url
    about = catalog.view(badge).details
    assert [one.description for one in about.criteria] == ["Find Orion"]
    assert (about.categories, [tag.value for tag in about.tags]) == (["Numbers"], ["sky"])
    assert [(one.code, one.multiuse) for one in ClaimCode.select()] == [("orion", True)]
    (milestone,) = about.milestones
    assert (milestone.number_required, milestone.action) == (1, "issue")
    assert [one.slug for one in milestone.support] == ["reader"]
    now = drafts.find(draft.id)
    assert (now.status, now.published_as) == ("published", "star-gazer")


DRAWN = images.Picture(
    key="images/a.png", media_type="image/png", alt="A star", design='{"shape":"star"}'
)


def test_what_a_picture_shows_and_was_drawn_from_goes_with_it(make: Callable[..., Draft]) -> None:
    draft = make()
    drafts.set_image(draft.id, DRAWN, drafts.base(draft, "visual"), ADA)
    badge = registry().publish(drafts.find(draft.id))
    assert images.picture(badges.by_id(badge.id).image) == DRAWN


def test_slugs_that_need_it_are_quoted_in_the_address_of_the_criteria(
    make: Callable[..., Draft],
) -> None:
    badge = registry().publish(make(name="A/B & Ü?"))
    assert badge.slug == "a/b-&-ü?"
    address = Links("http://x").criteria_at_slug(badge)
    assert address.endswith("/badge/a%2Fb-%26-%C3%BC%3F/criteria")


def test_publishing_again_is_the_same_badge(make: Callable[..., Draft]) -> None:
    draft = make()
    assert registry().publish(draft) == registry().publish(draft)
    assert Badge.select().count() == 2
    assert ClaimCode.select().count() == Milestone.select().count() == 1


def test_two_who_publish_at_once_publish_one(
    make: Callable[..., Draft], together: Callable[..., list[Any]]
) -> None:
    draft = make()
    first, second = together(*[lambda: registry().publish(draft)] * 2)
    assert first == second
    assert Badge.select().count() == 2


def test_what_lacks_something_is_not_published(make: Callable[..., Draft]) -> None:
    with pytest.raises(ValidationError) as refused:
        registry().publish(make(strapline="", criteria=[]))
    assert [one["field"] for one in refused.value.details] == ["strapline", "criteria"]


def test_a_name_that_is_taken_is_told_and_nothing_is_left(make: Callable[..., Draft]) -> None:
    registry().publish(make())
    again = make(name="STAR gazer")
    with pytest.raises(publishing.NameTaken, match="badge named “STAR gazer” already exists"):
        registry().publish(again)
    assert drafts.find(again.id).status == "draft"
    assert ClaimCode.select().count() == Milestone.select().count() == 1
    assert registry().publish(rename(again, "Moon Gazer")).slug == "moon-gazer"


def test_a_badge_that_was_deleted_does_not_come_back(make: Callable[..., Draft]) -> None:
    draft = make()
    badges.delete(registry().publish(draft))
    with pytest.raises(NotFound):
        registry().publish(draft)


CHICAGO = {"slug": "chicago", "name": "C", "url": "http://example.org"}


class PublishingApi(OriginalApi):
    """The other API, which may do a thing and not tell."""

    def __init__(self, badges: dict[str, dict[str, Any]]) -> None:
        super().__init__(badges)
        self.count = 0
        self.fails_at: tuple[int, str] | None = None

    def answer(
        self, method: str, path: str, body: bytes, authorization: str | None
    ) -> tuple[int, dict[str, Any]] | None:
        self.count += 1
        failure = 500, {"code": "InternalError", "message": "Failure"}
        if self.fails_at == (self.count, "before"):
            return failure
        found = super().answer(method, path, body, authorization)
        return failure if self.fails_at == (self.count, "after") else found

    def code_names(self, badge: str = "star-gazer") -> list[tuple[str, bool]]:
        return [(one["code"], one["multiuse"]) for one in self.codes.get(badge, ())]


@pytest.fixture
def api(database: peewee.Database, settings: dict[str, str]) -> Iterator[PublishingApi]:
    reader = {"id": 41, "slug": "reader", "name": "Reader", "alignments": [], "system": CHICAGO}
    with PublishingApi({"reader": reader}) as api:
        api.own("chicago")
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


def test_elsewhere_it_takes_a_call_for_each_part(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    draft = make()
    badge = registry().publish(draft)
    assert api.calls == [
        "POST /systems/chicago/badges",
        "GET /systems/chicago/badges/star-gazer/codes/orion",
        "POST /systems/chicago/badges/star-gazer/codes",
        "GET /systems/chicago/milestones",
        "GET /systems/chicago/badges/reader",
        "POST /systems/chicago/milestones",
        "GET /systems/chicago/milestones",
    ]
    there = api.badges["star-gazer"]
    assert (there["image"], there["unique"], there["limit"]) == (PICTURE.url, True, 5)
    assert api.milestones[0]["supportBadges"] == [41]  # its own number, not ours
    assert (badge.slug, badge.system.slug, badge.image) == ("star-gazer", "chicago", draft.image)
    about = catalog.view(badge).details
    assert [one.note for one in about.criteria] == ["by night"]
    assert [tag.value for tag in about.tags] == ["sky"]
    assert drafts.find(draft.id).status == "published"


def test_elsewhere_all_texts_are_sent_that_the_original_cannot_do_without(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    registry().publish(make(type="", multiClaimCode="", alignments=[{"name": "Standard"}]))
    there = api.badges["star-gazer"]
    assert there["type"] == ""
    assert [(one["url"], one["description"]) for one in there["alignments"]] == [("", "")]
    badge = Badge.get(Badge.slug == "star-gazer")
    assert badge.type == ""
    assert [one.name for one in badge.alignments] == ["Standard"]


def test_elsewhere_a_code_that_is_there_is_not_made_again(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    api.fails_at = 3, "after"  # it is created, and the response is lost
    draft = make()
    with pytest.raises(Unavailable):
        registry().publish(draft)
    assert registry().publish(draft).slug == "star-gazer"
    assert api.code_names() == [("orion", True)]


def test_what_the_api_refuses_is_told_by_field(
    api: PublishingApi, make: Callable[..., Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    details = [
        {"message": "Invalid URL", "field": "url", "value": "http://localhost/x"},
        {"field": "unique", "value": ""},
    ]
    body = {"code": "ValidationError", "message": "Could not validate", "details": details}
    monkeypatch.setattr(api, "answer", lambda *_: (400, body))
    draft = make()
    with pytest.raises(ValidationError) as refused:
        registry().publish(draft)
    assert refused.value.details == [
        {"field": "url", "message": "Invalid URL", "value": "http://localhost/x"},
        {"field": "unique", "message": "Missing value"},
    ]
    assert drafts.find(draft.id).published_as is None


def test_elsewhere_a_picture_keeps_what_it_shows_here(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    draft = make()
    drafts.set_image(draft.id, DRAWN, drafts.base(draft, "visual"), ADA)
    badge = registry().publish(drafts.find(draft.id))
    assert images.picture(badge.image) == DRAWN
    there = api.badges["star-gazer"]["image"]
    assert there == f"http://localhost:3000/public/images/{badge.image.slug}"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4, 5, 6, 7])
def test_a_failure_half_way_is_made_good_by_publishing_again(
    api: PublishingApi, make: Callable[..., Draft], call: int, when: str
) -> None:
    draft = make()
    api.fails_at = call, when
    with pytest.raises(Unavailable):
        registry().publish(draft)
    assert drafts.find(draft.id).status == "draft"
    badge = registry().publish(draft)
    assert registry().publish(draft) == badge
    assert set(api.badges) == {"reader", "star-gazer"}
    assert api.code_names() == [("orion", True)]
    assert len(api.milestones) == 1
    assert Badge.select().where(Badge.slug == "star-gazer").count() == 1


def test_a_failure_of_our_own_at_the_end_is_made_good_too(
    api: PublishingApi, make: Callable[..., Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make()
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            registry().publish(draft)
    assert Badge.get_or_none(Badge.slug == "star-gazer") is None
    registry().publish(draft)
    assert (len(api.badges), len(api.code_names()), len(api.milestones)) == (2, 1, 1)


def test_a_draft_that_was_renamed_after_a_failure_renames_what_was_made(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    draft = make()
    api.fails_at = 1, "after"
    with pytest.raises(Unavailable):
        registry().publish(draft)
    badge = registry().publish(rename(draft, "Moon Gazer"))
    assert set(api.badges) == {"reader", "moon-gazer"}
    assert badge.slug == "moon-gazer"
    ours = publishing.criteria_url(drafts.find(draft.id), "moon-gazer")
    assert api.badges["moon-gazer"]["criteriaUrl"] == ours
    assert badge.criteria_url == ""  # our own page, whatever host we have


def test_a_draft_that_was_renamed_after_a_failure_before_anything_was_made(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    draft = make()
    api.fails_at = 1, "before"
    with pytest.raises(Unavailable):
        registry().publish(draft)
    assert registry().publish(rename(draft, "Moon Gazer")).slug == "moon-gazer"


@pytest.mark.parametrize("elsewhere", ["http://example.org/criteria", None])
def test_a_name_that_is_taken_elsewhere_is_told(
    api: PublishingApi, make: Callable[..., Draft], elsewhere: str | None
) -> None:
    draft = make()
    url = elsewhere or publishing.criteria_url(draft, "star-gazer")
    taken = {"id": 9, "slug": "star-gazer", "name": "Star Gazer", "criteriaUrl": url}
    api.badges["star-gazer"] = taken
    for _ in range(2):
        with pytest.raises(publishing.NameTaken):
            registry().publish(draft)
    assert api.badges["star-gazer"] == taken
    assert drafts.find(draft.id).published_as is None


def test_what_another_draft_became_is_not_taken_for_ours_after_a_failure(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    registry().publish(make())
    before = dict(api.badges["star-gazer"])
    draft = make(strapline="Another one")
    api.count, api.fails_at = 0, (1, "before")
    with pytest.raises(Unavailable):
        registry().publish(draft)
    with pytest.raises(publishing.NameTaken):
        registry().publish(draft)
    assert api.badges["star-gazer"] == before


def test_of_two_drafts_of_one_name_the_second_waits_for_the_first(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    first, second = make(), make()
    api.fails_at = 1, "after"
    with pytest.raises(Unavailable):
        registry().publish(first)
    with pytest.raises(publishing.NameTaken):
        registry().publish(second)
    registry().publish(first)
    assert len(api.badges) == 2


def test_two_who_publish_at_once_elsewhere_make_one_of_everything(
    api: PublishingApi, make: Callable[..., Draft], together: Callable[..., list[Any]]
) -> None:
    draft = make()
    results = together(*[lambda: registry().publish(draft)] * 2)
    assert any(isinstance(one, Badge) for one in results)
    assert registry().publish(draft).slug == "star-gazer"
    assert (len(api.badges), len(api.code_names()), len(api.milestones)) == (2, 1, 1)


def test_of_two_milestones_that_were_made_at_once_one_stays(
    api: PublishingApi, make: Callable[..., Draft]
) -> None:
    made = api._milestones

    def twice(method: str, sent: dict[str, Any], last: str) -> tuple[int, dict[str, Any]]:
        if method == "POST":
            made(method, sent, last)
        return made(method, sent, last)

    api._milestones = twice  # type: ignore[method-assign]
    registry().publish(make())
    assert [one["id"] for one in api.milestones] == [1]

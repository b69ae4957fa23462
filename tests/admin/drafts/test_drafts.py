"""Pages of drafts and templates: shown, published, copied, deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge, Draft, System
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.errors import NotFound, Unavailable, ValidationError
from chalicelib.registry.embedded import EmbeddedRegistry
from tests.admin.browser import Browser, csrf, title, words
from tests.domain.places import PICTURE, chicago, published

ADA = "ada@admin.example.org"
COMPLETE = {
    "name": "Star Gazer",
    "strapline": "Knows the sky",
    "earnerDescription": "You look up.",
    "consumerDescription": "They look up.",
    "criteria": [{"description": "Find Orion", "note": "By night", "required": True}],
}


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


@pytest.fixture
def make(system: System) -> Callable[..., Draft]:
    """Make a draft that lacks nothing."""

    def work(status: str = drafts.DRAFT, **more: Any) -> Draft:
        picture = images.keep(PICTURE)
        return drafts.create(Scope(system), ADA, {**COMPLETE, **more}, status=status, image=picture)

    return work


def press(browser: Browser, draft: Draft, what: str) -> Any:
    """Press a button of the draft's page."""
    token = csrf(browser.get(f"/drafts/{draft.id}/edit/description"))
    return browser.post(f"/drafts/{draft.id}/{what}", {"csrf": token})


@pytest.mark.parametrize("status", ["draft", "template"])
def test_a_draft_is_created_in_the_current_place(
    administrator: Browser, system: System, status: str
) -> None:
    answer = administrator.submit("/context", "/drafts", status=status)
    draft = Draft.get()
    assert answer.status == 303
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/description?notice=drafted"
    assert (draft.status, draft.system, draft.author) == (status, system, ADA)
    assert title(administrator.get(answer.headers["Location"])) == "Description"


def test_its_page_shows_its_content(administrator: Browser, make: Callable[..., Draft]) -> None:
    draft = make(
        name="<script>alert(1)</script>", tags=["sky"], categories=["Numbers"], limit=3,
        alignments=[{"name": "Standard", "url": "https://example.org/s", "description": "d"}],
        milestone={"isMilestone": True, "numberRequired": 2, "supportBadges": ["none"]},
    )  # fmt: skip
    page = administrator.get(f"/drafts/{draft.id}")
    assert page.status == 200
    assert "<script>alert" not in page.text
    shown = words(page)
    for text in (
        "<script>alert(1)</script>", "Knows the sky", "You look up.", "They look up.", "Find Orion",
        "By night", "sky", "Numbers", "3", "Standard", "Requires 2 of these badges.",
        "Choose enough support badges.",
    ):  # fmt: skip
        assert text in shown
    assert "Share template" not in shown


def test_a_template_is_shared_by_url(administrator: Browser, make: Callable[..., Draft]) -> None:
    template = make(drafts.TEMPLATE)
    page = administrator.get(f"/drafts/{template.id}")
    assert f"http://localhost:3000/share/{template.slug}" in page.text
    assert "Use template" in words(page)
    assert f"/drafts/{template.id}/publish" not in page.text


def test_publishing_is_confirmed_and_leads_to_the_badge(
    administrator: Browser, make: Callable[..., Draft]
) -> None:
    draft = make(multiClaimCode="orion")
    asked = administrator.get(f"/drafts/{draft.id}/publish")
    assert title(asked) == "Publish “Star Gazer”?"
    assert "A published badge can’t be edited here." in words(asked)
    assert "http://localhost:3000/system/chicago/badge/star-gazer/criteria" in words(asked)
    assert "with the code orion" in words(asked)
    assert Badge.select().count() == 0
    for _ in range(2):
        answer = administrator.post(f"/drafts/{draft.id}/publish", {"csrf": csrf(asked)})
        assert answer.headers["Location"] == "/badges/star-gazer?notice=published"
    assert Badge.select().count() == 1
    for path in ("", "/publish", "/edit/description", "/delete"):
        assert administrator.get(f"/drafts/{draft.id}{path}").headers["Location"] == (
            "/badges/star-gazer"
        )


def test_missing_fields_are_listed_with_links_to_their_sections(
    administrator: Browser, make: Callable[..., Draft]
) -> None:
    draft = make(strapline="", criteria=[])
    asked = administrator.get(f"/drafts/{draft.id}/publish")
    assert "Missing for publishing" in words(asked)
    assert f'href="/drafts/{draft.id}/edit/description#strapline"' in asked.text
    assert f'href="/drafts/{draft.id}/edit/criteria#criteria"' in asked.text
    answer = press(administrator, draft, "publish")
    assert answer.status == 400
    assert "Add a short description." in words(answer)
    assert Badge.select().count() == 0


def test_a_taken_name_is_explained(
    administrator: Browser, make: Callable[..., Draft], system: System
) -> None:
    published(system, "star-gazer")
    answer = press(administrator, make(), "publish")
    assert answer.status == 409
    assert "A badge named “Star Gazer” already exists. Choose a different name." in words(answer)


def test_a_draft_can_be_published_again_after_the_registry_was_unavailable(
    administrator: Browser, make: Callable[..., Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise Unavailable("The BadgeKit API is not responding")

    draft = make()
    with monkeypatch.context() as broken:
        broken.setattr(EmbeddedRegistry, "publish", away)
        answer = press(administrator, draft, "publish")
    assert answer.status == 503
    assert "Publish again: this won’t create a second badge. (The BadgeKit API is" in words(answer)
    assert press(administrator, draft, "publish").status == 303


def test_what_another_api_refuses_is_named_as_the_editor_names_it(
    administrator: Browser, make: Callable[..., Draft], monkeypatch: pytest.MonkeyPatch
) -> None:
    details = [
        {"field": "criteriaUrl", "message": "Invalid URL", "value": "http://localhost/c"},
        {"field": "timeUnits", "message": "Unexpected value", "value": "<i>years"},
        {"field": "somethingNew", "message": "Missing value"},
    ]

    def refuse(*_: Any) -> Any:
        raise ValidationError(details)

    monkeypatch.setattr(EmbeddedRegistry, "publish", refuse)
    answer = press(administrator, make(), "publish")
    assert answer.status == 400
    assert (
        "The BadgeKit API rejected this badge: Criteria page: Invalid URL (http://localhost/c); "
        "Time unit: Unexpected value (<i>years); somethingNew: Missing value"
    ) in words(answer)
    assert "<i>years" not in answer.text


def test_drafters_cannot_publish(
    signed_in: Callable[[str], Browser], make: Callable[..., Draft]
) -> None:
    accounts.allow("dora@example.org", Place("chicago"), Rights(draft=True))
    dora, draft = signed_in("dora@example.org"), make()
    assert dora.get(f"/drafts/{draft.id}/publish").status == 403
    assert press(dora, draft, "publish").status == 403
    page = dora.get(f"/drafts/{draft.id}")
    assert f"/drafts/{draft.id}/publish" not in page.text
    assert Badge.select().count() == 0


def test_reviewers_can_read_and_change_nothing(
    signed_in: Callable[[str], Browser], make: Callable[..., Draft]
) -> None:
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    page = signed_in("rita@example.org").get(f"/drafts/{make().id}")
    assert page.status == 200
    for action in ("/edit/", "/delete", "/template", "/publish"):
        assert action not in page.text


def test_saving_as_a_template_keeps_the_draft(
    administrator: Browser, make: Callable[..., Draft]
) -> None:
    draft = make()
    answer = press(administrator, draft, "template")
    template = Draft.get(Draft.status == drafts.TEMPLATE)
    assert answer.headers["Location"] == f"/drafts/{template.id}?notice=template-saved"
    assert drafts.content(template) == drafts.content(draft)
    assert drafts.find(draft.id).status == "draft"


def test_using_a_template_creates_a_draft_in_the_current_place(
    administrator: Browser, make: Callable[..., Draft]
) -> None:
    template, pittsburgh = make(drafts.TEMPLATE), chicago("pittsburgh")
    administrator.submit("/context", "/context", system="pittsburgh", issuer="", program="")
    answer = press(administrator, template, "use")
    draft = Draft.get(Draft.status == drafts.DRAFT)
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/description?notice=template-used"
    assert (draft.name, draft.system, draft.image) == ("Star Gazer", pittsburgh, template.image)


def test_a_template_cannot_be_published(administrator: Browser, make: Callable[..., Draft]) -> None:
    template = make(drafts.TEMPLATE)
    answer = press(administrator, template, "publish")
    assert answer.headers["Location"] == f"/drafts/{template.id}?notice=template-stays"
    assert Badge.select().count() == 0


def test_deleting_is_confirmed(administrator: Browser, make: Callable[..., Draft]) -> None:
    draft = make()
    assert title(administrator.get(f"/drafts/{draft.id}/delete")) == "Delete “Star Gazer”?"
    answer = press(administrator, draft, "delete")
    assert answer.headers["Location"] == "/directory?tab=drafts&notice=draft-deleted"
    with pytest.raises(NotFound):
        drafts.find(draft.id)


def test_the_draft_of_a_deleted_badge_is_not_found(
    administrator: Browser, make: Callable[..., Draft]
) -> None:
    draft = make()
    press(administrator, draft, "publish")
    badges.delete(badges.by_slug("star-gazer"))
    assert administrator.get(f"/drafts/{draft.id}").status == 404


def test_only_web_addresses_are_links(administrator: Browser, make: Callable[..., Draft]) -> None:
    """Rows may be older than the checks, and copies of badges that were sent to the API."""
    link = "javascript:alert(1)"
    other = "https://straße.example/a"
    for url in (link, "//example.org/a", "data:text/html,a", other):
        draft = make()
        content = drafts.content(draft) | {"issuerUrl": url, "rubricUrl": url}
        content["alignments"] = [{"name": "A", "url": url, "description": ""}]
        Draft.update(content=json.dumps(content)).where(Draft.id == draft.id).execute()
        text = administrator.get(f"/drafts/{draft.id}").text
        linked = [href for href in re.findall(r'href="(.*?)"', text) if href.endswith("/a")]
        assert linked == ["https://xn--strae-oqa.example/a"] * (3 if url == other else 0), url
        assert f'href="{url}"' not in text, url

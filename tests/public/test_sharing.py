"""Templates as anyone sees them, and the pictures at the original's addresses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws import storage
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.drafts import drafts, sharing
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import default_image
from tests.conftest import Cloud
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import BASE, Public

RECORDED = json.loads(
    (
        Path(os.environ.get("BADGEKIT_SHARED", "../shared")) / "badgekit-web/share_template.json"
    ).read_text()
)
CONTENT: dict[str, Any] = {
    "name": "Star <Gazer>", "strapline": "Knows the sky", "earnerDescription": "You look up.",
    "consumerDescription": "They look up.", "issuerUrl": "http://example.org/i",
    "rubricUrl": "http://example.org/r", "timeValue": 3, "timeUnits": "hours", "limit": 5,
    "unique": True, "type": "Skill", "evidenceType": "Photo", "tags": ["sky", "☃"],
    "categories": ["Numbers"],
    "alignments": [{"name": "Standard", "url": "http://example.org/s", "description": "D"}],
    "criteria": [{"description": "Find Orion", "note": "by night", "required": True},
                 {"description": "Draw it", "note": "", "required": False}],
    "milestone": {"isMilestone": True, "numberRequired": 2, "action": "queue-application"},
}  # fmt: skip
JSON = {"Accept": "application/json"}


def template(scope: Scope, picture: images.Picture | None = None, **more: Any) -> Draft:
    return drafts.create(
        scope, "x@example.org", {**CONTENT, **more}, status=drafts.TEMPLATE,
        image=images.keep(picture),
    )  # fmt: skip


def shapes(value: Any) -> Any:
    """Return the names of members, however deep."""
    if isinstance(value, dict):
        return {name: shapes(one) for name, one in value.items()}
    return [shapes(value[0])] if isinstance(value, list) and value else None


def test_machines_get_the_originals_form(public: Public, chicago: Scope) -> None:
    draft = template(chicago)
    answer = public.get(f"/share/{draft.slug}", JSON)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert list(answer.json) == list(RECORDED)
    without = {"alignments"}  # the recorded one has none
    mine, theirs = shapes(answer.json), shapes(RECORDED)
    assert {k: v for k, v in mine.items() if k not in without} == {
        k: v for k, v in theirs.items() if k not in without
    }
    assert (answer.json["status"], answer.json["unique"]) == ("template", 1)
    assert public.get(f"/share/{draft.id}", JSON).json == answer.json


def test_what_is_exported_imports_as_the_same(public: Public, chicago: Scope) -> None:
    draft = template(chicago)
    shared = sharing.parse(public.get(f"/share/{draft.slug}", JSON).text.encode())
    assert shared == sharing.SharedTemplate(drafts.content(draft), None, None, None, None, False)


def test_codes_are_not_shared(public: Public, chicago: Scope) -> None:
    draft = template(chicago, multiClaimCode="secret-code")
    for accept in (JSON, {"Accept": "text/html"}):
        assert "secret-code" not in public.get(f"/share/{draft.slug}", accept).text


def test_a_picture_of_ours_goes_along_as_bytes(
    public: Public, chicago: Scope, cloud: Cloud
) -> None:
    storage.put("images/a", default_image.content(), "image/png")
    draft = template(chicago, images.Picture(key="images/a", media_type="image/png"))
    answer = public.get(f"/share/{draft.slug}", JSON)
    image = answer.json["image"]
    assert (image["mimetype"], image["url"]) == ("image/png", None)
    assert bytes(image["data"]) == default_image.content()
    assert sharing.parse(answer.text.encode()).picture == default_image.content()


@pytest.mark.parametrize("size", [2_000_000, 5_000_000])
def test_a_picture_that_does_not_fit_goes_along_as_an_address(
    size: int, public: Public, chicago: Scope, cloud: Cloud
) -> None:
    storage.put("images/a", b"\xff" * size, "image/png")
    draft = template(chicago, images.Picture(key="images/a", media_type="image/png"))
    answer = public.get(f"/share/{draft.slug}", JSON)
    assert answer.status == 200
    url = f"{BASE}/public/images/{draft.image.slug}"
    assert answer.json["image"] == {
        "id": draft.image_id, "mimetype": None, "data": None, "url": url,
    }  # fmt: skip


DESIGN = {"shape": "star", "words": ["☃ <b>"]}


def test_what_a_picture_shows_and_was_drawn_from_goes_along(
    public: Public, chicago: Scope, cloud: Cloud
) -> None:
    picture = images.Picture(
        key="images/a.png", media_type="image/png", alt="A star", design=json.dumps(DESIGN)
    )
    answer = public.get(f"/share/{template(chicago, picture).slug}", JSON)
    assert list(answer.json) == [*RECORDED, "imageAlt", "studioDesign"]
    assert (answer.json["imageAlt"], answer.json["studioDesign"]) == ("A star", DESIGN)
    shared = sharing.parse(answer.text.encode())
    assert (shared.alt, shared.design) == ("A star", DESIGN)


def test_a_picture_elsewhere_or_gone_goes_along_as_an_address(
    public: Public, chicago: Scope, cloud: Cloud
) -> None:
    linked = template(chicago, images.Picture(url="http://example.org/a.png"))
    gone = template(chicago, images.Picture(key="images/gone", media_type="image/png"))
    image = public.get(f"/share/{linked.slug}", JSON).json["image"]
    assert (image["url"], image["data"]) == ("http://example.org/a.png", None)
    assert public.get(f"/share/{gone.slug}", JSON).json["image"]["url"].startswith(BASE)


def test_people_get_a_page_with_instructions(public: Public, chicago: Scope) -> None:
    draft = template(chicago)
    page = public.browse(f"/share/{draft.slug}")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Star &lt;Gazer&gt;" in page.text
    assert "Find Orion" in page.text
    assert "by night" not in page.text
    assert f"{BASE}/share/{draft.slug}" in page.text
    assert 'alt="Star &lt;Gazer&gt; badge"' in page.text
    drawn = template(chicago, images.Picture(key="images/a", alt="A <star>"))
    assert 'alt="A &lt;star&gt;" width' in public.browse(f"/share/{drawn.slug}").text
    assert public.browse(f"/share/{template(chicago, name='').slug}").status == 200


@pytest.mark.parametrize("accept", [JSON, {"Accept": "text/html"}, {}])
def test_drafts_and_records_are_not_shared(
    accept: dict[str, str], public: Public, chicago: Scope
) -> None:
    for status in (drafts.DRAFT, drafts.PUBLISHED):
        draft = drafts.create(chicago, "x@example.org", CONTENT, status=status)
        assert public.get(f"/share/{draft.slug}", accept).status == 404
        assert public.get(f"/share/{draft.id}", accept).status == 404
    assert public.get("/share/nope", accept).status == 404


# /images/badge/{id}


@pytest.mark.parametrize("status", [drafts.TEMPLATE, drafts.PUBLISHED])
def test_a_picture_is_found_by_the_number_that_the_original_gave(
    status: str, public: Public, chicago: Scope, cloud: Cloud
) -> None:
    draft = template(chicago, images.Picture(key="images/a", media_type="image/png"))
    Draft.update(status=status).where(Draft.id == draft.id).execute()
    for method in ("GET", "HEAD"):
        answer = public.send(method, f"/images/badge/{draft.id}")
        assert answer.status == 302
        assert f"{cloud.bucket}/images/a?" in answer.headers["Location"]


def test_a_draft_has_no_public_picture(public: Public, chicago: Scope) -> None:
    draft = drafts.create(chicago, "x@example.org", CONTENT)
    assert public.get(f"/images/badge/{draft.id}").status == 404


def test_a_picture_is_found_by_a_badges_slug(public: Public, badge: Badge, cloud: Cloud) -> None:
    answer = public.get(f"/images/badge/{badge.slug}", {"Accept": "image/*"})
    assert answer.status == 302
    assert public.get("/images/badge/nope").status == 404
    assert public.get("/images/badge/4711").status == 404


def test_a_slug_of_digits_is_found_where_there_is_no_such_draft(
    public: Public, chicago: Scope
) -> None:
    image = stored(examples.image(slug="p", url="http://example.org/p.png"))
    stored(examples.badge(chicago, slug="4711", image=image))
    answer = public.get("/images/badge/4711")
    assert (answer.status, answer.headers["Location"]) == (302, "http://example.org/p.png")


def test_what_has_no_picture_shows_the_default_one(
    public: Public, chicago: Scope, cloud: Cloud
) -> None:
    answer = public.get(f"/images/badge/{template(chicago).id}")
    assert answer.status == 302
    assert "/images/shipped/" in answer.headers["Location"]

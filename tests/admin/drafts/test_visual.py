"""The visual section: images uploaded with the form or through the bucket, and their text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib import limits
from chalicelib.aws import storage
from chalicelib.data.models import Draft, Image
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.imaging import uploads
from chalicelib.openbadges import default_image
from chalicelib.studio import pictures
from tests.admin.browser import Browser, csrf, words
from tests.client import Answer
from tests.conftest import Cloud
from tests.domain.places import chicago
from tests.imaging.pictures import png, size

DRAFTER = "dora@example.org"
PNG = default_image.content()
ROCKET = {"version": 1, "shape": "shield", "graphic": {"name": "rocket"}}
HEART = {"version": 1, "shape": "heart"}
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def draft(database: peewee.Database, cloud: Cloud) -> Draft:
    return drafts.create(Scope(chicago()), "ada@example.org", {"name": "Star Gazer"})


@pytest.fixture
def drafter(signed_in: Callable[[str], Browser], draft: Draft) -> Browser:
    accounts.allow(DRAFTER, Place("chicago"), Rights(draft=True))
    return signed_in(DRAFTER)


def address(draft: Draft) -> str:
    return f"/drafts/{draft.id}/edit/visual"


def give(draft: Draft, picture: images.Picture) -> Image:
    """Give a draft a picture, as somebody else."""
    base = drafts.base(drafts.find(draft.id), "visual")
    return drafts.set_image(draft.id, picture, base, "else@example.org").image


def now(draft: Draft) -> Image | None:
    image: Image | None = drafts.find(draft.id).image
    return image


def alt(draft: Draft) -> str:
    return drafts.alt(drafts.find(draft.id))


def sent(page: Answer, **fields: Any) -> dict[str, Any]:
    """Return what the form sends as it stands, with these fields changed."""
    base = re.search(r'name="base" value="([^"]*)"', page.text)
    assert base
    said = re.search(r'<textarea id="alt"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    assert said
    return {"csrf": csrf(page), "base": base[1], "alt": said[1], "fit": "fit", **fields}


def save(browser: Browser, draft: Draft, content: bytes | None = None, **fields: Any) -> Answer:
    """Open the section and send its form, with a file or without."""
    form = sent(browser.get(address(draft)), **fields)
    if content is None:
        return browser.post(address(draft), form)
    return browser.upload(address(draft), form, "image", content)


def test_it_leads_to_the_studio(drafter: Browser, draft: Draft) -> None:
    page = drafter.get(address(draft))
    assert f'href="/drafts/{draft.id}/studio"' in page.text
    assert "Open the studio" in words(page)
    assert "No image yet" in words(page)
    give(draft, pictures.keep(ROCKET, None))
    assert "Edit design" in words(drafter.get(address(draft)))


@pytest.mark.parametrize(("fit", "side"), [("fit", 300), ("crop", 200), ("", 300)])
def test_an_image_is_made_square_as_chosen(
    drafter: Browser, draft: Draft, cloud: Cloud, fit: str, side: int
) -> None:
    answer = save(drafter, draft, png(300, 200), fit=fit, alt="Blue")
    assert answer.headers["Location"] == f"{address(draft)}?notice=saved"
    image = now(draft)
    assert image
    assert size(cloud.objects()[image.key]) == (side, side)
    assert (image.media_type, image.alt, image.design) == ("image/png", "Blue", None)


def test_an_unknown_fit_is_refused(drafter: Browser, draft: Draft) -> None:
    refused = save(drafter, draft, png(300, 200), fit="stretch")
    assert refused.status == 400
    assert "fit or crop" in words(refused)


@pytest.mark.parametrize("content", [b"no picture", png(20, 20), png(300, 300)[:-40], b"<svg"])
def test_a_refused_image_leaves_the_old_one_and_its_text(
    drafter: Browser, draft: Draft, cloud: Cloud, content: bytes
) -> None:
    before = give(draft, pictures.keep(ROCKET, "Rocket"))
    objects = set(cloud.objects())
    refused = save(drafter, draft, content, alt=HOSTILE, fit="crop")
    assert refused.status == 400
    assert "Error:" in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert sent(refused)["alt"] == "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    assert re.search(r'value="crop" checked', refused.text)
    assert now(draft) == before
    assert set(cloud.objects()) == objects


def test_too_long_alternative_text_leaves_the_image(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    for content in (None, png(300, 200)):
        refused = save(drafter, draft, content, alt="x" * 501)
        assert refused.status == 400
        assert sent(refused)["alt"] == "x" * 501
    assert now(draft) is None
    assert cloud.objects() == {}


def test_an_empty_form_asks_for_an_image(drafter: Browser, draft: Draft) -> None:
    refused = save(drafter, draft, alt="Blue")
    assert refused.status == 400
    assert "Choose a PNG, JPEG, or SVG file" in words(refused)
    assert save(drafter, draft).status == 303  # nothing was changed


# What a picture shows


def test_the_alternative_text_can_change_alone(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    before = give(draft, pictures.keep(ROCKET, None))
    assert "Shield with a graphic: Rocket." in drafter.get(address(draft)).text
    assert save(drafter, draft, alt="To the moon").status == 303
    after = now(draft)
    assert after
    assert (after.key, after.design, after.alt) == (before.key, before.design, "To the moon")
    assert len(cloud.objects()) == 3


def test_a_drawn_image_without_alternative_text_is_described(
    drafter: Browser, draft: Draft
) -> None:
    give(draft, pictures.keep(ROCKET, "To the moon"))
    assert save(drafter, draft, alt=" ").status == 303
    assert alt(draft) == "Shield with a graphic: Rocket."


def test_the_description_of_a_design_is_dropped_with_it(drafter: Browser, draft: Draft) -> None:
    give(draft, pictures.keep(ROCKET, None))
    assert save(drafter, draft, png(300, 200)).status == 303
    assert alt(draft) == ""
    give(draft, pictures.keep(ROCKET, "Our logo"))
    assert save(drafter, draft, png(300, 300)).status == 303
    assert alt(draft) == "Our logo"


# Past the limits, through the bucket


def put(page: Answer, content: bytes) -> str:
    """Send a file into the bucket, as the script does with what a page tells it."""
    told = re.search(r'data-upload="([^"]*)"', page.text)
    assert told
    key: str = json.loads(html.unescape(told[1]))["fields"]["key"]
    storage.put(key, content, "binary/octet-stream")
    return key


def test_a_large_image_is_uploaded_through_the_bucket(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    page = drafter.get(address(draft))
    origin = re.search(r"connect-src 'self' (\S+);", page.headers["Content-Security-Policy"])
    assert origin
    assert f"url&#34;: &#34;{origin[1]}/" in page.text
    key = put(page, png(300, 300))
    assert save(drafter, draft, uploaded=key, alt="Blue").status == 303
    image = now(draft)
    assert image
    assert cloud.objects() == {image.key: uploads.prepare(png(300, 300), "fit")}
    again = save(drafter, draft, uploaded=key)
    assert again.status == 400
    assert "Choose the image again." in words(again)
    assert now(draft) == image


def test_only_uploads_of_the_draft_are_accepted(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    theirs = pictures.keep(HEART, None).key
    storage.put("awards/1.png", png(300, 300), "image/png")
    other = drafts.create(drafts.scope_of(draft), DRAFTER, {"name": "Other"})
    of_another_draft = put(drafter.get(address(other)), png(300, 300))
    before, objects = give(draft, pictures.keep(ROCKET, None)), cloud.objects()
    strange = [
        theirs, of_another_draft, "awards/1.png", "uploads/" + "0" * 32, "uploads/", f"uploads/../{theirs}",
        "/uploads/x", "uploads/" + "x" * 5000, "uploads/\ud7ff\n?", HOSTILE,
    ]  # fmt: skip
    for key in strange:
        refused = save(drafter, draft, uploaded=key)
        assert refused.status == 400, key
        assert "Choose the image again." in words(refused)
    assert now(draft) == before
    assert cloud.objects() == objects


def test_a_bad_upload_is_deleted_and_leaves_the_image(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    before = give(draft, pictures.keep(ROCKET, None))
    for content in (b"no picture", b"", PNG + b"x" * limits.PICTURE):
        key = put(drafter.get(address(draft)), content)
        assert save(drafter, draft, uploaded=key).status == 400
        assert key not in cloud.objects()
    assert now(draft) == before


def test_the_page_and_its_script_know_the_largest_image(
    drafter: Browser, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PICTURE", 7 * limits.MB)
    monkeypatch.setattr(limits, "PICTURE_MB", 7)
    page = drafter.get(address(draft))
    assert f'data-largest="{7 * limits.MB}"' in page.text
    assert "up to 7 MB" in words(page)
    assert "up to 7 MB" in words(save(drafter, draft, alt="Words"))


# Two at once


def test_an_image_saved_by_someone_else_is_replaced_only_after_a_warning(
    drafter: Browser, draft: Draft
) -> None:
    form = sent(drafter.get(address(draft)), alt="Mine")
    theirs = give(draft, pictures.keep(ROCKET, None))
    told = drafter.upload(address(draft), form, "image", png(300, 300))
    assert told.status == 409
    assert "else@example.org has changed the image" in words(told)
    assert now(draft) == theirs
    again = drafter.upload(address(draft), sent(told), "image", png(300, 300))
    assert again.status == 303
    assert alt(draft) == "Mine"


def test_alternative_text_for_another_image_is_not_applied(drafter: Browser, draft: Draft) -> None:
    give(draft, pictures.keep(HEART, None))
    form = sent(drafter.get(address(draft)), alt="A heart")
    theirs = give(draft, pictures.keep(ROCKET, None))
    assert drafter.post(address(draft), form).status == 409
    assert now(draft) == theirs

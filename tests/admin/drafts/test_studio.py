"""The studio: a design is previewed, changed and saved; errors are explained and lose nothing."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Draft, Image, System
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts, publishing
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.studio import design, drawing, graphics, pictures, presets, rendering
from tests.admin.browser import Browser, csrf, title, words
from tests.client import Answer
from tests.conftest import Cloud
from tests.domain.places import chicago, published

DRAFTER = "dora@example.org"
JSON = {"Accept": "application/json"}
ROCKET = {"version": 1, "shape": "shield", "graphic": {"name": "rocket"}}
HOSTILE = "\"'><script>alert(1)</script>"


@pytest.fixture
def system(database: peewee.Database, cloud: Cloud) -> System:
    return chicago()


@pytest.fixture
def draft(system: System) -> Draft:
    return drafts.create(Scope(system), "ada@example.org", {"name": "Star Gazer"})


@pytest.fixture
def drafter(signed_in: Callable[[str], Browser], system: System) -> Browser:
    accounts.allow(DRAFTER, Place("chicago"), Rights(draft=True))
    return signed_in(DRAFTER)


def address(draft: Draft) -> str:
    return f"/drafts/{draft.id}/studio"


def fields(page: Answer) -> dict[str, Any]:
    """Return what the studio's form sends as the page stands, as a browser does."""
    form = re.search(r'<form class="studio".*?</form>', page.text, re.DOTALL)
    assert form
    without_template = re.sub(r"<template.*?</template>", "", form[0], flags=re.DOTALL)
    sent: dict[str, Any] = {"own": []}
    for tag in re.findall(r"<input[^>]*>", without_template):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        value = html.unescape(found.get("value", ""))
        if found["name"] == "own":
            sent["own"].append(value)
        else:
            sent[found["name"]] = value
    alt = re.search(r'<textarea id="alt"[^>]*>\n(.*?)</textarea>', without_template, re.DOTALL)
    assert alt
    return {**sent, "alt": html.unescape(alt[1])}


def press(browser: Browser, draft: Draft, do: str, /, **changes: Any) -> Answer:
    """Open the studio, change fields of its form, and press a button."""
    page = browser.get(address(draft))
    assert page.status == 200
    return browser.post(address(draft), {**fields(page), **changes, "do": do})


def ask(browser: Browser, draft: Draft, do: str, /, **changes: Any) -> Answer:
    """Do the same as a script does."""
    sent = {**fields(browser.get(address(draft))), **changes, "do": do}
    return browser.post(address(draft), sent, **JSON)


def now(draft: Draft) -> Image | None:
    image: Image | None = drafts.find(draft.id).image
    return image


def saved(draft: Draft) -> dict[str, Any]:
    """Return the document of a draft's picture."""
    image = now(draft)
    assert image
    found: dict[str, Any] = json.loads(image.design)
    return found


def give(draft: Draft, document: dict[str, Any], alt: str | None = None) -> Image:
    """Give a draft a picture that was drawn, as somebody else."""
    picture = pictures.keep(document, alt)
    base = drafts.base(drafts.find(draft.id), "visual")
    return drafts.set_image(draft.id, picture, base, "else@example.org").image


# Looking


def test_it_starts_with_a_preset(drafter: Browser, draft: Draft) -> None:
    page = drafter.get(address(draft))
    assert title(page) == "Studio"
    begun = presets.starting_design("Star Gazer")
    assert fields(page)["shape"] == begun.shape
    assert begun.graphic
    assert fields(page)["graphic"] == begun.graphic.name
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="[^"]+ with a graphic', page.text)
    assert "data-touched" not in page.text


def test_the_draft_s_design_is_shown_with_its_image(drafter: Browser, draft: Draft) -> None:
    image = give(draft, ROCKET)
    page = drafter.get(address(draft))
    assert (fields(page)["shape"], fields(page)["graphic"]) == ("shield", "rocket")
    assert f"/public/images/{image.slug}" in page.text
    assert "data-touched" not in page.text


def test_the_preview_works_without_a_script(drafter: Browser, draft: Draft) -> None:
    page = press(drafter, draft, "preview", shape="heart", top="Well done", alt="My words")
    assert page.status == 200
    assert "data-touched" in page.text
    sent = fields(page)
    assert (sent["shape"], sent["top"], sent["alt"]) == ("heart", "Well done", "My words")
    assert 'alt="My words"' in page.text
    assert now(draft) is None


def test_a_script_gets_the_image_and_its_description(drafter: Browser, draft: Draft) -> None:
    answer = ask(drafter, draft, "preview", shape="heart", graphic="rocket", top="Well done")
    assert answer.status == 200
    start, _, picture = answer.json["image"].partition(",")
    assert start == "data:image/png;base64"
    png = base64.b64decode(picture)
    read = design.read({
        **saved_fields(drafter, draft), "shape": "heart",
        "graphic": {"name": "rocket"}, "text": {"top": "Well done"},
    })  # fmt: skip
    assert png == rendering.png(drawing.svg(read), 384)
    assert answer.json["described"] == "Heart with a graphic: Rocket. Text: “Well done”."
    assert answer.json["note"] == ""
    assert "fields" not in answer.json


def saved_fields(browser: Browser, draft: Draft) -> dict[str, Any]:
    """Return what of the first design is not changed in the test above."""
    begun = design.document(presets.starting_design(draft.name))
    return {name: begun[name] for name in ("version", "palette", "finish", "background", "border")}


def test_ribbon_text_without_a_ribbon_gets_a_hint(drafter: Browser, draft: Draft) -> None:
    answer = ask(drafter, draft, "preview", ribbon="none", label="Reader")
    assert answer.json["note"] == "To show the ribbon text, choose a ribbon."
    assert "Reader" not in answer.json["described"]
    page = press(drafter, draft, "preview", ribbon="none", label="Reader")
    assert "To show the ribbon text, choose a ribbon." in words(page)
    assert ask(drafter, draft, "preview", ribbon="banner", label="Reader").json["note"] == ""


# Changing the whole design


def test_a_random_design_keeps_the_text(drafter: Browser, draft: Draft) -> None:
    kept = {"top": "Well done", "ribbon": "banner", "label": "Reader", "branded": "1"}
    answers = [ask(drafter, draft, "random", **kept).json for _ in range(4)]
    assert len({answer["image"] for answer in answers}) > 1
    for answer in answers:
        assert answer["fields"]["top"] == "Well done"
        assert answer["fields"]["label"] == "Reader"
        assert answer["fields"]["branded"] is True
        assert answer["graphic"]["name"] == answer["fields"]["graphic"]
        assert answer["graphic"]["path"]
    page = press(drafter, draft, "random", **kept)
    assert fields(page)["top"] == "Well done"


def test_clearing_leaves_a_plain_badge(drafter: Browser, draft: Draft) -> None:
    changed = ask(drafter, draft, "clear", top="Well done").json
    assert (changed["fields"]["top"], changed["fields"]["graphic"]) == ("", "")
    assert changed["graphic"] is None
    page = press(drafter, draft, "clear", top="Well done")
    assert (fields(page)["top"], fields(page)["graphic"]) == ("", "")


@pytest.mark.parametrize("name", ["explorer", "star"])
def test_a_preset_replaces_the_design(drafter: Browser, draft: Draft, name: str) -> None:
    ready = presets.PRESETS[name].design
    changed = ask(drafter, draft, f"preset:{name}").json
    assert changed["fields"]["shape"] == ready.shape
    assert changed["fields"]["label"] == ready.ribbon.label
    page = press(drafter, draft, f"preset:{name}")
    assert fields(page)["palette"] == ready.palette


def test_an_unknown_button_changes_nothing(drafter: Browser, draft: Draft) -> None:
    for do in ("preset:nothing", "fly", "", "graphic:rocket"):
        page = press(drafter, draft, do, shape="heart")
        assert (page.status, fields(page)["shape"]) == (200, "heart")


def test_the_design_of_another_badge_can_be_copied(drafter: Browser, draft: Draft) -> None:
    badge = published(draft.system, "reader", name="Reader <b>")
    badges.update(badge, {}, pictures.keep({**ROCKET, "text": {"top": "Reader"}}, None))
    slug = badges.by_id(badge.id).image.slug
    page = drafter.get(address(draft))
    assert f'value="like:{slug}"' in page.text
    assert "Reader <b>" in words(page)
    changed = ask(drafter, draft, f"like:{slug}").json
    assert (changed["fields"]["shape"], changed["fields"]["top"]) == ("shield", "Reader")
    assert fields(press(drafter, draft, f"like:{slug}"))["top"] == "Reader"


def test_designs_of_other_places_cannot_be_copied(drafter: Browser, draft: Draft) -> None:
    elsewhere = drafts.create(Scope(chicago("elsewhere")), "a@example.org", {"name": "Theirs"})
    slug = give(elsewhere, ROCKET).slug
    assert "Theirs" not in words(drafter.get(address(draft)))
    refused = ask(drafter, draft, f"like:{slug}", shape="heart")
    assert refused.status == 400
    assert refused.json["problem"] == "This badge’s design no longer exists. Choose another one."
    page = press(drafter, draft, f"like:{slug}", shape="heart")
    assert (page.status, fields(page)["shape"]) == (400, "heart")
    assert "This badge’s design no longer exists. Choose another one." in words(page)


def test_designs_of_hidden_drafts_cannot_be_copied(
    signed_in: Callable[[str], Browser], draft: Draft
) -> None:
    """Who reviews in a whole system, and drafts in one issuer, sees drafts of that issuer."""
    said = {"slug": "library", "name": "Library", "url": "http://example.org"}
    library = owners.create_issuer(draft.system, said)
    accounts.allow(DRAFTER, Place("chicago"), Rights(review=True))
    accounts.allow(DRAFTER, Place("chicago", "library"), Rights(draft=True, review=True))
    slug = give(draft, ROCKET).slug
    mine = drafts.create(Scope(draft.system, library), DRAFTER, {"name": "Mine"})
    browser = signed_in(DRAFTER)
    browser.submit("/context", "/context", place="chicago")
    assert "Star Gazer" not in words(browser.get(address(mine)))
    assert ask(browser, mine, f"like:{slug}").status == 400


# Graphics


def test_graphics_are_found_without_a_script(drafter: Browser, draft: Draft) -> None:
    page = press(drafter, draft, "find", words="rocket", graphic="leaf", shape="heart")
    sent = fields(page)
    assert (sent["words"], sent["graphic"], sent["shape"]) == ("rocket", "leaf", "heart")
    assert 'value="rocket-launch"' in page.text
    _, total = graphics.find("rocket")
    assert f"{total} graphics" in words(page)
    assert "0 graphics" in words(press(drafter, draft, "find", words=HOSTILE))


def test_graphics_are_found_by_a_script_page_by_page(drafter: Browser, draft: Draft) -> None:
    def look(**query: Any) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = drafter.get(f"/studio/graphics?{asked}")
        assert answer.status == 200
        found: dict[str, Any] = answer.json
        return found

    _, total = graphics.find("arrow")
    assert total > 48
    first, second = look(words="arrow"), look(words="arrow", page=2)
    assert (len(first["graphics"]), first["more"]) == (48, 2)
    assert first["summary"] == f"{total} graphics"
    names = [one["name"] for one in first["graphics"] + second["graphics"]]
    assert names == [one.name for one in graphics.find("arrow", 0, 96)[0]]
    assert set(first["graphics"][0]) == {"name", "label", "path"}
    assert look(words="arrow", page=9999)["graphics"] == []
    assert look(words="arrow", page=9999)["more"] is None
    assert look(words="zzzz") == {"graphics": [], "summary": "0 graphics", "more": None}
    assert look(words="arrow", page="x") == first


def test_without_a_search_popular_graphics_come_first(drafter: Browser) -> None:
    names: list[str] = []
    page: int | None = 1
    while page:
        answer = drafter.get(f"/studio/graphics?page={page}").json
        names += [one["name"] for one in answer["graphics"]]
        page = answer["more"]
    assert tuple(names[: len(presets.LIVELY)]) == presets.LIVELY
    assert sorted(set(names)) == sorted(one.name for one in graphics.find("", 0, 10_000)[0])


def test_presets_are_cacheable_images(browser: Browser) -> None:
    versioned = browser.get(f"/studio/presets/explorer.svg?v={presets.version()}")
    assert versioned.status == 200
    assert versioned.headers["Content-Type"] == "image/svg+xml"
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert versioned.text == drawing.svg(presets.PRESETS["explorer"].design)
    for query in ("", "?v=old"):
        answer = browser.get(f"/studio/presets/explorer.svg{query}")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    for name in ("nothing.svg", "explorer.png", "explorer", ".svg", "explorer.svg.svg"):
        assert browser.get(f"/studio/presets/{name}").status == 404


# Saving


def test_a_design_is_saved_as_the_draft_s_image(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    answer = press(drafter, draft, "save", shape="heart", top="Well done", graphic="rocket")
    assert answer.status == 303
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/visual?notice=saved"
    assert "Saved" in words(drafter.get(answer.headers["Location"]))
    image = now(draft)
    assert image
    read = design.read(image.design)
    assert (read.shape, read.text.top) == ("heart", "Well done")
    svg = drawing.svg(read)
    assert cloud.objects() == {
        image.key: rendering.png(svg, pictures.SIZE),
        image.key.replace(".png", ".svg"): svg.encode(),
        image.key.replace(".png", ".json"): image.design.encode(),
    }
    assert drafts.find(draft.id).author == DRAFTER


def test_the_same_design_is_stored_once(
    drafter: Browser, draft: Draft, cloud: Cloud, system: System
) -> None:
    other = drafts.create(Scope(system), DRAFTER, {"name": "Star Gazer"})
    for one in (draft, other, draft):
        assert press(drafter, one, "save").status == 303
    assert len(cloud.objects()) == 3
    mine, theirs = now(draft), now(other)
    assert mine
    assert theirs
    assert mine.key == theirs.key


def test_saving_twice_is_no_conflict(drafter: Browser, draft: Draft) -> None:
    sent = {**fields(drafter.get(address(draft))), "do": "save"}
    assert [drafter.post(address(draft), sent).status for _ in range(2)] == [303, 303]
    assert Image.select().count() == 1


def test_alternative_text_is_generated_unless_given(drafter: Browser, draft: Draft) -> None:
    def alt() -> str:
        return drafts.alt(drafts.find(draft.id))

    press(drafter, draft, "save", shape="heart", graphic="rocket")
    assert alt() == "Heart with a graphic: Rocket."
    assert fields(drafter.get(address(draft)))["alt"] == ""
    press(drafter, draft, "save", shape="shield")
    assert alt() == "Shield with a graphic: Rocket."
    press(drafter, draft, "save", alt=" A rocket\non its way ")
    assert alt() == "A rocket on its way"
    assert fields(drafter.get(address(draft)))["alt"] == "A rocket on its way"
    press(drafter, draft, "save", shape="circle")
    assert alt() == "A rocket on its way"
    press(drafter, draft, "save", alt="")
    assert alt() == "Circle with a graphic: Rocket."


def test_alternative_text_of_an_upload_is_not_kept_for_a_design(
    drafter: Browser, draft: Draft
) -> None:
    picture = images.Picture(url="http://example.org/photo.png", alt="Our library")
    drafts.set_image(draft.id, picture, drafts.base(draft, "visual"), DRAFTER)
    page = drafter.get(address(draft))
    assert fields(page)["alt"] == ""
    assert "http://example.org/photo.png" not in page.text
    press(drafter, draft, "save", shape="heart", graphic="")
    assert drafts.alt(drafts.find(draft.id)) == "Heart."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"shape": "cube"}, "This design has a part that cannot be drawn: shape."),
        ({"shape": ""}, "This design has a part that cannot be drawn: shape."),
        ({"palette": HOSTILE}, "cannot be drawn: palette."),
        ({"border_width": "9999"}, "border.width must be a whole number from 0 to 48."),
        ({"graphic_size": HOSTILE}, "graphic.size must be a whole number from 10 to 200."),
        ({"graphic": "unicorn-with-hat"}, "This design uses a graphic that does not exist."),
        ({"top": "x" * 61}, "text.top is longer than 60 characters."),
        ({"top": "Go \U00012000"}, "has characters that cannot be drawn."),
        ({"own": ["sky"]}, "cannot be drawn: colours.sky."),
        ({"own": ["text"], "colour_text": "red"}, "cannot be drawn: colours.text."),
        ({"alt": "x" * 501}, "Use at most 500 characters for the alternative text."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_invalid_design_is_explained_and_the_form_is_kept(
    drafter: Browser, draft: Draft, cloud: Cloud, changes: dict[str, Any], told: str
) -> None:
    before = give(draft, ROCKET)
    objects = set(cloud.objects())
    page = press(drafter, draft, "save", bottom="Kept", **changes)
    assert page.status == 400
    assert told in words(page)
    assert "Error:" in page.text
    assert "<script>alert" not in page.text
    sent = fields(page)
    assert sent["bottom"] == "Kept"
    for name in ("border_width", "graphic_size", "top", "alt"):
        if name in changes:
            assert sent[name] == changes[name]
    assert now(draft) == before
    assert set(cloud.objects()) == objects
    if "alt" not in changes:
        answer = ask(drafter, draft, "preview", **changes)
        assert answer.status == 400
        assert told in answer.json["problem"]
        assert set(answer.json) == {"problem"}


def test_an_image_saved_by_someone_else_is_replaced_only_after_a_warning(
    drafter: Browser, draft: Draft
) -> None:
    sent = {**fields(drafter.get(address(draft))), "shape": "heart", "do": "save"}
    theirs = give(draft, ROCKET)
    page = drafter.post(address(draft), sent)
    assert page.status == 409
    assert "else@example.org has changed the image" in words(page)
    assert now(draft) == theirs
    again = fields(page)
    assert again["shape"] == "heart"
    assert drafter.post(address(draft), {**again, "do": "save"}).status == 303
    assert saved(draft)["shape"] == "heart"


def test_hostile_text_is_escaped(drafter: Browser, draft: Draft, cloud: Cloud) -> None:
    said = {"top": HOSTILE, "label": f"{HOSTILE}]]>", "ribbon": "banner", "alt": HOSTILE}
    assert press(drafter, draft, "save", **said).status == 303
    image = now(draft)
    assert image
    assert image.alt == HOSTILE
    assert b"<script" not in cloud.objects()[image.key.replace(".png", ".svg")]
    page = drafter.get(address(draft))
    assert "<script>alert" not in page.text
    assert fields(page)["top"] == HOSTILE


def test_a_form_that_is_too_large_is_refused(drafter: Browser, draft: Draft) -> None:
    assert press(drafter, draft, "preview", top="x" * 200_000).status == 413


def test_a_form_of_another_site_is_refused(drafter: Browser, draft: Draft) -> None:
    sent = {**fields(drafter.get(address(draft))), "csrf": "0" * 64, "do": "save"}
    assert drafter.post(address(draft), sent).status == 403
    assert now(draft) is None


# Whose badge it is


def test_the_brand_is_that_of_the_badge_s_system(
    drafter: Browser, draft: Draft, settings: dict[str, str]
) -> None:
    settings["BRANDING"] = json.dumps({"chicago": "City <i>of</i> Learning"})
    page = drafter.get(address(draft))
    assert "Show issuer: City <i>of</i> Learning" in words(page)
    press(drafter, draft, "save", branded="1", top="", label="")
    assert saved(draft)["branding"] == "City <i>of</i> Learning"
    assert "Text: “City <i>of</i> Learning”." in drafts.alt(drafts.find(draft.id))
    assert fields(drafter.get(address(draft)))["branded"] == "1"
    elsewhere = drafts.create(Scope(chicago("plain")), DRAFTER, {"name": "Other"})
    accounts.allow(DRAFTER, Place("plain"), Rights(draft=True))
    assert "Show issuer: C" in words(drafter.get(address(elsewhere)))


def test_a_long_brand_is_cut(drafter: Browser, draft: Draft, settings: dict[str, str]) -> None:
    settings["BRANDING"] = "long " * 30
    assert press(drafter, draft, "save", branded="1").status == 303
    assert len(saved(draft)["branding"]) <= design.LONGEST_TEXT


# What is no draft any more, or no design


def whole(system: System) -> Draft:
    """Begin a draft that lacks nothing for publishing but a picture."""
    said = {
        "name": "Star Gazer", "strapline": "S", "earnerDescription": "E",
        "consumerDescription": "C", "criteria": [{"description": "D", "required": True}],
    }  # fmt: skip
    return drafts.create(Scope(system), DRAFTER, said)


def test_a_published_draft_leads_to_its_badge(drafter: Browser, system: System) -> None:
    draft = whole(system)
    give(draft, ROCKET)
    sent = fields(drafter.get(address(draft)))
    publishing.publish(draft.id)
    for answer in (
        drafter.get(address(draft)),
        drafter.post(address(draft), {**sent, "do": "preview"}),
        drafter.post(address(draft), {**sent, "shape": "heart", "do": "save"}),
    ):
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/badges/star-gazer")
    told = drafter.post(address(draft), {**sent, "do": "preview"}, **JSON)
    assert told.status == 400
    assert "This badge has been published" in told.json["problem"]
    assert saved(draft)["shape"] == "shield"


def test_an_unreadable_design_is_reported_and_replaced(drafter: Browser, draft: Draft) -> None:
    picture = pictures.keep(ROCKET, "Own words")
    for text in ('{"version":2}', '{"version":1,"graphic":{"name":"unicorn-with-hat"}}', "["):
        strange = images.Picture(picture.url, picture.key, picture.media_type, "Own words", text)
        base = drafts.base(drafts.find(draft.id), "visual")
        drafts.set_image(draft.id, strange, base, DRAFTER)
        page = drafter.get(address(draft))
        assert page.status == 200
        assert re.search("different version|does not exist|not a badge design", words(page))
        assert fields(page)["alt"] == "Own words"
        assert drafter.get(f"/drafts/{draft.id}/edit/visual").status == 200
        slug = drafts.find(draft.id).image.slug
        assert ask(drafter, draft, f"like:{slug}").status == 400


def test_the_studio_needs_the_permission_to_draft(
    signed_in: Callable[[str], Browser], browser: Browser, draft: Draft
) -> None:
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    chicago("elsewhere")
    accounts.allow("eve@example.org", Place("elsewhere"), Rights(draft=True, publish=True))
    for email in ("rita@example.org", "eve@example.org"):
        somebody = signed_in(email)
        assert somebody.get(address(draft)).status == 403
        token = csrf(somebody.get("/context"))
        sent = {"csrf": token, "base": drafts.base(draft, "visual"), "do": "save"}
        assert somebody.post(address(draft), sent).status == 403
    assert signed_in("rita@example.org").get("/studio/graphics").status == 403
    for path in (address(draft), "/studio/graphics"):
        assert browser.get(path).headers["Location"] == "/signin"
    assert now(draft) is None


def test_a_deleted_draft_is_not_found(drafter: Browser, draft: Draft) -> None:
    sent = {**fields(drafter.get(address(draft))), "do": "save"}
    drafts.delete(draft)
    assert drafter.post(address(draft), sent).status == 404

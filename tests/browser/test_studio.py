"""The studio in a real browser: with its script, with the keyboard alone, and without any script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import limits
from chalicelib.admin.auth import session
from chalicelib.aws import session as aws
from chalicelib.data.models import Draft
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.studio import design, pictures
from infra.local.aws_mocks import AwsMocks
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.test_accessibility import RULES, SERIOUS
from tests.browser.test_administrator import spills
from tests.conftest import Cloud
from tests.domain.places import chicago
from tests.imaging.pictures import png

pytestmark = pytest.mark.browser

PICTURE = Path(__file__).parents[2] / "chalicelib/openbadges/default.png"
ROCKET = {"version": 1, "shape": "shield", "graphic": {"name": "rocket"}}


@pytest.fixture
def draft(site: str, cloud: Cloud) -> Draft:
    return drafts.create(Scope(chicago()), ADMINISTRATOR, {"name": "Star Gazer"})


def sign_in(context: Any, site: str) -> None:
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    context.add_cookies([{"name": "session", "value": value, "url": site}])


@pytest.fixture
def tab(page: Any, site: str) -> Any:
    """A tab with a signed-in administrator; the browser cannot reach the bucket."""
    sign_in(page.context, site)
    page.route("**/public/images/*", lambda one: one.fulfill(path=PICTURE))
    return page


def give(draft: Draft, document: dict[str, Any], alt: str | None = None) -> None:
    """Save a design for a draft, as another user."""
    base = drafts.base(drafts.find(draft.id), "visual")
    drafts.set_image(draft.id, pictures.keep(document, alt), base, "else@example.org")


def saved(draft: Draft) -> design.Design:
    return design.read(drafts.find(draft.id).image.design)


def settled(tab: Any) -> str:
    """Wait until the image shows the form's design; return its URL."""
    tab.wait_for_function(
        """() => {
          const form = document.querySelector(".studio");
          return !form.querySelector("[aria-busy]") && form.querySelector("[data-image]").complete;
        }"""
    )
    source: str = tab.locator("[data-image]").get_attribute("src")
    return source


def redrawn(tab: Any, before: str) -> str:
    """Wait for a new image; return its URL."""
    tab.wait_for_function(
        "before => document.querySelector('[data-image]').getAttribute('src') !== before",
        arg=before,
    )
    return settled(tab)


def choose(tab: Any, group: str, name: str) -> None:
    """Select a tile by clicking its image."""
    tab.get_by_role("radiogroup", name=group, exact=True).get_by_label(name, exact=True).click()


def slide(tab: Any, label: str, value: int) -> None:
    tab.get_by_role("slider", name=label).fill(str(value))


def opened(tab: Any, drawer: str) -> None:
    """Check that a drawer is open."""
    heading = tab.get_by_role("heading", name=drawer, exact=True)
    if heading.locator("xpath=ancestor::details").get_attribute("open") is None:
        heading.click()


# With the script


def test_a_badge_is_designed_and_saved(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    tab.get_by_role("button", name="Explorer").click()
    picture = redrawn(tab, picture)
    assert tab.get_by_role("textbox", name="Ribbon text", exact=True).input_value() == "Explorer"

    tab.get_by_role("searchbox", name="Search graphics").fill("rocket")
    tab.get_by_role("radiogroup", name="Graphic").get_by_label("Rocket launch").click()
    picture = redrawn(tab, picture)
    tab.get_by_role("textbox", name="Ribbon text", exact=True).fill("Pilot")
    picture = redrawn(tab, picture)
    tab.get_by_role("textbox", name="Along the top").fill("To the moon")
    picture = redrawn(tab, picture)
    choose(tab, "Shape", "Heart")
    picture = redrawn(tab, picture)
    choose(tab, "Palette", "Forest")
    picture = redrawn(tab, picture)
    tab.get_by_label("Color: Border").fill("#ff0000")
    picture = redrawn(tab, picture)
    assert tab.get_by_role("checkbox", name="Border", exact=True).is_checked()
    slide(tab, "Size", 60)
    picture = redrawn(tab, picture)
    assert tab.locator("output[for=graphic_size]").inner_text() == "60%"
    description = "Heart with a graphic: Rocket launch. Text: “To the moon”, “Pilot”."
    assert tab.locator("[data-image]").get_attribute("alt") == description
    assert description in tab.locator("[data-state]").inner_text()

    tab.get_by_role("button", name="Save image").click()
    tab.get_by_text("Saved", exact=True).wait_for()
    read = saved(draft)
    assert (read.shape, read.palette, dict(read.colours)) == (
        "heart", "forest", {"border": "#ff0000"},
    )  # fmt: skip
    assert read.graphic == design.Graphic("rocket-launch", size=60)
    assert (read.text.top, read.ribbon.label) == ("To the moon", "Pilot")
    assert drafts.alt(drafts.find(draft.id)) == description
    assert tab.get_by_label("Alternative text").input_value() == description


def test_undo_and_redo(tab: Any, draft: Draft) -> None:
    give(draft, ROCKET)
    tab.goto(f"/drafts/{draft.id}/studio")
    undo, redo = (tab.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    assert undo.is_disabled()
    picture = settled(tab)
    choose(tab, "Shape", "Heart")
    heart = redrawn(tab, picture)
    tab.get_by_role("button", name="Clear").click()
    clear = redrawn(tab, heart)
    assert tab.get_by_label("No graphic").is_checked()
    undo.click()
    assert redrawn(tab, clear) == heart
    assert tab.get_by_label("Heart", exact=True).first.is_checked()
    tab.keyboard.press("Control+z")
    shield = redrawn(tab, heart)
    assert undo.is_disabled()
    tab.keyboard.press("Control+y")
    assert redrawn(tab, shield) == heart
    tab.keyboard.press("Control+Shift+Z")
    assert redrawn(tab, heart) == clear
    assert redo.is_disabled()
    undo.click()
    redrawn(tab, clear)
    choose(tab, "Shape", "Square")  # then there is nothing to redo
    redrawn(tab, heart)
    assert redo.is_disabled()


def test_undo_in_a_text_field_is_the_browser_s(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    choose(tab, "Shape", "Heart")
    picture = redrawn(tab, picture)
    top = tab.get_by_role("textbox", name="Along the top")
    top.click()
    tab.keyboard.type("Well")
    redrawn(tab, picture)
    tab.keyboard.press("Control+z")
    assert tab.get_by_label("Heart", exact=True).first.is_checked()


def test_undo_restores_a_graphic_that_is_not_listed_any_more(tab: Any, draft: Draft) -> None:
    give(draft, ROCKET)
    tab.goto(f"/drafts/{draft.id}/studio")
    rocket = settled(tab)
    graphics = tab.get_by_role("radiogroup", name="Graphic")
    graphics.get_by_label("Leaf", exact=True).click()
    leaf = redrawn(tab, rocket)
    tab.get_by_role("searchbox", name="Search graphics").fill("trophy")
    graphics.get_by_label("Rocket", exact=True).wait_for(state="detached")
    graphics.get_by_label("Trophy", exact=True).click()
    redrawn(tab, leaf)
    tab.get_by_role("searchbox", name="Search graphics").fill("zzzz")
    tab.get_by_text("0 graphics").wait_for()
    tab.get_by_role("button", name="Undo").click()
    tab.get_by_role("button", name="Undo").click()
    graphics.get_by_label("Rocket", exact=True).and_(tab.locator(":checked")).wait_for()
    settled(tab)
    tab.get_by_role("button", name="Save image").click()
    tab.get_by_text("Saved", exact=True).wait_for()
    assert saved(draft) == design.read(ROCKET)


def test_random_designs_differ_and_keep_the_text(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    top = tab.get_by_role("textbox", name="Along the top")
    top.fill("Well done")
    for _ in range(3):
        picture = redrawn(tab, picture)
        tab.get_by_role("button", name="Surprise me").click()
    redrawn(tab, picture)
    assert top.input_value() == "Well done"


def test_more_graphics_are_shown_and_found(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    tiles = tab.locator("[data-found] label")
    before = tiles.count()
    more = tab.get_by_role("button", name="Show more")
    more.click()
    tab.wait_for_function(
        "many => document.querySelectorAll('[data-found] label').length > many", arg=before
    )
    search = tab.get_by_role("searchbox", name="Search graphics")
    search.fill("anchor")
    tab.get_by_text(re.compile(r"^\d+ graphics?$")).wait_for()
    assert not more.is_visible()
    search.press("Enter")  # this sends no request
    assert tab.get_by_label("Anchor", exact=True).is_visible()
    assert tab.url.endswith("/studio")


def test_leaving_unsaved_changes_asks_first(tab: Any, draft: Draft) -> None:
    asked: list[str] = []

    def hear(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    tab.on("dialog", hear)
    tab.goto(f"/drafts/{draft.id}/studio")
    tab.get_by_role("link", name="Leave without saving").click()
    tab.wait_for_url("**/edit/visual")
    assert asked == []
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    choose(tab, "Shape", "Heart")
    redrawn(tab, picture)
    tab.get_by_role("link", name="Leave without saving").click()
    tab.wait_for_url("**/edit/visual")
    assert asked == ["beforeunload"]
    assert drafts.find(draft.id).image is None


def test_errors_are_shown_and_nothing_is_lost(page: Any, tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    settled(tab)
    problem = tab.locator("[data-problem]")
    tab.get_by_role("textbox", name="Along the top").fill("Go \U00012000")
    problem.filter(has_text="cannot be drawn").wait_for()
    tab.get_by_role("textbox", name="Along the top").fill("Go")
    problem.wait_for(state="hidden")
    page.context.clear_cookies()
    choose(tab, "Shape", "Heart")
    problem.filter(has_text="You’re signed out").wait_for()
    assert tab.get_by_label("Heart", exact=True).first.is_checked()


def test_replacing_another_user_s_image_asks_first(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    choose(tab, "Shape", "Heart")
    redrawn(tab, picture)
    give(draft, ROCKET)
    tab.get_by_role("button", name="Save image").click()
    tab.get_by_text("else@example.org has changed the image").wait_for()
    assert saved(draft).shape == "shield"
    tab.get_by_role("button", name="Save image").click()
    tab.get_by_text("Saved", exact=True).wait_for()
    assert saved(draft).shape == "heart"


# With the keyboard alone


def test_the_keyboard_alone_designs_a_badge(tab: Any, draft: Draft) -> None:
    give(draft, ROCKET)
    tab.goto(f"/drafts/{draft.id}/studio")
    picture = settled(tab)
    focused = tab.locator(":focus")

    def to(selector: str) -> None:
        for _ in range(120):
            tab.keyboard.press("Tab")
            if focused.and_(tab.locator(selector)).count():
                return
        pytest.fail(f"Tab does not lead to {selector}")

    to("[name=shape]")
    assert tab.evaluate(
        """() => {
          const style = getComputedStyle(document.activeElement.closest(".tile"));
          return `${style.outlineStyle} ${style.outlineWidth}`;
        }"""
    ) == "solid 3px"  # fmt: skip
    tab.keyboard.press("ArrowRight")
    picture = redrawn(tab, picture)
    assert focused.get_attribute("value") == "crest"
    to("[name=palette]")  # one tab stop for all shapes
    tab.keyboard.press("ArrowDown")
    picture = redrawn(tab, picture)
    to("summary:has-text('Background')")
    tab.keyboard.press("Enter")
    to("[name=background]")
    tab.keyboard.press("ArrowRight")
    picture = redrawn(tab, picture)
    to("#graphic_size")
    tab.keyboard.press("ArrowLeft")
    picture = redrawn(tab, picture)
    to("#top")
    tab.keyboard.type("Hi")
    redrawn(tab, picture)
    tab.keyboard.press("Enter")  # previews it without saving
    settled(tab)
    for _ in range(200):
        if focused.and_(tab.get_by_role("button", name="Save image")).count():
            break
        tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    tab.get_by_text("Saved", exact=True).wait_for()
    read = saved(draft)
    assert (read.shape, read.text.top) == ("crest", "Hi")
    assert read.graphic == design.Graphic("rocket", size=99)
    assert read.background.style != "solid"


def test_the_focused_element_is_not_covered_by_the_image(
    tab: Any, draft: Draft, width: int
) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    tab.get_by_role("textbox", name="Ribbon text", exact=True).focus()
    hidden = """() => {
      const box = document.activeElement.getBoundingClientRect();
      const stage = document.querySelector(".stage").getBoundingClientRect();
      const covers = innerWidth < 992 && box.top < stage.bottom - 1 && box.bottom > stage.top
        && !document.activeElement.closest(".stage");
      return covers || box.bottom < 0 || box.top > innerHeight;
    }"""
    for _ in range(40):
        tab.keyboard.press("Shift+Tab")
        if tab.evaluate("() => document.activeElement.closest('.stage') !== null"):
            break
        if tab.evaluate("() => document.activeElement.closest('.studio') !== null"):
            assert not tab.evaluate(hidden), tab.evaluate("document.activeElement.outerHTML")


# On a phone


@pytest.mark.parametrize("width", [320, 390, 768], ids="{}px".format)
def test_on_small_screens_the_image_stays_visible(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/studio")
    settled(tab)
    assert spills(tab) == 0
    for heading in ("Background", "Border and finish"):
        tab.get_by_role("heading", name=heading, exact=True).click()
    assert spills(tab) == 0
    tab.get_by_role("textbox", name="Ribbon text", exact=True).scroll_into_view_if_needed()
    box = tab.locator("[data-image]").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] < 300


# Without a script


@pytest.fixture
def plain(chromium: Any, site: str, width: int) -> Iterator[Any]:
    """A tab in a browser without JavaScript."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, base_url=site, java_script_enabled=False
    )
    sign_in(context, site)
    yield context.new_page()
    context.close()


def test_all_of_it_works_without_a_script(plain: Any, draft: Draft) -> None:
    plain.goto(f"/drafts/{draft.id}/studio")
    for useless in ("Undo", "Show more"):
        assert not plain.get_by_role("button", name=useless).is_visible()
    plain.get_by_role("button", name="Explorer").click()
    ribbon = plain.get_by_role("textbox", name="Ribbon text", exact=True)
    assert ribbon.input_value() == "Explorer"
    ribbon.fill("Pilot")
    plain.get_by_role("searchbox", name="Search graphics").fill("rocket")
    plain.get_by_role("button", name="Search", exact=True).click()
    assert ribbon.input_value() == "Pilot"
    plain.get_by_role("radiogroup", name="Graphic").get_by_label("Rocket launch").check()
    before = plain.locator("[data-image]").get_attribute("src")
    plain.get_by_role("button", name="Preview").click()
    assert plain.locator("[data-image]").get_attribute("src") != before
    assert plain.locator("[data-image]").get_attribute("alt") == (
        "Shield with a graphic: Rocket launch. Text: “Pilot”."
    )
    assert spills(plain) == 0
    plain.get_by_role("button", name="Save image").click()
    plain.get_by_text("Saved", exact=True).wait_for()
    assert saved(draft).ribbon.label == "Pilot"


# Uploads


@pytest.fixture
def bucket(
    site: str, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A bucket that a browser can reach, like one in AWS with the rules of `docs/bucket.md`."""
    mocks = AwsMocks(tmp_path / "cloud")
    monkeypatch.setattr("os.environ", {})
    mocks.start()
    settings["IMAGE_BUCKET"] = "pictures"
    aws.client("s3").create_bucket(Bucket="pictures")
    yield mocks.url
    mocks.stop()
    aws.forget()


def noise(side: int) -> bytes:
    """Return an image that does not compress."""
    chance = Random(1)
    return png(side, side, data=b"".join(b"\0" + chance.randbytes(4 * side) for _ in range(side)))


@pytest.mark.parametrize("side", [300, 900], ids=["with the form", "past it"])
def test_images_of_any_size_are_uploaded(
    tab: Any, site: str, bucket: str, side: int, tmp_path: Path
) -> None:
    draft = drafts.create(Scope(chicago()), ADMINISTRATOR, {"name": "Star Gazer"})
    file = tmp_path / "noise.png"
    file.write_bytes(noise(side))
    sent: list[tuple[str, int]] = []
    tab.on(
        "request",
        lambda one: (
            sent.append((one.url, len(one.post_data_buffer or b"")))
            if one.method == "POST"
            else None
        ),
    )
    tab.goto(f"/drafts/{draft.id}/edit/visual")
    assert tab.get_by_text("No image yet").is_visible()
    tab.get_by_label("Image file").set_input_files(file)
    tab.locator("[data-picture][src^='data:image/png']").wait_for()
    assert not tab.get_by_text("No image yet").is_visible()
    tab.get_by_label("Alternative text").fill("Noise")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_text("Saved", exact=True).wait_for()
    image = drafts.find(draft.id).image
    assert image.alt == "Noise"
    keys = [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket="pictures")["Contents"]]
    assert keys == [image.key]  # and the upload is deleted
    assert [url.startswith(bucket) for url, _ in sent] == ([True, False] if side > 600 else [False])
    assert sent[-1][0].startswith(site)
    if side > 600:
        assert file.stat().st_size > 2 * 1024 * 1024
        assert sent[-1][1] < 10_000


def test_an_image_that_is_too_large_is_not_sent(tab: Any, draft: Draft, tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(b"x" * (limits.PICTURE + 1))
    tab.goto(f"/drafts/{draft.id}/edit/visual")
    tab.get_by_label("Image file").set_input_files(file)
    tab.get_by_text("This file is larger than 5 MB").wait_for()
    assert tab.get_by_text("No image yet").is_visible()
    tab.get_by_role("button", name="Save", exact=True).click()
    assert tab.get_by_label("Image file").and_(tab.locator(":focus")).count()
    assert drafts.find(draft.id).image is None


# Accessibility


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["studio", "edit/visual"])
def test_axe_finds_no_violations(
    chromium: Any, site: str, draft: Draft, axe_core: str, width: int, scheme: str, path: str
) -> None:
    give(draft, ROCKET)
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, base_url=site, color_scheme=scheme,
        reduced_motion="reduce",
    )  # fmt: skip
    sign_in(context, site)
    tab = context.new_page()
    tab.goto(f"/drafts/{draft.id}/{path}")
    tab.evaluate("document.querySelectorAll('details.drawer').forEach(one => { one.open = true; })")
    tab.evaluate(axe_core)
    result = tab.evaluate("rules => axe.run(document, rules)", RULES)
    found = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in result["violations"]
        if one["impact"] in SERIOUS
    ]
    context.close()
    assert found == []

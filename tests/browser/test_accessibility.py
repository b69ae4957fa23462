"""Every page is for everybody: axe-core finds no barrier, and window, keyboard and names may be any.

All pages of `tests.browser.pages` are opened one after the other in a place where everything has a
hostile name; what is wrong is told by page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.admin.auth import session
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.pages import HOSTILE_NAME, MARK, OVERRIDE, Page, World, furnish, pages
from tests.browser.test_administrator import spills
from tests.conftest import Cloud

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
SERIOUS = {"serious", "critical"}
# Names that turn what is written around them: each must be alone in an element of its own, or
# between marks that isolate it.
TURNED = r"""([override, start]) => {
  const wrong = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.replace(/\u2068[^\u2069]*\u2069/g, "").trim();
    let around = texts.currentNode.parentElement;
    if (!text.includes(override) || around.closest("textarea, option")) continue;
    const style = () => getComputedStyle(around);
    while (style().display === "inline" && style().unicodeBidi === "normal") around = around.parentElement;
    if (!text.startsWith(start) || around.textContent.trim() !== texts.currentNode.data.trim())
      wrong.push(around.textContent.trim().slice(0, 80));
  }
  return wrong;
}"""


@pytest.fixture
def world(site: str, cloud: Cloud) -> World:
    """A place with everything, all of it hostile."""
    return furnish(site, ADMINISTRATOR)


class Reader:
    """Somebody who opens all pages, signed in and not.

    Parameters
    ----------
    chromium : Any
        Their browser.
    site : str
        Where the pages are.
    found : list[tuple[Page, str]]
        All pages with their addresses.
    """

    def __init__(self, chromium: Any, site: str, found: list[tuple[Page, str]]) -> None:
        self._chromium = chromium
        self._site = site
        self._found = found
        self.complaints: dict[str, str] = {}

    def pages(
        self, width: int, scheme: str = "light", script: str = ""
    ) -> Iterator[tuple[Page, Any]]:
        """Open each page in a window of this width, with a script of ours before its own."""
        how = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        tabs = {
            signed_in: self._chromium.new_context(
                **how, base_url=self._site, reduced_motion="reduce"
            ).new_page()
            for signed_in in (True, False)
        }
        value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
        tabs[True].context.add_cookies([{"name": "session", "value": value, "url": self._site}])
        for tab in tabs.values():
            tab.context.add_init_script(script)
        for page, address in self._found:
            tab = tabs[page.signed_in]
            hear = self._listener(page)
            tab.on("pageerror", hear)
            tab.on("console", hear)
            tab.goto(address)
            yield page, tab
            tab.remove_listener("pageerror", hear)
            tab.remove_listener("console", hear)
        for tab in tabs.values():
            tab.context.close()

    def _listener(self, page: Page) -> Any:
        def hear(said: Any) -> None:
            text = getattr(said, "text", str(said))
            # That a page is an answer such as 404 is no complaint; nor that no cloud has the picture.
            if "Failed to load resource" not in text:
                self.complaints[page.name] = text

        return hear


@pytest.fixture
def reader(app: Any, chromium: Any, site: str, world: World) -> Reader:
    """Somebody who opens all pages."""
    found = [(page, at) for page in pages(app.routes) if (at := world.address(page))]
    return Reader(chromium, site, found)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_barrier(reader: Reader, axe_core: str, width: int, scheme: str) -> None:
    barriers: dict[str, Any] = {}
    for page, tab in reader.pages(width, scheme, axe_core):
        result = tab.evaluate("rules => axe.run(document, rules)", RULES)
        serious = [
            (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:300])
            for one in result["violations"]
            if one["impact"] in SERIOUS
        ]
        if serious:
            barriers[page.name] = serious
    assert barriers == {}, barriers
    assert reader.complaints == {}


def test_what_is_wrong_is_found(page: Any, axe_core: str) -> None:
    page.set_content(
        "<h1>A page</h1><input><a href='/' style='color: #ccc'>faint</a>"
        f"<p>By <b>{OVERRIDE}them</b>: ours</p><p>{OVERRIDE}ours</p><p>By \u2068{OVERRIDE}x\u2069</p>"
        f"<p>By <bdi>{OVERRIDE}x</bdi></p><p>{OVERRIDE}x</p>"
    )
    page.evaluate(axe_core)
    result = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert {one["id"] for one in result["violations"]} >= {"label", "color-contrast"}
    assert page.evaluate(TURNED, [OVERRIDE, f"{OVERRIDE}x"]) == [
        f"By {OVERRIDE}them: ours",
        f"{OVERRIDE}ours",
    ]


@pytest.mark.parametrize("width", [320, 1920])
def test_every_page_fits_into_the_window(reader: Reader, width: int) -> None:
    assert {page.name: by for page, tab in reader.pages(width) if (by := spills(tab))} == {}


def test_hostile_names_do_nothing(reader: Reader) -> None:
    harm = {}
    for page, tab in reader.pages(390):
        done = tab.evaluate(
            """mark => [
              window.hacked,
              document.querySelectorAll(`${mark}, [onerror], img[src="x"]`).length,
              document.querySelectorAll("script:not([src]), a[href^='javascript:' i]").length,
            ]""",
            MARK,
        )
        turned = tab.evaluate(TURNED, [OVERRIDE, HOSTILE_NAME[:3]])
        if done != [None, 0, 0] or turned:
            harm[page.name] = (done, turned)
    assert harm == {}, harm
    assert reader.complaints == {}


def test_the_keyboard_shows_where_it_is_on_every_page(reader: Reader) -> None:
    """Each stop has the outline that all have, or is a box whose own edge shows it."""
    unseen = {}
    for page, tab in reader.pages(1280):
        for _ in range(400):
            tab.keyboard.press("Tab")
            name, outline = tab.evaluate(
                """() => {
                  const focused = document.activeElement;
                  const style = getComputedStyle(focused);
                  return [`${focused.tagName} ${focused.id || focused.textContent.trim().slice(0, 30)}`,
                          `${style.outlineStyle} ${style.outlineWidth}`];
                }"""
            )
            if name.startswith("BODY"):
                break
            if outline != "solid 3px":
                unseen[page.name] = (name, outline)
        else:
            unseen[page.name] = ("it never ends", "")
    assert unseen == {}

"""Accessibility of all pages: axe-core, window sizes, keyboard, and hostile names.

All pages of `tests.browser.pages` are opened one by one in a system where everything has a
hostile name; problems are reported by page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.admin.auth import session
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.pages import HOSTILE_NAME, MARK, OVERRIDE, Page, World, pages, populate
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
# Names that change the direction of surrounding text: each must be in an element of its own, or
# between isolating marks.
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
    """A system with all data, all of it hostile."""
    return populate(site, ADMINISTRATOR)


class Reader:
    """A user who opens all pages, signed in and not.

    Parameters
    ----------
    chromium : Any
        The browser.
    site : str
        URL of the application.
    found : list[tuple[Page, str]]
        All pages with their URLs.
    """

    def __init__(self, chromium: Any, site: str, found: list[tuple[Page, str]]) -> None:
        self._chromium = chromium
        self._site = site
        self._found = found
        self.complaints: dict[str, str] = {}

    def pages(
        self, width: int, scheme: str = "light", script: str = ""
    ) -> Iterator[tuple[Page, Any]]:
        """Open each page in a window of this width, and run our own script first."""
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
            on_message = self._listener(page)
            tab.on("pageerror", on_message)
            tab.on("console", on_message)
            tab.goto(address)
            yield page, tab
            tab.remove_listener("pageerror", on_message)
            tab.remove_listener("console", on_message)
        for tab in tabs.values():
            tab.context.close()

    def _listener(self, page: Page) -> Any:
        def on_message(message: Any) -> None:
            text = getattr(message, "text", str(message))
            # Statuses such as 404 of the page itself, and missing images, are expected.
            if "Failed to load resource" not in text:
                self.complaints[page.name] = text

        return on_message


@pytest.fixture
def reader(app: Any, chromium: Any, site: str, world: World) -> Reader:
    """A user who opens all pages."""
    found = [(page, at) for page in pages(app.routes) if (at := world.address(page))]
    return Reader(chromium, site, found)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violations(reader: Reader, axe_core: str, width: int, scheme: str) -> None:
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


def test_violations_are_found(page: Any, axe_core: str) -> None:
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
def test_every_page_fits_the_window(reader: Reader, width: int) -> None:
    assert {page.name: by for page, tab in reader.pages(width) if (by := spills(tab))} == {}


def test_hostile_names_do_no_harm(reader: Reader) -> None:
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


def test_keyboard_focus_is_visible_on_every_page(reader: Reader) -> None:
    """Each focusable element has the common outline, or is a box whose own border shows the focus."""
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

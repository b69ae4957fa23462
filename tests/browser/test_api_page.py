"""The API's page in a real browser: it is readable on a phone, and needs no script."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api.operations import OPERATIONS
from tests.browser.test_accessibility import RULES
from tests.browser.test_administrator import spills

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(page: Any) -> Any:
    """The page, opened from the front page."""
    page.goto("/")
    page.get_by_role("link", name="API").click()
    page.get_by_role("heading", name="API", level=1).wait_for()
    return page


def test_it_fits_the_window(shown: Any) -> None:
    assert spills(shown) == 0
    shown.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert spills(shown) == 0


def test_no_word_is_broken_into_letters(shown: Any) -> None:
    shown.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    narrow = shown.locator("tbody th code").evaluate_all(
        "all => all.filter(one => one.getClientRects().length > 1).map(one => one.textContent)"
    )
    assert narrow == []


def test_axe_finds_no_violations(shown: Any, axe_core: str) -> None:
    shown.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    shown.evaluate(axe_core)
    found = shown.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_an_operation_opens_by_click_and_by_key(shown: Any) -> None:
    operation = shown.locator("#create_instance")
    body = operation.get_by_role("table", name="Body")
    assert not body.is_visible()
    operation.locator("summary").click()
    assert "email required" in " ".join(body.inner_text().split())
    assert '"email": "grace@example.org"' in operation.locator("pre").inner_text()
    operation.locator("summary").press("Enter")
    assert not body.is_visible()


def test_the_contents_lead_to_each_group(shown: Any) -> None:
    for group in dict.fromkeys(operation.group for operation in OPERATIONS.values()):
        shown.get_by_role("navigation").get_by_role("link", name=group, exact=True).click()
        heading = shown.get_by_role("heading", name=group, exact=True)
        assert heading.bounding_box()["y"] < 800


def test_every_link_within_the_page_leads_somewhere(shown: Any) -> None:
    astray = shown.locator("main a[href^='#']").evaluate_all(
        "all => all.map(one => one.hash.slice(1)).filter(id => !document.getElementById(id))"
    )
    assert astray == []


def test_it_is_complete_without_a_script(chromium: Any, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=site)
    tab = context.new_page()
    tab.goto("/docs/api")
    tab.locator("#create_badge summary").click()
    assert tab.locator("#create_badge").get_by_role("table", name="Body").is_visible()
    context.close()

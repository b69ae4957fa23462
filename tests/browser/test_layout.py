"""What the layout keeps: room for the header, filters and buttons, and cards that stay in place."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.data.models import System
from chalicelib.domain.owners import owners
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.test_administrator import spills

pytestmark = pytest.mark.browser

SETTINGS = "/settings/systems/chicago"
BOXES = """() => [...document.querySelectorAll(".panel, .page-head, .tabs")]
  .map((one) => { const box = one.getBoundingClientRect(); return [box.x, box.y, box.width]; })"""


@pytest.fixture
def width() -> int:
    """A phone's; tests that need another width set it."""
    return 390


@pytest.fixture
def signed_in(page: Any, site: str) -> Any:
    """A tab with a signed-in administrator of a system with a long name and an issuer."""
    name = "The Riverbend Unified School District and Its Public Libraries"
    system: System = owners.create_system({"slug": "chicago", "name": name, "url": "http://x.org"})
    owners.create_issuer(system, {"slug": "library", "name": "Library", "url": "http://x.org"})
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    return page


def box(page: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).first.bounding_box()
    return found


def test_the_header_of_a_phone_has_two_rows(signed_in: Any) -> None:
    signed_in.goto("/directory")
    middles = {
        round(one["y"] + one["height"] / 2) // 20
        for selector in (".brand", ".context", ".menu", ".nav li:first-child", ".nav li:last-child")
        for one in [box(signed_in, selector)]
    }
    assert len(middles) == 2
    assert box(signed_in, ".top")["height"] < 110
    assert spills(signed_in) == 0


def test_nothing_moves_when_something_was_saved(signed_in: Any) -> None:
    for pixels in (390, 1280):
        signed_in.set_viewport_size({"width": pixels, "height": 800})
        signed_in.goto(SETTINGS)
        before = signed_in.evaluate(BOXES)
        signed_in.get_by_role("button", name="Save changes").click()
        notice = signed_in.get_by_role("status")
        notice.wait_for()
        assert signed_in.evaluate(BOXES) == before
        assert box(signed_in, "[role=status]")["y"] < 800  # in sight


def test_the_filters_of_activity_have_room_on_a_tablet(signed_in: Any) -> None:
    signed_in.set_viewport_size({"width": 768, "height": 1024})
    signed_in.goto("/activity")
    widths = [
        field["width"]
        for one in signed_in.locator(".filters .field").all()
        for field in [one.bounding_box()]
    ]
    assert len(widths) == 5
    assert min(widths) >= 150
    assert spills(signed_in) == 0


def test_a_button_keeps_its_distance_from_the_list_below(signed_in: Any) -> None:
    for pixels in (390, 768, 1280):
        signed_in.set_viewport_size({"width": pixels, "height": 800})
        signed_in.goto(f"{SETTINGS}/issuers")
        button = box(signed_in, ".section-head .button")
        assert box(signed_in, "ul.panel")["y"] - button["y"] - button["height"] >= 12


def test_what_scrolls_on_the_api_page_can_have_the_focus(signed_in: Any) -> None:
    signed_in.goto("/docs/api")
    stuck = signed_in.evaluate(
        """() => [...document.querySelectorAll("main *")].filter((one) =>
          one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0
          && ["auto", "scroll"].includes(getComputedStyle(one).overflowX)).length"""
    )
    assert stuck == 0

"""Issuing to pasted addresses, and the list of awards, in windows of three widths."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.data.models import Badge, Event
from chalicelib.domain.awards import awards
from chalicelib.openbadges import default_image
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.test_administrator import spills
from tests.domain.places import chicago, published

pytestmark = pytest.mark.browser

EMAIL = "ada.lovelace-byron.king@mathematics.example.org"
LONG_WORD = "un" + "believably" * 12
MOST_LINES = 2  # of an address in the list


@pytest.fixture
def badge(site: str) -> Badge:
    return published(chicago(), "reader")


@pytest.fixture
def signed_in(page: Any, site: str, badge: Badge) -> Any:
    """A tab with a signed-in administrator."""
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.route("**/*.png", lambda one: one.fulfill(path=default_image.FILE))
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    return page


def test_what_will_happen_is_read_and_confirmed(
    signed_in: Any, badge: Badge, axe_core: str
) -> None:
    awards.give(badge, "bob@example.org")
    page = signed_in
    page.goto("/badges/reader/issue")
    page.get_by_label("Email addresses").fill(f"{EMAIL}\n{EMAIL}, bob@example.org; {LONG_WORD}")
    page.get_by_label("Note to the earner").fill("First line\n\nSecond line")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Issue to one person?").wait_for()
    assert spills(page) <= 0
    page.evaluate(axe_core)
    found = page.evaluate("() => axe.run(document)")
    assert [one["id"] for one in found["violations"]] == []
    page.get_by_text("Show addresses").click()
    assert page.get_by_text(EMAIL).first.is_visible()
    assert not Event.select().where(Event.action == "issue").exists()
    page.get_by_role("button", name="Change").click()
    assert LONG_WORD in page.get_by_label("Email addresses").input_value()
    assert page.get_by_label("Note to the earner").input_value() == "First line\n\nSecond line"
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Issue to one person").click()
    page.get_by_role("heading", name="Issuing to one address").wait_for()
    (event,) = Event.select().where(Event.action == "issue")
    assert event.subject == EMAIL


@pytest.mark.parametrize("width", [390, 768, 1024, 1152, 1280], ids="{}px".format)
def test_addresses_in_the_list_of_awards_can_be_read(signed_in: Any, badge: Badge) -> None:
    awards.give(badge, EMAIL, comment="A narrative of some length, which takes lines. " * 4)
    page = signed_in
    for path in ("/badges/reader/awards", "/awards"):
        page.goto(path)
        assert spills(page) <= 0
        height = page.get_by_role("link", name=EMAIL, exact=True).bounding_box()["height"]
        line = page.evaluate("() => parseFloat(getComputedStyle(document.body).lineHeight)")
        assert height <= MOST_LINES * line + 1, path

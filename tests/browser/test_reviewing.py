"""Reviewing in a browser: tabs by keyboard, and the progress of judging criteria."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.data.models import Application, Review
from chalicelib.domain.applications import applications
from tests.admin.conftest import ADMINISTRATOR
from tests.browser.test_administrator import spills
from tests.domain import places

pytestmark = pytest.mark.browser

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
CRITERIA = [
    {"description": "Read a book", "required": True},
    {"description": "Wrote about it", "required": True},
    {"description": "Told a friend", "required": False},
]
EVIDENCE = [{"url": f"https://example.org/{'long' * 60}", "mediaType": "link"}]


@pytest.fixture
def application(site: str) -> Application:
    badge = places.published(places.chicago(), "reader", name="Reader", criteria=CRITERIA)
    learner = f"{'someone' * 8}@example.org"
    return applications.create(badge, {"learner": learner, "evidence": EVIDENCE})


@pytest.fixture
def review(page: Any, site: str, application: Application) -> Any:
    """A tab with an application assigned to a signed-in administrator."""
    # Images are on another host, which tests do not call.
    page.route("**/*.png", lambda one: one.fulfill(content_type="image/svg+xml", body=DRAWING))
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    page.goto("/applications")
    page.get_by_role("link", name="someone").click()
    page.get_by_role("button", name="Start review").click()
    page.get_by_text("Assigned to you for 20 minutes").wait_for()
    return page


PARTS = {"Description": "description", "Review": "review", "Finish": "finish"}


def selected(page: Any) -> str:
    """Return the selected tab, whose panel must be the only visible one."""
    tab = page.locator('[role="tab"][aria-selected="true"]')
    tab.wait_for()
    (name,) = tab.all_inner_texts()
    (part,) = page.get_by_role("tabpanel").all()
    assert part.get_attribute("id") == PARTS[name]
    assert spills(page) == 0
    return str(name)


def test_tabs_work_by_keyboard(review: Any) -> None:
    assert selected(review) == "Review"
    review.get_by_role("tab", name="Review").focus()
    for key, name in [
        ("ArrowRight", "Finish"), ("ArrowRight", "Description"),
        ("ArrowRight", "Review"), ("End", "Finish"), ("Home", "Description"),
        ("ArrowLeft", "Finish"), ("Home", "Description"),
    ]:  # fmt: skip
        review.keyboard.press(key)
        assert selected(review) == name
        assert review.evaluate("document.activeElement.getAttribute('role')") == "tab"
    review.get_by_role("link", name="Next: Review").click()
    assert selected(review) == "Review"


def test_evidence_stands_beside_the_criteria_or_above_them(review: Any, width: int) -> None:
    evidence, criteria = (review.locator(one).bounding_box() for one in ("#evidence", "#criteria"))
    if width >= 1280:
        assert evidence["y"] == criteria["y"]
        assert evidence["x"] + evidence["width"] < criteria["x"]
    else:
        assert evidence["x"] == criteria["x"]
        assert evidence["y"] + evidence["height"] < criteria["y"]


def test_the_indicator_follows_the_judged_criteria(review: Any) -> None:
    indicator = review.locator("#criteria").get_by_role("status")
    assert indicator.inner_text() == "2 required criteria aren’t met yet."
    criteria = [review.get_by_role("group", name=one["description"]) for one in CRITERIA]
    criteria[0].get_by_label("Met", exact=True).check()
    assert indicator.inner_text() == "One required criterion isn’t met yet."
    criteria[1].get_by_label("Met", exact=True).check()
    assert indicator.inner_text() == "All required criteria are met."
    criteria[1].get_by_label("Not met").check()
    review.get_by_role("tab", name="Finish").click()
    assert review.get_by_text("the learner gets your feedback by email").is_visible()
    assert review.get_by_text("awarded automatically").is_hidden()
    review.get_by_role("button", name="Submit review").click()

    # One answer is missing: its link opens the tab with the question.
    review.get_by_role("tab", name="Finish").click()
    review.get_by_role("link", name="Choose Met or Not met for criterion 3.").click()
    assert selected(review) == "Review"
    criteria[2].get_by_label("Not met").check()
    review.get_by_role("tab", name="Finish").click()
    review.get_by_label("Feedback for the learner").fill("Please write about it")
    review.get_by_role("button", name="Submit review").click()
    review.get_by_text("Not approved. The learner gets your feedback by email.").wait_for()
    assert Review.get().comment == "Please write about it"
    review.get_by_text("No more applications are waiting").wait_for()


def test_from_one_application_to_the_next(review: Any, application: Application) -> None:
    applications.create(application.badge, {"learner": "next@example.org"})
    for name in ("Read a book", "Wrote about it", "Told a friend"):
        review.get_by_role("group", name=name).get_by_label("Met", exact=True).check()
    review.get_by_role("tab", name="Finish").click()
    review.get_by_role("button", name="Submit review").click()
    review.get_by_role("link", name="Next application").click()
    review.get_by_role("heading", name="next@").wait_for()

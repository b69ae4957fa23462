"""A first-time reader sets up a school and issues a badge to themselves, from an empty deployment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.data.models import Award
from tests.admin.conftest import ADMINISTRATOR, link
from tests.browser.test_administrator import spills
from tests.conftest import Cloud
from tests.pipeline.harness import Pipeline

pytestmark = pytest.mark.browser

PICTURE = Path(__file__).parents[2] / "chalicelib/openbadges/default.png"
BACK = "Back to the first steps"


@pytest.fixture
def pipeline(cloud: Cloud, clock: Any) -> Pipeline:
    """The queues and their workers."""
    return Pipeline(cloud, clock)


def test_each_step_leads_to_the_next_one(page: Any, cloud: Cloud, pipeline: Pipeline) -> None:
    # The bucket is in this process's memory, which the browser cannot reach.
    images = re.compile("/public/(images|assertions/.*/image)")
    page.route(images, lambda one: one.fulfill(path=PICTURE))
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Email address").fill(ADMINISTRATOR)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your email").wait_for()
    page.goto(link(cloud.mails()[-1]))

    page.get_by_role("heading", name="First steps").wait_for()
    assert spills(page) == 0
    page.get_by_role("link", name="Set up your organization").click()
    page.get_by_label("Name", exact=True).fill("Riverbend School")
    page.get_by_label("Website").fill("https://riverbend.example.org")
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Riverbend School created").wait_for()

    page.get_by_role("link", name=BACK).click()
    page.get_by_role("button", name="Explorer").click()
    page.get_by_text("Your first badge is drafted").wait_for()
    page.get_by_role("link", name=BACK).click()
    page.get_by_role("link", name="Publish “Explorer”").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Explorer is published").wait_for()

    page.get_by_role("link", name=BACK).click()
    page.get_by_role("link", name="Issue “Explorer” to yourself").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Issue to one person").click()
    page.get_by_text("What happens next").wait_for()
    assert spills(page) == 0
    pipeline.settle()
    page.reload()
    page.get_by_text("Awarded and emailed").first.wait_for()
    assert [award.email for award in Award.select()] == [ADMINISTRATOR]
    mail = cloud.mails()[-1]
    assert str(mail["From"]).startswith("Riverbend School <")

    page.get_by_role("link", name=BACK).click()
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Email address").fill("colleague@example.org")
    page.get_by_role("checkbox", name="Draft Create").check()
    page.get_by_role("button", name="Add").click()
    page.get_by_text("colleague@example.org").first.wait_for()
    page.get_by_role("link", name=BACK).click()
    page.get_by_role("heading", name="You’re all set").wait_for()
    page.get_by_role("link", name="Go to badges").click()
    page.get_by_role("heading", name="Badges").wait_for()
    assert page.get_by_role("link", name=BACK).count() == 0

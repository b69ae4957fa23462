"""The whole story in a real browser: from signing in to enforced permissions.

An administrator creates a system with an issuer and a program, drafts a badge in all five sections,
saves it as a template and uses that, publishes it, reviews an application, sees the award,
revokes it, and changes a colleague's permissions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.data.models import Award, Badge, Draft
from chalicelib.domain.applications import applications
from chalicelib.domain.badges import badges
from tests.admin.conftest import ADMINISTRATOR, link
from tests.browser.test_administrator import spills
from tests.conftest import Cloud
from tests.pipeline.harness import Pipeline

pytestmark = pytest.mark.browser

LEARNER = "lena@example.org"
COLLEAGUE = "colin@example.org"
PICTURE = Path(__file__).parents[2] / "chalicelib/openbadges/default.png"


@pytest.fixture
def width() -> int:
    """A laptop's; the phone layout is tested for each page separately."""
    return 1280


@pytest.fixture
def pipeline(cloud: Cloud, clock: Any) -> Pipeline:
    """The queues and their workers."""
    return Pipeline(cloud, clock)


Sign = Callable[[Any, str], None]


@pytest.fixture
def sign_in(cloud: Cloud) -> Sign:
    """Sign a user in by mail, in a separate browser context."""

    def work(page: Any, email: str) -> None:
        page.goto("/signin")
        page.get_by_label("Email address").fill(email)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Check your email").wait_for()
        page.goto(link(cloud.mails()[-1]))

    return work


def fill_owner(page: Any, name: str, url: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label(re.compile("^URL|^Web")).first.fill(url)
    page.get_by_role("button", name="Create").click()


def make_places(page: Any) -> None:
    """Create a system with an issuer and a program, and select it."""
    fill_owner(page, "City of Learning", "https://city.example.org")
    page.goto("/settings/systems/city-of-learning/issuers/new")
    fill_owner(page, "Library", "https://library.example.org")
    page.goto("/settings/systems/city-of-learning/issuers/library/programs/new")
    fill_owner(page, "Summer", "https://summer.example.org")
    page.goto("/context")
    page.get_by_role("button", name="Switch to Summer").click()
    page.get_by_text("You’re now working in Summer").wait_for()


def draft_badge(page: Any) -> None:
    """Draft a badge in all five sections."""
    page.get_by_role("button", name="New badge").first.click()
    page.get_by_label("Name", exact=True).fill("Night Reader")
    page.get_by_label("Short description").fill("Reads after dark")
    page.get_by_label("Description for earners").fill("Read three books by night.")
    page.get_by_label("Description for everyone else").fill("Has read three books by night.")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("heading", name="Options", level=1).wait_for()
    page.get_by_label("Badge type").select_option("Skill")
    page.get_by_label("Storytelling").check()
    page.get_by_label("Tags").fill("night, books")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("heading", name="Criteria", level=1).wait_for()
    page.get_by_role("button", name="Add criterion").click()
    page.get_by_label("Description").last.fill("Name the three books")
    page.get_by_label("Required").last.check()
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("heading", name="Milestone", level=1).wait_for()
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("heading", name="Visual", level=1).wait_for()
    page.get_by_label("Image file").set_input_files(PICTURE)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved", exact=True).wait_for()


def publish_by_template(page: Any) -> None:
    """Save the draft as a template, and publish a draft made from it."""
    page.get_by_role("link", name="Preview").click()
    page.get_by_text("Ready to publish").wait_for()
    page.get_by_role("button", name="Save as template").click()
    page.get_by_text("Saved as a template").wait_for()
    page.get_by_role("button", name="Use template").click()
    page.get_by_label("Name", exact=True).fill("Day Reader")
    page.get_by_label("Short description").fill("Reads by daylight")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved", exact=True).wait_for()
    page.get_by_role("link", name="Preview").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Day Reader").first.wait_for()


def review(page: Any) -> None:
    page.get_by_role("link", name="Applications").click()
    page.get_by_role("link", name=LEARNER).click()
    page.get_by_role("button", name="Start review").click()
    page.get_by_text("Assigned to you for 20 minutes").wait_for()
    page.get_by_role("tab", name="Review").click()
    page.get_by_role("group", name="Name the three books").get_by_label("Met", exact=True).check()
    page.get_by_text("All required criteria are met.").first.wait_for()
    page.get_by_role("tab", name="Finish").click()
    page.get_by_label("Feedback for the learner").fill("Well read!")
    page.get_by_role("button", name="Submit review").click()
    page.get_by_text("The badge is awarded automatically").first.wait_for()


def allow(page: Any, *rights: str) -> None:
    """Give a colleague exactly these permissions in the library."""
    page.goto("/settings/systems/city-of-learning/issuers/library/users")
    if page.get_by_text(COLLEAGUE).count():
        page.get_by_role("link", name=re.compile(f"Edit.*{COLLEAGUE}")).click()
    else:
        page.get_by_label("Email address").fill(COLLEAGUE)
    for right in ("Draft", "Publish", "Review"):
        page.get_by_role("checkbox", name=re.compile(f"^{right}")).set_checked(right in rights)
    page.get_by_role("button", name=re.compile("^(Add|Save)")).click()
    page.get_by_role("status").first.wait_for()


def test_from_signing_in_to_enforced_permissions(
    page: Any, chromium: Any, site: str, cloud: Cloud, pipeline: Pipeline, sign_in: Sign
) -> None:
    # The bucket is in this process's memory, which the browser cannot reach.
    page.route(
        re.compile("/public/(images|assertions/.*/image)"), lambda one: one.fulfill(path=PICTURE)
    )
    sign_in(page, ADMINISTRATOR)
    page.get_by_role("link", name="Set up your organization").click()
    make_places(page)
    draft_badge(page)
    publish_by_template(page)
    badge = badges.by_slug("day-reader")
    assert (badge.system.slug, badge.issuer.slug, badge.program.slug) == (
        "city-of-learning", "library", "summer",
    )  # fmt: skip
    assert {draft.status for draft in Draft.select()} == {"draft", "template", "published"}

    applications.create(Badge.get_by_id(badge.id), {"learner": LEARNER})
    review(page)
    pipeline.settle()
    award = Award.get(Award.email == LEARNER)
    assert cloud.mails()[-1]["To"] == LEARNER
    page.goto("/badges/day-reader/awards")
    page.get_by_text("Emailed").first.wait_for()
    page.goto(f"/public/assertions/{award.slug}")
    page.get_by_role("heading", name="Day Reader", level=1).wait_for()

    page.goto("/badges/day-reader/awards")
    page.get_by_role("link", name=f"Revoke: {LEARNER}").click()
    page.get_by_label("Reason").fill("It was a mistake of ours")
    page.get_by_role("button", name="Revoke award").click()
    page.get_by_text("Award revoked").first.wait_for()
    pipeline.settle()
    mail = cloud.mails()[-1].get_body(("plain",))
    assert mail is not None
    assert "Reason: It was a mistake of ours" in mail.get_content()
    page.goto(f"/public/assertions/{award.slug}")
    page.get_by_role("heading", name="This award was revoked").wait_for()

    allow(page, "Draft")
    context = chromium.new_context(base_url=site, viewport={"width": 1280, "height": 800})
    other = context.new_page()
    sign_in(other, COLLEAGUE)
    other.get_by_role("heading", name="Badges").wait_for()
    assert other.get_by_role("link", name="Applications").count() == 0
    assert other.goto("/badges/day-reader/issue").status == 403
    assert other.goto("/settings").status == 403
    assert spills(other) == 0
    allow(page, "Publish")
    assert other.goto("/badges/day-reader/issue").status == 200
    assert other.goto("/settings").status == 200
    allow(page, "Review")
    assert other.goto("/badges/day-reader/issue").status == 403
    assert other.goto("/applications").status == 200
    context.close()

"""An administrator signs in by mail, reads the activity, retries a failed job and signs out."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.aws import queues
from chalicelib.aws import session as aws
from chalicelib.data.models import Event, Job, System
from tests.admin.conftest import ADMINISTRATOR, link
from tests.conftest import Cloud, dead_letter_queue
from tests.domain import places

pytestmark = pytest.mark.browser

LONG = "a-badge-with-quite-a-long-name-that-someone-once-chose-and-no-one-changed"


def spills(page: Any) -> int:
    """Return how many pixels a page is wider than its window."""
    pixels: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return pixels


@pytest.fixture
def system(site: str) -> System:
    """The system."""
    return places.chicago()


@pytest.fixture
def failed_job(system: System) -> Job:
    """A failed job, among others, for an event with long names."""
    event = Event.create(
        key="1", source="webhook", action="review", subject=f"{LONG}@example.org",
        badge_slug=LONG, body="{}",
    )  # fmt: skip
    Job.create(event=event, kind="review", state="done", outcome="already awarded", attempts=12)
    Job.create(event=event, kind="delivery", system=system, state="waiting", attempts=3)
    return Job.create(
        event=event, kind="award-mail", state="failed", reason=f"The badge {LONG} is archived"
    )


@pytest.fixture
def signed_in(page: Any, site: str, system: System) -> Any:
    """A tab with a signed-in administrator."""
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    return page


def test_from_signing_in_to_signing_out(page: Any, cloud: Cloud, failed_job: Job) -> None:
    page.goto("/activity")
    page.get_by_label("Email address").fill(ADMINISTRATOR)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your email").wait_for()

    page.goto(link(cloud.mails()[0]))
    page.goto("/activity")
    page.get_by_role("heading", name="Activity").wait_for()

    page.get_by_role("link", name="1 Failed", exact=True).click()
    page.get_by_role("button", name="Retry: Email earner").click()
    page.get_by_role("status").get_by_text("It will be tried again").wait_for()
    assert Job.get_by_id(failed_job.id).state == "received"

    page.get_by_label(f"Account: {ADMINISTRATOR}").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You’re signed out.").wait_for()
    page.goto("/activity")
    page.get_by_role("heading", name="Sign in").wait_for()


@pytest.mark.parametrize("target", ["/activity", "/activity?state=waiting", "/activity?page=9"])
def test_the_activity_fits_the_window(target: str, signed_in: Any, failed_job: Job) -> None:
    signed_in.goto(target)
    signed_in.get_by_text("What the statuses mean").click()
    assert spills(signed_in) == 0


@pytest.mark.parametrize("target", ["/", "/signin", "/signin?notice=signed-out"])
def test_public_pages_fit_the_window(target: str, page: Any) -> None:
    page.goto(target)
    assert spills(page) == 0


@pytest.mark.parametrize("width", [320])
def test_a_small_window_is_enough(signed_in: Any, failed_job: Job) -> None:
    for target in (
        "/activity",
        f"/activity?state=failed&notice=retried&kind=review&badge={LONG}&address=eve&to=x",
        "/activity/deliveries",
    ):
        signed_in.goto(target)
        assert spills(signed_in) == 0


def test_dead_letters_fit_the_window(signed_in: Any, cloud: Cloud, failed_job: Job) -> None:
    dead = dead_letter_queue(cloud, "MAIL_QUEUE_URL")
    for body in (f'{{"version":1,"kind":"award-mail","id":{failed_job.id}}}', "w" * 900, "w " * 99):
        aws.client("sqs").send_message(QueueUrl=dead, MessageBody=body)
    signed_in.goto("/activity/dead-letters")
    assert spills(signed_in) == 0
    signed_in.get_by_role("button", name="Redrive: Emails").click()
    signed_in.get_by_role("status").get_by_text("back in their queues").wait_for()
    assert queues.dead_letters_of(cloud.queues["MAIL_QUEUE_URL"]) == (dead, 0)


def test_events_are_searched(signed_in: Any, failed_job: Job) -> None:
    signed_in.goto("/activity")
    signed_in.get_by_label("Type").select_option("Review")
    signed_in.get_by_label("Earner’s email").fill("a-badge")
    signed_in.keyboard.press("Enter")
    signed_in.get_by_text("showing every match").wait_for()
    signed_in.get_by_role("button", name="Retry: Email earner").click()
    signed_in.get_by_role("status").get_by_text("It will be tried again").wait_for()
    assert signed_in.get_by_label("Earner’s email").input_value() == "a-badge"


def test_tables_stay_tables_for_screen_readers(signed_in: Any, failed_job: Job) -> None:
    signed_in.goto("/activity")
    row = signed_in.get_by_role("table").get_by_role("row").last
    assert row.get_by_role("cell").count() == 5


def test_keyboard_focus_is_visible(signed_in: Any, failed_job: Job) -> None:
    signed_in.goto("/activity")
    reached = []
    while True:
        signed_in.keyboard.press("Tab")
        name, outline = signed_in.evaluate(
            """() => {
              const focused = document.activeElement;
              const style = getComputedStyle(focused);
              return [focused.tagName, `${style.outlineStyle} ${style.outlineWidth}`];
            }"""
        )
        if name == "BODY":
            break
        reached.append(name)
        assert outline == "solid 3px", name
    assert {"A", "BUTTON", "SUMMARY"} <= set(reached)


def test_the_first_tab_stop_skips_to_the_content(signed_in: Any) -> None:
    signed_in.goto("/activity")
    signed_in.keyboard.press("Tab")
    skip = signed_in.get_by_role("link", name="Skip to main content")
    assert skip.bounding_box()["y"] >= 0
    signed_in.keyboard.press("Enter")
    assert signed_in.evaluate("document.activeElement.id") == "main"

"""A design saved in the studio has the same image on all pages up to the award."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.aws import session as aws
from chalicelib.data.models import Award
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.imaging.png import chunks
from chalicelib.openbadges import baking
from chalicelib.queues import OUTBOX
from chalicelib.studio import design, drawing, rendering
from infra.local.aws_mocks import AwsMocks
from tests.admin.conftest import ADMINISTRATOR
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago
from tests.pipeline.harness import Pipeline

pytestmark = pytest.mark.browser

LEARNER = "lena@example.org"
SAID = {
    "name": "Moon Pilot", "strapline": "Flies", "earnerDescription": "Fly.",
    "consumerDescription": "Has flown.", "criteria": [{"description": "Fly", "required": True}],
}  # fmt: skip


@pytest.fixture
def width() -> int:
    """A laptop's; the phone layout is tested for each page separately."""
    return 1280


@pytest.fixture
def cloud(
    settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cloud]:
    """AWS mocks with a bucket that a browser can reach."""
    mocks = AwsMocks(tmp_path / "cloud")
    monkeypatch.setattr("os.environ", {})
    mocks.start()
    urls = mocks.create_resources("pictures", settings["MAIL_FROM"])
    queues = {queue.setting: urls[queue.name] for queue in OUTBOX}
    settings |= {"IMAGE_BUCKET": "pictures", **queues}
    yield Cloud("pictures", queues)
    mocks.stop()
    aws.forget()


def pixels(png: bytes) -> list[bytes]:
    """Return a PNG file's header and pixel data."""
    return [one.content for one in chunks(png, len(png)) if one.kind in (b"IHDR", b"IDAT")]


def image(page: Any, alt: str) -> bytes:
    """Return the image on a page with this alternative text."""
    shown = page.get_by_role("img", name=alt, exact=True).first
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 512
    answer = page.request.get(shown.get_attribute("src"))
    assert answer.headers["content-type"] == "image/png"
    content: bytes = answer.body()
    return content


def test_the_image_is_the_same_from_the_studio_to_the_award(
    chromium: Any, page: Any, site: str, cloud: Cloud, clock: Clock
) -> None:
    pipeline = Pipeline(cloud, clock)
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    draft = drafts.create(Scope(chicago()), ADMINISTRATOR, SAID)

    page.goto(f"/drafts/{draft.id}/studio")
    page.get_by_role("button", name="Explorer").click()
    page.locator("#label").and_(page.locator("[value]")).wait_for()
    # A function: the page's policy lets no text be evaluated, which polling an expression would be.
    page.wait_for_function("() => document.querySelector('#label').value === 'Explorer'")
    page.locator("#label").fill("Moon <Pilot>")
    page.get_by_role("radiogroup", name="Graphic").get_by_label("Rocket launch").click()
    page.get_by_role("button", name="Save image").click()
    page.get_by_text("Saved", exact=True).wait_for()
    alt = "Shield with a graphic: Rocket launch. Text: “Moon <Pilot>”."
    read = design.read(drafts.find(draft.id).image.design)
    assert read.ribbon.label == "Moon <Pilot>"
    drawn = rendering.png(drawing.svg(read), 512)
    assert image(page, alt) == drawn

    page.goto(f"/drafts/{draft.id}/publish")
    assert image(page, alt) == drawn
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Moon Pilot").first.wait_for()
    badge = badges.by_slug("moon-pilot")
    assert image(page, alt) == drawn

    page.goto("/badges/moon-pilot/issue")
    page.get_by_label("Email addresses").fill(LEARNER)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Issue to one person").click()
    page.get_by_text(LEARNER).first.wait_for()
    pipeline.settle()
    award = Award.get(Award.email == LEARNER)

    page.goto("/public/badges/moon-pilot")
    assert image(page, alt) == drawn
    page.goto(f"/public/assertions/{award.slug}")
    assert page.get_by_role("img", name=alt, exact=True).count() == 1
    assertion = page.request.get(
        f"/public/badges/{badge.slug}", headers={"Accept": "application/json"}
    ).json()
    address = (
        assertion["image"] if isinstance(assertion["image"], str) else assertion["image"]["id"]
    )
    assert page.request.get(address).body() == drawn

    baked = page.request.get(f"/public/assertions/{award.slug}/image").body()
    assert pixels(baked) == pixels(drawn)
    assert award.slug in (baking.unbake(baked) or "")
    mail = cloud.mails()[-1]
    assert mail["To"] == LEARNER
    body = mail.get_body(("html",))
    assert body is not None
    assert alt in [html.unescape(one) for one in re.findall(r'alt="([^"]*)"', body.get_content())]

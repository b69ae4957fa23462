"""The packaged functions: each in a separate process, with AWS's events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from chalicelib import times
from chalicelib.admin.auth import session
from chalicelib.data.connection import database
from chalicelib.data.models import Draft, Image, Job, System, Unused
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import baking
from chalicelib.studio.design import read
from chalicelib.studio.drawing import svg
from chalicelib.studio.rendering import png
from tests.admin.browser import Browser, csrf, words
from tests.admin.drafts.test_studio import press
from tests.client import Client
from tests.imaging import pictures
from tests.package.deployment import BUCKET, QUEUES, Deployment, recorded, sqs_event
from tests.test_main_job import EARNER, published

ADMINISTRATOR = "ada@admin.example.org"
HTML = {"Accept": "text/html"}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module", autouse=True)
def migrated(deployment: Deployment) -> Any:
    """The response of the migration at the start of a deployment."""
    return deployment.function("app.migrate")({})


@pytest.fixture(scope="module")
def client(deployment: Deployment) -> Client:
    return Client(deployment.front)


@pytest.fixture
def look(deployment: Deployment) -> Iterator[None]:
    """Connect to the database during a test."""
    deployment.use_database()
    with database.connection_context():
        yield


@pytest.fixture
def browser(deployment: Deployment) -> Browser:
    """A browser with a signed-in administrator."""
    made = Browser(deployment.front)
    name, value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)
    made.cookies[name] = value
    return made


@pytest.fixture
def draft(reader: str, look: None) -> Draft:
    return drafts.create(Scope(System.get()), ADMINISTRATOR, {"name": "Star Gazer"})


@pytest.fixture
def reader(client: Client) -> str:
    """The path of a badge, published with the API."""
    path = "/systems/chicago/issuers/library/badges/reader"
    return path if client.api("GET", path).status == 200 else published(client)


def approve(client: Client, badge: str, learner: str) -> None:
    """Apply for a badge with the API, and send the webhook of its approval."""
    answer = client.api("POST", f"{badge}/applications", {"learner": learner})
    assert answer.status == 201
    webhook = {
        "action": "review",
        "application": answer.json["application"],
        "review": {"slug": f"review-{learner}", "author": "reviewer@example.org", "comment": "Yes"},
        "approved": True,
    }
    answer = client.webhook(webhook)
    assert (answer.status, answer.json) == (200, {"status": "received"})


def job(kind: str) -> Job:
    """Return the newest job of a kind."""
    found: Job = Job.select().where(Job.kind == kind).order_by(Job.id.desc()).get()
    return found


# HTTP


def test_a_deployment_migrates_its_database_once(deployment: Deployment, migrated: Any) -> None:
    assert migrated["applied"][0] == "0001_first"
    assert deployment.function("app.migrate")({}) == {"applied": []}


def test_pages_are_shown(client: Client) -> None:
    page = client.send("GET", "/signin", headers=HTML)
    assert page.status == 200
    assert "<form" in page.text
    assert client.send("GET", "/help", headers=HTML).status == 200
    assert client.send("GET", "/about", headers=HTML).status == 200


def test_static_files_and_the_guide_are_served(client: Client, deployment: Deployment) -> None:
    page = client.send("GET", "/help", headers=HTML)
    assert "/help/pictures/studio.png" in page.text
    picture = client.send("GET", "/help/pictures/studio.png")
    assert picture.status == 302
    with urlopen(picture.headers["Location"], timeout=30) as answer:
        assert answer.read(8) == PNG


def test_calls_of_the_api_are_signed(client: Client, reader: str) -> None:
    assert client.api("GET", "/systems/chicago").json["system"]["slug"] == "chicago"
    assert client.api("GET", reader).json["badge"]["name"] == "Reader"
    assert client.send("GET", "/systems/chicago").status == 403


# The main job


def test_a_webhook_becomes_an_award(client: Client, deployment: Deployment, reader: str) -> None:
    approve(client, reader, EARNER)
    deployment.settle()
    instance = client.api("GET", f"{reader}/instances/{EARNER}").json["instance"]
    path = f"/public/assertions/{instance['slug']}"
    assertion = client.send("GET", path, headers={"Accept": "application/json"})
    assert assertion.json["@context"] == "https://w3id.org/openbadges/v2"
    assert "Reader" in client.send("GET", path, headers=HTML).text
    image = client.send("GET", f"{path}/image")
    assert image.status == 302
    with urlopen(image.headers["Location"], timeout=30) as answer:
        baked = baking.unbake(answer.read())
    assert baked
    assert path in baked
    mail = deployment.mails()[-1]
    assert (mail["To"], mail["Subject"]) == (EARNER, "You earned the badge “Reader”")


@pytest.mark.parametrize("handler", [*QUEUES.values(), "app.mail_event"])
def test_failed_messages_of_a_batch_are_redelivered(deployment: Deployment, handler: str) -> None:
    of_nobody = {"version": 1, "kind": "review", "id": 999_999}  # done long ago, and deleted
    if handler == "app.mail_event":
        of_nobody = recorded("ses-send")  # a mail without a job, such as a sign-in link
    event = sqs_event("not ours", json.dumps(of_nobody))
    assert deployment.function(handler)(event) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_events_of_ses_are_processed(
    client: Client, deployment: Deployment, reader: str, look: None
) -> None:
    approve(client, reader, "missing@example.org")
    deployment.settle()
    sent = job("award-mail")
    assert sent.outcome == "mailed"
    bounce, send = recorded("ses-bounce"), recorded("ses-send")
    bounce["detail"]["mail"]["tags"]["job"] = send["mail"]["tags"]["job"] = [str(sent.id)]
    events = sqs_event(json.dumps(send), json.dumps(bounce))  # through SNS, and through EventBridge
    assert deployment.function("app.mail_event")(events) == {"batchItemFailures": []}
    assert "bounced" in str(job("award-mail").reason)


# Schedules


def test_the_sweep_requeues_lost_jobs(
    client: Client, deployment: Deployment, reader: str, look: None
) -> None:
    deployment.function("app.sweep")(recorded("schedule"))  # the first one wakes whatever is queued
    approve(client, reader, "lost@example.org")
    lost = [message["Body"] for message in deployment.take("ISSUING_QUEUE_URL")]
    assert deployment.function("app.sweep")(recorded("schedule")) == {"woken": 0, "named": 0}
    Job.update(due=times.now() - timedelta(minutes=1)).where(Job.id == job("review").id).execute()
    assert deployment.function("app.sweep")(recorded("schedule")) == {"woken": 1, "named": 0}
    assert [message["Body"] for message in deployment.take("ISSUING_QUEUE_URL")] == lost


def test_tidy_deletes_unused_images(deployment: Deployment, look: None) -> None:
    key = f"images/{'0' * 64}.png"
    deployment.client("s3").put_object(Bucket=BUCKET, Key=key, Body=PNG)
    Unused.create(key=key, since=times.now() - timedelta(days=31))
    assert deployment.function("app.tidy")(recorded("schedule")) == {
        "readings": 0,
        "named": 0,
        "deleted": 1,
    }
    assert deployment.objects(key) == []


# Images


def test_the_studio_draws(deployment: Deployment, browser: Browser, draft: Draft) -> None:
    """With the package's graphics, letters and fonts, the pixels are the same."""
    answer = press(browser, draft, "save", graphic="rocket", top="Well done", bottom="أحسنت")
    assert answer.status == 303, words(answer)
    image = drafts.find(draft.id).image
    assert image
    assert "أحسنت" in image.design
    assert deployment.content(image.key) == png(svg(read(json.loads(image.design))))


def test_untrusted_images_are_rendered_in_the_sandbox(
    deployment: Deployment, browser: Browser, draft: Draft
) -> None:
    """The sandboxed process starts from the package alone."""
    before = set(deployment.objects("images/"))
    answer = upload(browser, draft, pictures.svg('<rect width="100" height="100" fill="red"/>'))
    assert answer.status == 303, words(answer)
    (key,) = set(deployment.objects("images/")) - before
    assert deployment.content(key).startswith(PNG)
    assert Image.select().where(Image.key == key).count() == 1


def test_images_that_cannot_be_drawn_are_rejected_with_a_message(
    browser: Browser, draft: Draft
) -> None:
    answer = upload(browser, draft, b"<svg")
    assert answer.status == 400
    assert "damaged or not an SVG" in words(answer)


def upload(browser: Browser, draft: Draft, content: bytes) -> Any:
    """Send the form for a draft's image."""
    page = browser.get(f"/drafts/{draft.id}/edit/visual")
    base = page.text.partition('name="base" value="')[2].partition('"')[0]
    form = {"csrf": csrf(page), "base": base, "alt": "A square", "fit": "fit"}
    return browser.upload(f"/drafts/{draft.id}/edit/visual", form, "image", content)

"""The main job, end to end: an approved review becomes an awarded badge automatically."""

from __future__ import annotations

import base64
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Event, Job
from chalicelib.openbadges import baking, default_image
from tests.client import Client
from tests.conftest import Cloud
from tests.pipeline.harness import Pipeline

PICTURE = "data:image/png;base64," + base64.b64encode(default_image.content()).decode()
EARNER = "Ada.Lovelace@example.org"


@pytest.fixture
def client(app: Any, database: peewee.Database) -> Client:
    return Client(app)


def published(client: Client) -> str:
    """Create a system, an issuer and a badge over the API; return the badge's path."""
    system = {
        "slug": "chicago", "name": "Chicago", "url": "http://chicago.example.org",
        "email": "mayor@example.org",
    }  # fmt: skip
    issuer = {"slug": "library", "name": "Public Library", "url": "http://library.example.org"}
    badge = {
        "name": "Reader", "slug": "reader", "unique": True, "type": "Skill", "image": PICTURE,
        "earnerDescription": "You read a whole book.", "consumerDescription": "Reads books.",
        "criteriaUrl": "http://localhost:3000/system/chicago/badge/reader/criteria",
        "criteria": [
            {"description": "Read a book", "required": True},
            {"description": "Wrote about it", "required": False},
        ],
    }  # fmt: skip
    assert client.api("POST", "/systems", system).status == 201
    assert client.api("POST", "/systems/chicago/issuers", issuer).status == 201
    assert client.api("POST", "/systems/chicago/issuers/library/badges", badge).status == 201
    return "/systems/chicago/issuers/library/badges/reader"


def reviewed(client: Client, badge: str, *, approved: bool, comment: str = "Well done") -> str:
    """Apply for a badge and have the application reviewed; return the application's path."""
    body = {
        "learner": EARNER,
        "evidence": [{"url": "http://example.org/book", "mediaType": "link"}],
    }
    answer = client.api("POST", f"{badge}/applications", body)
    application = f"{badge}/applications/{answer.json['application']['slug']}"
    (first, _) = answer.json["application"]["badge"]["criteria"]
    review = {
        "author": "reviewer@example.org",
        "comment": comment,
        "reviewItems": [
            {
                "criterionId": first["id"],
                "satisfied": approved,
                "comment": None if approved else "Chapter two <is> missing",
            }
        ],
    }
    assert client.api("POST", f"{application}/reviews", review).status == 201
    return application


def test_an_approved_review_awards_the_badge(
    client: Client, pipeline: Pipeline, cloud: Cloud
) -> None:
    badge = published(client)
    application = reviewed(client, badge, approved=True)
    pipeline.settle()

    instance = client.api("GET", f"{badge}/instances/{EARNER}").json["instance"]
    assert instance["email"] == EARNER
    assert client.api("GET", application).json["application"]["processed"] is not None
    assert [event.action for event in Event.select().order_by(Event.id)] == ["review", "award"]

    path = f"/public/assertions/{instance['slug']}"
    assertion = client.send("GET", path, headers={"Accept": "application/json"})
    assert assertion.status == 200
    assert assertion.json["@context"] == "https://w3id.org/openbadges/v2"
    (mail,) = cloud.mails()
    assert str(mail["To"]) == EARNER
    assert str(mail["Subject"]) == "You earned the badge “Reader”"
    text = mail.get_body(("plain",)).get_content()
    assert f"http://localhost:3000/public/awards/{instance['slug']}" in text
    assert "You read a whole book." in text

    baked = baking.unbake(cloud.objects()[f"awards/{instance['slug']}.png"])
    assert baked is not None
    assert f"http://localhost:3000{path}" in baked
    image = client.send("GET", f"{path}/image")
    assert image.status == 302
    page = client.send("GET", path, headers={"Accept": "text/html"})
    assert page.status == 200
    assert "Reader" in page.text
    for url in (
        assertion.json["badge"],
        client.send("GET", assertion.json["badge"]).json["issuer"],
    ):
        assert client.send("GET", url.removeprefix("http://localhost:3000")).status == 200
    criteria = client.send("GET", "/system/chicago/badge/reader/criteria")
    assert "Read a book" in criteria.text
    outcomes = {job.kind: job.outcome for job in Job.select()}
    assert outcomes == {"review": "awarded", "award": "baked", "award-mail": "mailed"}


def test_a_site_that_awards_after_the_review_gets_the_automatic_award_once(
    client: Client, pipeline: Pipeline, cloud: Cloud
) -> None:
    badge = published(client)
    reviewed(client, badge, approved=True)
    pipeline.settle()
    body = {"email": EARNER, "comment": "From our site", "expires": "2040-01-01", "slug": "own"}
    first = client.api("POST", f"{badge}/instances", body)
    award = Award.get()
    assert (first.status, first.headers["Location"]) == (201, f"/public/assertions/{award.slug}")
    made = first.json["instance"]
    assert (made["slug"], made["expires"]) == (award.slug, "2040-01-01T00:00:00.000Z")
    second = client.api("POST", f"{badge}/instances", body)
    assert (second.status, second.json["details"]["assertionUrl"]) == (409, made["assertionUrl"])
    pipeline.settle()
    assertion = client.send(
        "GET", first.headers["Location"], headers={"Accept": "application/json"}
    )
    assert assertion.json["expires"].startswith("2040-01-01")
    baked = baking.unbake(cloud.objects()[f"awards/{award.slug}.png"])
    assert baked is not None
    assert "From our site" in baked
    assert "2040-01-01" in baked
    assert [event.action for event in Event.select().order_by(Event.id)] == ["review", "award"]
    assert len(cloud.mails()) == 1


def test_a_site_that_awards_many_after_their_reviews_gets_the_automatic_awards_once(
    client: Client, pipeline: Pipeline
) -> None:
    badge = published(client)
    reviewed(client, badge, approved=True)
    pipeline.settle()
    body = {"emails": [EARNER, "new@example.org"]}
    for earners in ({EARNER, "new@example.org"}, set()):
        answer = client.api("POST", f"{badge}/instances/bulk", body)
        assert {one["email"] for one in answer.json["instances"]} == earners


def test_a_review_that_is_not_approved_sends_feedback_and_awards_nothing(
    client: Client, pipeline: Pipeline, cloud: Cloud
) -> None:
    reviewed(client, published(client), approved=False, comment="Please <b>add</b> a page number")
    pipeline.settle()
    (mail,) = cloud.mails()
    assert str(mail["Subject"]) == "Feedback on your application for “Reader”"
    assert "Please <b>add</b> a page number" in mail.get_body(("plain",)).get_content()
    assert "Please &lt;b&gt;add" in mail.get_body(("html",)).get_content()
    for kind in ("plain", "html"):  # the criteria to meet
        text = mail.get_body((kind,)).get_content()
        assert "Criteria not met yet:" in text
        assert "Read a book" in text
        assert "Chapter two &lt;is&gt; missing" in text or "Chapter two <is> missing" in text
        assert "Wrote about it" not in text
    assert Award.select().count() == 0


def test_a_revoked_award_returns_410_and_its_earner_gets_an_email(
    client: Client, pipeline: Pipeline, cloud: Cloud
) -> None:
    badge = published(client)
    reviewed(client, badge, approved=True)
    pipeline.settle()
    uid = client.api("GET", f"{badge}/instances/{EARNER}").json["instance"]["slug"]
    assert client.api("DELETE", f"{badge}/instances/{EARNER}").status == 200
    pipeline.settle()
    answer = client.send("GET", f"/public/assertions/{uid}")
    assert answer.status == 410
    assert set(answer.json) == {"@context", "id", "type", "revoked", "revocationReason"}
    assert str(cloud.mails()[-1]["Subject"]) == "Your badge “Reader” was revoked"


@pytest.mark.parametrize("flag", ["false", '{"chicago": false}'])
def test_with_auto_award_off_an_approved_review_awards_nothing(
    client: Client, pipeline: Pipeline, cloud: Cloud, settings: dict[str, str], flag: str
) -> None:
    settings["AUTO_AWARD"] = flag
    reviewed(client, published(client), approved=True)
    pipeline.settle()
    assert Award.select().count() == 0
    assert cloud.mails() == []
    assert Job.get().outcome == "left to a person"


def test_auto_award_may_be_off_for_another_system(
    client: Client, pipeline: Pipeline, settings: dict[str, str]
) -> None:
    settings["AUTO_AWARD"] = '{"pittsburgh": false}'
    reviewed(client, published(client), approved=True)
    pipeline.settle()
    assert Award.select().count() == 1


def test_one_award_takes_at_most_eight_statements(
    client: Client, pipeline: Pipeline, statements: list[str]
) -> None:
    badge = published(client)
    for number in range(10):
        body = {"learner": f"earner{number}@example.org"}
        application = client.api("POST", f"{badge}/applications", body).json["application"]
        first = application["badge"]["criteria"][0]["id"]
        review = {
            "author": "reviewer@example.org",
            "reviewItems": [{"criterionId": first, "satisfied": 1}],
        }
        path = f"{badge}/applications/{application['slug']}/reviews"
        assert client.api("POST", path, review).status == 201
    statements.clear()
    from chalicelib.aws import session
    from tests.pipeline.harness import sqs_event

    sqs = session.client("sqs")
    url = pipeline.cloud.queues["ISSUING_QUEUE_URL"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert len(messages) == 10
    pipeline.work(sqs_event(messages), None)
    assert Award.select().count() == 10
    assert len(statements) / 10 <= 8

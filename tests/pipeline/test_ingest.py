"""Webhooks that come while the database is away: answered 200, parked, and written down once.

badgekit-api sends a webhook once and looks at no answer, so whatever is refused is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee
import pytest

from chalicelib.aws import queues
from chalicelib.data import connection
from chalicelib.data.models import Event, Job
from chalicelib.domain.events import events
from chalicelib.domain.jobs import parked_webhooks
from chalicelib.errors import Unavailable
from chalicelib.pipeline import worker
from tests.client import Answer, Client
from tests.conftest import Cloud
from tests.pipeline.harness import KilledError, Killer, Pipeline, bury
from tests.pipeline.test_receive import REVIEW

QUEUE = "ISSUING_QUEUE_URL"


@pytest.fixture
def client(app: Any, database: peewee.Database, cloud: Cloud) -> Client:
    return Client(app)


@contextmanager
def away() -> Iterator[None]:
    """Take the database away, and bring it back."""

    def refuse() -> None:
        raise peewee.OperationalError(2003, "Can't connect to MySQL server")

    connection.database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_connect", refuse)
        yield


def sent_while_away(client: Client, *bodies: Any) -> list[Answer]:
    with away():
        return [client.webhook(body) for body in bodies]


def record(message: dict[str, Any], name: str = "a") -> dict[str, Any]:
    return {"messageId": name, "body": json.dumps(message)}


def test_it_is_answered_200_and_written_down_when_the_database_is_back(
    client: Client, pipeline: Pipeline
) -> None:
    (answer,) = sent_while_away(client, REVIEW)
    assert (answer.status, answer.json) == (200, {"status": "parked"})
    assert Event.select().count() == 0
    pipeline.step()
    event = Event.get()
    assert (event.action, json.loads(event.body)) == ("review", REVIEW)
    assert [job.kind for job in Job.select()] == ["review"]


def test_sent_before_meanwhile_and_afterwards_it_counts_once(
    client: Client, pipeline: Pipeline
) -> None:
    assert client.webhook(REVIEW).json == {"status": "received"}
    sent_while_away(client, REVIEW, REVIEW)
    assert client.webhook(REVIEW).json == {"status": "received before"}
    while pipeline.step(copies=2):
        pass
    assert Event.select().count() == 1


def test_what_is_not_signed_is_not_parked(
    client: Client, cloud: Cloud, settings: dict[str, str]
) -> None:
    with away():
        assert client.webhook(REVIEW, "another-secret-of-many-letters").status == 403
        assert client.webhook(b"[]").status == 400
    assert cloud.messages(QUEUE) == []


def test_what_nobody_thought_of_parks_it_too(
    client: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(events, "record_webhook", broken)
        assert client.webhook(REVIEW).json == {"status": "parked"}
    assert "ZeroDivisionError" in caplog.text
    assert len(cloud.messages(QUEUE)) == 1


def test_if_the_queue_does_not_take_it_either_it_is_refused_with_503(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(queues, "send", broken)
    (answer,) = sent_while_away(client, REVIEW)
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert "Send this webhook again" in answer.json["message"]


def test_a_message_stays_while_the_database_is_away(
    client: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_while_away(client, REVIEW)
    (message,) = cloud.messages(QUEUE)

    def refuse(*_: Any) -> None:
        raise Unavailable("The database is not responding")

    with monkeypatch.context() as patch:
        patch.setattr(events, "record_webhook", refuse)
        answer = worker.work({"Records": [record(message)]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert worker.work({"Records": [record(message)]}, None) == {"batchItemFailures": []}
    assert Event.select().count() == 1


def test_of_many_that_wait_only_the_first_is_tried_while_the_database_is_away(
    client: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_while_away(client, *({**REVIEW, "n": number} for number in range(4)))
    records = [record(message, str(n)) for n, message in enumerate(cloud.messages(QUEUE))]
    records.append(record({"version": 1, "kind": "review", "id": 1}, "a call"))
    tried: list[Any] = []

    def refuse(*about: Any) -> None:
        tried.append(about)
        raise Unavailable("The database is not responding")

    with monkeypatch.context() as patch:
        patch.setattr(events, "record_webhook", refuse)
        answer = worker.work({"Records": records}, None)
    assert len(tried) == 1
    assert {one["itemIdentifier"] for one in answer["batchItemFailures"]} == set("0123")


def test_what_somebody_else_put_into_the_queue_is_not_believed(
    client: Client, cloud: Cloud, settings: dict[str, str]
) -> None:
    sent_while_away(client, REVIEW)
    (message,) = cloud.messages(QUEUE)
    other = json.dumps({**REVIEW, "approved": False}).encode()
    forged = parked_webhooks.serialize(
        parked_webhooks.SignedWebhook(other, message["authorization"])
    )
    answer = worker.work({"Records": [record(forged, "b"), record(message)]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "b"}]}
    assert [json.loads(event.body)["approved"] for event in Event.select()] == [True]


def test_killed_at_any_step_of_parking_and_hearing_it_is_lost_for_nobody(
    client: Client, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was answered 200 was heard; SQS brings a message again whose worker died."""
    parked_at_steps = 0
    for at in range(200):
        Job.delete().execute()
        Event.delete().execute()
        cloud.messages(QUEUE)
        killer = Killer(at)
        answered = False
        with monkeypatch.context() as watched:
            killer.watch(watched)
            try:
                answered = sent_while_away(client, REVIEW)[0].status == 200
                parked_at_steps += 1
                messages = cloud.messages(QUEUE)
                worker.work({"Records": [record(message) for message in messages]}, None)
            except KilledError:
                bury()
        if not answered:
            continue  # whoever sent it knows
        worker.work({"Records": [record(message) for message in messages]}, None)
        assert Event.select().count() == 1
        assert Job.select().where(Job.kind == "review").count() == 1
        if not killer.dead:
            break
    assert not killer.dead
    assert parked_at_steps > 5

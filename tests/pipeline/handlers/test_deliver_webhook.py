"""Webhooks out: what is sent, what is not, and what a person sees of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest

from chalicelib import tokens
from chalicelib.data.models import Event, Job, System, Webhook
from chalicelib.domain.awards import awards
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners import owners, webhooks
from chalicelib.pipeline import worker
from chalicelib.pipeline.handlers import deliver_webhook
from tests.domain import places
from tests.servers import OK, Server

pytestmark = pytest.mark.usefixtures("database")

SECRET = "the-secret-of-the-webhook"


@pytest.fixture
def receiver() -> Iterator[Server]:
    """A server that takes what it is sent."""
    made = Server(lambda connection: connection.sendall(OK + b"Content-Length: 0\r\n\r\n"))
    yield made
    made.close()


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


def delivery(system: System, url: str) -> Job:
    """Award a badge in a system that wants to hear of it; return the job of telling it."""
    webhooks.put(system, {"url": url, "secret": SECRET})
    awards.give(places.published(system, "reader"), "earner@example.org")
    return Job.get(Job.kind == "delivery")


def worked(job: Job) -> Job:
    body = f'{{"version":1,"kind":"delivery","id":{job.id}}}'
    worker.work({"Records": [{"messageId": "1", "body": body}]}, None)
    return Job.get_by_id(job.id)


def test_the_event_is_sent_as_it_was_written_down_and_signed(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = worked(delivery(system, receiver.url))
    assert (job.state, job.outcome) == (outbox.DONE, "delivered")
    (request,) = receiver.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert body.decode() == Event.get().body
    line = next(line for line in head.decode().split("\r\n") if line.startswith("Authorization"))
    token = tokens.from_header(line.partition(": ")[2])
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims == {"body": tokens.body_claim(body)}


def test_a_private_address_is_refused_and_the_failure_can_be_retried(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    job = worked(delivery(system, receiver.url))
    assert job.state == outbox.FAILED
    assert "not on the public internet" in str(job.reason)
    assert receiver.requests == []
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    assert outbox.retry(job.id)
    assert worked(job).outcome == "delivered"


def test_what_was_delivered_can_be_sent_again_and_is_the_same(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = worked(delivery(system, receiver.url))
    assert worked(job).attempts == 1  # a message that comes late sends nothing
    assert outbox.redeliver(job.id)
    job = worked(job)
    assert (job.state, job.outcome, job.attempts) == (outbox.DONE, "delivered", 1)
    first, second = receiver.requests
    assert first == second  # body and signature


def test_without_its_webhook_it_fails_and_with_another_one_it_can_be_retried(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = delivery(system, receiver.url)
    webhooks.delete(system)
    job = worked(job)
    assert (job.state, job.reason) == (
        outbox.FAILED, "The system no longer has a webhook. Set one, then retry.",
    )  # fmt: skip
    webhooks.put(system, {"url": receiver.url, "secret": SECRET})
    assert outbox.retry(job.id)
    assert worked(job).outcome == "delivered"


def test_it_goes_where_the_webhook_is_now(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = delivery(system, "http://192.0.2.1/gone")
    webhooks.put(system, {"url": receiver.url, "secret": SECRET})
    assert worked(job).outcome == "delivered"


def test_of_a_deleted_system_it_fails(system: System, receiver: Server) -> None:
    job = delivery(system, receiver.url)
    owners.delete(system)
    assert worked(job).state == outbox.FAILED


def test_one_that_cannot_be_sent_keeps_no_other_from_it(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    other = places.chicago("boston")
    webhooks.put(other, {"url": receiver.url, "secret": SECRET})
    Webhook.update(secret="ssh-rsa AAAA").where(Webhook.system == other).execute()  # an old row
    awards.give(places.published(other, "poison"), "earner@example.org")
    delivery(system, receiver.url)
    jobs = list(Job.select().where(Job.kind == "delivery").order_by(Job.id))
    bodies = [f'{{"version":1,"kind":"delivery","id":{job.id}}}' for job in jobs]
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    assert worker.work({"Records": records}, None) == {"batchItemFailures": []}
    bad, good = (Job.get_by_id(job.id) for job in jobs)
    assert (bad.state, bad.reason) == (outbox.WAITING, "Unexpected error: InvalidKeyError")
    assert good.outcome == "delivered"


def test_the_status_alone_says_that_it_was_taken(system: System, settings: dict[str, str]) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    head = OK + b"Content-Length: 9000000\r\n\r\n"  # of which only the beginning ever comes
    made = Server(lambda connection: connection.sendall(head + b"<html>"))
    assert worked(delivery(system, made.url)).outcome == "delivered"
    made.close()


def test_without_a_thread_it_is_sent_all_the_same(
    system: System,
    receiver: Server,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = delivery(system, receiver.url)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert worked(job).outcome == "delivered"
    assert len(receiver.requests) == 1


class Dwindling:
    """Lambda's context: time enough at the first looks, and none afterwards."""

    def __init__(self, *, looks: int) -> None:
        self._looks = looks

    def get_remaining_time_in_millis(self) -> int:
        self._looks -= 1
        return 60_000 if self._looks >= 0 else 1_000


def test_what_was_answered_is_written_down_even_when_the_time_is_over(
    system: System, receiver: Server, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = delivery(system, receiver.url)
    start = deliver_webhook.start

    def start_and_wait(jobs: Any) -> None:
        start(jobs)
        for one in jobs:
            one.answer.result()

    monkeypatch.setattr(deliver_webhook, "start", start_and_wait)
    body = f'{{"version":1,"kind":"delivery","id":{job.id}}}'
    answer = worker.work({"Records": [{"messageId": "1", "body": body}]}, Dwindling(looks=2))
    assert answer == {"batchItemFailures": []}
    assert Job.get_by_id(job.id).outcome == "delivered"


def test_what_cannot_be_written_down_any_more_is_not_sent(
    system: System, receiver: Server, settings: dict[str, str]
) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    job = delivery(system, receiver.url)
    body = f'{{"version":1,"kind":"delivery","id":{job.id}}}'
    answer = worker.work({"Records": [{"messageId": "1", "body": body}]}, Dwindling(looks=1))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert receiver.requests == []


def test_it_is_tried_for_a_day() -> None:
    plain = kinds.of("delivery").retries._replace(jitter=0)
    pauses = [plain.backoff(attempt) for attempt in range(1, plain.attempts)]
    assert timedelta(hours=24) <= sum(pauses, timedelta()) <= timedelta(hours=24, minutes=10)
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120)]
    assert set(pauses[8:]) == {timedelta(hours=1)}


def test_its_pauses_differ_by_chance_around_what_they_are() -> None:
    limits = kinds.of("delivery").retries
    pauses = {limits.backoff(9) for _ in range(50)}
    assert len(pauses) > 1
    assert timedelta(minutes=48) <= min(pauses) < timedelta(hours=1)
    assert timedelta(hours=1) < max(pauses) <= timedelta(minutes=72)

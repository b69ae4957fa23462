"""Event sources: Lambda's SQS events, partial failures, and the dead-letter queue."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from chalicelib.aws.session import client
from infra.local import event_sources as pumps
from infra.local.event_sources import EventSource, Schedule, Workers, scheduled_event
from tests.conftest import Cloud

ARN = "arn:aws:sqs:us-east-1:123456789012:badgekit-issuing"


@pytest.fixture
def queue(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(pumps, "WAIT_SECONDS", 0)
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    redrive = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 2}
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    url: str = sqs.create_queue(QueueName="pumped", Attributes=attributes)["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=f"message {number}")
    return url


def test_messages_arrive_in_lambda_s_own_format_and_are_deleted(queue: str) -> None:
    seen: list[dict[str, Any]] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        seen.extend(event["Records"])
        assert context.get_remaining_time_in_millis() > 0

    source = EventSource(queue, ARN, handler)
    while source.once():
        pass
    assert sorted(record["body"] for record in seen) == ["message 0", "message 1", "message 2"]
    assert {record["eventSource"] for record in seen} == {"aws:sqs"}
    assert {record["eventSourceARN"] for record in seen} == {ARN}
    assert all(record["messageId"] and record["receiptHandle"] for record in seen)


def test_only_failed_messages_are_redelivered_and_become_dead_letters(queue: str) -> None:
    seen: list[str] = []

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        seen.extend(record["body"] for record in event["Records"])
        failed = [r["messageId"] for r in event["Records"] if r["body"] == "message 1"]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

    source = EventSource(queue, ARN, handler)
    while source.once():
        pass
    assert sorted(seen) == ["message 0", "message 1", "message 1", "message 2"]
    dead = client("sqs").get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = client("sqs").receive_message(QueueUrl=dead)["Messages"]
    assert message["Body"] == "message 1"


def test_an_exception_returns_the_whole_batch(queue: str) -> None:
    calls: list[int] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        calls.append(len(event["Records"]))
        if len(calls) == 1:
            raise RuntimeError("the first worker dies")

    source = EventSource(queue, ARN, handler)
    while source.once():
        pass
    assert sum(calls) == 6


def test_schedules_are_kept_also_when_a_handler_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumps, "SWEEP_SECONDS", 0)
    seen: list[str] = []
    often, once = threading.Event(), threading.Event()

    def sweep(event: dict[str, Any], context: Any) -> None:
        seen.append(event["resources"][0].rpartition("/")[2])
        if len(seen) > 2:
            often.set()
        raise RuntimeError("the sweeper dies")

    def tidy(event: dict[str, Any], context: Any) -> None:
        assert not once.is_set()
        once.set()

    workers = Workers([], [Schedule("sweep", sweep, 0), Schedule("tidy", tidy, 3600)])
    workers.start()
    assert once.wait(timeout=30)
    assert often.wait(timeout=30)
    workers.stop()
    assert set(seen) == {"sweep"}


def test_scheduled_events_have_eventbridge_s_format() -> None:
    event = scheduled_event("sweep")
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")

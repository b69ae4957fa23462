"""Event source mappings and schedules: invokes the Lambda handlers with Lambda's event formats."""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.session import client
from infra.local.http_server import Context

log = logging.getLogger("badgekit.local")

Handler = Callable[[dict[str, Any], Any], Any]

BATCH = 10
WAIT_SECONDS = 1
FUNCTION_SECONDS = 60
SWEEP_SECONDS = 10
DAY_SECONDS = 24 * 60 * 60


def sqs_event(messages: list[dict[str, Any]], arn: str) -> dict[str, Any]:
    """Return Lambda's event for a batch of messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": message.get("MessageAttributes", {}),
                "md5OfBody": hashlib.md5(message["Body"].encode()).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": arn.split(":")[3],
            }
            for message in messages
        ]
    }


def scheduled_event(rule: str) -> dict[str, Any]:
    """Return EventBridge's event for a schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:123456789012:rule/{rule}"],
        "detail": {},
    }


class EventSource:
    """The event source mapping of a queue: receives messages, invokes a handler, deletes them.

    Parameters
    ----------
    url, arn : str
        The queue's URL and ARN.
    handler : Handler
        The Lambda handler.
    """

    def __init__(self, url: str, arn: str, handler: Handler) -> None:
        self._url = url
        self._arn = arn
        self._handler = handler

    def once(self) -> int:
        """Process one batch.

        Returns
        -------
        int
            Number of messages received. Failed ones are redelivered after the visibility timeout,
            until the queue's redrive policy moves them to the dead-letter queue.
        """
        sqs = client("sqs")
        answer = sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        name = self._arn.rsplit(":", 1)[-1]
        try:
            result = self._handler(sqs_event(messages, self._arn), Context(name, FUNCTION_SECONDS))
        except Exception:
            log.exception("the worker of %s failed; its messages will be redelivered", name)
            return len(messages)
        failures = (result or {}).get("batchItemFailures", [])
        failed = {item["itemIdentifier"] for item in failures}
        done = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
            if message["MessageId"] not in failed
        ]
        if done:
            sqs.delete_message_batch(QueueUrl=self._url, Entries=done)
        return len(messages)


@dataclass(frozen=True)
class Schedule:
    """A handler that is called periodically, the first time soon after the start.

    Parameters
    ----------
    rule : str
        Name of the schedule's rule.
    handler : Handler
        The Lambda handler.
    seconds : float
        Seconds between two calls.
    """

    rule: str
    handler: Handler
    seconds: float


class Workers:
    """The threads that poll event sources and run schedules.

    Parameters
    ----------
    sources : list[EventSource]
        One for each queue.
    schedules : list[Schedule]
        The periodic handlers.
    """

    def __init__(self, sources: list[EventSource], schedules: list[Schedule]) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._poll, args=(source,), name="event source")
            for source in sources
        ]
        self._threads += [
            threading.Thread(target=self._run_schedule, args=(schedule,), name=schedule.rule)
            for schedule in schedules
        ]

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop all threads after their current batch."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _poll(self, source: EventSource) -> None:
        while not self._stopping.is_set():
            try:
                source.once()
            except Exception:
                log.exception("reading a queue failed")
                self._stopping.wait(WAIT_SECONDS)

    def _run_schedule(self, schedule: Schedule) -> None:
        pause: float = SWEEP_SECONDS
        while not self._stopping.wait(pause):
            pause = schedule.seconds
            try:
                schedule.handler(
                    scheduled_event(schedule.rule), Context(schedule.rule, FUNCTION_SECONDS)
                )
            except Exception:
                log.exception("%s failed; it will be called again", schedule.rule)

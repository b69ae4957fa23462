"""Feeds queue messages and the schedule to the Lambda handlers, in Lambda's own event formats."""

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
    """Return the event that Lambda makes of messages."""
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
    """Return the event that EventBridge sends on a schedule."""
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
    """One queue's event source mapping: receives, invokes, deletes what was done.

    Parameters
    ----------
    url, arn : str
        The queue.
    handler : Handler
        The Lambda handler.
    """

    def __init__(self, url: str, arn: str, handler: Handler) -> None:
        self._url = url
        self._arn = arn
        self._handler = handler

    def once(self) -> int:
        """Handle one batch.

        Returns
        -------
        int
            How many messages there were. Those that failed come again after their visibility
            time-out, until the queue's redrive policy takes them away.
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
            log.exception("the worker of %s failed; its messages come again", name)
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
    """A handler that is called again and again, for the first time soon after the start.

    Parameters
    ----------
    rule : str
        What it is called.
    handler : Handler
        The Lambda handler.
    seconds : float
        How long to wait between two calls.
    """

    rule: str
    handler: Handler
    seconds: float


class Workers:
    """The threads that keep pumps and schedules going.

    Parameters
    ----------
    pumps : list[Pump]
        One for each queue.
    schedules : list[Schedule]
        What is called by the clock.
    """

    def __init__(self, pumps: list[EventSource], schedules: list[Schedule]) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_pumping, args=(pump,), name="pump") for pump in pumps
        ]
        self._threads += [
            threading.Thread(target=self._keep_calling, args=(one,), name=one.rule)
            for one in schedules
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish the batch at hand, and end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _keep_pumping(self, pump: EventSource) -> None:
        while not self._stopping.is_set():
            try:
                pump.once()
            except Exception:
                log.exception("a queue cannot be read")
                self._stopping.wait(WAIT_SECONDS)

    def _keep_calling(self, schedule: Schedule) -> None:
        pause: float = SWEEP_SECONDS
        while not self._stopping.wait(pause):
            pause = schedule.seconds
            try:
                schedule.handler(
                    scheduled_event(schedule.rule), Context(schedule.rule, FUNCTION_SECONDS)
                )
            except Exception:
                log.exception("%s failed; it is called again", schedule.rule)

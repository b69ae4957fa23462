"""SQS: sends job messages, and inspects and redrives dead letters."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from chalicelib.aws.session import client

BATCH = 10
LONGEST_DELAY = 15 * 60  # seconds
LARGEST_BATCH = 256 * 1024  # bytes of all bodies in a batch
PEEK_SECONDS = 5  # visibility timeout of a message that is inspected
REDRIVE_SECONDS = 60  # visibility timeout of a message that is moved: longer than a batch takes
WAIT_SECONDS = 1  # for a queue with messages: only long polling queries all of SQS's servers


class QueueError(Exception):
    """A call to SQS failed.

    Parameters
    ----------
    code : str
        AWS's error code, or the name of botocore's exception when SQS was not reached.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeadLetters(NamedTuple):
    """A dead-letter queue.

    Parameters
    ----------
    url : str
        The queue's URL.
    number : int
        Approximate number of messages.
    """

    url: str
    number: int


class Letter(NamedTuple):
    """A message of a dead-letter queue.

    Parameters
    ----------
    body : str
        The message's body.
    sent : datetime
        When it was first sent.
    """

    body: str
    sent: datetime


def send(url: str, messages: Sequence[dict[str, Any]], delays: Sequence[int] | None = None) -> None:
    """Send JSON messages to a queue, in batches of ten.

    Parameters
    ----------
    url : str
        The queue's URL.
    messages : Sequence[dict[str, Any]]
        The messages.
    delays : Sequence[int], optional
        Delay of each message in seconds, up to `LONGEST_DELAY`.

    Raises
    ------
    RuntimeError
        If SQS refused some of a batch; the others, and earlier batches, were sent.
    """
    rest = zip(messages, delays or [0] * len(messages), strict=True)
    while batch := list(islice(rest, BATCH)):
        entries = [
            {
                "Id": str(number),
                "MessageBody": json.dumps(message, separators=(",", ":")),
                "DelaySeconds": delay,
            }
            for number, (message, delay) in enumerate(batch)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        if failed := answer.get("Failed"):
            raise RuntimeError(f"SQS refused {len(failed)} messages: {failed[0].get('Code')}")


def dead_letters_of(url: str) -> DeadLetters | None:
    """Return the dead-letter queue of a queue's redrive policy, or None without a policy.

    Raises
    ------
    QueueError
        If a call to SQS fails.
    """
    with _queue_errors():
        policy = _attribute(url, "RedrivePolicy")
        if policy is None:
            return None
        *_, account, name = json.loads(policy)["deadLetterTargetArn"].split(":")
        dead: str = client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)[
            "QueueUrl"
        ]
        return DeadLetters(dead, int(_attribute(dead, "ApproximateNumberOfMessages") or 0))


def _attribute(url: str, name: str) -> str | None:
    answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    found: str | None = answer.get("Attributes", {}).get(name)
    return found


def peek(dead: DeadLetters) -> list[Letter]:
    """Return up to ten messages of a dead-letter queue, and leave them there.

    Receiving hides them; they are made visible again at once, and should that fail, after
    `PEEK_SECONDS`.

    Raises
    ------
    QueueError
        If a call to SQS fails.
    """
    with _queue_errors():
        messages = _received(dead, BATCH, PEEK_SECONDS)
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0}
                for number, one in enumerate(messages)
            ]
            client("sqs").change_message_visibility_batch(QueueUrl=dead.url, Entries=entries)
        return [Letter(one["Body"], _sent(one)) for one in messages]


def _received(dead: DeadLetters, most: int, hidden_seconds: int) -> list[Any]:
    answer = client("sqs").receive_message(
        QueueUrl=dead.url,
        MaxNumberOfMessages=min(most, BATCH),
        VisibilityTimeout=hidden_seconds,
        WaitTimeSeconds=WAIT_SECONDS if dead.number else 0,
        AttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    found: list[Any] = answer.get("Messages", [])
    return found


def _sent(message: Mapping[str, Any]) -> datetime:
    milliseconds = int(message.get("Attributes", {}).get("SentTimestamp", 0))
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def redrive(dead: DeadLetters, source: str, *, most: int, seconds: float) -> int:
    """Move messages of a dead-letter queue back to its source queue, in batches.

    Each message is sent before it is deleted. A process killed in between leaves it in both queues,
    which is harmless: a message only wakes a worker for a job's row, one worker at a time claims
    the row, and a finished job is not run again.

    Parameters
    ----------
    dead : DeadLetters
        The dead-letter queue.
    source : str
        URL of the source queue.
    most : int
        The most messages to move.
    seconds : float
        Time after which no further batch is started.

    Returns
    -------
    int
        How many messages were moved.

    Raises
    ------
    QueueError
        If a call to SQS fails; some messages may have been moved.
    """
    until, moved = time.monotonic() + seconds, 0
    with _queue_errors():
        while moved < most and time.monotonic() < until:
            messages = _received(dead, most - moved, REDRIVE_SECONDS)
            if not messages:
                break
            for batch in _batches(messages):
                moved += _move(dead.url, source, batch)
    return moved


def _batches(messages: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield messages in batches below SQS's size limit; messages of other senders can be large."""
    batch: list[Any] = []
    size = 0
    for message in messages:
        length = len(message["Body"].encode())
        if batch and size + length > LARGEST_BATCH:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    yield batch


def _move(dead: str, source: str, messages: Sequence[Any]) -> int:
    entries = [
        {
            "Id": str(number),
            "MessageBody": one["Body"],
            "MessageAttributes": one.get("MessageAttributes", {}),
        }
        for number, one in enumerate(messages)
    ]
    answer = client("sqs").send_message_batch(QueueUrl=source, Entries=entries)
    sent = [messages[int(one["Id"])] for one in answer.get("Successful", [])]
    if sent:
        handles = [
            {"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]}
            for number, one in enumerate(sent)
        ]
        client("sqs").delete_message_batch(QueueUrl=dead, Entries=handles)
    if failed := answer.get("Failed"):
        raise QueueError(failed[0].get("Code", "refused"))
    return len(sent)


@contextlib.contextmanager
def _queue_errors() -> Iterator[None]:
    """Convert botocore's exceptions to `QueueError`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as problem:
        raise QueueError(problem.response.get("Error", {}).get("Code", "error")) from problem
    except BotoCoreError as problem:
        raise QueueError(type(problem).__name__) from problem

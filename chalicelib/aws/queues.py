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
LARGEST_BATCH = 256 * 1024  # bytes of all its bodies
PEEK_SECONDS = 5  # after which a message shows up again whatever happens
REDRIVE_SECONDS = 60  # longer than the one batch that it is taken for
WAIT_SECONDS = 1  # for messages that must be there: only who waits is told by all of SQS's servers


class QueueError(Exception):
    """SQS did not do what it was asked for.

    Parameters
    ----------
    code : str
        AWS's name for the reason, or that of the trouble in reaching it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeadLetters(NamedTuple):
    """A dead-letter queue.

    Parameters
    ----------
    url : str
        Where it is.
    number : int
        About how many messages are in it.
    """

    url: str
    number: int


class Letter(NamedTuple):
    """A message that was looked at.

    Parameters
    ----------
    body : str
        What it says.
    sent : datetime
        When it was sent first.
    """

    body: str
    sent: datetime


def send(url: str, messages: Sequence[dict[str, Any]], delays: Sequence[int] | None = None) -> None:
    """Send JSON messages to a queue, ten at a time.

    Parameters
    ----------
    url : str
        The queue.
    messages : Sequence[dict[str, Any]]
        What they say.
    delays : Sequence[int], optional
        For how many seconds each is kept back, up to `LONGEST_DELAY`.

    Raises
    ------
    RuntimeError
        If SQS refused some of them; those before and after may have been taken.
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
    """Return the queue that takes what nobody could use of this one, by its redrive policy.

    Raises
    ------
    QueueError
        If SQS does not tell.
    """
    with _named_trouble():
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
    """Return some messages of a dead-letter queue, up to ten, and leave them there.

    They are received, which hides them, and shown again at once; if that should fail, they show up
    again by themselves after some seconds.

    Raises
    ------
    QueueError
        If SQS does not let us.
    """
    with _named_trouble():
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
    """Move messages of a dead-letter queue back to where they came from, some at a time.

    Each is sent before it is deleted. Whoever is killed in between leaves it in both queues, and
    that is harmless: a message is no more than a wake-up call for a row, which is worked on by one
    at a time and, once it is done, not at all.

    Parameters
    ----------
    dead : DeadLetters
        From where.
    source : str
        To where.
    most : int
        How many at the most.
    seconds : float
        No batch is begun after so long.

    Returns
    -------
    int
        How many were moved.

    Raises
    ------
    QueueError
        If SQS does not let us; some may have been moved.
    """
    until, moved = time.monotonic() + seconds, 0
    with _named_trouble():
        while moved < most and time.monotonic() < until:
            messages = _received(dead, most - moved, REDRIVE_SECONDS)
            if not messages:
                break
            for batch in _batches(messages):
                moved += _move(dead.url, source, batch)
    return moved


def _batches(messages: Sequence[Any]) -> Iterator[list[Any]]:
    """Return messages in batches that are small enough: those of others may be of any size."""
    batch: list[Any] = []
    size = 0
    for message in messages:
        mine = len(message["Body"].encode())
        if batch and size + mine > LARGEST_BATCH:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += mine
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
def _named_trouble() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as problem:
        raise QueueError(problem.response.get("Error", {}).get("Code", "error")) from problem
    except BotoCoreError as problem:
        raise QueueError(type(problem).__name__) from problem

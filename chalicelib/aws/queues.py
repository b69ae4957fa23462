"""SQS: waking workers up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from chalicelib.aws.session import client

BATCH = 10


def send(url: str, messages: Sequence[dict[str, Any]]) -> None:
    """Send JSON messages to a queue, ten at a time.

    Raises
    ------
    RuntimeError
        If SQS refused some of them; those before and after may have been taken.
    """
    rest: Iterable[dict[str, Any]] = iter(messages)
    while batch := list(islice(rest, BATCH)):
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(message, separators=(",", ":"))}
            for number, message in enumerate(batch)
        ]
        answer = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
        if failed := answer.get("Failed"):
            raise RuntimeError(f"SQS refused {len(failed)} messages: {failed[0].get('Code')}")

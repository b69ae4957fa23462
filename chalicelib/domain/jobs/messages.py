"""The SQS message that wakes a worker up for a job: the job's id and kind, and when it is due.

Everything else is in the job's row, so a message may get lost or arrive twice.
"""

from __future__ import annotations

import json
from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import times

VERSION = 1
LARGEST_ID = 2**63 - 1  # the largest that the database can look for


class JobMessage(NamedTuple):
    """Wakes a worker up for a job.

    Parameters
    ----------
    job : int
        The job's id.
    kind : str
        The job's kind.
    due : datetime or None
        When work on it may begin; None is now.
    """

    job: int
    kind: str
    due: datetime | None = None


def serialize(message: JobMessage) -> dict[str, Any]:
    """Return a message as JSON."""
    content: dict[str, Any] = {"version": VERSION, "kind": message.kind, "id": message.job}
    if message.due is not None:
        content["due"] = times.unix(message.due) + 1  # whole seconds, and not too early
    return content


def parse(body: str, kinds: Container[str]) -> JobMessage | None:
    """Return the message that an SQS body holds; None if it is not one of ours.

    Parameters
    ----------
    body : str
        The body of the SQS message.
    kinds : Container[str]
        The known kinds of jobs.
    """
    try:
        content = json.loads(body)
        job, kind, due = content["id"], content["kind"], content.get("due")
        if content["version"] != VERSION or kind not in kinds:
            return None
        if not isinstance(job, int) or not 0 < job <= LARGEST_ID:
            return None
        return JobMessage(job, kind, None if due is None else times.from_unix(due))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None

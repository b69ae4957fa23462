"""Wake-up calls as they lie in queues: which job, of which kind, from when on, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib import times

VERSION = 1
LARGEST_ID = 2**63 - 1  # what the database can look for


class Call(NamedTuple):
    """Wakes a worker up for a job.

    Parameters
    ----------
    job : int
        The job's id.
    kind : str
        What is to be done.
    due : datetime or None
        Before which nobody may work on it; None is now.
    """

    job: int
    kind: str
    due: datetime | None = None


def message(call: Call) -> dict[str, Any]:
    """Return a call as a message."""
    content: dict[str, Any] = {"version": VERSION, "kind": call.kind, "id": call.job}
    if call.due is not None:
        content["due"] = times.unix(call.due) + 1  # whole seconds, and not too early
    return content


def read(body: str, kinds: Container[str]) -> Call | None:
    """Return the call that a message is; None when it is none of ours.

    Parameters
    ----------
    body : str
        The message.
    kinds : Container[str]
        The kinds of jobs that there are.
    """
    try:
        content = json.loads(body)
        job, kind, due = content["id"], content["kind"], content.get("due")
        if content["version"] != VERSION or kind not in kinds:
            return None
        if not isinstance(job, int) or not 0 < job <= LARGEST_ID:
            return None
        return Call(job, kind, None if due is None else times.from_unix(due))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None

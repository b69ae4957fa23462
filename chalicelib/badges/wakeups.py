"""Wake-up calls as they lie in queues: which job, of which kind, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any

VERSION = 1
LARGEST_ID = 2**63 - 1  # what the database can look for


def message(kind: str, job_id: int) -> dict[str, Any]:
    """Return what wakes a worker up for a job."""
    return {"version": VERSION, "kind": kind, "id": job_id}


def job_id(body: str, kinds: Container[str]) -> int | None:
    """Return which job a message is about; None when it is none of ours.

    Parameters
    ----------
    body : str
        The message.
    kinds : Container[str]
        The kinds of jobs that there are.
    """
    try:
        content = json.loads(body)
        number = content["id"]
        if content["version"] != VERSION or content["kind"] not in kinds:
            return None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_id = isinstance(number, int) and 0 < number <= LARGEST_ID
    return number if is_id else None

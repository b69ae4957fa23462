"""Reads systems, issuers, programs and badges from another BadgeKit API, a few seconds at a time."""

from __future__ import annotations

import time

from chalicelib.data.models import Job
from chalicelib.registry import reading

SECONDS = 8.0  # after which no further page is begun; a job has 25, and a page may take 13


def read_registry(job: Job) -> None:
    """Continue the reading of the job's event; what is left is another job."""
    until = time.monotonic() + SECONDS
    reading.read_on(job, lambda: time.monotonic() < until)

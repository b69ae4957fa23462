"""Webhooks out: a system is told of its reviews, awards and revocations, at least once.

Body and signature are those of badgekit-api 0.2.22 (`app/lib/hooks.js`): the event as it was
written down, and a token whose only claim is the body's hash. All deliveries of a batch are under
way at once, so that those who do not answer cost no more time than one of them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chalicelib import tokens
from chalicelib.domain.jobs import outbox
from chalicelib.errors import BadgeKitError, NotFound, Unavailable
from chalicelib.net import client

if TYPE_CHECKING:
    from concurrent.futures import Future

    from chalicelib.data.models import Job

SECONDS = 10.0


def begin(jobs: Sequence[Job]) -> None:
    """Send the webhooks of these jobs, all at once; those of other kinds are left alone.

    Threads do nothing but network: rows are read before and written by `act`.
    """
    due = [job for job in jobs if job.kind == "delivery" and job.webhook is not None]
    for job in due:
        try:
            job.answer = client.start_thread(functools.partial(_send, *_parts(job)))
        except RuntimeError:  # there is no thread to be had; `act` sends it without one
            break


def is_answered(job: Any) -> bool:
    """Tell whether a delivery was begun and has been answered, so that only its row is to be changed."""
    return job.answer is not None and bool(job.answer.done())


def _parts(job: Any) -> tuple[str, str, str]:
    """Return address, body and secret of a delivery, which need no database any more."""
    return job.webhook.url, job.event.body, job.webhook.secret


def _send(url: str, text: str, secret: str) -> int:
    """Send a webhook and return the status of the answer."""
    body = text.encode("utf-8")
    token = tokens.sign({"body": tokens.body_claim(body)}, secret)
    headers = {"Content-Type": "application/json", "Authorization": tokens.header(token)}
    answer = client.request("POST", url, body=body, headers=headers, limit=None, seconds=SECONDS)
    return answer.status


def act(job: Job) -> None:
    """See a delivery through.

    Raises
    ------
    NotFound
        If the system has no webhook any more.
    outgoing.Forbidden
        If the address is none that may be reached.
    Unavailable
        If there was no answer, or none that says that it was taken.
    """
    if job.webhook is None:
        raise NotFound("The system no longer has a webhook. Set one, then retry.")
    sending: Future[int] | None = job.answer
    try:
        status = sending.result() if sending else _send(*_parts(job))
    except (client.Forbidden, Unavailable):
        raise
    except BadgeKitError as problem:  # a redirect, a bad certificate: its owner may mend it
        raise Unavailable(problem.reason) from problem
    if not 200 <= status < 300:
        raise Unavailable(f"The receiver returned status {status}")
    outbox.finish(job, "delivered")

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


def start(jobs: Sequence[Job]) -> None:
    """Start sending the webhooks of these jobs, all at once.

    Threads only use the network: `deliver_webhook` writes the rows.
    """
    for job in [job for job in jobs if job.webhook is not None]:
        try:
            job.answer = client.begun(functools.partial(_send, *_parts(job)))
        except RuntimeError:  # there is no thread to be had; `deliver_webhook` sends it without one
            break


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


def deliver_webhook(job: Job) -> None:
    """See a delivery through.

    Raises
    ------
    NotFound
        If the system has no webhook any more.
    client.Forbidden
        If the address is none that may be reached.
    Unavailable
        If there was no answer, or none that says that it was taken.
    """
    if job.webhook is None:
        raise NotFound("The system has no webhook any more. Set one, then retry.")
    sending: Future[int] | None = job.answer
    try:
        status = sending.result() if sending else _send(*_parts(job))
    except (client.Forbidden, Unavailable):
        raise
    except BadgeKitError as problem:  # a redirect, a bad certificate: its owner may mend it
        raise Unavailable(problem.reason) from problem
    if not 200 <= status < 300:
        raise Unavailable(f"The receiver answered {status}")
    outbox.finish(job, "delivered")

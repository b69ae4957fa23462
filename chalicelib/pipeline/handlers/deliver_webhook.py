"""Delivers an event (review, award, revocation) to its system's webhook, at least once.

Body and signature are those of badgekit-api 0.2.22 (`app/lib/hooks.js`): the event as it was
recorded, and a token whose only claim is the body's hash. All deliveries of a batch are sent at the
same time, so that several slow receivers cost no more time than one.

How often and after which delays a delivery is retried is in `chalicelib/domain/jobs/kinds.py`.
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
            job.answer = client.start_thread(functools.partial(_send, *_parts(job)))
        except RuntimeError:  # no thread is available; `deliver_webhook` sends it itself
            break


def _parts(job: Any) -> tuple[str, str, str]:
    """Return URL, body and secret of a delivery; sending them needs no database."""
    return job.webhook.url, job.event.body, job.webhook.secret


def _send(url: str, text: str, secret: str) -> int:
    """Send a webhook and return the status of the answer."""
    body = text.encode("utf-8")
    token = tokens.sign({"body": tokens.body_claim(body)}, secret)
    headers = {"Content-Type": "application/json", "Authorization": tokens.header(token)}
    answer = client.request("POST", url, body=body, headers=headers, limit=None, seconds=SECONDS)
    return answer.status


def deliver_webhook(job: Job) -> None:
    """Finish the delivery of a job, or make it if it was not started.

    Raises
    ------
    NotFound
        If the system no longer has a webhook.
    client.Forbidden
        If its address may not be reached.
    Unavailable
        If the receiver did not respond, or not with success.
    """
    if job.webhook is None:
        raise NotFound("The system no longer has a webhook. Set one, then retry.")
    sending: Future[int] | None = job.answer
    try:
        status = sending.result() if sending else _send(*_parts(job))
    except (client.Forbidden, Unavailable):
        raise
    except BadgeKitError as error:  # a redirect, a bad certificate: its owner may fix it
        raise Unavailable(error.reason) from error
    if not 200 <= status < 300:
        raise Unavailable(f"The receiver returned status {status}")
    outbox.finish(job, "delivered")

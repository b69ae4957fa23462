"""Webhooks out: a system is told of its reviews, awards and revocations, at least once.

Body and signature are those of badgekit-api 0.2.22 (`app/lib/hooks.js`): the event as it was
written down, and a token whose only claim is the body's hash. All deliveries of a batch are under
way at once, so that those who do not answer cost no more time than one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from chalicelib import outgoing, tokens
from chalicelib.badges import outbox
from chalicelib.errors import BadgeKitError, NotFound, Unavailable

if TYPE_CHECKING:
    from chalicelib.data.models import Job

SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024  # bytes; nobody reads it


def begin(jobs: Sequence[Job]) -> None:
    """Send the webhooks of these jobs, all at once; those of other kinds are left alone.

    Threads do nothing but network: rows are read before and written by `act`.
    """
    due = [job for job in jobs if job.kind == "delivery" and job.webhook is not None]
    if not due:
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(max_workers=len(due), thread_name_prefix="delivery")
    for job in due:
        job.answer = pool.submit(_send, *_request(job))
    pool.shutdown(wait=False)


def _request(job: Any) -> tuple[str, bytes, str]:
    """Return address, body and token of a delivery."""
    body = job.event.body.encode("utf-8")
    token = tokens.sign({"body": tokens.body_claim(body)}, job.webhook.secret)
    return job.webhook.url, body, token


def _send(url: str, body: bytes, token: str) -> outgoing.Answer:
    headers = {"Content-Type": "application/json", "Authorization": tokens.header(token)}
    return outgoing.request(
        "POST", url, body=body, headers=headers, limit=LARGEST_ANSWER, seconds=SECONDS
    )


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
        raise NotFound("The system has no webhook any more. Set one, then retry.")
    if job.answer is None:
        begin([job])
    sending: Future[Any] = job.answer
    try:
        status = sending.result().status
    except (outgoing.Forbidden, Unavailable):
        raise
    except BadgeKitError as problem:  # a redirect, a bad certificate: its owner may mend it
        raise Unavailable(problem.reason) from problem
    if not 200 <= status < 300:
        raise Unavailable(f"The receiver answered {status}")
    outbox.finish(job, "delivered")

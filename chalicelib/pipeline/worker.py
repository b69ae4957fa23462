"""Handles a batch of SQS messages: claim the jobs, run their handlers, report what SQS should redeliver.

A message holds the id of a job. The worker that claims the row runs its handler; any other drops
the message, because the job is done or in progress. After a temporary error the job waits for its
next attempt; after a permanent one it fails, with a reason that a person can act on. In both cases
the message is used up: a delayed one, or the sweeper, wakes the job again. The issuing queue also
brings parked webhooks (see `ingest`). During an outage of the database, messages are sent anew, so
that they neither become dead letters nor are hidden when it ends.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from chalicelib import logs
from chalicelib.data.models import Job
from chalicelib.domain.jobs import kinds, outbox, parked_webhooks
from chalicelib.domain.jobs import messages as job_messages
from chalicelib.domain.jobs.messages import JobMessage
from chalicelib.domain.jobs.parked_webhooks import SignedWebhook
from chalicelib.errors import BadgeKitError, Unavailable
from chalicelib.pipeline import ingest, relay
from chalicelib.web.routing import import_function

log = logging.getLogger("badgekit")

LEASE_MARGIN = timedelta(seconds=15)
DEFAULT_LEASE = timedelta(seconds=60)
TIME_FOR_ONE_MS = 25_000  # the longest that SES, another API or the courier may take


def work(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Handle one batch of SQS messages.

    Parameters
    ----------
    event : Mapping[str, Any]
        Lambda's SQS event.
    context : Any
        Lambda's context; its remaining time bounds the leases and the batch.

    Returns
    -------
    dict[str, Any]
        ``batchItemFailures``: the messages that SQS should deliver again.
    """
    jobs: dict[int, list[str]] = {}  # the ids of their messages, by job
    wanted: dict[int, JobMessage] = {}
    early: list[tuple[JobMessage, str]] = []
    webhooks: list[tuple[SignedWebhook, str]] = []
    failed: list[str] = []
    for record in event["Records"]:
        message_id = record["messageId"]
        if message := job_messages.parse(record["body"], kinds.BY_NAME):
            if relay.is_early(message):
                early.append((message, message_id))
            else:
                jobs.setdefault(message.job, []).append(message_id)
                wanted[message.job] = message
        elif webhook := parked_webhooks.parse(record["body"]):
            webhooks.append((webhook, message_id))
        else:
            log.error("message %s is not ours; it will become a dead letter", message_id)
            failed.append(message_id)
    if early and not relay.requeue([message for message, _ in early]):
        failed += [message_id for _, message_id in early]
    with relay.batched():
        try:
            failed += ingest.ingest_parked(webhooks)
            failed += _work(jobs, context)
        except Unavailable as error:  # without the database, none of them can be handled
            log.warning("%d jobs have to wait: %s", len(jobs), logs.outage(error))
            failed += [message_id for _, message_id in webhooks]
            if not relay.put_off(list(wanted.values())):
                failed += [message_id for ids in jobs.values() for message_id in ids]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in dict.fromkeys(failed)]}


def _work(messages: Mapping[int, Sequence[str]], context: Any) -> list[str]:
    """Handle jobs; return the ids of the messages that SQS should deliver again.

    Raises
    ------
    Unavailable
        If the database does not answer before any job was handled.
    """
    jobs = outbox.claim(list(messages), _lease(context)) if messages else []
    if _has_time(context):
        _start([job for job in jobs if _has_attempts_left(job)])
    failed: list[str] = []
    for job in jobs:
        if not _has_time(context):
            relay.flush()  # from here on Lambda may stop this at any moment
        if not ((_has_time(context) or _is_answered(job)) and _handle(job)):
            failed += messages[job.id]
    return failed


def _start(jobs: Sequence[Job]) -> None:
    """Start all jobs of a kind at once, for kinds that support it; their handlers then wait."""
    for kind in kinds.KINDS:
        if kind.start and (those := [job for job in jobs if job.kind == kind.name]):
            import_function(kind.start)(those)


def _is_answered(job: Any) -> bool:
    """Return whether a started job has its answer, so that only its row is left to be changed."""
    return job.answer is not None and bool(job.answer.done())


def _remaining_ms(context: Any) -> float | None:
    read = getattr(context, "get_remaining_time_in_millis", None)
    return None if read is None else read()


def _lease(context: Any) -> timedelta:
    """Return how long to lease jobs: until this invocation has certainly ended."""
    remaining = _remaining_ms(context)
    return (
        DEFAULT_LEASE if remaining is None else timedelta(milliseconds=remaining)
    ) + LEASE_MARGIN


def _has_time(context: Any) -> bool:
    remaining = _remaining_ms(context)
    return remaining is None or remaining > TIME_FOR_ONE_MS


def _handle(job: Job) -> bool:
    """Handle one job; tell whether its message is used up."""
    try:
        _attempt(job)
    except outbox.LeaseLostError:
        log.warning("job %d was taken over by another worker", job.id)
    except Unavailable as error:  # the database; the lease will end by itself
        log.warning("the result of job %d cannot be stored: %s", job.id, logs.outage(error))
        return False
    return True


def _has_attempts_left(job: Job) -> bool:
    return job.attempts <= kinds.of(job.kind).retries.attempts


def _attempt(job: Job) -> None:
    if not _has_attempts_left(job):  # its workers were stopped before they could store a reason
        stops = job.attempts - 1
        outbox.fail(job, f"The worker was stopped {stops} times without reporting an error.")
        return
    try:
        import_function(kinds.of(job.kind).handler)(job)
    except outbox.LeaseLostError:
        raise
    except BadgeKitError as error:
        if error.status >= 500:
            outbox.postpone(job, error.reason)
        else:
            outbox.fail(job, error.reason)
    except Exception as error:
        reason = _reason(error)
        # A message of AWS names addresses; the traceback of any other error helps to fix it.
        log.warning("job %d (%s): %s", job.id, job.kind, reason, exc_info=not _is_of_aws(error))
        outbox.postpone(job, reason)


def _is_of_aws(error: Exception) -> bool:
    """Return whether this is botocore's ClientError, without importing botocore."""
    return isinstance(getattr(error, "response", None), dict)


def _reason(error: Exception) -> str:
    """Return a reason to show, without the error's message, which may hold secrets."""
    if _is_of_aws(error):
        details = getattr(error, "response", {}).get("Error", {})
        return f"AWS returned {details.get('Code', 'an error')}"
    return f"Unexpected error: {type(error).__name__}"

"""The record loop of all queue workers: claim, act, and tell SQS what to deliver again.

A message carries no more than the id of a job. Whoever claims the row acts; everybody else drops
the message, because the row is done or somebody is at it. Trouble that may pass puts the job back,
trouble that will not ends it as failed with a reason that a person can act on. Either way the
message is used up: another one, or the sweeper, wakes the job when its pause is over. The issuing
queue also brings webhooks that were parked (see `hearing`).
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from chalicelib.data.models import Job
from chalicelib.domain.jobs import kinds, outbox, parked_webhooks
from chalicelib.domain.jobs import messages as job_messages
from chalicelib.domain.jobs.messages import Call
from chalicelib.domain.jobs.parked_webhooks import Webhook
from chalicelib.errors import BadgeKitError, Unavailable
from chalicelib.pipeline import ingest, relay

log = logging.getLogger("badgekit")

LEASE_MARGIN = timedelta(seconds=15)
DEFAULT_LEASE = timedelta(seconds=60)
TIME_FOR_ONE_MS = 25_000  # what SES, another API or the courier may take at the most


def work(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Act on the jobs of one batch of SQS messages.

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
    messages: dict[int, list[str]] = {}
    early: list[tuple[Call, str]] = []
    webhooks: list[tuple[Webhook, str]] = []
    again: list[str] = []
    for record in event["Records"]:
        name = record["messageId"]
        if call := job_messages.read(record["body"], kinds.BY_NAME):
            if relay.is_early(call):
                early.append((call, name))
            else:
                messages.setdefault(call.job, []).append(name)
        elif webhook := parked_webhooks.read(record["body"]):
            webhooks.append((webhook, name))
        else:
            log.error("message %s is not ours; it ends in the dead-letter queue", name)
            again.append(name)
    if early and not relay.put_off([call for call, _ in early]):
        again += [name for _, name in early]
    with relay.together():
        try:
            again += ingest.hear_parked(webhooks)
            again += _work(messages, context)
        except Unavailable:  # nothing of this is any use without the database
            log.warning("the database does not answer", exc_info=True)
            again += [name for _, name in webhooks]
            again += [name for names in messages.values() for name in names]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in dict.fromkeys(again)]}


def _work(messages: Mapping[int, Sequence[str]], context: Any) -> list[str]:
    """Act on jobs; return those of their messages that SQS should deliver again.

    Raises
    ------
    Unavailable
        If the database does not answer before anything was done.
    """
    jobs = outbox.claim(list(messages), _lease(context)) if messages else []
    if _has_time(context):
        _start([job for job in jobs if _is_to_be_tried(job)])
    again: list[str] = []
    for job in jobs:
        if not _has_time(context):
            relay.send_held()  # this may be stopped at any moment now
        if not ((_has_time(context) or _is_answered(job)) and _act(job)):
            again += messages[job.id]
    return again


def _start(jobs: Sequence[Job]) -> None:
    """Start at once all jobs of the kinds that allow for it; `_act` then waits for each."""
    for kind in kinds.KINDS:
        if kind.start and (those := [job for job in jobs if job.kind == kind.name]):
            _imported(kind.start)(those)


def _is_answered(job: Any) -> bool:
    """Tell whether a job was started and has been answered, so that only its row is to be changed."""
    return job.answer is not None and bool(job.answer.done())


def _imported(name: str) -> Callable[..., None]:
    """Return a function named as ``module:function``."""
    module, _, function = name.partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), function)
    return found


def _remaining_ms(context: Any) -> float | None:
    read = getattr(context, "get_remaining_time_in_millis", None)
    return None if read is None else read()


def _lease(context: Any) -> timedelta:
    """Return how long nobody else may take these jobs: until this invocation is surely over."""
    remaining = _remaining_ms(context)
    return (
        DEFAULT_LEASE if remaining is None else timedelta(milliseconds=remaining)
    ) + LEASE_MARGIN


def _has_time(context: Any) -> bool:
    remaining = _remaining_ms(context)
    return remaining is None or remaining > TIME_FOR_ONE_MS


def _act(job: Job) -> bool:
    """Act on one job; tell whether its message is used up."""
    try:
        _attempt(job)
    except outbox.LeaseLostError:
        log.warning("job %d was taken over", job.id)
    except Unavailable:  # the database itself; its lease will end
        log.warning("job %d cannot be written down", job.id, exc_info=True)
        return False
    return True


def _is_to_be_tried(job: Job) -> bool:
    return job.attempts <= kinds.of(job.kind).retries.attempts


def _attempt(job: Job) -> None:
    if not _is_to_be_tried(job):  # whatever stopped its workers left no reason
        outbox.fail(job, f"Its worker was stopped {job.attempts - 1} times, and nobody knows why.")
        return
    try:
        _imported(kinds.of(job.kind).handler)(job)
    except outbox.LeaseLostError:
        raise
    except BadgeKitError as problem:
        if problem.status >= 500:
            outbox.postpone(job, problem.reason)
        else:
            outbox.fail(job, problem.reason)
    except Exception as problem:
        reason = _in_words(problem)
        # AWS's own words name addresses; those of other exceptions help whoever mends them.
        log.warning("job %d (%s): %s", job.id, job.kind, reason, exc_info=not _is_of_aws(problem))
        outbox.postpone(job, reason)


def _is_of_aws(problem: Exception) -> bool:
    """Tell whether this is botocore's ClientError, without importing botocore."""
    return isinstance(getattr(problem, "response", None), dict)


def _in_words(problem: Exception) -> str:
    """Return a reason without anything from inside messages, which may hold secrets."""
    if _is_of_aws(problem):
        error = getattr(problem, "response", {}).get("Error", {})
        return f"AWS answered {error.get('Code', 'an error')}"
    return f"Unexpected trouble: {type(problem).__name__}"

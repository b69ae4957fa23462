"""One row for each kind of job: its queue, handler, retry policy and label.

To add a kind of job, add a row here and a handler in `chalicelib/pipeline/handlers`. Handlers are
named as ``module:function`` and imported when the first job of that kind arrives, so that each
Lambda function loads the handlers of its own queue only.

Names are stored in the database and sent in messages: never change one.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple

from chalicelib import limits, queues
from chalicelib.i18n import gettext_noop as _
from chalicelib.queues import Queue


class RetryPolicy(NamedTuple):
    """Number of attempts and exponential backoff: each delay is twice the one before.

    Parameters
    ----------
    attempts : int
        After this many the job fails.
    first_delay, longest_delay : timedelta
        Bounds of the backoff.
    jitter : float
        Fraction by which a delay may be shorter or longer, so that jobs that failed together are
        not retried together.
    """

    attempts: int = 10
    first_delay: timedelta = timedelta(seconds=15)
    longest_delay: timedelta = timedelta(hours=1)
    jitter: float = 0.0

    def backoff(self, attempt: int) -> timedelta:
        """Return the delay after an attempt, the first of which is 1."""
        doubled: timedelta = self.first_delay * 2 ** min(attempt - 1, 20)
        delay = min(doubled, self.longest_delay)
        return delay * secrets.SystemRandom().uniform(1 - self.jitter, 1 + self.jitter)


DEFAULT = RetryPolicy()
# Someone else's server: eight delays of an hour in total, then 23 of one hour; about a day.
WEBHOOK = RetryPolicy(attempts=32, jitter=0.2)


class Kind(NamedTuple):
    """A kind of job.

    Parameters
    ----------
    name : str
        As stored in the database and sent in messages.
    queue : Queue
        Which queue its messages go to.
    handler : str
        The function that does the job, as ``module:function``; it takes the job.
    label : str
        What the Activity page calls it.
    retries : RetryPolicy
        How often, and after which delays, it is tried again.
    repeatable : bool
        Whether a finished job may be run again: receivers of webhooks are notified at least once,
        but a second mail or badge would be one too many.
    start : str
        Function that starts all jobs of this kind in a batch at once, before the handler finishes
        each of them; as ``module:function``, or empty.
    per_hour : int or None
        The most emails of this kind to one address within an hour (see `mail_turns`).
    """

    name: str
    queue: Queue
    handler: str
    label: str
    retries: RetryPolicy = DEFAULT
    repeatable: bool = False
    start: str = ""
    per_hour: int | None = None


REVIEW, AWARD, REVOCATION, ISSUE = "review", "award", "revocation", "issue"
REBAKING = "rebaking"
AWARD_MAIL, REVOCATION_MAIL, FEEDBACK_MAIL = "award-mail", "revocation-mail", "feedback-mail"
DELIVERY, IMAGE = "delivery", "image"
READING = "reading"

_HANDLERS = "chalicelib.pipeline.handlers"
KINDS = (
    Kind(
        REVIEW, queues.ISSUING, f"{_HANDLERS}.award_badge:award_badge", _("Process review"),
    ),
    Kind(AWARD, queues.AWARDS, f"{_HANDLERS}.bake_award:bake_award", _("Bake badge")),
    Kind(REBAKING, queues.AWARDS, f"{_HANDLERS}.bake_award:bake_again", _("Bake badge again")),
    Kind(
        REVOCATION, queues.ISSUING, f"{_HANDLERS}.revoke_award:revoke_award",
        _("Revoke award"),
    ),
    Kind(ISSUE, queues.ISSUING, f"{_HANDLERS}.issue_badge:issue_badge", _("Award badge")),
    Kind(
        READING, queues.ISSUING, f"{_HANDLERS}.read_registry:read_registry",
        _("Read from the BadgeKit API"),
    ),
    Kind(AWARD_MAIL, queues.MAILS, f"{_HANDLERS}.send_mail:send_mail", _("Email earner")),
    Kind(REVOCATION_MAIL, queues.MAILS, f"{_HANDLERS}.send_mail:send_mail", _("Email earner")),
    Kind(
        FEEDBACK_MAIL, queues.MAILS, f"{_HANDLERS}.send_mail:send_mail", _("Email feedback"),
        per_hour=limits.FEEDBACK_MAILS_PER_HOUR,
    ),
    Kind(
        DELIVERY, queues.WEBHOOKS, f"{_HANDLERS}.deliver_webhook:deliver_webhook",
        _("Deliver webhook"),
        retries=WEBHOOK, repeatable=True, start=f"{_HANDLERS}.deliver_webhook:start",
    ),
    Kind(IMAGE, queues.AWARDS, f"{_HANDLERS}.copy_image:copy_image", _("Copy image")),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
REPEATABLE = tuple(kind.name for kind in KINDS if kind.repeatable)


def of(name: str) -> Kind:
    """Return the row of a kind of job.

    Raises
    ------
    KeyError
        If there is no such kind.
    """
    return BY_NAME[name]

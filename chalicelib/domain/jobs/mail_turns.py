"""Turns of emails that are limited for each address: so many an hour, and the others wait.

A turn is a row that says when the email of a job may be sent. It is taken once, so that emails are
sent in the order in which they came, and each waits once, however many there are.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from chalicelib import times
from chalicelib.data import locks
from chalicelib.data.connection import transact
from chalicelib.data.models import Job, MailTurn
from chalicelib.domain.jobs import kinds
from chalicelib.domain.shared import email_addresses

HOUR = timedelta(hours=1)


def take(job: Job, address: str) -> datetime:
    """Return when the email of a job may be sent: now, or later if its address had too many.

    Parameters
    ----------
    job : Job
        The job. Another attempt gets the same turn.
    address : str
        The recipient's address.
    """
    most = kinds.of(job.kind).per_hour
    now = times.now()
    if most is None:
        return now
    key = hashlib.sha256(email_addresses.key(address).encode()).hexdigest()

    def work() -> datetime:
        locks.hold("mail turn", key)
        MailTurn.delete().where(MailTurn.at <= now - HOUR).execute()
        own = MailTurn.get_or_none(MailTurn.job == job)
        if own is None:
            own = MailTurn.create(address=key, job=job, at=_next(key, most, now))
        at: datetime = own.at
        return at

    return transact(work)


def _next(key: str, most: int, now: datetime) -> datetime:
    """Return the first moment at which fewer than `most` turns are within the hour before it."""
    latest = MailTurn.select().where(MailTurn.address == key).order_by(MailTurn.at.desc())
    last = latest.offset(most - 1).first()
    return now if last is None else max(now, last.at + HOUR)


def reason(job: Job, at: datetime) -> str:
    """Return why the email of a job waits for its turn, for the Activity page."""
    return (
        f"An address gets at most {kinds.of(job.kind).per_hour} feedback emails an hour; "
        f"this one is sent after {at:%Y-%m-%d %H:%M} UTC"
    )

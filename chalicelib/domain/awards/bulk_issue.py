"""Batches: one badge issued to many addresses at once, with the progress of each.

Each address is an event with its own job. The event's key consists of the batch id and a number;
the resulting award has that key as its origin. The batch id is a digest of the submitted form, so
that submitting the same form twice creates one batch.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import JOIN, IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.events import events, payloads
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared import origins
from chalicelib.domain.shared.pagination import Page

BATCH_ID = re.compile(r"[0-9a-f]{16}")


class Step(StrEnum):
    """The progress of one address."""

    QUEUED = "queued"
    WORKING = "working"
    AWARDED = "awarded"  # and its mail is queued
    MAILED = "mailed"
    NOT_MAILED = "not mailed"  # nor is it going to be
    KNOWN = "already awarded"
    REVOKED = "revoked"
    FAILED = "failed"
    MAIL_FAILED = "mail failed"


# Steps after which nothing more happens without a person.
FINAL_STEPS = frozenset(Step) - {Step.QUEUED, Step.WORKING, Step.AWARDED}


class FollowUp(NamedTuple):
    """A job that bakes or mails an award, as far as its progress is concerned."""

    state: str
    reason: str | None = None
    outcome: str | None = None


class Address(NamedTuple):
    """One address of a batch.

    Parameters
    ----------
    email : str
        The address.
    step : Step
        Its progress.
    reason : str or None
        Why it failed, or waits for a retry.
    award : str or None
        Slug of the resulting award.
    """

    email: str
    step: Step
    reason: str | None
    award: str | None


@dataclass(frozen=True)
class Progress:
    """The progress of a batch.

    Parameters
    ----------
    total : int
        Number of addresses.
    counts : Counter[Step]
        Number of addresses at each step.
    author : str
        Email address of the user who issued it.
    note : str or None
        The note to its earners.
    narrative : str or None
        The public narrative of its awards.
    received : datetime
        When it was submitted.
    page : list[Address]
        The addresses on the requested page.
    """

    total: int
    counts: Counter[Step]
    author: str
    note: str | None
    narrative: str | None
    received: Any
    page: list[Address]

    @property
    def ended(self) -> int:
        """Number of addresses at a final step."""
        return sum(self.counts[step] for step in FINAL_STEPS)


def batch_id(badge: Badge, token: str, entries: Sequence[str], note: str, narrative: str) -> str:
    """Return the id of the batch that a form creates; the same form always has the same id.

    Parameters
    ----------
    badge : Badge
        Which badge.
    token : str
        The random token of the form.
    entries : Sequence[str]
        All entries of the list.
    note, narrative : str
        The note to the earners, and the public narrative.
    """
    content = json.dumps([badge.id, token, list(entries), note, narrative])
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def _key(batch: str, number: int) -> str:
    return f"{origins.ISSUE}{batch}:{number}"


@transactional
def exists(batch: str) -> bool:
    """Return whether a batch was issued."""
    return bool(Event.select(Event.id).where(Event.key == _key(batch, 0)).exists())


@transactional
def issue(
    badge: Badge,
    batch: str,
    emails: Sequence[str],
    author: str,
    *,
    note: str | None = None,
    narrative: str | None = None,
) -> bool:
    """Queue a badge for addresses, all of them or none; a worker awards it to each.

    Parameters
    ----------
    badge : Badge
        Which badge.
    batch : str
        The id of the batch.
    emails : Sequence[str]
        The recipients, each once.
    author : str
        Email address of the user who issues it.
    note : str, optional
        A note to the earners, for their emails only.
    narrative : str, optional
        The public narrative of the awards.

    Returns
    -------
    bool
        Whether the batch is new; the same batch is queued once.
    """
    keys = {email: _key(batch, number) for number, email in enumerate(emails)}
    if not keys or exists(batch):
        return False
    try:
        events.request_issue(badge, keys, author, note=note, narrative=narrative)
    except IntegrityError:  # the same form was submitted twice at the same time
        if not exists(batch):
            raise
        return False
    return True


@transactional
def progress(badge: Badge, batch: str, page: Page) -> Progress:
    """Return the progress of a batch, in a few statements whatever its size.

    Raises
    ------
    NotFound
        If this badge has no such batch.
    """
    first = Event.get_or_none(Event.key == _key(batch, 0)) if BATCH_ID.fullmatch(batch) else None
    body = json.loads(first.body) if first else {}
    if first is None or body["badge"]["id"] != badge.id:
        raise missing("batch", "id", batch)
    found = _addresses(batch, first.id, body["of"])
    return Progress(
        total=len(found),
        counts=Counter(one.step for one in found),
        author=body["author"],
        note=payloads.issue_note(body),
        narrative=body.get("narrative"),
        received=first.received,
        page=found[page.offset : page.offset + page.size],
    )


def _addresses(batch: str, first: int, number: int) -> list[Address]:
    """Return the progress of all addresses of a batch, in their order."""
    last = Event.select(Event.id).where(Event.key == _key(batch, number - 1)).scalar()
    # Their ids ascend, perhaps with other events between them.
    ours = Event.id.between(first, last) & Event.key.startswith(f"{origins.ISSUE}{batch}:")
    rows: Any = (
        Event.select(
            Event.subject, Job.state, Job.outcome, Job.reason, Award.id, Award.slug, Award.revoked
        )
        .join(Job, JOIN.LEFT_OUTER, on=(Job.event == Event.id) & (Job.kind == kinds.ISSUE))
        .join(Award, JOIN.LEFT_OUTER, on=(Award.origin == Event.key))
        .where(ours)
        .order_by(Event.id)
        .tuples()
    )
    follow_ups: Any = (
        Job.select(Job.award, Job.kind, Job.state, Job.reason, Job.outcome)
        .join(Award)
        .join(Event, on=(Award.origin == Event.key))
        .where(ours, Job.kind.in_((kinds.AWARD, kinds.AWARD_MAIL)))
        .order_by(Job.id)
        .tuples()
    )
    newest = {(award, kind): FollowUp(*job) for award, kind, *job in follow_ups}
    found = []
    for email, state, outcome, reason, award, slug, revoked in rows:
        step = _step_of_request(state, outcome)
        if step is Step.AWARDED:
            mail, baking = newest.get((award, kinds.AWARD_MAIL)), newest.get((award, kinds.AWARD))
            found.append(Address(email, *_step_of_award(revoked, mail, baking), slug))
        else:
            found.append(Address(email, step, reason, slug))
    return found


def _step_of_request(state: str, outcome: str | None) -> Step:
    if state == outbox.DONE:
        return Step.AWARDED if outcome == "awarded" else Step.KNOWN
    if state == outbox.FAILED:
        return Step.FAILED
    return Step.WORKING if state in (outbox.WORKING, outbox.WAITING) else Step.QUEUED


def _step_of_award(
    revoked: Any, mail: FollowUp | None, baking: FollowUp | None
) -> tuple[Step, str | None]:
    state, reason, outcome = mail or baking or FollowUp(outbox.RECEIVED)
    if revoked is not None:
        return Step.REVOKED, None
    if state == outbox.FAILED:
        return Step.MAIL_FAILED, reason
    if mail and state == outbox.DONE:
        return Step.NOT_MAILED if outcome == outbox.NOT_NEEDED else Step.MAILED, None
    return Step.AWARDED, reason if state == outbox.WAITING else None

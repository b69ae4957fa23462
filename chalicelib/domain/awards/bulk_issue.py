"""Batches: one badge issued to many addresses at once, with the progress of each.

Each address is an event with a job of its own, under a key that names the batch and counts within
it; the award that it comes to names that key as its origin. A batch is named after what was sent,
so that the same form sent twice is one batch.
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
from chalicelib.domain.events import events
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared.pagination import Page

NAME = re.compile(r"[0-9a-f]{16}")


class Step(StrEnum):
    """How far one address is."""

    QUEUED = "queued"
    WORKING = "working"
    AWARDED = "awarded"  # and its mail is on the way
    MAILED = "mailed"
    KNOWN = "already awarded"
    REVOKED = "revoked"
    FAILED = "failed"
    MAIL_FAILED = "mail failed"


# Where nothing more happens by itself.
LAST_STEPS = frozenset(Step) - {Step.QUEUED, Step.WORKING, Step.AWARDED}


class Address(NamedTuple):
    """One address of a batch.

    Parameters
    ----------
    email : str
        The address.
    step : Step
        How far it is.
    reason : str or None
        Why it failed, or waits for another try.
    award : str or None
        Slug of the award that it came to.
    """

    email: str
    step: Step
    reason: str | None
    award: str | None


@dataclass(frozen=True)
class Progress:
    """How far a batch is.

    Parameters
    ----------
    total : int
        How many addresses it has.
    counts : Counter[Step]
        How many of them are at which step.
    author : str
        Who issued it.
    comment : str or None
        What its awards say.
    received : datetime
        When.
    page : list[Address]
        Those that the page shows.
    """

    total: int
    counts: Counter[Step]
    author: str
    comment: str | None
    received: Any
    page: list[Address]

    @property
    def ended(self) -> int:
        """How many addresses nothing more happens for."""
        return sum(self.counts[step] for step in LAST_STEPS)


def name(badge: Badge, token: str, entries: Sequence[str], comment: str) -> str:
    """Return the name of the batch that a form is: the same form, the same name.

    Parameters
    ----------
    badge : Badge
        Which badge.
    token : str
        What the form was made with.
    entries : Sequence[str]
        All that stood in the list.
    comment : str
        What stood in the comment.
    """
    content = json.dumps([badge.id, token, list(entries), comment])
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def _key(batch: str, number: int) -> str:
    return f"issue:{batch}:{number}"


@transactional
def exists(batch: str) -> bool:
    """Tell whether a batch was issued."""
    return bool(Event.select(Event.id).where(Event.key == _key(batch, 0)).exists())


@transactional
def issue(
    badge: Badge, batch: str, emails: Sequence[str], comment: str | None, author: str
) -> bool:
    """Queue a badge for addresses, all of them or none; a worker awards it to each.

    Parameters
    ----------
    badge : Badge
        Which badge.
    batch : str
        What the batch is called.
    emails : Sequence[str]
        To whom; no address comes twice.
    comment : str or None
        What the awards say.
    author : str
        Who issues it.

    Returns
    -------
    bool
        Whether it is news; the same batch is queued once.
    """
    wishes = {email: _key(batch, number) for number, email in enumerate(emails)}
    if not wishes or exists(batch):
        return False
    try:
        events.request_issue(badge, wishes, comment, author)
    except IntegrityError:  # the same form arrived twice at once
        if not exists(batch):
            raise
        return False
    return True


@transactional
def progress(badge: Badge, batch: str, page: Page) -> Progress:
    """Return how far a batch is, in a few statements however long it is.

    Raises
    ------
    NotFound
        If this badge has no such batch.
    """
    first = Event.get_or_none(Event.key == _key(batch, 0)) if NAME.fullmatch(batch) else None
    body = json.loads(first.body) if first else {}
    if first is None or body["badge"]["id"] != badge.id:
        raise missing("batch", "id", batch)
    found = _addresses(batch, first.id, body["of"])
    return Progress(
        total=len(found),
        counts=Counter(one.step for one in found),
        author=body["author"],
        comment=body["comment"],
        received=first.received,
        page=found[page.offset : page.offset + page.size],
    )


def _addresses(batch: str, first: int, number: int) -> list[Address]:
    """Return how far all addresses of a batch are, in their order."""
    last = Event.select(Event.id).where(Event.key == _key(batch, number - 1)).scalar()
    # They were written one after the other, with perhaps others between them.
    ours = Event.id.between(first, last) & Event.key.startswith(f"issue:{batch}:")
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
        Job.select(Job.award, Job.kind, Job.state, Job.reason)
        .join(Award)
        .join(Event, on=(Award.origin == Event.key))
        .where(ours, Job.kind.in_((kinds.AWARD, kinds.AWARD_MAIL)))
        .order_by(Job.id)
        .tuples()
    )
    newest = {(award, kind): (state, reason) for award, kind, state, reason in follow_ups}
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
    revoked: Any, mail: tuple[str, str | None] | None, baking: tuple[str, str | None] | None
) -> tuple[Step, str | None]:
    state, reason = mail or baking or (outbox.RECEIVED, None)
    if revoked is not None:
        return Step.REVOKED, None
    if state == outbox.FAILED:
        return Step.MAIL_FAILED, reason
    if mail and state == outbox.DONE:
        return Step.MAILED, None
    return Step.AWARDED, reason if state == outbox.WAITING else None

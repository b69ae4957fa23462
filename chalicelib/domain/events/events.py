"""Events: what happened, written once, each with the job of acting on it.

A webhook that came in and the embedded API's own doings are the same kind of row, with a body of
the same form, so that one pipeline serves both; and our own go out to the system's webhook as
they are.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from chalicelib import times
from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Award, Badge, Event, Review, ReviewItem
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.events import payloads, serializers
from chalicelib.domain.jobs import kinds, outbox

WEBHOOK, OWN = "webhook", payloads.OWN

# What is done about an action; others are kept and shown as ignored.
JOB_OF_ACTION = {"review": kinds.REVIEW, "award": kinds.AWARD, "revoke": kinds.REVOCATION}
ISSUE = "issue"  # requested here; webhooks never say so


@transactional
def heard(body: bytes, action: str, subject: str | None, badge_slug: str | None) -> bool:
    """Write a verified webhook down, once, with the job of acting on it.

    Parameters
    ----------
    body : bytes
        Its raw bytes: what was signed, and what makes a repeat recognisable.
    action, subject, badge_slug : str
        What it says it is about, for the Activity page.

    Returns
    -------
    bool
        Whether it is new.
    """
    key = f"webhook:{hashlib.sha256(body).hexdigest()}"
    if Event.select(Event.id).where(Event.key == key).exists():
        return False
    try:
        _add(
            key,
            WEBHOOK,
            action=action,
            subject=subject,
            badge_slug=badge_slug,
            body=body.decode("utf-8"),
        )
    except IntegrityError:  # the same webhook arrived twice at once
        return False
    return True


def _add(
    key: str,
    source: str,
    *,
    action: str,
    subject: str | None,
    badge_slug: str | None,
    body: str,
    award: Award | None = None,
) -> Event:
    event = Event.create(
        key=key, source=source, action=action[:64], subject=subject and subject[:255],
        badge_slug=badge_slug and badge_slug[:255], body=body,
    )  # fmt: skip
    if kind := JOB_OF_ACTION.get(action):
        outbox.add(kind, event=event, award=award)
    return event


def reviewed(
    application: Application, review: Review, items: Sequence[ReviewItem], *, approved: bool
) -> None:
    """Write down that an application was reviewed here, in the transaction under way."""
    badge = application.badge
    about = _shown(badge)
    body = {
        "action": "review",
        "application": serializers.application(application, about, ()),
        "review": serializers.review(review, items),
        "approved": approved,
    }
    _own([_Own(f"review:{review.slug}:{secrets.token_hex(8)}", body, application.learner)], badge)


def awarded(awards: Sequence[Award], badge: Badge) -> None:
    """Write down that a badge was awarded here, to each of many, in the transaction under way."""
    about = _shown(badge)
    _own(
        [
            _Own(
                f"award:{award.id}",
                {
                    "action": "award",
                    "uid": award.slug,
                    "badge": about,
                    "email": award.email,
                    "assertionUrl": serializers.assertion_url(award),
                    "issuedOn": times.unix(award.issued_on),
                    "comment": award.comment,
                },
                award.email,
                award,
            )
            for award in awards
        ],
        badge,
    )


def revoked(award: Award, badge: Badge | None) -> None:
    """Write down that an award was revoked here, in the transaction under way."""
    body = {
        "action": "revoke",
        "uid": award.slug,
        "badge": _shown(badge) if badge else {},
        "email": award.email,
    }
    _own([_Own(f"revoke:{award.id}", body, award.email, award)], badge)


def to_issue(badge: Badge, wishes: Mapping[str, str], comment: str | None, author: str) -> None:
    """Write down that a badge is to be issued to addresses, in the transaction under way.

    Parameters
    ----------
    badge : Badge
        Which badge.
    wishes : Mapping[str, str]
        The addresses, each with the key of its event.
    comment : str or None
        What the awards say.
    author : str
        Who wishes so.

    Raises
    ------
    peewee.IntegrityError
        If a key is there already.
    """
    now = times.now()
    about = {"id": badge.id, "slug": badge.slug, "name": badge.name} | {
        level: {"slug": owner.slug, "name": owner.name}
        for level in ("system", "issuer", "program")
        if (owner := getattr(badge, level))
    }
    rows: list[dict[str, Any]] = [
        {
            "key": key, "source": OWN, "action": ISSUE, "subject": email,
            "badge_slug": badge.slug[:255], "received": now,
            "body": _json({
                "action": ISSUE, "badge": about, "email": email, "comment": comment,
                "author": author, "of": len(wishes),
            }),
        }
        for email, key in wishes.items()
    ]  # fmt: skip
    outbox.add_all([{"kind": kinds.ISSUE, "event": event} for event in bulk.insert(Event, rows)])


def milestones_reached(badge: Badge, keys: Mapping[str, str]) -> list[str]:
    """Write down that applications are queued for a milestone's badge; its row is locked.

    Parameters
    ----------
    badge : Badge
        The badge.
    keys : Mapping[str, str]
        The learners' addresses, each with what names the one time.

    Returns
    -------
    list[str]
        The addresses for which that is news.
    """
    known: set[str] = set()
    for piece in bulk.pieces(list(keys.values())):
        known |= {event.key for event in Event.select(Event.key).where(Event.key.in_(piece))}
    new = [email for email, key in keys.items() if key not in known]
    now = times.now()
    rows = [
        {
            "key": keys[email], "source": OWN, "action": "milestone", "subject": email[:255],
            "badge_slug": badge.slug[:255], "body": "{}", "received": now,
        }
        for email in new
    ]  # fmt: skip
    bulk.insert(Event, rows)
    return new


def _shown(badge: Badge) -> dict[str, Any]:
    """Return a badge as webhooks show it; what belongs to it only if there is one to show it to."""
    if badges.follows(badge).told:
        return serializers.badge(catalog.entry(badge))
    return serializers.badge(catalog.outline(badge))


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class _Own:
    """An event of our own, before it is a row."""

    key: str
    body: dict[str, Any]
    subject: str
    award: Award | None = None


def _own(events: Sequence[_Own], badge: Badge | None) -> None:
    """Write events down, each with its job and the delivery to the system's webhook."""
    slug = badge.slug[:255] if badge else None
    rows: list[dict[str, Any]] = [
        {
            "key": event.key,
            "source": OWN,
            "action": event.body["action"],
            "subject": event.subject[:255],
            "badge_slug": slug,
            "body": _json(event.body),
            "received": times.now(),
        }
        for event in events
    ]
    kept = bulk.insert(Event, rows)
    listener = badge.system if badge and badges.follows(badge).told else None
    jobs = []
    for event, row in zip(events, kept, strict=True):
        jobs.append({"kind": JOB_OF_ACTION[row.action], "event": row, "award": event.award})
        if listener is not None:
            jobs.append({"kind": kinds.DELIVERY, "event": row, "system": listener})
    outbox.add_all(jobs)

"""Events: what happened, recorded once, each with the job that handles it.

Received webhooks and events of the embedded API are rows of one table with bodies of the same
format, so that one pipeline handles both. Local events are sent to the system's webhook unchanged.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from chalicelib import limits, times
from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Award, Badge, Event, Review, ReviewItem
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.events import mail_policy, payloads, serializers
from chalicelib.domain.jobs import kinds, outbox
from chalicelib.errors import NotFound

WEBHOOK, LOCAL = "webhook", payloads.LOCAL

# The kind of job for each action; other events are kept and shown as ignored.
JOB_OF_ACTION = {"review": kinds.REVIEW, "award": kinds.AWARD, "revoke": kinds.REVOCATION}
ISSUE, READ = "issue", "read"  # requested here; no webhook has these actions


@transactional
def record_webhook(body: bytes, action: str, subject: str | None, badge_slug: str | None) -> bool:
    """Record a verified webhook once, with the job that handles it.

    Parameters
    ----------
    body : bytes
        The raw bytes, which were signed and which identify a repeated webhook.
    action, subject, badge_slug : str
        Its action, address and badge, for the Activity page.

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
            badge_id=_id_of(badge_slug),
            body=body.decode("utf-8"),
        )
    except IntegrityError:  # the same webhook arrived twice at the same time
        return False
    return True


def _id_of(badge_slug: str | None) -> int | None:
    """Return the id of the badge that a webhook names, if there is one here."""
    if badge_slug is not None:
        with contextlib.suppress(NotFound):  # another API's badge that was not read yet
            number: int = badges.by_slug(badge_slug).id
            return number
    return None


def _add(
    key: str,
    source: str,
    *,
    action: str,
    subject: str | None,
    badge_slug: str | None,
    badge_id: int | None,
    body: str,
    award: Award | None = None,
) -> Event:
    event = Event.create(
        key=key, source=source, action=action[:64], subject=subject and subject[:255],
        badge_slug=badge_slug and badge_slug[: limits.SLUG], badge_id=badge_id, body=body,
    )  # fmt: skip
    if kind := JOB_OF_ACTION.get(action):
        outbox.add(kind, event=event, award=award)
    return event


def record_review(
    application: Application, review: Review, items: Sequence[ReviewItem], *, approved: bool
) -> None:
    """Record that an application was reviewed here, in the current transaction."""
    badge = application.badge
    about = _badge_body(badge)
    body = {
        "action": "review",
        "application": serializers.application(application, about, ()),
        "review": serializers.review(review, items),
        "approved": approved,
        serializers.MAILS_EARNER: mail_policy.allows(badge.system, issued=False),
    }
    _record(
        [_LocalEvent(f"review:{review.slug}:{secrets.token_hex(8)}", body, application.learner)],
        badge,
    )


def of_awards(these: Sequence[Award]) -> dict[int, Event]:
    """Return the event of each award that was made here, by the award's id."""
    keys = {_key_of(award): award.id for award in these}
    found: dict[int, Event] = {}
    for piece in bulk.chunks(list(keys)):
        found |= {keys[event.key]: event for event in Event.select().where(Event.key.in_(piece))}
    return found


def _key_of(award: Award) -> str:
    return f"award:{award.id}"


def record_awards(awards: Sequence[Award], badge: Badge) -> None:
    """Record each of these awards of a badge made here, in the current transaction."""
    about = _badge_body(badge)
    _record(
        [
            _LocalEvent(
                _key_of(award),
                {
                    "action": "award",
                    "uid": award.slug,
                    "badge": about,
                    "email": award.email,
                    "assertionUrl": serializers.assertion_url(award),
                    "issuedOn": times.unix(award.issued_on),
                    "comment": award.comment,
                    serializers.MAILS_EARNER: mail_policy.allows_for(award, badge),
                },
                award.email,
                award,
            )
            for award in awards
        ],
        badge,
    )


def record_revocation(award: Award, badge: Badge | None) -> None:
    """Record that an award was revoked here, in the current transaction."""
    body = {
        "action": "revoke",
        "uid": award.slug,
        "badge": _badge_body(badge) if badge else {},
        "email": award.email,
        serializers.MAILS_EARNER: mail_policy.allows_for(award, badge),
    }
    _record([_LocalEvent(f"revoke:{award.id}", body, award.email, award)], badge)


def request_issue(
    badge: Badge, keys: Mapping[str, str], author: str, *, note: str | None, narrative: str | None
) -> None:
    """Record requests to issue a badge to addresses, in the current transaction.

    Parameters
    ----------
    badge : Badge
        Which badge.
    keys : Mapping[str, str]
        The addresses, each with the key of its event.
    author : str
        Email address of the user who issues the badge.
    note : str or None
        The note to the earners, for their emails only.
    narrative : str or None
        The public narrative of the awards.

    Raises
    ------
    peewee.IntegrityError
        If an event with one of the keys exists.
    """
    now = times.now()
    about = {"id": badge.id, "slug": badge.slug, "name": badge.name} | {
        level: {"slug": owner.slug, "name": owner.name}
        for level in ("system", "issuer", "program")
        if (owner := getattr(badge, level))
    }
    rows: list[dict[str, Any]] = [
        {
            "key": key, "source": LOCAL, "action": ISSUE, "subject": email,
            "badge_slug": badge.slug[: limits.SLUG], "badge_id": badge.id, "received": now,
            "body": _json({
                "action": ISSUE, "badge": about, "email": email, "note": note,
                "narrative": narrative, "author": author, "of": len(keys),
            }),
        }
        for email, key in keys.items()
    ]  # fmt: skip
    outbox.add_all([{"kind": kinds.ISSUE, "event": event} for event in bulk.insert(Event, rows)])


@transactional
def request_reading(body: Mapping[str, Any]) -> None:
    """Request to read from another BadgeKit API; `body` says where to continue."""
    event = Event.create(
        key=f"{READ}:{secrets.token_hex(8)}", source=LOCAL, action=READ,
        body=_json({**body, "action": READ}),
    )  # fmt: skip
    outbox.add(kinds.READING, event=event)


def record_milestones(badge: Badge, keys: Mapping[str, str]) -> list[str]:
    """Record that applications are queued for a milestone's badge, whose row is locked.

    Parameters
    ----------
    badge : Badge
        The badge.
    keys : Mapping[str, str]
        The learners' addresses, each with the key of its event.

    Returns
    -------
    list[str]
        The addresses whose events are new.
    """
    known: set[str] = set()
    for piece in bulk.chunks(list(keys.values())):
        known |= {event.key for event in Event.select(Event.key).where(Event.key.in_(piece))}
    new = [email for email, key in keys.items() if key not in known]
    now = times.now()
    rows = [
        {
            "key": keys[email], "source": LOCAL, "action": "milestone", "subject": email[:255],
            "badge_slug": badge.slug[: limits.SLUG], "badge_id": badge.id, "body": "{}",
            "received": now,
        }
        for email in new
    ]  # fmt: skip
    bulk.insert(Event, rows)
    return new


def _badge_body(badge: Badge) -> dict[str, Any]:
    """Return a badge as webhooks send it; with its details only if the system has a webhook."""
    if badges.award_effects(badge).calls_webhook:
        return serializers.badge(catalog.view(badge))
    return serializers.badge(catalog.view_without_details(badge))


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class _LocalEvent:
    """An event of this deployment, before it is a row."""

    key: str
    body: dict[str, Any]
    subject: str
    award: Award | None = None


def _record(events: Sequence[_LocalEvent], badge: Badge | None) -> None:
    """Record events, each with its job and the delivery to the system's webhook."""
    slug = badge.slug[: limits.SLUG] if badge else None
    rows: list[dict[str, Any]] = [
        {
            "key": event.key,
            "source": LOCAL,
            "action": event.body["action"],
            "subject": event.subject[:255],
            "badge_slug": slug,
            "badge_id": badge.id if badge else None,
            "body": _json(event.body),
            "received": times.now(),
        }
        for event in events
    ]
    inserted = bulk.insert(Event, rows)
    listener = badge.system if badge and badges.award_effects(badge).calls_webhook else None
    jobs = []
    for event, row in zip(events, inserted, strict=True):
        jobs.append({"kind": JOB_OF_ACTION[row.action], "event": row, "award": event.award})
        if listener is not None:
            jobs.append({"kind": kinds.DELIVERY, "event": row, "system": listener})
    outbox.add_all(jobs)

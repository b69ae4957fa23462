"""Events: what happened, written once, each with the job of acting on it.

A webhook that came in and the embedded API's own doings are the same kind of row, with a body of
the same form, so that one pipeline serves both.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from peewee import IntegrityError

from chalicelib import times
from chalicelib.badges import outbox
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Award, Badge, Event, Review

WEBHOOK, OWN = "webhook", "own"

# What is done about an action; others are kept and shown as ignored.
JOB_OF_ACTION = {"review": "review", "award": "award", "revoke": "revocation"}


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


def reviewed(application: Application, review: Review, *, approved: bool) -> None:
    """Write down that an application was reviewed here, in the transaction under way."""
    badge = application.badge
    body = {
        "action": "review",
        "application": {
            "slug": application.slug,
            "learner": application.learner,
            "badge": _reference(badge),
        },
        "review": {"slug": review.slug, "author": review.author, "comment": review.comment},
        "approved": approved,
    }
    key = f"review:{review.slug}:{secrets.token_hex(8)}"
    _own(key, body, application.learner, badge)


def awarded(award: Award, badge: Badge) -> None:
    """Write down that a badge was awarded here, in the transaction under way."""
    body = {
        "action": "award",
        "uid": award.slug,
        "badge": _reference(badge),
        "email": award.email,
        "issuedOn": times.unix(award.issued_on),
        "comment": award.comment,
    }
    _own(f"award:{award.id}", body, award.email, badge, award)


def revoked(award: Award, badge: Badge | None) -> None:
    """Write down that an award was revoked here, in the transaction under way."""
    body = {
        "action": "revoke",
        "uid": award.slug,
        "badge": _reference(badge) if badge else {},
        "email": award.email,
    }
    _own(f"revoke:{award.id}", body, award.email, badge, award)


def _own(
    key: str, body: dict[str, Any], subject: str, badge: Badge | None, award: Award | None = None
) -> None:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    slug = badge.slug if badge else None
    _add(key, OWN, action=body["action"], subject=subject, badge_slug=slug, body=text, award=award)


def _reference(badge: Badge) -> dict[str, Any]:
    """Return what names a badge: it, and those of its owners that are loaded."""
    named: dict[str, Any] = {"slug": badge.slug, "name": badge.name}
    for level in ("system", "issuer", "program"):
        if owner := getattr(badge, level):
            named[level] = {"slug": owner.slug}
    return named

"""Emails to earners as jobs, each once; and those that another deployment of BadgeKit sends.

A deployment may stand in front of another one. Both record the same awards, and both would email
their earners. So the API says in its webhooks and answers whether it does (`mailsEarner`); then the
one in front of it does not. badgekit-api never says so, as it sends no emails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.data.models import Award, Event, Job
from chalicelib.domain.events import events, payloads
from chalicelib.domain.events.serializers import MAILS_EARNER
from chalicelib.domain.jobs import outbox

BY_API = "mailed by the API"  # outcome of an email that the other deployment sends
NOTE = "The BadgeKit API emails the earner"


def add(kind: str, award: Award, event: Event | None = None, *, by_api: bool) -> None:
    """Add the job that emails an earner about an award, once, in the current transaction.

    Parameters
    ----------
    kind : str
        Which email, by the name of a row in `kinds`.
    award : Award
        The award it is about.
    event : Event, optional
        What caused it.
    by_api : bool
        Whether the API emails the earner; then the job is done from the start, and says so.
    """
    key = f"{kind}:{award.id}"
    if not by_api:
        outbox.add(kind, event=event, award=award, key=key)
    elif not Job.select(Job.id).where(Job.key == key).exists():
        Job.create(
            kind=kind, key=key, event=event, award=award, state=outbox.DONE, outcome=BY_API,
            reason=NOTE,
        )  # fmt: skip


def announced(event: Event | None) -> bool:
    """Return whether an event is a webhook of an API that emails the earner about it."""
    if event is None or event.source != events.WEBHOOK:
        return False
    payload = payloads.parse(payloads.load(event.body))
    return bool(getattr(payload, "mails_earner", False))


def answered(response: Mapping[str, Any]) -> bool:
    """Return whether an API's answer says that it emails the earner about what was requested."""
    said = (response.get("instance"), response.get("details"))
    return any(isinstance(one, dict) and one.get(MAILS_EARNER) is True for one in said)

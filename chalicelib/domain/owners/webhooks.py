"""Webhooks of systems: one URL per system, which receives its reviews, awards and revocations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from peewee import IntegrityError

from chalicelib.data.connection import transactional
from chalicelib.data.models import System, Webhook
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import NotFound


def _address(value: Any) -> str | None:
    if not isinstance(value, str) or not value.lower().startswith(("http://", "https://")):
        return "Invalid URL"
    try:
        parts = urlsplit(value)
        fine = "@" not in parts.netloc and parts.port != 0  # delivery would refuse it anyway
    except ValueError:
        return "Invalid URL"
    return validation.url(value) if fine else "Invalid URL"


WEBHOOK = (
    Field("url", _address, required=True),
    Field("secret", validation.receivers_secret, required=True, secret=True),
)


@transactional
def put(system: System, data: Mapping[str, Any]) -> tuple[Webhook, bool]:
    """Set the webhook of a system; deliveries that are still waiting go to it, too.

    Parameters
    ----------
    system : System
        The system whose events it receives.
    data : Mapping[str, Any]
        ``url`` and ``secret``.

    Returns
    -------
    tuple[Webhook, bool]
        The webhook, and whether the system had none before.

    Raises
    ------
    ValidationError
    """
    validation.check(data, WEBHOOK)
    values = {"url": data["url"], "secret": str(data["secret"])}
    there = Webhook.get_or_none(Webhook.system == system)
    if there is None:
        try:
            return Webhook.create(system=system, **values), True
        except IntegrityError:  # another request was faster
            there = Webhook.get(Webhook.system == system)
    Webhook.update(**values).where(Webhook.id == there.id).execute()
    return Webhook.get_by_id(there.id), False


@transactional
def of(system: System) -> Webhook:
    """Return the webhook of a system.

    Raises
    ------
    NotFound
        If it has no webhook.
    """
    found: Webhook | None = Webhook.get_or_none(Webhook.system == system)
    if found is None:
        raise NotFound(f"Could not find webhook for system: `{system.slug}`")
    return found


@transactional
def delete(system: System) -> Webhook:
    """Delete the webhook of a system; deliveries that are still waiting fail.

    Raises
    ------
    NotFound
        If it has no webhook.
    """
    found = of(system)
    found.delete_instance()
    return found

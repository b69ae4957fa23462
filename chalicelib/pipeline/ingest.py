"""Webhooks of a BadgeKit API: verified, written down once, or parked while the database is away.

badgekit-api sends each webhook once and looks at no answer (`app/lib/hooks.js`), so that one that
is refused is lost. Therefore, when the database does not answer, a verified webhook goes into the
issuing queue as it came, signature included, and the worker does the same with it a little later:
verify, write down. Whoever is answered 200 was heard in one way or the other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from chalicelib import config, tokens
from chalicelib.aws import queues
from chalicelib.domain.events import events, payloads
from chalicelib.domain.jobs import parked_webhooks
from chalicelib.errors import BadgeKitError, InvalidContent, NotAuthorized, Unavailable

if TYPE_CHECKING:
    from chalicelib.domain.events.payloads import Payload
    from chalicelib.domain.jobs.parked_webhooks import Webhook

log = logging.getLogger("badgekit")


class Verified(NamedTuple):
    """A webhook that is signed, and says what a BadgeKit API would.

    Parameters
    ----------
    webhook : Webhook
        As it came.
    action : str
        What happened.
    payload : Payload or None
        More of it, if the action is one that we know.
    """

    webhook: Webhook
    action: str
    payload: Payload | None


def verify(webhook: Webhook) -> Verified:
    """Return what a webhook says, if one of our secrets signed it.

    Raises
    ------
    NotAuthorized
        If none did.
    InvalidContent
        If it says nothing that a BadgeKit API would.
    """
    _check_signature(webhook)
    content = payloads.load(webhook.body)
    return Verified(webhook, content["action"], payloads.read(content))


def hear(verified: Verified) -> bool:
    """Write a webhook down, once; tell whether it is new.

    Raises
    ------
    Unavailable
        If the database does not answer.
    """
    return events.record_webhook(verified.webhook.body, verified.action, *_about(verified.payload))


def _check_signature(webhook: Webhook) -> None:
    """Raise `NotAuthorized` unless one of our secrets signed exactly these bytes."""
    secrets = config.settings().list("WEBHOOK_SECRET")
    if not secrets:
        raise NotAuthorized("Webhooks are not accepted: the setting WEBHOOK_SECRET is empty")
    claims = tokens.claims(tokens.from_header(webhook.authorization), secrets)
    if claims is None:
        raise NotAuthorized("The signature does not match any known secret")
    if not tokens.covers(claims.get("body"), webhook.body):
        if b"\xef\xbf\xbd" in webhook.body:  # API Gateway replaced bytes that were no UTF-8
            raise InvalidContent("The body must be JSON in UTF-8")
        raise NotAuthorized("The token does not match this body: `body.hash` differs")


def _about(payload: Payload | None) -> tuple[str | None, str | None]:
    """Return the address and the badge that a payload is about, for the Activity page."""
    if payload is None:
        return None, None
    return payload.address, payload.badge.slug if payload.badge else None


def park(verified: Verified) -> None:
    """Keep a webhook in the issuing queue until it can be written down.

    Raises
    ------
    Unavailable
        If the queue does not take it either.
    """
    try:
        queues.send(
            config.settings().text("ISSUING_QUEUE_URL"), [parked_webhooks.message(verified.webhook)]
        )
    except Exception as problem:
        log.exception("a webhook could not be parked")
        raise Unavailable(
            "Neither the database nor the queue is responding. Send this webhook again."
        ) from problem


def hear_parked(webhooks: Sequence[tuple[Webhook, str]]) -> list[str]:
    """Hear webhooks that were parked.

    One that cannot be heard ends as a dead letter, for a person to look at: its secret was taken away
    meanwhile, or it is our mistake.

    Parameters
    ----------
    webhooks : Sequence[tuple[Webhook, str]]
        Each with the name of its message.

    Returns
    -------
    list[str]
        The messages that SQS should deliver again.

    Raises
    ------
    Unavailable
        If the database still does not answer; hearing those before once more changes nothing.
    """
    again = []
    for webhook, name in webhooks:
        try:
            hear(verify(webhook))
        except Unavailable:
            raise
        except BadgeKitError as problem:
            log.warning("a parked webhook is not taken: %s", problem.reason)
            again.append(name)
        except Exception:
            log.exception("a parked webhook is not written down")
            again.append(name)
    return again

"""Webhook ingestion: verify a BadgeKit API's webhook, record it once, or park it.

badgekit-api sends each webhook once and ignores the response (`app/lib/hooks.js`), so a webhook that
is refused is lost. While the database is unavailable, a verified webhook is therefore parked: put
into the issuing queue as it was received, signature included. The worker verifies and records it
later. A 200 means that the webhook is either recorded or parked.
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
from chalicelib.queues import ISSUING

if TYPE_CHECKING:
    from chalicelib.domain.events.payloads import Payload
    from chalicelib.domain.jobs.parked_webhooks import SignedWebhook

log = logging.getLogger("badgekit")


class VerifiedWebhook(NamedTuple):
    """A webhook whose signature and content are valid.

    Parameters
    ----------
    webhook : Webhook
        As it was received.
    action : str
        The action, such as ``review``.
    payload : Payload or None
        Its content, if the action is a known one.
    """

    webhook: SignedWebhook
    action: str
    payload: Payload | None


def verify(webhook: SignedWebhook) -> VerifiedWebhook:
    """Verify a webhook's signature and read its content.

    Raises
    ------
    NotAuthorized
        If none of our secrets signed it.
    InvalidContent
        If it is not what a BadgeKit API sends.
    """
    _check_signature(webhook)
    content = payloads.load(webhook.body)
    return VerifiedWebhook(webhook, content["action"], payloads.parse(content))


def ingest(verified: VerifiedWebhook) -> bool:
    """Record a webhook, once; tell whether it is new.

    Raises
    ------
    Unavailable
        If the database does not answer.
    """
    return events.record_webhook(verified.webhook.body, verified.action, *_about(verified.payload))


def _check_signature(webhook: SignedWebhook) -> None:
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
    """Return the address and the badge slug of a payload, for the Activity page."""
    if payload is None:
        return None, None
    return payload.address, payload.badge.slug if payload.badge else None


def park(verified: VerifiedWebhook) -> None:
    """Put a webhook into the issuing queue until it can be recorded.

    Raises
    ------
    Unavailable
        If the queue is unavailable, too.
    """
    try:
        url = config.settings().text(ISSUING.setting)
        queues.send(url, [parked_webhooks.serialize(verified.webhook)])
    except Exception as error:
        log.exception("a webhook could not be parked")
        raise Unavailable(
            "Neither the database nor the queue is responding. Send this webhook again."
        ) from error


def ingest_parked(webhooks: Sequence[tuple[SignedWebhook, str]]) -> list[str]:
    """Ingest parked webhooks.

    One that is refused becomes a dead letter, to be looked at by a person: its secret was removed
    meanwhile, or this is a bug.

    Parameters
    ----------
    webhooks : Sequence[tuple[SignedWebhook, str]]
        Each with the id of its message.

    Returns
    -------
    list[str]
        The ids of the messages that SQS should deliver again.

    Raises
    ------
    Unavailable
        If the database is still unavailable. Ingesting a webhook twice changes nothing.
    """
    failed = []
    for webhook, message_id in webhooks:
        try:
            ingest(verify(webhook))
        except Unavailable:
            raise
        except BadgeKitError as error:
            log.warning("a parked webhook was refused: %s", error.reason)
            failed.append(message_id)
        except Exception:
            log.exception("a parked webhook could not be recorded")
            failed.append(message_id)
    return failed

"""The view that receives a BadgeKit API's webhooks: verify, record once, respond.

Source: badgekit-api 0.2.22, `app/lib/webhook` and its recorded deliveries: the header is
``Authorization: JWT token="…"``, HS256, and the only claim is the SHA-256 of the raw body.
"""

from __future__ import annotations

import logging

from chalice.app import Response

from chalicelib import deadline
from chalicelib.domain.jobs import parked_webhooks
from chalicelib.errors import Unavailable
from chalicelib.pipeline import ingest
from chalicelib.web.request import request
from chalicelib.web.responses import json_response

log = logging.getLogger("badgekit")


def receive() -> Response:
    """Receive a webhook; 200 means that it is committed, was so before, or is parked."""
    body = request().body(parked_webhooks.LARGEST)
    webhook = parked_webhooks.SignedWebhook(body, request().headers.get("authorization"))
    verified = ingest.verify(webhook)
    try:
        with deadline.within(deadline.WEBHOOK):
            new = ingest.ingest(verified)
    except Exception as error:  # any error: the webhook must not get lost
        log.warning("a webhook is parked", exc_info=not isinstance(error, Unavailable))
        ingest.park(verified)
        return json_response({"status": "parked"})
    return json_response({"status": "received" if new else "received before"})

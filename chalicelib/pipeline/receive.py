"""Where a BadgeKit API tells us what happened: verify, write down once, answer.

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
    """Take a webhook; 200 means that it is committed, or was before, or waits in a queue for that."""
    body = request().body(parked_webhooks.LARGEST)
    webhook = parked_webhooks.Webhook(body, request().headers.get("authorization"))
    verified = ingest.verify(webhook)
    try:
        with deadline.within(deadline.WEBHOOK):
            new = ingest.hear(verified)
    except Exception as problem:  # whatever it is, the webhook must not get lost
        log.warning("a webhook is parked", exc_info=not isinstance(problem, Unavailable))
        ingest.park(verified)
        return json_response({"status": "parked"})
    return json_response({"status": "received" if new else "received before"})

"""Where a BadgeKit API tells us what happened: verify, write down once, answer.

Source: badgekit-api 0.2.22, `app/lib/webhook` and its recorded deliveries: the header is
``Authorization: JWT token="…"``, HS256, and the only claim is the SHA-256 of the raw body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib import config, tokens
from chalicelib.badges import events
from chalicelib.errors import InvalidContent, NotAuthorized
from chalicelib.http import json_answer, request

if TYPE_CHECKING:
    from chalicelib.badges.notices import Notice

LARGEST = 256 * 1024  # bytes


def receive() -> Response:
    """Take a webhook; 200 means that it is committed, or was before."""
    from chalicelib.badges import notices

    body = request().body(LARGEST)
    _verify(body, request().headers.get("authorization"))
    content = notices.load(body)
    notice = notices.read(content)
    new = events.heard(body, content["action"], *_about(notice))
    return json_answer({"status": "received" if new else "received before"})


def _verify(body: bytes, authorization: str | None) -> None:
    """Raise `NotAuthorized` unless one of our secrets signed exactly these bytes."""
    secrets = config.settings().list("WEBHOOK_SECRET")
    if not secrets:
        raise NotAuthorized("Webhooks are not taken here: the setting WEBHOOK_SECRET is empty")
    claims = tokens.claims(tokens.from_header(authorization), secrets)
    if claims is None:
        raise NotAuthorized("The signature is not by a secret that is known here")
    if not tokens.covers(claims.get("body"), body):
        if b"\xef\xbf\xbd" in body:  # API Gateway replaced bytes that were no UTF-8
            raise InvalidContent("The body must be JSON in UTF-8")
        raise NotAuthorized("The token is not about this body: `body.hash` does not match")


def _about(notice: Notice | None) -> tuple[str | None, str | None]:
    """Return the address and the badge that a notice is about, for the Activity page."""
    if notice is None:
        return None, None
    return notice.address, notice.badge.slug if notice.badge else None

"""Webhooks as they lie in the issuing queue until the database answers: as they came, and packed."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, NamedTuple

LARGEST = 256 * 1024  # bytes of a webhook
VERSION, KIND = 1, "webhook"


class Webhook(NamedTuple):
    """A webhook as it came.

    Parameters
    ----------
    body : bytes
        What was signed.
    authorization : str or None
        The header, with the signature.
    """

    body: bytes
    authorization: str | None


def message(webhook: Webhook) -> dict[str, Any]:
    """Return a webhook as a message.

    SQS takes fewer letters than JSON may hold, and in some queues no more than 256 KB of them.
    """
    packed = base64.b64encode(zlib.compress(webhook.body)).decode("ascii")
    return {
        "version": VERSION, "kind": KIND, "authorization": webhook.authorization, "body": packed,
    }  # fmt: skip


def read(text: str) -> Webhook | None:
    """Return the webhook that a message holds; None when it is another kind of message."""
    try:
        content = json.loads(text)
        if (content["version"], content["kind"]) != (VERSION, KIND):
            return None
        authorization = content["authorization"]
        body = _inflated(base64.b64decode(content["body"], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None
    if not isinstance(authorization, str):
        return None
    return Webhook(body, authorization)


def _inflated(packed: bytes) -> bytes:
    """Return what was packed, unless it is larger than a webhook may be."""
    unpacker = zlib.decompressobj()
    body = unpacker.decompress(packed, LARGEST + 1)
    if len(body) > LARGEST or not unpacker.eof:
        raise ValueError("larger than a webhook, or cut off")
    return body

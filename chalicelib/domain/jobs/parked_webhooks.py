"""Message format of a webhook buffered in SQS while the database is unavailable.

The webhook is kept as it was received, with its signature, and compressed.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, NamedTuple

LARGEST = 256 * 1024  # bytes of a webhook
VERSION, KIND = 1, "webhook"


class SignedWebhook(NamedTuple):
    """A webhook as it was received; its signature is not verified yet.

    Parameters
    ----------
    body : bytes
        The raw bytes, which were signed.
    authorization : str or None
        The `Authorization` header, which holds the signature.
    """

    body: bytes
    authorization: str | None


def serialize(webhook: SignedWebhook) -> dict[str, Any]:
    """Return a webhook as JSON.

    The body is compressed and in base64: SQS takes fewer characters than JSON may hold, and some
    queues at most 256 KB.
    """
    packed = base64.b64encode(zlib.compress(webhook.body)).decode("ascii")
    return {
        "version": VERSION, "kind": KIND, "authorization": webhook.authorization, "body": packed,
    }  # fmt: skip


def parse(text: str) -> SignedWebhook | None:
    """Return the webhook that an SQS body holds; None if it holds something else."""
    try:
        content = json.loads(text)
        if (content["version"], content["kind"]) != (VERSION, KIND):
            return None
        authorization = content["authorization"]
        body = _decompressed(base64.b64decode(content["body"], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None
    if not isinstance(authorization, str):
        return None
    return SignedWebhook(body, authorization)


def _decompressed(packed: bytes) -> bytes:
    """Return the decompressed body, unless it is larger than a webhook may be."""
    unpacker = zlib.decompressobj()
    body = unpacker.decompress(packed, LARGEST + 1)
    if len(body) > LARGEST or not unpacker.eof:
        raise ValueError("larger than a webhook, or cut off")
    return body

"""AWS clients, created when first needed and cached: importing boto3 costs more than most requests."""

from __future__ import annotations

import threading
from typing import Any

_lock = threading.Lock()
_clients: dict[str, Any] = {}

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 10
# The courier has ten seconds for a request, after a cold start.
LONGER_READ_TIMEOUT_SECONDS = {"lambda": 20}
# No retries: an email or request that may have been sent must not be sent twice.
ONCE = {"lambda", "sesv2"}


def client(service: str) -> Any:
    """Return the client of a service, with timeouts shorter than a worker's own.

    Parameters
    ----------
    service : str
        Its name in boto3, such as ``s3``.
    """
    with _lock:  # boto3's default session is not thread-safe
        if service not in _clients:
            import boto3
            from botocore.config import Config

            _clients[service] = boto3.client(
                service,
                config=Config(
                    connect_timeout=CONNECT_TIMEOUT_SECONDS,
                    read_timeout=LONGER_READ_TIMEOUT_SECONDS.get(service, READ_TIMEOUT_SECONDS),
                    retries={
                        "mode": "standard",
                        "total_max_attempts": 1 if service in ONCE else 2,
                    },
                    s3={"addressing_style": "path"},
                    # boto3 would sign links with version 2, which buckets made since 2020 refuse.
                    signature_version="s3v4" if service == "s3" else None,
                ),
            )
        return _clients[service]


def forget() -> None:
    """Drop all clients, for tests and the local AWS mocks, whose endpoints change."""
    with _lock:
        _clients.clear()

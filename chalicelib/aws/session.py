"""AWS clients, created when first needed and cached: importing boto3 costs more than most requests."""

from __future__ import annotations

import threading
from typing import Any

_lock = threading.Lock()
_clients: dict[str, Any] = {}

CONNECT_TIMEOUT_SECONDS = 3
READ_TIMEOUT_SECONDS = 10
# The courier may take ten seconds for a request, and may have to be started before.
LONGER_READ_TIMEOUT_SECONDS = {"lambda": 20}
# A mail that may have been taken, or a request that may have been made, must not go out twice.
ONCE = {"lambda", "sesv2"}


def client(service: str) -> Any:
    """Return the client of a service, with time-outs that leave a worker time to answer.

    Parameters
    ----------
    service : str
        Its name in boto3, such as ``s3``.
    """
    with _lock:  # boto3's default session must not be used by two threads at once
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
                    # S3's buckets made since 2020 take no other, yet links would be signed with v2.
                    signature_version="s3v4" if service == "s3" else None,
                ),
            )
        return _clients[service]


def forget() -> None:
    """Drop all clients, for tests and the local cloud, whose endpoints change."""
    with _lock:
        _clients.clear()

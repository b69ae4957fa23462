"""Built-in images: stored in the bucket when first requested.

A Lambda response can only be binary for clients whose Accept header names `image/png`, so built-in
images are served from the bucket. Storing them on first use avoids an upload at deployment.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from chalicelib.aws import session
from chalicelib.imaging import store


def link(file: Path) -> str:
    """Return a public URL of a PNG file, valid for a limited time."""
    return store.link(store_once(session.client("s3"), file))


@functools.lru_cache(maxsize=16)
def store_once(_client: Any, file: Path) -> str:
    """Store an image, once for each S3 client, since tests create new buckets with new clients."""
    return store.keep_builtin(file.read_bytes())

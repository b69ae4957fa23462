"""Built-in images: stored in the bucket when first requested.

A Lambda answer cannot carry bytes to clients that do not ask for `image/png`, and so nothing has to
be uploaded at deployment.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from chalicelib.aws import session
from chalicelib.imaging import store


def link(file: Path) -> str:
    """Return a URL that lets anyone read a picture, a PNG file, for a while."""
    return store.link(store_once(session.client("s3"), file))


@functools.lru_cache(maxsize=16)
def store_once(_client: Any, file: Path) -> str:
    """Store a picture, once for each client: a new one may be a new cloud's, as in tests."""
    return store.keep_builtin(file.read_bytes())

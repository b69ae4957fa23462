"""Pictures that come with the product: in the bucket as soon as somebody looks at one.

A Lambda answer cannot carry bytes to clients that do not ask for `image/png`, and so nothing has to
be uploaded at deployment.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

from chalicelib.aws import session, storage


def link(kind: str, file: Path) -> str:
    """Return a URL that lets anyone read a picture for a while.

    Parameters
    ----------
    kind : str
        What its key begins with.
    file : Path
        The picture, a PNG file.
    """
    return storage.link(stored(session.client("s3"), kind, file))


@functools.lru_cache(maxsize=16)
def stored(_client: Any, kind: str, file: Path) -> str:
    """Store a picture, once for each client: a new one may be a new cloud's, as in tests."""
    picture = file.read_bytes()
    key = f"images/{kind}-{hashlib.sha256(picture).hexdigest()[:16]}.png"
    storage.put(key, picture, "image/png")
    return key

"""Where the image of badges that have none of their own is served from."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from chalicelib.aws import session, storage
from chalicelib.openbadges import default_image


def link() -> str:
    """Return a URL that lets anyone read the image for a while.

    The bucket gets its copy when this process first needs it: a Lambda answer cannot carry bytes
    to clients that do not ask for `image/png`, and nothing has to be uploaded at deployment.
    """
    return storage.link(_stored(session.client("s3")))


@functools.lru_cache(maxsize=1)
def _stored(_client: Any) -> str:
    """Store the image, once for each client: a new one may be a new cloud's, as in tests."""
    content = default_image.content()
    key = f"images/default-{hashlib.sha256(content).hexdigest()[:16]}.png"
    storage.put(key, content, "image/png")
    return key

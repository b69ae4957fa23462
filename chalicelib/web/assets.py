"""Static files (`static/`): read once, with a URL that changes when the content does."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from chalicelib.web.urls import href

FOLDER = Path(__file__).parents[1] / "static"


_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True)
class Asset:
    """A file of the folder `static`, or a folder in it: its files, joined in order of their names.

    Parameters
    ----------
    body : str
        The text.
    media_type : str
        Its media type.
    version : str
        A digest of the text.
    """

    body: str
    media_type: str
    version: str


@functools.cache
def _assets() -> dict[str, Asset]:
    found = {}
    for path in FOLDER.iterdir():
        if media_type := _MEDIA_TYPES.get(path.suffix):
            parts = sorted(path.iterdir()) if path.is_dir() else [path]
            text = "\n".join(part.read_text("utf-8") for part in parts)
            if path.suffix == ".css":
                text = _COMMENT.sub("", text)  # browsers load the stylesheet with every first page
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            found[path.name] = Asset(text, media_type, digest)
    return found


def asset(name: str) -> Asset | None:
    """Return a file of the folder `static`, or None."""
    return _assets().get(name)


def asset_path(name: str) -> str:
    """Return the URL path of a file of the folder `static`; it changes with the file's content."""
    return href(f"/static/{name}?v={_assets()[name].version}")

"""Image garbage collection: deletes unused objects from the bucket, once a day."""

from __future__ import annotations

from pathlib import PurePosixPath

from chalicelib.aws import storage
from chalicelib.domain.images import sweep

BESIDE = (".svg", ".json")  # optional files beside an image: its drawing and its design


def collect() -> int:
    """Delete unused images from the bucket; return their number."""
    return sweep.collect(_delete)


def _delete(key: str) -> None:
    """Delete an image and the files beside it."""
    path = PurePosixPath(key)
    if path.suffix == ".png":
        for suffix in BESIDE:
            storage.delete(str(path.with_suffix(suffix)))
    storage.delete(key)

"""Image garbage collection: deletes unused objects from the bucket, once a day."""

from __future__ import annotations

from pathlib import PurePosixPath

from chalicelib.aws import storage
from chalicelib.domain.images import sweep

BESIDE = (".svg", ".json")  # what may lie beside a picture: the drawing, and its design


def collect() -> int:
    """Sweep the bucket; return how many pictures were deleted."""
    return sweep.collect(_delete)


def _delete(key: str) -> None:
    """Delete a picture, and what lies beside it."""
    path = PurePosixPath(key)
    if path.suffix == ".png":
        for suffix in BESIDE:
            storage.delete(str(path.with_suffix(suffix)))
    storage.delete(key)

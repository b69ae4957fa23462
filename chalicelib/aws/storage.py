"""S3: badge images and baked badges."""

from __future__ import annotations

from chalicelib import config
from chalicelib.aws.session import client
from chalicelib.errors import NotFound


def _bucket() -> str:
    return config.settings().text("IMAGE_BUCKET")


def put(key: str, content: bytes, media_type: str) -> None:
    """Store an object; storing it again replaces it."""
    client("s3").put_object(Bucket=_bucket(), Key=key, Body=content, ContentType=media_type)


def get(key: str) -> bytes:
    """Return the content of an object.

    Raises
    ------
    NotFound
        If there is no such object.
    """
    s3 = client("s3")
    try:
        content: bytes = s3.get_object(Bucket=_bucket(), Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey as problem:
        raise NotFound(f"There is no object {key} in the bucket") from problem
    return content


def link(key: str, *, seconds: int = 3600) -> str:
    """Return a URL that lets anyone read the object for so many seconds."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": _bucket(), "Key": key}, ExpiresIn=seconds
    )
    return url


def delete(key: str) -> None:
    """Delete an object; one that is not there is as good as deleted."""
    client("s3").delete_object(Bucket=_bucket(), Key=key)

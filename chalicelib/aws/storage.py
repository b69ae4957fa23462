"""S3: badge images, baked badges and uploads in progress."""

from __future__ import annotations

import re
import secrets

from chalicelib import config, limits
from chalicelib.aws.session import client
from chalicelib.errors import NotFound, Unavailable

UPLOADS = "uploads/"
_TRIES = 3  # while somebody else is putting the same


def _bucket() -> str:
    return config.settings().text("IMAGE_BUCKET")


def put(key: str, content: bytes, media_type: str) -> None:
    """Store an object; storing it again replaces it."""
    client("s3").put_object(Bucket=_bucket(), Key=key, Body=content, ContentType=media_type)


def put_once(key: str, content: bytes, media_type: str, *, caching: str) -> bool:
    """Store an object unless there is one already; tell whether there was none.

    Parameters
    ----------
    key : str
        Its name, made from its content, so that whatever is there is the same.
    content : bytes
        What it holds.
    media_type : str
        What that is.
    caching : str
        Its header `Cache-Control`.

    Raises
    ------
    Unavailable
        If somebody else keeps storing it, and does not succeed.
    """
    s3 = client("s3")
    for _ in range(_TRIES):
        try:
            s3.put_object(
                Bucket=_bucket(), Key=key, Body=content, ContentType=media_type,
                CacheControl=caching, IfNoneMatch="*",
            )  # fmt: skip
        except s3.exceptions.ClientError as problem:
            reason = problem.response["Error"]["Code"]
            if reason == "PreconditionFailed":
                return False
            if reason != "ConditionalRequestConflict":  # somebody else is storing it just now
                raise
        else:
            return True
    raise Unavailable("The image could not be stored. Try again shortly.")


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
        raise NotFound(f"The object {key} is not in the bucket") from problem
    return content


def delete(key: str) -> None:
    """Delete an object; one that is not there need not be."""
    client("s3").delete_object(Bucket=_bucket(), Key=key)


def upload_form(
    key_prefix: str = UPLOADS, largest: int = limits.PICTURE, seconds: int = 600
) -> tuple[str, dict[str, str]]:
    """Return what a browser needs to send a file straight into the bucket, past Lambda's limits.

    Parameters
    ----------
    key_prefix : str
        What the object's key begins with; nobody can guess how it goes on.
    largest : int
        Bytes that the file may have; S3 refuses more.
    seconds : int
        How long the form is good for.

    Returns
    -------
    tuple[str, dict[str, str]]
        Where to post the form, and its fields, ``key`` among them; the file comes last, as ``file``.
    """
    key = key_prefix + secrets.token_hex(16)
    form = client("s3").generate_presigned_post(
        _bucket(), key,
        Conditions=[["content-length-range", 1, largest]], ExpiresIn=seconds,
    )  # fmt: skip
    return form["url"], form["fields"]


def take(key: str, key_prefix: str = UPLOADS, *, largest: int = limits.PICTURE) -> bytes:
    """Return a file that was uploaded with such a form, and delete it.

    Of one that is too large, a byte more than the largest is returned.

    Parameters
    ----------
    key : str
        The form's field `key`; whoever sends it may send any text.
    key_prefix : str
        The one that the form was made with.
    largest : int
        Bytes that are read of it.

    Raises
    ------
    NotFound
        If there is none, or the key is not that of an upload.
    """
    if not re.fullmatch(re.escape(key_prefix) + "[0-9a-f]{32}", key):
        raise NotFound("The upload does not exist")
    s3 = client("s3")
    try:
        body = s3.get_object(Bucket=_bucket(), Key=key)["Body"]
    except s3.exceptions.NoSuchKey as problem:
        raise NotFound("The upload does not exist or was already used") from problem
    with body:
        content: bytes = body.read(largest + 1)
    delete(key)
    return content


def link(key: str, *, seconds: int = 3600) -> str:
    """Return a URL that lets anyone read the object for so many seconds."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": _bucket(), "Key": key}, ExpiresIn=seconds
    )
    return url

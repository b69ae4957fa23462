"""S3: badge images, baked badges and uploads in progress."""

from __future__ import annotations

import re
import secrets

from chalicelib import config, limits
from chalicelib.aws.session import client
from chalicelib.errors import NotFound, Unavailable

UPLOADS = "uploads/"
_ATTEMPTS = 3  # at storing an object while another request stores the same one


def _bucket() -> str:
    return config.settings().text("IMAGE_BUCKET")


def put(key: str, content: bytes, media_type: str) -> None:
    """Store an object; storing it again replaces it."""
    client("s3").put_object(Bucket=_bucket(), Key=key, Body=content, ContentType=media_type)


def put_once(key: str, content: bytes, media_type: str, *, cache_control: str) -> bool:
    """Store an object unless it exists; return whether it was stored.

    Parameters
    ----------
    key : str
        The object's key, derived from its content: an object of this key has the same content.
    content : bytes
        The content.
    media_type : str
        Its media type.
    cache_control : str
        The header `Cache-Control`.

    Raises
    ------
    Unavailable
        If S3 keeps reporting a concurrent request for the same key.
    """
    s3 = client("s3")
    for _ in range(_ATTEMPTS):
        try:
            s3.put_object(
                Bucket=_bucket(), Key=key, Body=content, ContentType=media_type,
                CacheControl=cache_control, IfNoneMatch="*",
            )  # fmt: skip
        except s3.exceptions.ClientError as problem:
            reason = problem.response["Error"]["Code"]
            if reason == "PreconditionFailed":
                return False
            if reason != "ConditionalRequestConflict":  # another request is storing it
                raise
        else:
            return True
    raise Unavailable("The image could not be stored. Try again shortly.")


def get(key: str) -> bytes:
    """Return the content of an object.

    Raises
    ------
    NotFound
        If it does not exist.
    """
    s3 = client("s3")
    try:
        content: bytes = s3.get_object(Bucket=_bucket(), Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey as problem:
        raise NotFound(f"The object {key} is not in the bucket") from problem
    return content


def delete(key: str) -> None:
    """Delete an object; a missing one is no error."""
    client("s3").delete_object(Bucket=_bucket(), Key=key)


def upload_form(
    key_prefix: str = UPLOADS, largest: int = limits.PICTURE, seconds: int = 600
) -> tuple[str, dict[str, str]]:
    """Return a presigned form for uploading a file from a browser directly to the bucket.

    Direct uploads are not subject to Lambda's size limit.

    Parameters
    ----------
    key_prefix : str
        Prefix of the object's key; the rest is random.
    largest : int
        The most bytes that the file may have; S3 refuses more.
    seconds : int
        How long the form is valid.

    Returns
    -------
    tuple[str, dict[str, str]]
        The URL to post to, and the form's fields, among them ``key``. The file must be the last
        field, named ``file``.
    """
    key = key_prefix + secrets.token_hex(16)
    form = client("s3").generate_presigned_post(
        _bucket(), key,
        Conditions=[["content-length-range", 1, largest]], ExpiresIn=seconds,
    )  # fmt: skip
    return form["url"], form["fields"]


def take(key: str, key_prefix: str = UPLOADS, *, largest: int = limits.PICTURE) -> bytes:
    """Return the content of a file that was uploaded with a form of `upload_form`, and delete it.

    Of a larger file, `largest` + 1 bytes are returned, so that callers can refuse it.

    Parameters
    ----------
    key : str
        The form's field `key`, as sent by the client: it may be any text.
    key_prefix : str
        The prefix that was passed to `upload_form`.
    largest : int
        The most bytes that the file may have.

    Raises
    ------
    NotFound
        If the key is not that of an upload, or the upload does not exist.
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
    """Return a presigned URL of an object, valid for this many seconds."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": _bucket(), "Key": key}, ExpiresIn=seconds
    )
    return url

"""Request bodies: objects in JSON or as forms, and the images in them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from chalicelib import limits
from chalicelib.domain.images import images
from chalicelib.domain.shared import validation
from chalicelib.errors import (
    InvalidContent,
    PictureRefused,
    UnsupportedMediaType,
    ValidationError,
)
from chalicelib.imaging import data_urls, uploads
from chalicelib.web import form_parser
from chalicelib.web.request import Request

PICTURES = ("image", "imageUrl")
_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+-]+", re.IGNORECASE | re.ASCII)


def read(request: Request, body: bytes) -> dict[str, Any]:
    """Return the object in a body: in JSON, as a form, or as a form with files.

    Raises
    ------
    InvalidContent, UnsupportedMediaType
    """
    kind = request.media_type
    if kind == "application/x-www-form-urlencoded":
        return form_parser.urlencoded(body)
    if kind == "multipart/form-data":
        sent = form_parser.multipart(body, request.headers["content-type"])
        content = {name: value for name, value in sent.items() if not _is_unchosen(value)}
        _check_files(content)
        return content
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(kind)
    content = validation.json_object(body)
    _check_storable(body, content)
    return content


def _is_unchosen(value: Any) -> bool:
    """Return whether this is an empty file field, as browsers send it."""
    return isinstance(value, form_parser.Upload) and not value.content


def _check_files(content: dict[str, Any]) -> None:
    """Refuse files except for the image."""
    for name, value in content.items():
        if name not in PICTURES and _holds_file(value):
            raise _error(name, "This must be text, not a file")


def _holds_file(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_holds_file, value.values() if isinstance(value, dict) else value))
    return isinstance(value, form_parser.Upload)


def _check_storable(body: bytes, content: dict[str, Any]) -> None:
    r"""Refuse texts that no database stores: lone surrogates, such as \ud800 in JSON."""
    if b"\\u" in body:
        try:
            json.dumps(content, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as problem:
            raise InvalidContent("Invalid JSON: it contains half of a surrogate pair") from problem


def picture(
    data: dict[str, Any],
    fields: Sequence[validation.Field],
    name: str = "image",
    *,
    partial: bool = False,
) -> images.Picture | None:
    """Return the image of a body; a ``data:`` URI is stored in the bucket.

    Parameters
    ----------
    data : dict[str, Any]
        The body.
    fields : Sequence[Field]
        Its other fields. Nothing is stored if one of them is invalid.
    name : str
        The member with the image; without it, ``imageUrl``.
    partial : bool
        Whether required fields may be missing, as in an update.

    Raises
    ------
    ValidationError
        If it is neither, or not a valid image; with the other errors of the body.
    """
    try:
        found = _read(data, name)
    except ValidationError as problem:
        others = validation.errors(data, fields, partial=partial)
        raise ValidationError([*others, *problem.details]) from problem
    if isinstance(found, tuple):
        validation.check(data, fields, partial=partial)
        return uploads.store(*found)
    return found


def _read(data: dict[str, Any], name: str) -> images.Picture | tuple[bytes, str] | None:
    """Return the image of a body: by its address, or as bytes with their media type."""
    value = data.get(name)
    if value is None:
        value = data.get("imageUrl")
    if value is None:
        return None
    if isinstance(value, form_parser.Upload):
        return _uploaded(value, name)
    if not isinstance(value, str):
        raise _error(name, "Unexpected value or invalid argument")
    if data_urls.is_one(value):
        return _decode(value, name)
    if validation.url(value) or not value.lower().startswith(("http://", "https://")):
        raise _error(name, "Invalid URL", value)
    return images.Picture(url=value)


def _error(name: str, message: str, value: str = "") -> ValidationError:
    return ValidationError([{"message": message, "field": name, "value": value[:200]}])


def _decode(uri: str, name: str) -> tuple[bytes, str]:
    try:
        _, content = data_urls.decode(uri)
    except data_urls.NotData as problem:
        raise _error(name, "Invalid URL", uri) from problem
    return _checked(content, name)


def _uploaded(file: form_parser.Upload, name: str) -> tuple[bytes, str]:
    # Many clients send no type, or `application/octet-stream`, so only the content decides.
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise _error("mimetype", "Invalid characters", file.media_type)
    return _checked(file.content, name)


def _checked(content: bytes, name: str) -> tuple[bytes, str]:
    if len(content) > limits.PICTURE or images.media_type(content) is None:
        raise _error(
            name, f"The image must be a PNG, JPEG or GIF of at most {limits.PICTURE_MB} MB"
        )
    try:
        return uploads.check(content)
    except PictureRefused as refusal:
        raise _error(name, refusal.message) from refusal

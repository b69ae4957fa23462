"""Bodies as HTML forms and uploads send them, read into what the same body in JSON would be.

Keys may be nested as in ``criteria[0][note]`` and ``tags[]`` (the convention of Node's `qs`, which
badgekit-api used).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from chalicelib.errors import InvalidContent

MOST_FIELDS = 2000
MOST_PARTS = 500
DEEPEST = 8

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart body.

    Parameters
    ----------
    media_type : str
        What the client says it is.
    content : bytes
        Its bytes.
    """

    media_type: str
    content: bytes


def urlencoded(body: bytes) -> dict[str, Any]:
    """Return the fields of ``application/x-www-form-urlencoded``.

    Raises
    ------
    InvalidContent
        If it is no such form, or has too many fields.
    """
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as problem:
        raise InvalidContent("The form cannot be read") from problem
    return nested(pairs)


def multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields and files of ``multipart/form-data`` (RFC 7578).

    Raises
    ------
    InvalidContent
        If it is none, or has too many parts.
    """
    from email import policy
    from email.parser import BytesParser

    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    if body.count(b"\nContent-Disposition:") + body.count(b"\ncontent-disposition:") > MOST_PARTS:
        raise InvalidContent("The form has too many parts")
    message: Any = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart() or message.defects:
        raise InvalidContent("The form cannot be read")
    pairs: list[tuple[str, Any]] = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if part.get_content_disposition() != "form-data" or not isinstance(name, str):
            raise InvalidContent("The form cannot be read: a part of it has no name")
        content: bytes = part.get_payload(decode=True) or b""
        if part.get_param("filename", header="content-disposition") is None:
            try:
                pairs.append((name, content.decode("utf-8")))
            except ValueError as problem:
                raise InvalidContent(f"The field {name[:100]} is not in UTF-8") from problem
        else:
            declared = str(part.get("content-type") or "application/octet-stream")
            pairs.append((name, Upload(declared.split(";", maxsplit=1)[0].strip(), content)))
    return nested(pairs)


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what pairs of names and values stand for.

    Raises
    ------
    InvalidContent
        If names are nested too deeply, or contradict each other.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        matched = _NAME.fullmatch(name)
        path = [name] if matched is None else [matched[1], *matched[2][1:-1].split("][")]
        if matched is not None and not matched[2]:
            path = [name]
        if len(path) > DEEPEST:
            raise InvalidContent("The form is nested too deeply")
        _put(found, path, value)
    return {name: _lists(value) for name, value in found.items()}


def _put(level: dict[str, Any], path: list[str], value: Any) -> None:
    *outer, last = path
    for step in outer:
        inner = level.setdefault(_number(level, step), {})
        if not isinstance(inner, dict):
            raise InvalidContent("The form uses one name for a value and for a list")
        level = inner
    key = _number(level, last)
    if key in level:  # a name that is repeated is a list, too
        there = level[key]
        if isinstance(there, dict):
            there[str(len(there))] = value
        else:
            level[key] = {"0": there, "1": value}
    else:
        level[key] = value


def _number(level: dict[str, Any], step: str) -> str:
    """Return a step's key; an empty one, as in ``tags[]``, is the next of a list."""
    return step or str(len(level))


def _lists(value: Any) -> Any:
    """Make lists of what has nothing but numbers as names."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() and len(name) < 10 for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}

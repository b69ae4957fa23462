"""Parses form bodies (URL-encoded and multipart) into what the same body in JSON would be.

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

MAX_FIELDS = 2000
MAX_PARTS = 500
MAX_DEPTH = 8

# RFC 2046, 5.1.1: up to 70 characters.
_BOUNDARY = re.compile(
    r';\s{0,9}boundary=(?:"([ -~]{1,200}?)"|([!-~]{1,200}?))\s{0,9}(?:;|$)', re.IGNORECASE
)
_FILE = re.compile(r";\s*filename\*\s*=", re.IGNORECASE)
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart body.

    Parameters
    ----------
    media_type : str
        Its media type, as declared by the client.
    content : bytes
        Its content.
    """

    media_type: str
    content: bytes


def urlencoded(body: bytes) -> dict[str, Any]:
    """Return the fields of an ``application/x-www-form-urlencoded`` body.

    Raises
    ------
    InvalidContent
        If it cannot be parsed, or has too many fields.
    """
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as problem:
        raise InvalidContent("The form cannot be read") from problem
    return nested(pairs)


def multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields and files of a ``multipart/form-data`` body (RFC 7578).

    Raises
    ------
    InvalidContent
        If it cannot be parsed, or has too many parts.
    """
    from multipart import MultipartError, MultipartSegment, PushMultipartParser

    found = _BOUNDARY.search(content_type)
    if found is None:
        raise InvalidContent("The form cannot be read: its Content-Type has no boundary")
    pairs: list[tuple[str, Any]] = []
    part: MultipartSegment | None = None
    content = bytearray()
    try:
        # Latin-1 decodes file names in any charset; they are not used.
        parser = PushMultipartParser(
            found[1] or found[2], max_segment_count=MAX_PARTS, header_charset="latin-1"
        )
        with parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    part, content = event, bytearray()
                elif event:
                    content += event
                elif part is not None:
                    pairs.append(_field(part, bytes(content)))
    except MultipartError as problem:
        raise InvalidContent(f"The form cannot be read: {problem.args[0]}") from problem
    return nested(pairs)


def _field(part: Any, content: bytes) -> tuple[str, Any]:
    """Return the name and the value of a part of a form; the value is an `Upload` or a text."""
    content = _decoded(part.header("Content-Transfer-Encoding", ""), content)
    is_file = part.filename is not None or _FILE.search(part.header("Content-Disposition", ""))
    try:
        name = part.name.encode("latin-1").decode("utf-8")
        value = None if is_file else content.decode("utf-8")
    except ValueError as problem:
        raise InvalidContent(f"The field {part.name[:100]} is not in UTF-8") from problem
    if not name:
        raise InvalidContent("The form cannot be read: one of its parts has no name")
    if is_file:
        return name, Upload(part.content_type or "application/octet-stream", content)
    return name, value


def _decoded(encoding: str, content: bytes) -> bytes:
    """Return the content of a part: RFC 7578 deprecates its encoding, but old clients use it."""
    import binascii

    if encoding.lower() == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding.lower() != "base64":
        return content
    try:
        return binascii.a2b_base64(content)
    except ValueError as problem:
        raise InvalidContent(
            "The form cannot be read: one of its parts is not valid base64"
        ) from problem


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the nested lists and objects that pairs of names and values denote.

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
        if len(path) > MAX_DEPTH:
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
    if key in level:  # a repeated name makes a list, too
        there = level[key]
        if isinstance(there, dict):
            there[_number(there, "")] = value
        else:
            level[key] = {"0": there, "1": value}
    else:
        level[key] = value


def _number(level: dict[str, Any], step: str) -> str:
    """Return the key of a step; for an empty one, as in ``tags[]``, the next free index."""
    if step:
        return step
    number = len(level)
    while str(number) in level:
        number += 1
    return str(number)


def _lists(value: Any) -> Any:
    """Convert objects whose names are all numbers to lists."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() and len(name) < 10 for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}

"""Forms of our own pages, read as texts, flags, rows and files.

Names may be nested as in ``criteria[0][note]``; a file is an `Upload`. Texts are stripped, and their
line breaks are ``\\n``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.web import form_parser
from chalicelib.web.form_parser import Upload
from chalicelib.web.request import request

MAX_ROWS = 200


class Form:
    """The fields of a form.

    Parameters
    ----------
    fields : Mapping[str, Any]
        Texts, files, lists and objects by name.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str) -> str:
        """Return a text; the last one of a repeated field; empty when there is none."""
        value = self._fields.get(name)
        if isinstance(value, list):
            value = next((one for one in reversed(value) if isinstance(one, str)), None)
        return _cleaned(value) if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return all texts of a field that may be repeated, without empty ones."""
        value = self._fields.get(name)
        many = value if isinstance(value, list) else [value]
        return [text for one in many if isinstance(one, str) and (text := _cleaned(one))]

    def flag(self, name: str) -> bool:
        """Return whether a checkbox is checked."""
        return self.text(name) not in ("", "0", "false")

    def rows(self, name: str) -> Sequence[Form]:
        """Return the rows of a field named as in ``criteria[0][note]``, in order."""
        value = self._fields.get(name)
        if isinstance(value, dict):  # numbers with gaps, or placeholders of new rows
            value = list(value.values())
        rows = value if isinstance(value, list) else []
        return [Form(row) for row in rows[:MAX_ROWS] if isinstance(row, dict)]

    def file(self, name: str) -> Upload | None:
        """Return an uploaded file, or None when none was chosen."""
        value = self._fields.get(name)
        return value if isinstance(value, Upload) and value.content else None


def _cleaned(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def read(limit: int) -> Form:
    """Return the form in the current request.

    Parameters
    ----------
    limit : int
        The most bytes that its body may have.

    Raises
    ------
    TooLarge, InvalidContent
        If it is larger, or cannot be parsed.
    """
    current = request()
    body = current.body(limit)
    if current.media_type == "multipart/form-data":
        return Form(form_parser.multipart(body, current.headers["content-type"]))
    return Form(form_parser.urlencoded(body))

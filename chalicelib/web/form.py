"""Forms sent by our own pages, read as texts, flags, rows and files.

Names may be nested as in ``criteria[0][note]``; a file is an `Upload`. Texts come without blanks at
their ends and with plain line breaks, whatever the browser made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.web import form_parser
from chalicelib.web.form_parser import Upload
from chalicelib.web.request import request

MOST_ROWS = 200


class Form:
    """What was sent.

    Parameters
    ----------
    fields : Mapping[str, Any]
        Texts, files, lists and objects by their names.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str) -> str:
        """Return a text; of a repeated one the last; empty when there is none."""
        value = self._fields.get(name)
        if isinstance(value, list):
            value = next((one for one in reversed(value) if isinstance(one, str)), None)
        return _cleaned(value) if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return all texts of a name that may be repeated, without empty ones."""
        value = self._fields.get(name)
        many = value if isinstance(value, list) else [value]
        return [text for one in many if isinstance(one, str) and (text := _cleaned(one))]

    def flag(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return self.text(name) not in ("", "0", "false")

    def rows(self, name: str) -> Sequence[Form]:
        """Return rows of fields, as ``criteria[0][note]`` names them, in their order."""
        value = self._fields.get(name)
        if isinstance(value, dict):  # numbers with gaps or marks for new rows
            value = list(value.values())
        rows = value if isinstance(value, list) else []
        return [Form(row) for row in rows[:MOST_ROWS] if isinstance(row, dict)]

    def file(self, name: str) -> Upload | None:
        """Return a file that was chosen, or None."""
        value = self._fields.get(name)
        return value if isinstance(value, Upload) and value.content else None


def _cleaned(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def read(limit: int) -> Form:
    """Return the form that the request being answered holds.

    Parameters
    ----------
    limit : int
        How many bytes it may have.

    Raises
    ------
    TooLarge, InvalidContent
        If it cannot be read.
    """
    sent = request()
    body = sent.body(limit)
    if sent.media_type == "multipart/form-data":
        return Form(form_parser.multipart(body, sent.headers["content-type"]))
    return Form(form_parser.urlencoded(body))

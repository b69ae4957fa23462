"""Lists as CSV files, for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from chalice.app import Response

from chalicelib import texts

LONGEST_NAME = 100  # characters of a file's name
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # these start a formula in a spreadsheet


def response(name: str, kind: str, rows: Iterable[Sequence[str]]) -> Response:
    """Return rows as a file to download: RFC 4180, in UTF-8, without formulas.

    Parameters
    ----------
    name : str
        What the list belongs to; letters that a file's name should not have are replaced.
    kind : str
        What it lists, for the file's name.
    rows : Iterable[Sequence[str]]
        The rows, the first of which names the columns.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:LONGEST_NAME].strip("-.")
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{plain or "badge"}-{kind}.csv"',
    }
    return Response(_csv(rows), headers)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a file; Excel reads it as UTF-8 because it begins with a byte order mark."""
    text = io.StringIO()
    text.write("\ufeff")
    csv.writer(text).writerows(
        [[_escape_formula(texts.lines(cell)) for cell in row] for row in rows]
    )
    return text.getvalue()


def _escape_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell

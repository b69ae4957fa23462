"""Lists of the API: their pages and filters."""

from __future__ import annotations

import re
from typing import Any

from chalice.app import Response

from chalicelib.domain.shared.pagination import Listed, Page, PageSize
from chalicelib.errors import InvalidParameter
from chalicelib.web.request import request

ANY = {"any": None, "": None, "true": True, "1": True, "false": False, "0": False}


def page() -> Page | None:
    """Return the requested page, or None unless `page` and `count` both are positive numbers.

    Raises
    ------
    InvalidParameter
        If one of them is too large.
    """
    number, size = _number("page"), _number("count")
    return Page(number, size) if number and size else None


def _number(parameter: str) -> int:
    """Return the leading digits of a parameter as a number, as badgekit-api does, or 0."""
    found = re.match(r"\s*(\d+)", request().joined(parameter) or "", re.ASCII)
    digits = found[1].lstrip("0") if found else ""
    if len(digits) > 10 or int(digits or 0) > PageSize.API_LARGEST:
        raise InvalidParameter(f"`{parameter}` is too large", parameter=parameter)
    return int(digits or 0)


def list_answer(name: str, found: Listed[Any], shown: list[Any], **others: Any) -> Response:
    """Return a response with a list, and with `pageData` if a page was requested."""
    body: dict[str, Any] = {name: shown, **others}
    if requested := page():
        body["pageData"] = {"page": requested.number, "count": requested.size, "total": found.total}
    import orjson  # faster for long lists

    return Response(orjson.dumps(body).decode(), {"Content-Type": "application/json"}, 200)


def choice(parameter: str, *, default: bool | None) -> bool | None:
    """Return a parameter that is true, false or any (None).

    Raises
    ------
    InvalidParameter
        If it is anything else, or repeated.
    """
    value = request().joined(parameter)
    if value is None:
        return default
    if value not in ANY:
        raise InvalidParameter(
            f"Invalid `{parameter}` parameter. Expecting one of 'true', 'false' or 'any'.",
            parameter=parameter,
        )
    return ANY[value]

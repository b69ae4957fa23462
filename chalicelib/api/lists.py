"""What the API's lists share: pages, and the choices of their parameters."""

from __future__ import annotations

import re
from typing import Any

from chalice.app import Response

from chalicelib.domain.shared.pagination import Listed, Page
from chalicelib.errors import InvalidParameter
from chalicelib.web.request import request

ANY = {"any": None, "": None, "true": True, "1": True, "false": False, "0": False}
LARGEST_NUMBER = 2**31 - 1


def page() -> Page | None:
    """Return which page is asked for, if `page` and `count` both are numbers of use.

    Raises
    ------
    InvalidParameter
        If one of them is larger than any list.
    """
    number, size = _number("page"), _number("count")
    return Page(number, size) if number and size else None


def _number(parameter: str) -> int:
    """Return a parameter as badgekit-api reads numbers, by its leading digits; 0 if it has none."""
    found = re.match(r"\s*(\d+)", request().argument(parameter) or "", re.ASCII)
    digits = found[1].lstrip("0") if found else ""
    if len(digits) > 10 or int(digits or 0) > LARGEST_NUMBER:
        raise InvalidParameter(f"`{parameter}` is too large", parameter=parameter)
    return int(digits or 0)


def list_answer(name: str, found: Listed[Any], shown: list[Any], **others: Any) -> Response:
    """Answer with a list, and with `pageData` if a page was asked for."""
    body: dict[str, Any] = {name: shown, **others}
    if wanted := page():
        body["pageData"] = {"page": wanted.number, "count": wanted.size, "total": found.total}
    import orjson  # lists may be long; what else is answered is not

    return Response(orjson.dumps(body).decode(), {"Content-Type": "application/json"}, 200)


def choice(parameter: str, *, default: bool | None) -> bool | None:
    """Return a parameter that is true, false or any.

    Raises
    ------
    InvalidParameter
        If it is anything else.
    """
    value = request().argument(parameter)
    if value is None:
        return default
    if value not in ANY:
        raise InvalidParameter(
            f"Invalid `{parameter}` parameter. Expecting one of 'true', 'false' or 'any'.",
            parameter=parameter,
        )
    return ANY[value]

"""Administrators' allow list: regular expressions that match a whole email address.

Anyone who requests a sign-in link makes these patterns run, so their running time must be bounded:
a pattern is accepted only if the number of ways to try it on an address has a bound.
"""

from __future__ import annotations

import functools
import importlib
import re
from typing import Any

from chalicelib import config
from chalicelib.domain.shared import email_addresses

# An open-ended repeat can end at any position of an address; three in a row take half a second.
MOST_BACKTRACKING = (email_addresses.LONGEST + 1) ** 3

_parser: Any = importlib.import_module("re._parser")
_operation: Any = importlib.import_module("re._constants")


class _UnboundedError(Exception):
    """A pattern could run for too long; the message says why."""


def matches(email: str) -> bool:
    """Return whether an address is on the allow list (the setting `ACCESS_LIST`).

    Raises
    ------
    SettingError
        If the list holds anything but patterns, or a pattern that could run for too long.
    """
    patterns = config.settings().json("ACCESS_LIST")
    if not isinstance(patterns, list) or not all(isinstance(item, str) for item in patterns):
        raise config.SettingError("the setting ACCESS_LIST must be a JSON array of strings")
    return email_addresses.is_address(email) and any(
        pattern.fullmatch(email) for pattern in _compiled(tuple(patterns))
    )


@functools.lru_cache(maxsize=4)
def _compiled(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [_safe(pattern) for pattern in patterns]


def _safe(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
        _alternatives(_parser.parse(pattern, re.IGNORECASE))
    except (re.error, _UnboundedError) as problem:
        raise config.SettingError(
            f"the setting ACCESS_LIST has the pattern {pattern} which cannot be used: {problem}"
        ) from problem
    return compiled


def _alternatives(parsed: Any) -> int:
    """Return a bound of the number of ways to try a sequence on an address."""
    ways = 1
    for operation, detail in parsed:
        ways *= _alternatives_of(operation, detail)
        if ways > MOST_BACKTRACKING:
            raise _UnboundedError("it has more than three open-ended repeats, or the like")
    return ways


def _alternatives_of(operation: Any, detail: Any) -> int:
    if operation in (_operation.MAX_REPEAT, _operation.MIN_REPEAT, _operation.POSSESSIVE_REPEAT):
        return _alternatives_of_repeat(*detail)
    if operation is _operation.BRANCH:
        return sum(_alternatives(branch) for branch in detail[1])
    if operation in (_operation.GROUPREF, _operation.GROUPREF_EXISTS):
        raise _UnboundedError("it refers back to a group")
    if operation in (_operation.SUBPATTERN, _operation.ASSERT, _operation.ASSERT_NOT):
        return _alternatives(detail[-1])
    if operation is _operation.ATOMIC_GROUP:
        return _alternatives(detail)
    return 1


def _alternatives_of_repeat(least: int, most: int, repeated: Any) -> int:
    each = _alternatives(repeated)
    ways = 0
    for times in range(min(least, email_addresses.LONGEST), min(most, email_addresses.LONGEST) + 1):
        ways += each**times
        if ways > MOST_BACKTRACKING:
            raise _UnboundedError(
                "it repeats a group that has alternatives or repeats of its own, as (a+)+ does"
            )
    return ways

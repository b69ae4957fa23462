"""Claim codes of badges that live in another BadgeKit API.

The API lists codes in pages, in order of creation, and creates one at a time. Searching, filtering
and counting is done here, over the newest `MOST_READ`.

Source: badgekit-api 0.2.22, `app/routes/claim-codes.js`. It never answers a request to create a
code that the badge has, so each request is made only after looking; and it takes any `multiuse` but
null for true, so that is sent only when it is true.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chalicelib import texts
from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes
from chalicelib.domain.badges.bulk_codes import State
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.pagination import Listed, Page
from chalicelib.errors import BadgeKitError, NotFound, TooLarge, ValidationError
from chalicelib.registry.api_client import ApiClient, badge_path, reference_to, segment
from chalicelib.registry.claim_codes import CodeList, CodesIncomplete

PAGE = 1000  # codes that are asked for at once
MOST_READ = 10_000  # codes of a badge, which is ten requests
MOST_AT_ONCE = 100  # codes that are created by one form, a request or two each
SECONDS = 12.0  # after which no further code of a form is begun; API Gateway waits for 29


class RemoteCodes:
    """Claim codes in another BadgeKit API (see `chalicelib.registry.claim_codes.ClaimCodes`)."""

    are_local = False
    most_at_once = MOST_AT_ONCE

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def find(self, badge: Badge, search: str, show: State | None, page: Page) -> CodeList:
        known, total = self._newest(badge)
        counts = dict.fromkeys(State, 0)
        for code in known:
            counts[bulk_codes.state_of(code)] += 1
        found = _matching(known, search, show)[::-1]
        rows = found[page.offset : page.offset + page.size]
        newest = None if total <= MOST_READ else MOST_READ
        return CodeList(Listed(rows, len(found)), counts, newest)

    def all_codes(self, badge: Badge, search: str, show: State | None) -> Sequence[ClaimCode]:
        known, total = self._newest(badge)
        if total > MOST_READ:
            raise TooLarge(f"The BadgeKit API has more than {MOST_READ} codes of this badge")
        return _matching(known, search, show)

    def create_random(self, badge: Badge, number: int, *, multiuse: bool) -> None:
        path = f"{_path(badge)}/random"
        body = _flags(multiuse)
        _create([lambda: self._api.call("POST", path, body, allowed=(201,))] * number)

    def create_named(self, badge: Badge, names: Sequence[str], *, multiuse: bool) -> None:
        path = badge_path(reference_to(badge))
        known, total = self._newest(badge)
        taken = {texts.normalized(code.code) for code in known}
        if total > len(known):
            taken |= {texts.normalized(name) for name in names if _exists(self._api, path, name)}
        if problems := bulk_codes.refused(names, taken):
            raise ValidationError(problems)
        _create([_posting(self._api, path, name, multiuse) for name in names])

    def delete_unclaimed(self, badge: Badge, code: str) -> bool:
        path = f"{_path(badge)}/{segment(code)}"
        found = self._api.call("GET", path).get("claimCode")
        if isinstance(found, dict) and found.get("claimed"):
            return False
        self._api.call("DELETE", path)
        return True

    def _newest(self, badge: Badge) -> tuple[list[ClaimCode], int]:
        """Return the newest codes of a badge, the oldest first, and how many it has in all."""
        first, total = self._page(badge, 1)
        if total <= len(first):
            return first, total
        last = -(-total // PAGE)
        begin = max(1, last - MOST_READ // PAGE + 1)
        pages = [first if number == 1 else self._page(badge, number)[0]
                 for number in range(begin, last + 1)]  # fmt: skip
        return [code for page in pages for code in page][-MOST_READ:], total

    def _page(self, badge: Badge, number: int) -> tuple[list[ClaimCode], int]:
        response = self._api.call("GET", f"{_path(badge)}?page={number}&count={PAGE}")
        listed = response.get("claimCodes")
        codes = [_code(badge, one) for one in _objects(listed) if isinstance(one.get("code"), str)]
        about = response.get("pageData")
        total = about.get("total") if isinstance(about, dict) else None
        return codes, total if isinstance(total, int) else len(codes)


def ensure(api: ApiClient, path: str, code: str) -> None:
    """Create a reusable code of a badge, whose path this is, unless the badge has it."""
    if not _exists(api, path, code):
        _posting(api, path, code, True)()


def _path(badge: Badge) -> str:
    return f"{badge_path(reference_to(badge))}/codes"


def _flags(multiuse: bool) -> dict[str, Any]:
    return {"multiuse": True} if multiuse else {}


def _exists(api: ApiClient, path: str, code: str) -> bool:
    try:
        api.call("GET", f"{path}/codes/{segment(code)}")
    except NotFound:
        return False
    return True


def _posting(api: ApiClient, path: str, code: str, multiuse: bool) -> Callable[[], Any]:
    body = {"code": code, **_flags(multiuse)}
    return lambda: api.call("POST", f"{path}/codes", body, allowed=(201, 409))


def _create(requests: Sequence[Callable[[], Any]]) -> None:
    """Make requests one after the other, within `SECONDS`.

    Raises
    ------
    BadgeKitError
        If the first one fails.
    CodesIncomplete
        If a later one fails, or is not begun in time.
    """
    until = time.monotonic() + SECONDS
    for made, request in enumerate(requests):
        if time.monotonic() > until:
            raise CodesIncomplete(made, "The BadgeKit API is slow")
        try:
            request()
        except BadgeKitError as problem:
            if made == 0:
                raise
            raise CodesIncomplete(made, problem.reason) from problem


def _matching(codes: Iterable[ClaimCode], search: str, show: State | None) -> list[ClaimCode]:
    wanted = search.lower()
    return [
        code
        for code in codes
        if (show is None or bulk_codes.state_of(code) is show)
        and (wanted in code.code.lower() or wanted in (code.email or "").lower())
    ]


def _objects(many: Any) -> list[Mapping[str, Any]]:
    return [one for one in many if isinstance(one, dict)] if isinstance(many, list) else []


def _code(badge: Badge, sent: Mapping[str, Any]) -> ClaimCode:
    """Return a code as the API lists it, as a row that is not stored."""
    email = sent.get("email")
    return ClaimCode(
        badge=badge,
        code=sent["code"],
        claimed=bool(validation.as_flag(sent.get("claimed"))),
        email=email if isinstance(email, str) else None,
        multiuse=bool(validation.as_flag(sent.get("multiuse"))),
    )

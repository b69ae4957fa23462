"""Claim codes in bulk: create, list by state, search."""

from __future__ import annotations

import secrets
from collections.abc import Sequence, Set
from enum import StrEnum
from typing import Any

from peewee import SQL, Case, IntegrityError, fn

from chalicelib import texts
from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges.codes import DIGITS
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.errors import TooLarge, ValidationError

MOST = 1000  # at once
MOST_LISTED = 50_000
LONGEST = 255  # characters of a code
LONGEST_SHOWN = 60  # characters of a code that was refused
MOST_REFUSED = 20  # shown


class State(StrEnum):
    """The state of a code."""

    UNUSED = "unused"
    CLAIMED = "claimed"
    MULTIUSE = "multi-use"


def state_of(code: ClaimCode) -> State:
    """Return the state of a code; a reusable one is never used up."""
    if code.multiuse:
        return State.MULTIUSE
    return State.CLAIMED if code.claimed else State.UNUSED


def _is_in(state: State) -> Any:
    if state is State.MULTIUSE:
        return ClaimCode.multiuse == True  # noqa: E712
    return (ClaimCode.multiuse == False) & (ClaimCode.claimed == (state is State.CLAIMED))  # noqa: E712


def _found(badge: Badge, search: str, show: State | None) -> Any:
    query = ClaimCode.select().where(ClaimCode.badge == badge)
    if search:
        by = fn.LOWER(ClaimCode.email).contains(email_addresses.key(search))
        query = query.where(ClaimCode.code.contains(search) | by)
    return query.where(_is_in(show)) if show is not None else query


@transactional
def find(badge: Badge, search: str, show: State | None, page: Page) -> Listed[ClaimCode]:
    """Return a page of a badge's codes, the newest first.

    Parameters
    ----------
    badge : Badge
        Which badge.
    search : str
        Part of the code, or of the address that claimed it; may be empty.
    show : State or None
        Only codes in this state; None means all.
    page : Page
        Which page.
    """
    return listed(_found(badge, search, show).order_by(ClaimCode.id.desc()), page)


@transactional
def all_codes(badge: Badge, search: str, show: State | None) -> list[ClaimCode]:
    """Return all codes that `find` would return pages of, the oldest first.

    Raises
    ------
    TooLarge
        If there are too many for one response.
    """
    query = _found(badge, search, show).order_by(ClaimCode.id).limit(MOST_LISTED + 1)
    codes = list(query)
    if len(codes) > MOST_LISTED:
        raise TooLarge(f"There are more than {MOST_LISTED} codes; search for fewer")
    return codes


@transactional
def counts(badge: Badge) -> dict[State, int]:
    """Return how many codes of a badge there are in each state."""

    def of(state: State) -> Any:
        return fn.COALESCE(fn.SUM(Case(None, [(_is_in(state), SQL("1"))], SQL("0"))), SQL("0"))

    sums = (
        ClaimCode.select(*(of(state).alias(state.name.lower()) for state in State))
        .where(ClaimCode.badge == badge)
        .scalar(as_tuple=True)
    )
    return {state: int(number) for state, number in zip(State, sums, strict=True)}


@transactional
def create_random(badge: Badge, number: int, *, multiuse: bool) -> None:
    """Create random codes.

    Raises
    ------
    ValidationError
        If `number` is not between 1 and `MOST`.
    """
    if not 1 <= number <= MOST:
        raise ValidationError([{"field": "number", "message": f"1 to {MOST}", "value": number}])
    codes: set[str] = set()
    while len(codes) < number:
        codes.add(secrets.token_hex(DIGITS // 2))
    _insert(badge, sorted(codes), multiuse=multiuse)


@transactional
def create_named(badge: Badge, codes: Sequence[str], *, multiuse: bool) -> None:
    """Create these codes, all of them or none.

    Raises
    ------
    ValidationError
        With ``code`` and ``problem`` for each that cannot be created.
    """
    problems = _refused(badge, codes)
    if not problems:
        try:
            _insert(badge, codes, multiuse=multiuse)
        except IntegrityError:  # just created by another request
            problems = [{"field": "codes", "code": "", "problem": Problem.ALIKE}]
    if problems:
        raise ValidationError(problems)


class Problem(StrEnum):
    """Why a code cannot be created."""

    LONG = "long"
    UNPRINTABLE = "unprintable"
    RESERVED = "reserved"
    TWICE = "twice"
    TAKEN = "taken"
    ALIKE = "alike"


def _refused(badge: Badge, codes: Sequence[str]) -> list[dict[str, Any]]:
    taken: set[str] = set()
    for piece in bulk.chunks(codes):
        its = ClaimCode.select(ClaimCode.code).where(
            ClaimCode.badge == badge, ClaimCode.code_key.in_([texts.key(code) for code in piece])
        )
        taken |= {texts.normalized(row.code) for row in its}
    return refused(codes, taken)


def refused(codes: Sequence[str], taken: Set[str]) -> list[dict[str, Any]]:
    """Return which codes cannot be created: ``code`` (its start) and ``problem`` for each.

    Parameters
    ----------
    codes : Sequence[str]
        The codes to create.
    taken : Set[str]
        Those of them that the badge has, as `texts.normalized` returns them.
    """
    seen: set[str] = set()
    found = []
    for code in codes:
        name = texts.normalized(code)
        problem = (
            (Problem.LONG if len(code) > LONGEST else None)
            or (None if texts.is_line(code) else Problem.UNPRINTABLE)
            or (Problem.RESERVED if validation.slug(0)(code) else None)
            or (Problem.TWICE if name in seen else None)
            or (Problem.TAKEN if name in taken else None)
        )
        seen.add(name)
        if problem:
            found.append({"field": "codes", "code": code[:LONGEST_SHOWN], "problem": problem})
    return found


def _insert(badge: Badge, codes: Sequence[str], *, multiuse: bool) -> None:
    rows = [
        {"badge": badge, "code": code, "claimed": False, "email": None, "multiuse": multiuse}
        for code in codes
    ]
    bulk.insert(ClaimCode, rows)

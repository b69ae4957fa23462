"""Pages of lists, as badgekit-api counts them, and how many rows a page of each list has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class PageSize:
    """How many rows a page of each list of the admin UI has.

    Lists of the API have as many as `page` and `count` ask for, and all without them.
    """

    ACTIVITY: ClassVar[int] = 25  # events, each with its jobs
    DELIVERIES: ClassVar[int] = 25  # webhooks that were sent
    DIRECTORY: ClassVar[int] = 12  # cards: full rows of two, three or four of them
    REVIEW_QUEUE: ClassVar[int] = 50  # applications, in groups by badge
    AWARDS: ClassVar[int] = 50  # of a badge
    CODES: ClassVar[int] = 50  # of a badge
    RECIPIENTS: ClassVar[int] = 100  # of badges that were issued by e-mail
    PUBLIC_BADGES: ClassVar[int] = 24  # on the public page of a system, issuer or program

    API_LARGEST: ClassVar[int] = 2**31 - 1  # the most that `page` or `count` may say
    PUBLIC_LARGEST: ClassVar[int] = 1_000  # the most that `count` of a public list may say


class Page(NamedTuple):
    """A page of a list.

    Parameters
    ----------
    number : int
        The first page is 1.
    size : int
        How many rows a page has.
    """

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.number - 1) * self.size


class Listed(NamedTuple, Generic[T]):
    """The rows of a list, or of a page of it.

    Parameters
    ----------
    rows : Sequence[T]
        The rows.
    total : int
        How many rows the whole list has.
    """

    rows: Sequence[T]
    total: int


def listed(query: Any, page: Page | None) -> Listed[Any]:
    """Return the rows of a query, or those of a page, for which a second statement counts all."""
    if page is None:
        rows = list(query)
        return Listed(rows, len(rows))
    return Listed(list(query.limit(page.size).offset(page.offset)), query.order_by().count())

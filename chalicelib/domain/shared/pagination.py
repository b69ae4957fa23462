"""Pages of lists, as badgekit-api counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Page(NamedTuple):
    """Which part of a list is wanted.

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
        """How many rows come before."""
        return (self.number - 1) * self.size


class Listed(NamedTuple, Generic[T]):
    """A list, or a page of it.

    Parameters
    ----------
    rows : Sequence[T]
        What is on the page.
    total : int
        How many rows all pages have together.
    """

    rows: Sequence[T]
    total: int


def listed(query: Any, page: Page | None) -> Listed[Any]:
    """Return a query's rows, or those of a page; `total` takes a second statement then."""
    if page is None:
        rows = list(query)
        return Listed(rows, len(rows))
    return Listed(list(query.limit(page.size).offset(page.offset)), query.order_by().count())

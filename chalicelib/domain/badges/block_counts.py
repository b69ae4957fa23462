"""Where the pages of long lists begin: how many of a list's rows lie in each block of numbers.

Databases count and skip rows one by one, so that the last page of a long list takes much longer
than the first one. Here a list's rows are counted by blocks of their numbers, big blocks and small
ones within them, in the transactions that add and remove rows. A list's length is the sum of its
big blocks; a page is found by walking along them, and then along the small ones of one of them.

Badges lie by their ids. Awards of a badge have positions, without holes, so that nothing is counted
when a badge is awarded: only what is gone. Counts of places and badges that were deleted stay; their
ids never come again.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.data import compiled_queries
from chalicelib.data.compiled_queries import CompiledChange, CompiledQuery, parameter
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Tally
from chalicelib.domain.shared.pagination import Page

SMALL, BIG = 64, 2048  # ids
WIDE = 4096  # ids; where a page's rows lie further apart, they are looked for by their owner
LAST = 2**31 - 1  # no block is behind it
ALL = "all"


class _Span(NamedTuple):
    first: int
    last: int
    skip: int


class Start(NamedTuple):
    """Where a page of a list lies.

    Parameters
    ----------
    first, last : int
        The ids (of awards the positions) that its rows lie between; `LAST` means that the last one
        is not known.
    skip : int
        How many of the list's rows there are to skip.
    total : int
        How many rows the list has.
    """

    first: int
    last: int
    skip: int
    total: int


def nearby(owner: Any, of: Any) -> Any:
    """Return the condition for an owner's rows among few rows between two ids.

    MariaDB would walk along all of an owner's rows up to the first id; it is kept from doing so.
    """
    return (owner + 0) == of


def of_badges(owner: str, *, archived: bool | None) -> list[str]:
    """Return the names of the lists of an owner's badges; None means archived ones and others.

    Parameters
    ----------
    owner : str
        `ALL`, or a level and an id, as ``system:12``.
    archived : bool or None
        Which of its badges.
    """
    return [f"{owner}:{int(kind)}" for kind in (False, True) if archived in (kind, None)]


def count_badge(badge: Badge, by: int) -> None:
    """Count a badge (or, by -1, no longer) in the lists that it is in."""
    _count({(name, badge.id): by for name in lists_of(badge)})


def move_badge(badge: Badge, before: Iterable[str]) -> None:
    """Count a badge in the lists that it is in, and no longer in those that it was in `before`."""
    changes = Counter(lists_of(badge))
    changes.subtract(before)
    _count({(name, badge.id): by for name, by in changes.items() if by})


def lists_of(badge: Badge) -> list[str]:
    """Return the names of the lists that a badge is in."""
    owners = {"system": badge.system_id, "issuer": badge.issuer_id, "program": badge.program_id}
    names = [ALL, *(f"{level}:{number}" for level, number in owners.items() if number is not None)]
    return [name for owner in names for name in of_badges(owner, archived=badge.archived)]


def revoked(badge_id: int, position: int) -> None:
    """Note that the award at a position of a badge is gone from the list of its awards."""
    _count({(f"badge:{badge_id}", position): -1})


def _count(changes: Mapping[tuple[str, int], int]) -> None:
    """Add to the counts of lists at some ids, in the transaction under way."""
    blocks: Counter[tuple[str, int, int]] = Counter()
    for (name, number), by in changes.items():
        for size in (SMALL, BIG):
            blocks[name, size, number // size] += by
    arguments: dict[str, Any] = {}
    ordered = sorted(blocks.items())  # whoever counts waits in the same order
    for row, ((name, size, block), by) in enumerate(ordered):
        arguments |= {f"name{row}": name, f"size{row}": size, f"block{row}": block}
        arguments[f"number{row}"] = by
    if arguments:
        _adding(len(blocks))(**arguments)


@functools.cache
def _adding(rows: int) -> CompiledChange:
    def build() -> Any:
        key: list[Any] = [Tally.name, Tally.size, Tally.block]
        columns = [*key, Tally.number]
        values = [
            {column: parameter(f"{column.column_name}{row}") for column in columns}
            for row in range(rows)
        ]
        return compiled_queries.adding(Tally.insert_many(values), Tally.number, key=key)

    return CompiledChange(build)


def _blocks() -> Any:
    return Tally.select(Tally.block, Tally.number).where(
        Tally.name.in_([parameter("name"), parameter("other")]),
        Tally.size == parameter("size"),
        Tally.block.between(parameter("from"), parameter("to")),
    )


_BLOCKS = CompiledQuery(_blocks, many=True)


@transactional
def badges(owner: str, page: Page, *, archived: bool | None) -> Start:
    """Return where a page of an owner's badges lies (see `of_badges`), between two ids."""
    return _start(functools.partial(_counted, of_badges(owner, archived=archived)), page)


@transactional
def awards(badge_id: int, given: int, page: Page) -> Start:
    """Return where a page of a badge's awards lies, between two positions.

    Parameters
    ----------
    badge_id : int
        Which badge.
    given : int
        How many positions there are; of those only the ones that are gone are counted.
    page : Page
        Which page.
    """
    return _start(functools.partial(_left, f"badge:{badge_id}", given), page)


def _start(count: Callable[[int, int, int], dict[int, int]], page: Page) -> Start:
    bigs = count(BIG, 0, LAST)
    span = _span(bigs, BIG, page.offset, page.size)
    if span.first > 0 or span.skip > SMALL:
        smalls = count(SMALL, span.first, span.first + BIG - 1)
        inner = _span(smalls, SMALL, span.skip, page.size)
        span = inner._replace(last=min(inner.last, span.last))
    if span.first == 0 or span.last - span.first > WIDE:
        span = span._replace(last=LAST)
    return Start(*span, total=sum(bigs.values()))


def _counted(names: Sequence[str], size: int, first: int, last: int) -> dict[int, int]:
    """Return the blocks between two numbers that have rows of these lists, and how many."""
    blocks: dict[int, int] = defaultdict(int)
    wanted = {"from": first // size, "to": last // size, "size": size}
    for block, number in _BLOCKS(name=names[0], other=names[-1], **wanted):
        blocks[block] += number
    return blocks


def _left(name: str, given: int, size: int, first: int, last: int) -> dict[int, int]:
    """Return the blocks between two positions, and how many of each are left."""
    blocks = range(first // size, min(last, given - 1) // size + 1)
    gone = _counted([name], size, first, last)
    return {block: min(size, given - block * size) + gone[block] for block in blocks}


def _span(blocks: Mapping[int, int], size: int, skip: int, count: int) -> _Span:
    """Return between which ids so many rows lie, behind so many that are skipped."""
    first, left, before = 0, skip, 0
    for block, number in sorted(blocks.items()):
        if before <= skip:
            first, left = block * size, skip - before
        before += number
        if before >= skip + count:
            return _Span(first, (block + 1) * size - 1, left)
    return _Span(first, LAST, left)

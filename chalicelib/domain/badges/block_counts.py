"""Block counts: find a page of a long list without counting or skipping all rows before it.

Databases count and skip rows one by one, so the last page of a long list takes much longer than
the first. Here the rows of each list are counted per block of ids, in large blocks and in small
blocks within them, in the same transactions that add and remove rows. The length of a list is the
sum of its large blocks. A page is found by adding up large blocks, then the small blocks of one.

Badges are counted by id. Awards of a badge have positions without gaps, so that awarding counts
nothing and only removed awards are counted. Counts of deleted places and badges stay: their ids are
never used again.
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

SMALL, LARGE = 64, 2048  # ids per block
WIDE = 4096  # ids; if a page's rows lie further apart, the index on the owner finds them
UNBOUNDED = 2**31 - 1  # the largest id
ALL = "all"


class _Span(NamedTuple):
    first: int
    last: int
    skip: int


class PageSpan(NamedTuple):
    """The ids between which a page of a list lies.

    Parameters
    ----------
    first, last : int
        The ids (for awards, the positions) that its rows lie between; `UNBOUNDED` means that the
        last one is unknown.
    skip : int
        How many of the list's rows between them come before the page.
    total : int
        How many rows the list has.
    """

    first: int
    last: int
    skip: int
    total: int


def equals_without_index(column: Any, content: Any) -> Any:
    """Return the condition that a column equals a value, written so that no index on it is used.

    Use it beside a narrow range of ids: MariaDB would otherwise read all of an owner's rows up to
    the first id.
    """
    return (column + 0) == content


def list_names(owner: str, *, archived: bool | None) -> list[str]:
    """Return the names of the lists of an owner's badges; None means archived ones and others.

    Parameters
    ----------
    owner : str
        `ALL`, or a level and an id, as ``system:12``.
    archived : bool or None
        Which badges.
    """
    return [f"{owner}:{int(kind)}" for kind in (False, True) if archived in (kind, None)]


def count_badge(badge: Badge, by: int) -> None:
    """Add a badge to the counts of its lists, or subtract it if `by` is -1."""
    _count({(name, badge.id): by for name in lists_with(badge)})


def move_badge(badge: Badge, before: Iterable[str]) -> None:
    """Move a badge from the counts of the lists it was in `before` to those it is in now."""
    changes = Counter(lists_with(badge))
    changes.subtract(before)
    _count({(name, badge.id): by for name, by in changes.items() if by})


def lists_with(badge: Badge) -> list[str]:
    """Return the names of the lists that a badge is in."""
    owners = {"system": badge.system_id, "issuer": badge.issuer_id, "program": badge.program_id}
    names = [ALL, *(f"{level}:{number}" for level, number in owners.items() if number is not None)]
    return [name for owner in names for name in list_names(owner, archived=badge.archived)]


def count_revoked(badge_id: int, position: int) -> None:
    """Count the award at a position of a badge as removed from the list of its awards."""
    _count({(f"badge:{badge_id}", position): -1})


def _count(changes: Mapping[tuple[str, int], int]) -> None:
    """Change the counts of lists at some ids, in the current transaction."""
    blocks: Counter[tuple[str, int, int]] = Counter()
    for (name, number), by in changes.items():
        for size in (SMALL, LARGE):
            blocks[name, size, number // size] += by
    arguments: dict[str, Any] = {}
    ordered = sorted(blocks.items())  # one order of locks for all transactions
    for row, ((name, size, block), by) in enumerate(ordered):
        arguments |= {f"name{row}": name, f"size{row}": size, f"block{row}": block}
        arguments[f"number{row}"] = by
    if arguments:
        _upsert(len(blocks))(**arguments)


@functools.cache
def _upsert(rows: int) -> CompiledChange:
    def build() -> Any:
        key: list[Any] = [Tally.name, Tally.size, Tally.block]
        columns = [*key, Tally.number]
        values = [
            {column: parameter(f"{column.column_name}{row}") for column in columns}
            for row in range(rows)
        ]
        return compiled_queries.add_on_conflict(Tally.insert_many(values), Tally.number, key=key)

    return CompiledChange(build)


def _blocks() -> Any:
    return Tally.select(Tally.block, Tally.number).where(
        Tally.name.in_([parameter("name"), parameter("other")]),
        Tally.size == parameter("size"),
        Tally.block.between(parameter("from"), parameter("to")),
    )


_BLOCKS = CompiledQuery(_blocks, many=True)


@transactional
def badge_page(owner: str, page: Page, *, archived: bool | None) -> PageSpan:
    """Return where a page of an owner's badges lies (see `list_names`), between two ids."""
    return _locate(functools.partial(_counts, list_names(owner, archived=archived)), page)


@transactional
def award_page(badge_id: int, issued_positions: int, page: Page) -> PageSpan:
    """Return where a page of a badge's awards lies, between two positions.

    Parameters
    ----------
    badge_id : int
        Which badge.
    issued_positions : int
        How many positions the badge has issued; only removed ones are counted.
    page : Page
        Which page.
    """
    return _locate(functools.partial(_remaining, f"badge:{badge_id}", issued_positions), page)


def _locate(count: Callable[[int, int, int], dict[int, int]], page: Page) -> PageSpan:
    large = count(LARGE, 0, UNBOUNDED)
    span = _span_of(large, LARGE, page.offset, page.size)
    if span.first > 0 or span.skip > SMALL:
        small = count(SMALL, span.first, span.first + LARGE - 1)
        inner = _span_of(small, SMALL, span.skip, page.size)
        span = inner._replace(last=min(inner.last, span.last))
    if span.first == 0 or span.last - span.first > WIDE:
        span = span._replace(last=UNBOUNDED)
    return PageSpan(*span, total=sum(large.values()))


def _counts(names: Sequence[str], size: int, first: int, last: int) -> dict[int, int]:
    """Return how many rows of these lists each block between two ids has."""
    blocks: dict[int, int] = defaultdict(int)
    wanted = {"from": first // size, "to": last // size, "size": size}
    for block, number in _BLOCKS(name=names[0], other=names[-1], **wanted):
        blocks[block] += number
    return blocks


def _remaining(
    name: str, issued_positions: int, size: int, first: int, last: int
) -> dict[int, int]:
    """Return how many awards are left in each block between two positions."""
    blocks = range(first // size, min(last, issued_positions - 1) // size + 1)
    removed = _counts([name], size, first, last)
    return {block: min(size, issued_positions - block * size) + removed[block] for block in blocks}


def _span_of(blocks: Mapping[int, int], size: int, skip: int, count: int) -> _Span:
    """Return the ids between which `count` rows lie that follow `skip` rows."""
    first, left, before = 0, skip, 0
    for block, number in sorted(blocks.items()):
        if before <= skip:
            first, left = block * size, skip - before
        before += number
        if before >= skip + count:
            return _Span(first, (block + 1) * size - 1, left)
    return _Span(first, UNBOUNDED, left)

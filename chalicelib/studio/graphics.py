"""Graphics by name and by search: Phosphor Icons, filled, in one color."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from chalicelib.studio import packs

BOX = 256  # units, each way

_BETWEEN_WORDS = re.compile(r"[\s\-/&,]+")


class Graphic(NamedTuple):
    """A graphic.

    Parameters
    ----------
    name : str
        Name in designs, such as ``rocket-launch``.
    label : str
        Label in the studio, such as ``Rocket launch``.
    path : str
        SVG path data in a box of 256 units, to be filled with the nonzero rule.
    """

    name: str
    label: str
    path: str


def get(name: str) -> Graphic:
    """Return a graphic.

    Raises
    ------
    KeyError
        If there is no graphic with that name.
    """
    return _graphics()[name]


def find(words: str, first: int = 0, most: int = 48) -> tuple[list[Graphic], int]:
    """Search graphics; return one page of results and the total number.

    Parameters
    ----------
    words : str
        Search terms. Each must match the start of a word of a graphic's name or tags. Without any,
        all graphics are found, in alphabetical order.
    first : int
        Number of results to skip.
    most : int
        Maximum number of results.

    Returns
    -------
    tuple[list[Graphic], int]
        The best matches first: exact names, names that start with the terms, names with all terms,
        tags with all terms as whole words, and then all others.
    """
    found = _found(" ".join(_split(words)))
    start = max(first, 0)
    return [get(name) for name in found[start : start + max(most, 0)]], len(found)


@functools.lru_cache(maxsize=256)  # paging repeats the same search
def _found(words: str) -> list[str]:
    wanted = words.split()
    ranked = [
        (_rank(wanted, name, others), name)
        for name, others in _words().items()
        if all(f" {word}" in f" {name} {others}" for word in wanted)
    ]
    return [name.replace(" ", "-") for _, name in sorted(ranked)]


def _rank(wanted: list[str], name: str, others: str) -> int:
    """Return the rank of a match; lower is better."""
    if name == " ".join(wanted):
        return 0
    if name.startswith(" ".join(wanted)):
        return 1
    if all(f" {word}" in f" {name}" for word in wanted):
        return 2
    return 3 if all(f" {word} " in f" {name} {others} " for word in wanted) else 4


def _split(text: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(text.casefold()) if word]


@functools.cache
def _graphics() -> dict[str, Graphic]:
    return {name: Graphic(name, label, path) for name, label, _, path in _pack()}


@functools.cache
def _words() -> dict[str, str]:
    """Return the words of each name with the words of its tags."""
    return {name.replace("-", " "): others for name, _, others, _ in _pack()}


@functools.cache
def _pack() -> list[list[str]]:
    found: list[list[str]] = packs.read("graphics")
    return found

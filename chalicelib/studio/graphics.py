"""Graphics by name and by search: Phosphor Icons, filled, in one color."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from chalicelib.studio import packs

BOX = 256  # units, each way

_BETWEEN_WORDS = re.compile(r"[\s\-/&,]+")


class Graphic(NamedTuple):
    """One graphic.

    Parameters
    ----------
    name : str
        What designs call it, such as ``rocket-launch``.
    label : str
        What people read, such as ``Rocket launch``.
    path : str
        SVG path data in a box of 256 units, to be filled (nonzero).
    """

    name: str
    label: str
    path: str


def get(name: str) -> Graphic:
    """Return a graphic.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    return _graphics()[name]


def find(words: str, first: int = 0, most: int = 48) -> tuple[list[Graphic], int]:
    """Return graphics that somebody may mean, and how many there are in all.

    Parameters
    ----------
    words : str
        All of these must be a word of a graphic's name or tags, or what one begins with. Without
        any, all graphics are found, in alphabetical order.
    first : int
        How many to leave out.
    most : int
        How many to return at most.

    Returns
    -------
    tuple[list[Graphic], int]
        The likeliest first: of just that name, whose name begins so, whose name has all words,
        whose tags have them whole, and others.
    """
    found = _found(" ".join(_split(words)))
    start = max(first, 0)
    return [get(name) for name in found[start : start + max(most, 0)]], len(found)


@functools.lru_cache(maxsize=256)  # whoever turns a page asks for the same words again
def _found(words: str) -> list[str]:
    wanted = words.split()
    ranked = [
        (_rank(wanted, name, others), name)
        for name, others in _words().items()
        if all(f" {word}" in f" {name} {others}" for word in wanted)
    ]
    return [name.replace(" ", "-") for _, name in sorted(ranked)]


def _rank(wanted: list[str], name: str, others: str) -> int:
    """Return how unlikely it is that a graphic is meant that has all words."""
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
    """Return the words of each name, with those of its tags."""
    return {name.replace("-", " "): others for name, _, others, _ in _pack()}


@functools.cache
def _pack() -> list[list[str]]:
    found: list[list[str]] = packs.read("graphics")
    return found

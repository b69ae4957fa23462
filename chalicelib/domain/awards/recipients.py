"""Recipients parser: reads a pasted list of email addresses and classifies its entries.

Whatever separates addresses in mail programs, sheets and notes separates them here: commas,
semicolons, blanks, line breaks; names around them, as in ``Ada <ada@example.org>``, are left away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge
from chalicelib.domain.awards import awards
from chalicelib.domain.shared import email_addresses

MOST = 5000
LONGEST_COMMENT = 2000  # characters
LONGEST_SHOWN = 100  # characters of what is no address

# A quoted name, an address in brackets, what ends an entry, a word; or a sign that opens nothing.
_PIECE = re.compile(r'("[^"\n]*")|<([^<>\n]*)>|([,;\n])|([^\s,;<>"]+)|["<>]')
_BETWEEN = re.compile(r"[\s,;<>\"]+")
_AROUND = "'()[]{}\u2018\u2019\u201c\u201d\u200b\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True)
class Recipients:
    """What a list of addresses comes to, each of them once, as it was first spelled.

    Parameters
    ----------
    good : list[str]
        Those that the badge can be issued to.
    awarded : list[str]
        Those that have it.
    bad : list[str]
        What is no address.
    """

    good: list[str]
    awarded: list[str]
    bad: list[str]


def read(text: str) -> list[str]:
    """Return the entries of a list, good or bad, each once however it is spelled."""
    found: dict[str, str] = {}
    for entry in _entries(text):
        if cleaned := _cleaned(entry):
            found.setdefault(email_addresses.key(cleaned), cleaned)
    return list(found.values())


def _entries(text: str) -> Iterator[str]:
    words: list[str] = []  # since the last entry: a name so far, or addresses
    quoted: list[str] = []
    for piece in _PIECE.finditer(text):
        name, bracketed, end, word = piece.groups()
        if name:
            quoted += _BETWEEN.split(name)
        elif word:
            words.append(word)
        elif bracketed is not None:
            yield from (one for one in words if "@" in one)
            yield bracketed
            words, quoted = [], []
        elif end:
            yield from (*quoted, *words)
            words, quoted = [], []
    yield from (*quoted, *words)


def _cleaned(entry: str) -> str:
    """Return an entry without what is only written around it."""
    text = entry.strip().strip(_AROUND).rstrip(".:").strip(_AROUND)
    return text[7:] if text[:7].lower() == "mailto:" else text


@transactional
def classify(badge: Badge, entries: list[str]) -> Recipients:
    """Tell which entries of a list a badge can be issued to, and what is with the others."""
    bad = [one[:LONGEST_SHOWN] for one in entries if not email_addresses.is_address(one)]
    fine = [one for one in entries if email_addresses.is_address(one)]
    good = awards.not_yet_awarded(badge, fine)
    wanted = set(good)
    return Recipients(good, [one for one in fine if one not in wanted], bad)


def remaining(badge: Badge) -> int | None:
    """Return how often a badge may still be awarded as far as is known; None is without limit."""
    if not badge.is_awardable:
        return 0
    return None if badge.award_limit is None else max(0, badge.award_limit - badge.awarded)

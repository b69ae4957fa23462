"""Recipients parser: reads a pasted list of email addresses and classifies its entries.

Addresses may be separated as in mail programs and spreadsheets: by commas, semicolons, spaces or
line breaks. Display names, as in ``Ada <ada@example.org>``, are dropped.
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
LONGEST_SHOWN = 100  # characters of an invalid entry

# A quoted name, an address in brackets, the end of an entry, a word, or an unpaired sign.
_TOKEN = re.compile(r'("[^"\n]*")|<([^<>\n]*)>|([,;\n])|([^\s,;<>"]+)|["<>]')
_SEPARATORS = re.compile(r"[\s,;<>\"]+")
_WRAPPERS = "'()[]{}\u2018\u2019\u201c\u201d\u200b\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True)
class Recipients:
    """The classified entries of a list, each once, in their first spelling.

    Parameters
    ----------
    eligible : list[str]
        Addresses that the badge can be issued to.
    awarded : list[str]
        Addresses that have the badge.
    invalid : list[str]
        Entries that are not email addresses.
    """

    eligible: list[str]
    awarded: list[str]
    invalid: list[str]


def parse(text: str) -> list[str]:
    """Return the entries of a list, valid or not, each once whatever its letter case."""
    found: dict[str, str] = {}
    for entry in _entries(text):
        if cleaned := _cleaned(entry):
            found.setdefault(email_addresses.key(cleaned), cleaned)
    return list(found.values())


def _entries(text: str) -> Iterator[str]:
    words: list[str] = []  # since the last entry: parts of a name, or addresses
    quoted: list[str] = []
    for token in _TOKEN.finditer(text):
        name, bracketed, end, word = token.groups()
        if name:
            quoted += _SEPARATORS.split(name)
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
    """Return an entry without the quotes, brackets and punctuation around it."""
    text = entry.strip().strip(_WRAPPERS).rstrip(".:").strip(_WRAPPERS)
    return text[7:] if text[:7].lower() == "mailto:" else text


@transactional
def classify(badge: Badge, entries: list[str]) -> Recipients:
    """Sort the entries of a list into those that a badge can be issued to and the others."""
    invalid = [one[:LONGEST_SHOWN] for one in entries if not email_addresses.is_address(one)]
    valid = [one for one in entries if email_addresses.is_address(one)]
    eligible = awards.not_yet_awarded(badge, valid)
    wanted = set(eligible)
    return Recipients(eligible, [one for one in valid if one not in wanted], invalid)

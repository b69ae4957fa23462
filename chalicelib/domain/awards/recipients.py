"""Recipients parser: reads a pasted list of email addresses and classifies its entries.

Addresses may be separated as in mail programs, spreadsheets, and texts of any script: by commas,
semicolons, pipes, brackets, blanks, line breaks, or by slashes and the like between two addresses.
Display names, as in ``Ada <ada@example.org>``, and entries without a letter or digit, such as
bullets, are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge
from chalicelib.domain.awards import awards
from chalicelib.domain.shared import email_addresses

MOST = 5000
LONGEST_TEXT = 2000  # characters of a note or a narrative
LONGEST_SHOWN = 100  # characters of an invalid entry

# The punctuation of other scripts: of Chinese, Japanese, Arabic, and in full width.
_SAME_AS = str.maketrans(
    "\uff0c\uff64\u3001\ufe50\u060c"  # commas
    "\uff1b\ufe54\u061b\uff5c"  # semicolons and the pipe
    "\uff1c\uff1e\u3008\u3009\u300a\u300b"  # angle brackets
    "\uff08\uff09\uff3b\uff3d\u3010\u3011\u300c\u300d\u300e\u300f",  # other brackets
    ",,,,,;;;|<><><>()[][][][]",
)
# A quoted name, an address in brackets, the end of an entry, a word, or an unpaired sign.
_TOKEN = re.compile(r'("[^"\n]*")|<([^<>\n]*)>|([,;|\n])|([^\s,;|<>()[\]"]+)|[]["<>()]')
_SEPARATORS = re.compile(r'[\s,;|<>()[\]"]+')
# These may be part of a name, or are invisible: they only separate after a whole address.
_BETWEEN = "/\\&\u00b7\u2022\u200b"
_JOINED = re.compile(rf"[^@]*@[^@{re.escape(_BETWEEN)}]*|[^@]+$")
_WRAPPERS = "'{}\u2018\u2019\u201c\u201d\u200b\u200e\u200f\u2060\ufeff"
_ENDS = ".:\u3002"


class Entries(NamedTuple):
    """The entries of a list, valid or not.

    Parameters
    ----------
    once : list[str]
        Each once whatever its letter case, in its first spelling.
    repeated : list[str]
        Those that the list has several times.
    """

    once: list[str]
    repeated: list[str]


class Problem(StrEnum):
    """Why an entry is not an email address."""

    NO_AT = "no @"
    SEVERAL_ATS = "several @"
    NOTHING_BEFORE = "nothing before @"
    NO_DOMAIN = "no domain"
    LONG = "long"
    SIGNS = "signs"


class Invalid(NamedTuple):
    """An entry that is not an email address, shortened, and why."""

    text: str
    problem: Problem


@dataclass(frozen=True)
class Recipients:
    """The classified entries of a list, each once, in their first spelling.

    Parameters
    ----------
    eligible : list[str]
        Addresses that the badge can be issued to.
    awarded : list[str]
        Addresses that have the badge.
    invalid : list[Invalid]
        Entries that are not email addresses.
    """

    eligible: list[str]
    awarded: list[str]
    invalid: list[Invalid]


def parse(text: str) -> Entries:
    """Return the entries of a list, valid or not."""
    found: dict[str, str] = {}
    repeated: dict[str, str] = {}
    for entry in _entries(text.translate(_SAME_AS)):
        if cleaned := _cleaned(entry):
            key = email_addresses.key(cleaned)
            if key in found:
                repeated[key] = found[key]
            else:
                found[key] = cleaned
    return Entries(list(found.values()), list(repeated.values()))


def _entries(text: str) -> Iterator[str]:
    words: list[str] = []  # since the last entry: parts of a name, or addresses
    quoted: list[str] = []
    for token in _TOKEN.finditer(text):
        name, bracketed, end, word = token.groups()
        if name:
            quoted += _SEPARATORS.split(name)
        elif word:
            words += _addresses_in(word)
        elif bracketed is not None:
            yield from (one for one in words if "@" in one)
            yield bracketed
            words, quoted = [], []
        elif end:
            yield from (*quoted, *words)
            words, quoted = [], []
    yield from (*quoted, *words)


def _addresses_in(word: str) -> list[str]:
    """Return the addresses that signs join to one word, or the word."""
    first, *others = _JOINED.findall(word) if word.count("@") > 1 else [word]
    if any(one[0] not in _BETWEEN for one in others):
        return [word]
    return [first, *(one.lstrip(_BETWEEN) for one in others)]


def _cleaned(entry: str) -> str:
    """Return an entry without the quotes and punctuation around it; empty if it is signs alone."""
    text = entry.strip().strip(_WRAPPERS).rstrip(_ENDS).strip(_WRAPPERS)
    text = text[7:] if text[:7].lower() == "mailto:" else text
    return text if any(sign.isalnum() or sign == "@" for sign in text) else ""


def _shown(entry: str) -> str:
    """Return an invalid entry, shortened, and how to write it if that is known."""
    written = email_addresses.in_ascii(entry)
    return f"{entry[:LONGEST_SHOWN]} → {written}" if written else entry[:LONGEST_SHOWN]


@transactional
def classify(badge: Badge, entries: list[str]) -> Recipients:
    """Sort the entries of a list into those that a badge can be issued to and the others."""
    valid = [one for one in entries if email_addresses.is_address(one)]
    accepted = set(valid)
    invalid = [Invalid(_shown(one), _problem(one)) for one in entries if one not in accepted]
    eligible = awards.not_yet_awarded(badge, valid)
    wanted = set(eligible)
    return Recipients(eligible, [one for one in valid if one not in wanted], invalid)


def _problem(entry: str) -> Problem:
    """Return why an entry is not an email address."""
    name, at, domain = entry.partition("@")
    if not at:
        return Problem.NO_AT
    if "@" in domain:
        return Problem.SEVERAL_ATS
    if not name:
        return Problem.NOTHING_BEFORE
    if "." not in domain.strip("."):
        return Problem.NO_DOMAIN
    return Problem.LONG if len(entry) > email_addresses.LONGEST else Problem.SIGNS

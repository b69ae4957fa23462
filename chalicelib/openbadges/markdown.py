"""Plain text as Markdown that shows it as it was typed.

Narratives of Open Badges 2.0 are Markdown, and what people type here is plain text. Only what
CommonMark or GitHub's dialect would take for markup is escaped, because many sites show narratives
as they come. An address of a site may still become a link, which shows the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Anywhere: escapes, code, emphasis, links, strikethrough; HTML and autolinks; entities.
_INLINE = re.compile(r"[\\`*_\[~]|<(?=\S)|&(?=#?\w+;)")
# At the start of a line: headings (also underlined), quotations, lists, rules and tables.
_BLOCK = re.compile(r"[#>+=|-]|:(?=-)")
_NUMBERED = re.compile(r"\A([0-9]{1,9})([.)])(?=\s|\Z)")
_HARD_BREAK = "  \n"  # two spaces, which all dialects know, and which look right as plain text


def from_plain(text: str) -> str:
    """Return a text as Markdown: its lines stay lines, and what blank ones part are paragraphs.

    Source: https://spec.commonmark.org/0.31.2/ and https://github.github.com/gfm/. Indentation is
    dropped, since it would make code blocks.
    """
    paragraphs: list[list[str]] = [[]]
    for line in (line.strip() for line in text.splitlines()):
        if line:
            paragraphs[-1].append(_escaped(line))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join(_HARD_BREAK.join(lines) for lines in paragraphs if lines)


def bullets(items: Iterable[str]) -> str:
    """Return a list of items that are Markdown themselves, such as those of `from_plain`."""
    return "\n".join("- " + item.replace("\n", "\n  ") for item in items)


def _escaped(line: str) -> str:
    if _BLOCK.match(line):
        return "\\" + line[0] + _INLINE.sub(r"\\\g<0>", line[1:])
    return _NUMBERED.sub(r"\1\\\2", _INLINE.sub(r"\\\g<0>", line))

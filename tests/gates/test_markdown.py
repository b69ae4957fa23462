"""Markdown is easy to read and to diff: lines of at most 100 columns, or one sentence each."""

from __future__ import annotations

import os
import re

import pytest

from tests.gates.source import BUILT_OR_FOREIGN, ROOT

pytestmark = pytest.mark.gate

COLUMNS = 100
FENCE = re.compile(r"^ *(?:```|~~~)")
# Lines that cannot be broken: headings, rows of tables, images, links and addresses on their own.
UNBREAKABLE = re.compile(
    r"^ *(?:[-*] |\d+\. )?(?:#{1,6} .*|\|.*|<?https?://\S+|!?\[[^]]*\](?:\([^)]*\)|: \S+))$"
)
# List items start with their marker, other lines like sentences.
ITEM = re.compile(r"^ *(?:[-*] |\d+\. )")
BEGIN = r"(?:[\[(*_`\"“]*[A-Z0-9]|[*_]*`|!?\[|<https?:)"
BEGINS = re.compile(f"^[ >]*{BEGIN}")
ENDS = re.compile(r"[.?!:][*_`\")\]”]*$")
ENDS_WITHIN = re.compile(rf"[.?!][*_`\")\]”]*\s+(?={BEGIN})")


def pages() -> list[str]:
    """Return the paths of all Markdown files, without what is built or installed."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if is_ours(name)]
        found += [os.path.relpath(f"{folder}/{name}", ROOT) for name in files if name[-3:] == ".md"]
    return sorted(found)


def is_ours(folder: str) -> bool:
    """Return whether a folder has sources; of hidden folders only GitHub's has."""
    hidden = folder.startswith(".") and folder != ".github"
    return not hidden and folder not in {"out", *BUILT_OR_FOREIGN}


def too_long(text: str) -> list[int]:
    """Return the numbers of the lines that should be broken."""
    found, fenced = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and len(line) > COLUMNS and not may_be_long(line):
            found.append(number)
    return found


def may_be_long(line: str) -> bool:
    """Return whether a line outside of code may be long."""
    return bool(UNBREAKABLE.match(line)) or is_one_sentence(line)


def is_one_sentence(line: str) -> bool:
    """Return whether a line is exactly one sentence."""
    text, items = ITEM.subn("", line)
    begins = items or BEGINS.match(text)
    return bool(begins and ENDS.search(text)) and not ENDS_WITHIN.search(text)


def test_lines_are_short_or_hold_one_sentence() -> None:
    found = {name: too_long((ROOT / name).read_text("utf-8")) for name in pages()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_pages_are_found() -> None:
    assert {"README.md", "docs/design.md", "infra/terraform/README.md"} <= set(pages())
    assert not any(page.startswith((".venv", ".build", ".local", "out/")) for page in pages())


LONG = "This sentence goes on and on " + "and on " * 12


@pytest.mark.parametrize(
    "line",
    [
        f"{LONG}until it ends.",
        f"- **{LONG}until it ends.**",
        f"1. {LONG}until a list begins:",
        f"# {LONG}",
        f"| {LONG} | {LONG}. And another one. |",
        f"https://example.org/{'long/' * 20}",
        f"![{LONG}](picture.png)",
        f"```\n{LONG}\n```",
    ],
    ids=["sentence", "item", "before a list", "heading", "row", "address", "image", "code"],
)
def test_long_lines_that_are_allowed(line: str) -> None:
    assert too_long(line) == []


@pytest.mark.parametrize(
    "line",
    [
        f"{LONG}until it ends. Here is another one.",
        f"{LONG}until it ends. `make test` is another one.",
        f"{LONG}until somewhere on the next line",
        f"continued: {LONG}until it ends.",
        f"```\n```\n{LONG}and on",
    ],
    ids=["two sentences", "code begins the second", "no end", "no beginning", "after code"],
)
def test_long_lines_that_are_found(line: str) -> None:
    assert len(too_long(line)) == 1

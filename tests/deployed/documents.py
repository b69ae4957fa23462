"""The commands in the documents: shell blocks, indented lines, and inline code."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from infra.aws.build import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_PROGRAMS = r"(?:make|aws|git|python3?|\.venv/bin/python)"
_INDENTED = re.compile(rf"^ {{4,}}({_PROGRAMS} .*)$", re.MULTILINE)
# Inline, only our own commands, and not incomplete ones such as "make deploy …".
_INLINE = re.compile(r"`((?:make|(?:\.venv/bin/)?python -m) [^`\n…]+)`")


@dataclass(frozen=True)
class Script:
    """Commands that the reader is told to run together.

    Parameters
    ----------
    page : str
        Path of the page.
    line : int
        Line number.
    text : str
        The commands.
    """

    page: str
    line: int
    text: str

    @property
    def name(self) -> str:
        """Its ID in tests."""
        return f"{self.page}:{self.line} {self.text.split(chr(10))[0][:50]}"


def _scripts(page: Path) -> list[Script]:
    text = page.read_text("utf-8")
    name = page.relative_to(ROOT).as_posix()
    found = []

    def note(at: int, script: str) -> None:
        found.append(Script(name, text.count("\n", 0, at) + 1, script.strip()))

    for block in _BLOCK.finditer(text):
        if block[1] == "sh":
            note(block.start(2), textwrap.dedent(block[2]))
    for line in _INDENTED.finditer(_blanked(text)):
        note(line.start(1), re.sub(r"\s+#.*$", "", line[1]))
    return sorted(found, key=lambda script: script.line)


def _blanked(text: str) -> str:
    """Return a text with its blocks replaced by spaces, which keeps all offsets."""
    return _BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)


def scripts() -> list[Script]:
    """Return all scripts, page by page, from top to bottom."""
    return [script for page in PAGES for script in _scripts(page)]


def mentioned() -> set[str]:
    """Return the commands in inline code."""
    return {found for page in PAGES for found in _INLINE.findall(_blanked(page.read_text("utf-8")))}

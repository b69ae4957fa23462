"""The commands that the documents name: blocks of shell, indented lines, and words within sentences."""

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
# Within a sentence, of our own ones; what is not whole ("make deploy …") is no command.
_INLINE = re.compile(r"`((?:make|(?:\.venv/bin/)?python -m) [^`\n…]+)`")


@dataclass(frozen=True)
class Script:
    """What somebody is told to enter, at once.

    Parameters
    ----------
    page : str
        Where it stands.
    line : int
        In which of its lines.
    text : str
        What to enter.
    """

    page: str
    line: int
    text: str

    @property
    def name(self) -> str:
        """How a test calls it."""
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
    """Return a text with its blocks as blanks, so that places in it stay what they are."""
    return _BLOCK.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)


def scripts() -> list[Script]:
    """Return all that is to be entered, page by page, from the top."""
    return [script for page in PAGES for script in _scripts(page)]


def mentioned() -> set[str]:
    """Return the commands that stand within sentences."""
    return {found for page in PAGES for found in _INLINE.findall(_blanked(page.read_text("utf-8")))}

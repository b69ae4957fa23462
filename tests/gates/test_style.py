"""Lint, format and types."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.gates.source import ROOT

pytestmark = pytest.mark.gate


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_has_nothing_to_say(command: tuple[str, ...]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr

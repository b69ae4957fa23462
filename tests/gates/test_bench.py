"""The benchmarks run; what they find is not a matter of tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import prepare
from bench.report import Finding, table, write
from tests.gates.source import ROOT

pytestmark = pytest.mark.gate


def test_the_table_tells_value_target_and_verdict() -> None:
    lines = table(
        [
            Finding("cold start", 1.234, "x", 1.3),
            Finding("memory", 130.0, "MB", 128.0),
            Finding("statements", 20.0, ""),
        ]
    ).splitlines()
    assert [line.split() for line in lines] == [
        ["value", "target"],
        ["cold", "start", "1.23", "x", "≤", "1.3", "x", "met"],
        ["memory", "130.0", "MB", "≤", "128", "MB", "MISSED"],
        ["statements", "20.0"],
    ]


def test_the_results_are_kept(tmp_path: Path) -> None:
    write([Finding("memory", 1.0, "MB", 2.0)], tmp_path / "results.json")
    (finding,) = json.loads((tmp_path / "results.json").read_text())["findings"]
    assert finding == {
        "what": "memory", "value": 1.0, "unit": "MB", "at_most": 2.0, "verdict": "met",
    }  # fmt: skip


def test_the_main_job_can_be_measured(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bench.main_job", "--awards", "2"],
        env=prepare.sqlite(tmp_path / "bench.db"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [found[size]["awards"] for size in ("1", "10")] == [2, 2]
    assert found["row"] > 0

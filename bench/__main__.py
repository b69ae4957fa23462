"""Runs all benchmarks: `python -m bench [--rounds N]`; `--release` makes the last run the released one."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import api, cold_start, main_job, package, report, studio


def measure(rounds: int) -> tuple[list[report.Finding], dict[str, Any] | None]:
    """Measure everything; return what was found, and what the package's run counted."""
    found: list[report.Finding] = []
    counted = None
    with tempfile.TemporaryDirectory(prefix="badgekit-bench-") as place:

        def folder(name: str) -> Path:
            print(f"measuring: {name}", flush=True)
            made = Path(place, name.replace(" ", "-"))
            made.mkdir()
            return made

        found += cold_start.findings(folder("cold start"), rounds)
        of_package, counted = package.measure(folder("package"), max(1, rounds // 2))
        found += of_package
        found += main_job.findings(folder("main job"))
        found += api.findings(folder("API"))
        found += studio.findings(folder("studio"))
    return found, counted


def main() -> int:
    """Measure, print the table and write the results; or release those of the last run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=cold_start.ROUNDS, help="of the cold starts")
    parser.add_argument("--release", action="store_true", help="measure nothing")
    chosen = parser.parse_args()
    if chosen.release:
        try:
            report.release()
        except report.NotMeasuredError as problem:
            print(problem, file=sys.stderr)
            return 1
        print("released; `python -m infra.aws.costs` prints the tables of docs/deploying.md")
        return 0
    found, counted = measure(chosen.rounds)
    print()
    print(report.table(found, report.released()))
    report.write(found, counted)
    return 0


sys.exit(main())

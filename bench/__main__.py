"""Runs all benchmarks: `python -m bench [--rounds N]`; `--release` publishes the last run's results."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import api, cold_start, main_job, package, report, studio
from infra.aws.build import BuildError


def measure(rounds: int) -> tuple[list[report.Finding], dict[str, Any] | None]:
    """Run all benchmarks; return the findings, and the usage counted for the package."""
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


def rounds(text: str) -> int:
    """Parse the number of rounds on the command line.

    Raises
    ------
    ArgumentTypeError
        If it is not a positive number.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a number from 1 up, not {text}")
    return int(text)


def main() -> int:
    """Measure, print the table and write the results; or release the last run's results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=rounds, default=cold_start.ROUNDS, help="number of cold starts"
    )
    parser.add_argument("--release", action="store_true", help="publish the last run's results")
    chosen = parser.parse_args()
    if chosen.release:
        try:
            report.release()
        except report.NotMeasuredError as problem:
            print(problem, file=sys.stderr)
            return 1
        print("released; `python -m infra.aws.costs` prints the tables of docs/deploying.md")
        return 0
    try:
        found, counted = measure(chosen.rounds)
    except BuildError as problem:
        print(f"The package to measure cannot be built: {problem}", file=sys.stderr)
        return 1
    print()
    print(report.table(found, report.released()))
    report.write(found, counted)
    return 0


if __name__ == "__main__":
    sys.exit(main())

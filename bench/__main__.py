"""Runs all benchmarks: `python -m bench [--rounds N]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench import api, cold_start, main_job, memory, report, studio


def main() -> None:
    """Measure, print the table and write the results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=cold_start.ROUNDS, help="of the cold starts")
    rounds = parser.parse_args().rounds
    found: list[report.Finding] = []
    with tempfile.TemporaryDirectory(prefix="badgekit-bench-") as place:
        for name, measure in (
            ("cold start", lambda folder: cold_start.findings(folder, rounds)),
            ("memory", memory.findings),
            ("main job", main_job.findings),
            ("API", api.findings),
            ("studio", studio.findings),
        ):
            print(f"measuring: {name}", flush=True)
            folder = Path(place, name.replace(" ", "-"))
            folder.mkdir()
            found += measure(folder)
    print()
    print(report.table(found))
    report.write(found)


main()

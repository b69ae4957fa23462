"""Import time of a cold start, by package and by module: `python -m bench.imports`.

It runs the shipped package with Python's `-X importtime` and takes each module's minimum of several
runs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from infra.aws import build

RUNS = 7
SLOWEST = 25
LINE = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")


def measure(package: Path, runs: int = RUNS) -> dict[str, float]:
    """Return the milliseconds that each module itself takes when `app` is imported.

    Parameters
    ----------
    package : Path
        The folder that ships.
    runs : int
        Number of runs.
    """
    code = f"import sys; sys.path.insert(0, {str(package)!r}); import app"
    command = [sys.executable, "-I", "-S", "-B", "-X", "importtime", "-c", code]
    least: dict[str, float] = {}
    for _ in range(runs):
        done = subprocess.run(command, env={}, capture_output=True, text=True, check=True)
        for microseconds, name in LINE.findall(done.stderr):
            least[name] = min(least.get(name, float("inf")), int(microseconds) / 1000)
    return least


def by_room(modules: dict[str, float]) -> dict[str, float]:
    """Add up modules: ours by subpackage, others by package, the standard library as one."""
    rooms: dict[str, float] = defaultdict(float)
    for name, milliseconds in modules.items():
        parts = name.split(".")
        if parts[0] in sys.stdlib_module_names:
            rooms["standard library"] += milliseconds
        else:
            rooms[".".join(parts[: 2 if parts[0] == "chalicelib" else 1])] += milliseconds
    return rooms


def _print(title: str, times: dict[str, float]) -> None:
    print(f"\n{title}")
    for name, milliseconds in sorted(times.items(), key=lambda item: -item[1])[:SLOWEST]:
        print(f"{milliseconds:8.2f} ms  {name}")


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory(prefix="badgekit-bench-") as folder:
        try:
            package = build.build(Path(folder, "package"), here=True)
        except build.BuildError as problem:
            sys.exit(f"The package to measure cannot be built: {problem}")
        modules = measure(package)
    _print(f"By package, {sum(modules.values()):.0f} ms in total", by_room(modules))
    _print("Our slowest modules", {n: t for n, t in modules.items() if n.startswith("chalicelib")})


if __name__ == "__main__":
    main()

"""Cold start: a fresh process imports the shipped package and handles its first request.

It is compared with two applications that do nothing: a bare Chalice application, and one that only
imports the third-party modules that ours imports for the same request. The processes take turns, so
that noise of the machine affects all of them; each ratio is the median of all rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench import prepare
from bench.processes import measure
from bench.report import Finding
from infra.aws import build

ROUNDS = 15
AT_MOST = 1.3  # ratio to the application that only imports

OURS, PLAIN, BARE, IMPORTS = "ours", "without bytecode", "bare Chalice", "imports only"


def findings(folder: Path, rounds: int = ROUNDS) -> list[Finding]:
    """Measure cold starts.

    Parameters
    ----------
    folder : Path
        An empty working folder.
    rounds : int
        Number of starts of each process.
    """
    package = build.build(folder / "package", here=True)
    plain = build.build(folder / "plain", here=True, compiled=False)
    bare = prepare.baseline(folder / "bare", package, [])
    settings = prepare.sqlite(folder / "cold.db")
    prepare.fill(settings, applications=1)
    found: list[Finding] = []
    for number, (what, event) in enumerate(
        [("GET /", prepare.front_page()), ("signed GET /systems/{s}", prepare.signed_request())]
    ):
        needed = _third_party(measure(package, event, settings))
        imports = prepare.baseline(folder / f"imports-{number}", package, needed)
        packages = {OURS: package, PLAIN: plain, BARE: bare, IMPORTS: imports}
        found += _compare(what, packages, event, settings, rounds)
    return found


def _third_party(probed: dict[str, Any]) -> list[str]:
    _check(probed["answer"])
    ours = ("app", "chalicelib", "chalice")
    return [name for name in probed["modules"] if name.split(".")[0] not in ours]


def _check(answer: Any) -> None:
    if answer["statusCode"] != 200:
        raise RuntimeError(f"answered {answer['statusCode']}: {answer['body']}")


def _compare(
    what: str,
    packages: Mapping[str, Path],
    event: Mapping[str, Any],
    settings: Mapping[str, str],
    rounds: int,
) -> list[Finding]:
    times: dict[str, list[float]] = {name: [] for name in packages}
    names = list(packages)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            probed = measure(packages[name], event, settings)
            _check(probed["answer"])
            times[name].append(probed["seconds"])
    return [
        Finding(f"{what}: cold start", median(times[OURS]) * 1000, "ms"),
        Finding(f"{what}: to {IMPORTS}", _ratio(times, OURS, IMPORTS), "x", AT_MOST),
        Finding(f"{what}: to {BARE}", _ratio(times, OURS, BARE), "x"),
        Finding(f"{what}: {PLAIN}, to with", _ratio(times, PLAIN, OURS), "x"),
    ]


def _ratio(times: Mapping[str, list[float]], one: str, other: str) -> float:
    return median(a / b for a, b in zip(times[one], times[other], strict=True))

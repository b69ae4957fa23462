"""Findings of benchmarks, as a table and as JSON, compared with those of the last release.

`release` publishes the last run: it writes the findings to `released.json`, and the usage counted
for the package to `infra/aws/measured.json`, from which costs are computed.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chalicelib import VERSION
from infra.aws import usage

RESULTS = Path(__file__).parent / "results.json"
RELEASED = Path(__file__).parent / "released.json"
THEIRS = (
    "of theirs"  # ratios to a figure from another machine, as machine-dependent as milliseconds
)
# Units that are comparable between runs and machines, and how much a value may grow before it counts
# as worse: nothing for counts, differences between Python versions for sizes, noise for ratios.
MARGINS = {
    "x": 0.25, "$": 0.1, "MB": 0.1, "KB": 0.1, "statements": 0.0, "transactions": 0.0, "calls": 0.0,
    "": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A line of the table.

    Parameters
    ----------
    what : str
        What was measured.
    value : float
        Its value.
    unit : str
        Its unit: ``x`` for a ratio, ``ms``, ``MB``, …
    at_most : float, optional
        The target; None for informative values.
    """

    what: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the target was met."""
        if self.at_most is None:
            return ""
        return "met" if self.value <= self.at_most else "MISSED"

    @property
    def digits(self) -> int:
        """Number of decimals shown."""
        return 2 if self.unit in ("x", "$", THEIRS) else 1

    def change(self, released: Mapping[str, float]) -> tuple[str, str, str]:
        """Return the released value, the change since, and a mark if it is worse.

        Parameters
        ----------
        released : Mapping[str, float]
            Released values by `what`; missing ones are new.
        """
        if self.unit not in MARGINS:
            return "", "", ""
        if self.what not in released:
            return "new", "", ""
        before = released[self.what]
        by = (self.value - before) / before if before else float(self.value > 0)
        worse = "WORSE" if by > MARGINS[self.unit] + 1e-9 else ""
        return f"{before:.{self.digits}f}", f"{by:+.0%}", worse


def table(findings: Sequence[Finding], released: Mapping[str, float]) -> str:
    """Return the findings as a table, with those of the last release."""
    lines = [("", "value", "target", "released", "change", "")]
    for finding in findings:
        target = "" if finding.at_most is None else f"≤ {finding.at_most:g} {finding.unit}"
        value = f"{finding.value:.{finding.digits}f} {finding.unit}"
        before, by, worse = finding.change(released)
        verdict = " ".join(filter(None, [finding.verdict, worse]))
        lines.append((finding.what, value, target, before, by, verdict))
    first, *others = (max(len(line[column]) for line in lines) for column in range(5))
    return "\n".join(
        "  ".join(
            [f"{line[0]:<{first}}", *(f"{text:>{width}}" for text, width in zip(line[1:5], others, strict=True)), line[5]]
        ).rstrip()
        for line in lines
    )  # fmt: skip


def write(findings: Sequence[Finding], counted: Any = None, path: Path = RESULTS) -> None:
    """Write the findings, the machine they come from, and the usage counted for the package."""
    content = {
        "version": VERSION,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "findings": [{**asdict(finding), "verdict": finding.verdict} for finding in findings],
        "counted": counted,
    }
    _write(path, content)


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def released(path: Path = RELEASED) -> dict[str, float]:
    """Return the values of the last release by what was measured."""
    found: dict[str, float] = json.loads(path.read_text("utf-8"))["found"]
    return found


class NotMeasuredError(Exception):
    """The last run lacks results that a release needs."""


def release(
    results: Path = RESULTS, released: Path = RELEASED, measured: Path = usage.MEASURED
) -> None:
    """Publish the last run's results.

    Raises
    ------
    NotMeasuredError
        If there are no results, or the package was not measured.
    """
    if not results.exists():
        raise NotMeasuredError("there are no results; run `make bench` first")
    content = json.loads(results.read_text("utf-8"))
    if content["counted"] is None:
        raise NotMeasuredError("the package was not measured; `make bench` prints why")
    found = {one["what"]: one["value"] for one in content["findings"] if one["unit"] in MARGINS}
    on = {name: content[name] for name in ("version", "python", "machine")}
    _write(released, {**on, "found": {what: round(value, 4) for what, value in found.items()}})
    _write(measured, {**on, **content["counted"]})

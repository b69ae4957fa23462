"""What a benchmark found, as a table for people and as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Parameters
    ----------
    what : str
        What was measured.
    value : float
        What it came to.
    unit : str
        Of what kind it is: ``x`` for a ratio, ``ms``, ``MB``, …
    at_most : float, optional
        The target; None for what is only told.
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


def table(findings: Sequence[Finding]) -> str:
    """Return the findings as a table."""
    lines = [("", "value", "target", "")]
    for finding in findings:
        target = "" if finding.at_most is None else f"≤ {finding.at_most:g} {finding.unit}"
        value = f"{finding.value:.2f}" if finding.unit == "x" else f"{finding.value:.1f}"
        lines.append((finding.what, f"{value} {finding.unit}", target, finding.verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        f"{line[0]:<{widths[0]}}  {line[1]:>{widths[1]}}  {line[2]:>{widths[2]}}  {line[3]}".rstrip()
        for line in lines
    )


def write(findings: Sequence[Finding], path: Path = RESULTS) -> None:
    """Keep the findings, with what they were found on."""
    content = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "findings": [{**asdict(finding), "verdict": finding.verdict} for finding in findings],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")

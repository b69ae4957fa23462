"""Fresh processes that only see a package."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROBE = Path(__file__).parent / "probe.py"


def measure(
    package: Path, event: Mapping[str, Any], environ: Mapping[str, str], handler: str = "app"
) -> dict[str, Any]:
    """Import a package's application and handle one event in a fresh process.

    Parameters
    ----------
    package : Path
        The folder that would ship.
    event : Mapping[str, Any]
        Lambda's event.
    environ : Mapping[str, str]
        The whole environment.
    handler : str
        Name of the handler in ``app.py``.

    Returns
    -------
    dict[str, Any]
        The output of `bench/probe.py`.
    """
    task = {"package": str(package), "handler": handler, "event": event}
    # No site-packages, no PYTHON* variables, and no bytecode written.
    command = [sys.executable, "-I", "-S", "-B", str(PROBE), json.dumps(task)]
    done = subprocess.run(command, env=dict(environ), cwd=package, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    found: dict[str, Any] = json.loads(done.stdout)
    return found

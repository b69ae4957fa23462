"""Fresh processes that see nothing but a package."""

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
    """Have a fresh process import a package's application and answer one event.

    Parameters
    ----------
    package : Path
        The folder that would ship.
    event : Mapping[str, Any]
        What Lambda would hand over.
    environ : Mapping[str, str]
        All of its environment.
    handler : str
        What to call in ``app.py``.

    Returns
    -------
    dict[str, Any]
        What `bench/probe.py` found.
    """
    task = {"package": str(package), "handler": handler, "event": event}
    # No site-packages, no PYTHON* variables, and no bytecode written.
    command = [sys.executable, "-I", "-S", "-B", str(PROBE), json.dumps(task)]
    done = subprocess.run(command, env=dict(environ), cwd=package, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    found: dict[str, Any] = json.loads(done.stdout)
    return found

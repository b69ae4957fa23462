"""axe-core, which checks the accessibility of pages: `python -m tests.axe` fetches it from npm.

The setup does that once, without Node; tests only read the file. The download is compared with the
digest below, the registry's own `integrity` of this version.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra.assets import npm

VERSION = "4.11.0"
SHA512 = "ilYanEU8vxxBexpJd8cWM4ElSQq4QctCLKih0TSfjIfCQTeyH/6zVrmIJfLPrKTKJRbiG+cfnZbQIjAlJmF1jQ=="
SCRIPT = Path(__file__).parents[1] / ".build" / f"axe-{VERSION}.min.js"
FILE = "axe.min.js"


def fetch() -> None:
    """Fetch the script, unless it exists.

    Raises
    ------
    npm.FetchError
        If it cannot be fetched.
    """
    if SCRIPT.exists():
        return
    script = npm.unpacked(npm.fetch("axe-core", VERSION), SHA512, FILE)[FILE]
    SCRIPT.parent.mkdir(exist_ok=True)
    half = SCRIPT.with_name(f".{SCRIPT.name}.{os.getpid()}")
    half.write_bytes(script)
    half.replace(SCRIPT)


def main() -> None:
    """Fetch the script; print a notice on failure, since only its own tests need it."""
    try:
        fetch()
    except npm.FetchError as problem:
        print(  # noqa: T201
            f"axe-core is missing: {problem}\n"
            "Its tests are skipped until `python -m tests.axe` succeeds.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()

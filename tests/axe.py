"""axe-core, which looks for barriers in pages: `python -m tests.axe` fetches it from npm's registry.

Setting up does that once, without Node; tests only read the file. What was fetched is compared with
the digest below, which is the registry's own `integrity` of this version.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "4.11.0"
SHA512 = "ilYanEU8vxxBexpJd8cWM4ElSQq4QctCLKih0TSfjIfCQTeyH/6zVrmIJfLPrKTKJRbiG+cfnZbQIjAlJmF1jQ=="
SCRIPT = Path(__file__).parents[1] / ".build" / f"axe-{VERSION}.min.js"
REGISTRY = "https://registry.npmjs.org"
LARGEST = 20 * 1024 * 1024  # bytes
SECONDS = 60


class FetchError(Exception):
    """It could not be fetched, or is not what it should be."""


def address() -> str:
    """Return where the package is; npm's own variable may name another registry."""
    registry = os.environ.get("npm_config_registry") or REGISTRY  # noqa: SIM112
    return f"{registry.rstrip('/')}/axe-core/-/axe-core-{VERSION}.tgz"


def unpacked(package: bytes, digest: str = SHA512) -> bytes:
    """Return the script in a package.

    Raises
    ------
    FetchError
        If it is another package than the one that was looked at.
    """
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if not hmac.compare_digest(found, digest):
        raise FetchError(f"its digest is sha512-{found}, not sha512-{digest}")
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        file = archive.extractfile("package/axe.min.js")
        if file is None:
            raise FetchError("it has no axe.min.js")
        return file.read()


def fetch() -> None:
    """Fetch the script, unless it is there.

    Raises
    ------
    FetchError
        If that does not work.
    """
    if SCRIPT.exists():
        return
    try:
        with urllib.request.urlopen(address(), timeout=SECONDS) as answer:
            package = answer.read(LARGEST)
    except OSError as problem:
        raise FetchError(str(problem)) from problem
    script = unpacked(package)
    SCRIPT.parent.mkdir(exist_ok=True)
    half = SCRIPT.with_name(f".{SCRIPT.name}.{os.getpid()}")
    half.write_bytes(script)
    half.replace(SCRIPT)


def main() -> None:
    """Fetch the script; without it everything else still works, so say so and go on."""
    try:
        fetch()
    except FetchError as problem:
        print(  # noqa: T201
            f"axe-core could not be fetched from {address()}: {problem}\n"
            "Its tests are skipped until `python -m tests.axe` succeeds.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()

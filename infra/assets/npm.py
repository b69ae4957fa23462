"""Fetches packages from the npm registry without Node, verified by version and digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import tarfile
import urllib.request
from http.client import HTTPException

REGISTRY = "https://registry.npmjs.org"
LARGEST = 20 * 1024 * 1024  # bytes
SECONDS = 60


class FetchError(Exception):
    """A package could not be fetched, or does not match its digest."""


def address(name: str, version: str) -> str:
    """Return a package's URL; npm's environment variable may name another registry."""
    registry = os.environ.get("npm_config_registry") or REGISTRY  # noqa: SIM112
    return f"{registry.rstrip('/')}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"


def fetch(name: str, version: str) -> bytes:
    """Return a package, without verifying it.

    Raises
    ------
    FetchError
        If the download fails.
    """
    return download(address(name, version))


def download(url: str) -> bytes:
    """Return the file at a URL.

    Raises
    ------
    FetchError
        If the download fails.
    """
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            return answer.read(LARGEST)
    except (OSError, HTTPException, ValueError) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise FetchError(f"{url} cannot be fetched: {reason}") from problem


def unpacked(package: bytes, sha512: str, wanted: str) -> dict[str, bytes]:
    """Return files of a package by name, without the prefix `package/`.

    Parameters
    ----------
    package : bytes
        The package.
    sha512 : str
        The registry's `integrity` for this version.
    wanted : str
        Prefix of the file names.

    Raises
    ------
    FetchError
        If the digest does not match, or there is no such file.
    """
    found = base64.b64encode(hashlib.sha512(package).digest()).decode()
    if not hmac.compare_digest(found, sha512):
        raise FetchError(f"its digest is sha512-{found}, not sha512-{sha512}")
    files = {}
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for entry in archive:
            name = entry.name.removeprefix("package/")
            file = archive.extractfile(entry) if name.startswith(wanted) else None
            if file is not None:
                files[name] = file.read()
    if not files:
        raise FetchError(f"it has no {wanted}")
    return files

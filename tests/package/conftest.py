"""Fixtures: the package, built once for this machine's architecture, and its deployment."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from infra.aws import archive, build, lock
from tests.conftest import SETTINGS
from tests.package import runtime as lambdas
from tests.package.deployment import Deployment

SOURCES = ("app.py", "chalicelib", "infra/aws", "infra/catalogs.py")


@pytest.fixture(scope="session")
def arch() -> str:
    """This machine's architecture; if Lambda does not have it, tests are skipped, except in CI."""
    if why := lambdas.unfit():
        if os.environ.get("CI"):
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    assert lambdas.ARCH
    return lambdas.ARCH


def _key(arch: str) -> str:
    """Return a digest of all of the package's sources."""
    found = hashlib.sha256(f"{arch} {sys.version}".encode())
    for source in SOURCES:
        place = build.ROOT / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(build.ROOT)}\0".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


@pytest.fixture(scope="session")
def package(arch: str) -> Path:
    """The package as built by `make package`, cached by its sources."""
    kept = build.CACHE / f"package-{_key(arch)}.zip"
    if not kept.exists():
        build.CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=build.CACHE) as folder:
            made = archive.make(arch, Path(folder))
            made.replace(kept)
        for old in set(build.CACHE.glob("package-*.zip")) - {kept}:
            old.unlink(missing_ok=True)
    return kept


@pytest.fixture(scope="session")
def runtime(arch: str) -> Path:
    """The folder of Lambda's runtime, which provides boto3."""
    return build.dependencies([lock.RUNTIME], arch)


@pytest.fixture(scope="module")
def task(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The unpacked, read-only package; the fixture fails if it was written to."""
    folder = lambdas.unpack(package, tmp_path_factory.mktemp("var") / "task")
    before = lambdas.snapshot(folder)
    yield folder
    after = lambdas.snapshot(folder)
    lambdas.release(folder)
    assert after == before


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The URL of moto's server, which runs in this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with urlopen(Request(f"{url}/moto-api/reset", method="POST"), timeout=30):
        yield url
    server.stop()


@pytest.fixture(scope="module")
def deployment(
    task: Path, runtime: Path, aws: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """A deployment with an empty database."""
    path = tmp_path_factory.mktemp("data") / "badgekit.db"
    database = {"DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": str(path)}
    made = Deployment(task, runtime, aws, {**SETTINGS, **database})
    yield made
    made.close()

"""Fixtures: the whole stack, deployed from its package and template to an AWS emulator."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.aws import archive, build
from tests.conftest import MariaDB
from tests.deployed import ministack
from tests.deployed.ministack import Ministack
from tests.deployed.stack import Stack
from tests.sleeper import Sleeper, proxying


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    """An empty AWS emulator; without it tests are skipped, except in CI."""
    if not ministack.is_installed():
        why = "ministack is not installed: python -m tests.deployed.ministack"
        if os.environ.get("CI"):
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    running = Ministack(tmp_path_factory.mktemp("ministack"))
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def package() -> Iterator[Path]:
    """The package for this machine, with the boto3 of Lambda's runtime."""
    with tempfile.TemporaryDirectory(dir=build.CACHE) as folder:
        made = build.build(Path(folder, "package"), here=True, boto3=True)
        yield archive.pack(made, Path(folder, "badgekit.zip"))


@pytest.fixture(scope="module")
def sleeper(mariadb_server: MariaDB) -> Iterator[Sleeper]:
    """The stack's empty database, behind a proxy that can simulate a paused database."""
    mariadb_server.bare()
    with proxying(mariadb_server.address) as front:
        yield front


@pytest.fixture(scope="module")
def stack(sleeper: Sleeper, aws: Ministack, package: Path) -> Iterator[Stack]:
    """The stack, deployed once, with settings in the Parameter Store."""
    made = Stack(aws, package)
    made.put_settings({**sleeper.address.environ(), "DATABASE_SLEEPS": "true"})
    made.deploy("System=chicago", "MailFrom=badges@example.org", "DatabaseCertificates=none")
    try:
        yield made
    finally:
        # Stop its functions, which must not access the database during other tests.
        aws.stop()

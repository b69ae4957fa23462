"""Fetching from npm: verified packages only, from npm's registry."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from infra.assets import npm


@pytest.fixture
def package() -> bytes:
    """A package with two files in a folder and one elsewhere."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name in ("assets/a.svg", "assets/b.svg", "LICENSE"):
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(name)
            archive.addfile(entry, io.BytesIO(name.encode()))
    return file.getvalue()


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha512(content).digest()).decode()


def test_files_are_extracted(package: bytes) -> None:
    assert npm.unpacked(package, digest(package), "LICENSE") == {"LICENSE": b"LICENSE"}
    assert set(npm.unpacked(package, digest(package), "assets/")) == {
        "assets/a.svg",
        "assets/b.svg",
    }


def test_a_package_with_another_digest_is_rejected(package: bytes) -> None:
    with pytest.raises(npm.FetchError, match="sha512"):
        npm.unpacked(package, digest(b"what was looked at"), "LICENSE")


def test_a_missing_file_is_reported(package: bytes) -> None:
    with pytest.raises(npm.FetchError, match=r"no axe\.js"):
        npm.unpacked(package, digest(package), "axe.js")


def test_npm_s_variable_sets_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("npm_config_registry", raising=False)
    assert npm.address("axe-core", "1.2.3") == (
        "https://registry.npmjs.org/axe-core/-/axe-core-1.2.3.tgz"
    )
    monkeypatch.setenv("npm_config_registry", "https://npm.example.org/mirror/")
    assert npm.address("@icons/core", "2.1.1") == (
        "https://npm.example.org/mirror/@icons/core/-/core-2.1.1.tgz"
    )


def test_a_failed_download_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("npm_config_registry", (tmp_path / "nowhere").as_uri())
    with pytest.raises(npm.FetchError, match="nowhere"):
        npm.fetch("axe-core", "1.2.3")

"""Fetching axe-core: only what was looked at, from where npm fetches, and never a broken set-up."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tests import axe


@pytest.fixture
def package() -> bytes:
    """A package with a script."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/axe.min.js")
        entry.size = 6
        archive.addfile(entry, io.BytesIO(b"axe={}"))
    return file.getvalue()


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha512(content).digest()).decode()


def test_the_script_is_taken_out(package: bytes) -> None:
    assert axe.unpacked(package, digest(package)) == b"axe={}"


def test_another_package_is_refused(package: bytes) -> None:
    with pytest.raises(axe.FetchError, match="sha512"):
        axe.unpacked(package)


def test_npm_s_variable_names_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("npm_config_registry", raising=False)
    assert axe.address() == f"https://registry.npmjs.org/axe-core/-/axe-core-{axe.VERSION}.tgz"
    monkeypatch.setenv("npm_config_registry", "https://npm.example.org/mirror/")
    assert axe.address().startswith("https://npm.example.org/mirror/axe-core/-/")


def test_without_it_setting_up_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(axe, "SCRIPT", tmp_path / "axe.js")
    monkeypatch.setenv("npm_config_registry", (tmp_path / "nowhere").as_uri())
    axe.main()
    assert "could not be fetched" in capsys.readouterr().err
    assert not axe.SCRIPT.exists()

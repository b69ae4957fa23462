"""Recognizing the Lambda Python runtime of a package."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from infra.aws import runtimes
from infra.aws.runtimes import RUNTIMES


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return path


def test_lambda_has_them() -> None:
    client = boto3.client("lambda", region_name="us-east-1")
    shape = client.meta.service_model.shape_for("Runtime")
    assert {one.name for one in RUNTIMES.values()} <= set(getattr(shape, "enum", ()))


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_each_python_has_a_runtime(monkeypatch: pytest.MonkeyPatch, minor: int) -> None:
    monkeypatch.setattr(sys, "version_info", (3, minor, 1))
    assert runtimes.of_this_python().name == f"python3.{minor}"


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 15, 0)])
def test_others_have_none(monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(runtimes.UnknownRuntimeError, match=r"make PYTHON=python3\.14 \.\.\.$"):
        runtimes.of_this_python()


def test_bytecode_and_libraries_tell_it(tmp_path: Path) -> None:
    names = ("__pycache__/app.cpython-312.pyc", "thing.cpython-312-x86_64-linux-gnu.so", "app.py")
    assert runtimes.of_package(zipped(tmp_path / "one.zip", *names)).name == "python3.12"


@pytest.mark.parametrize(
    "names",
    [
        ("app.py",),
        ("__pycache__/app.cpython-310.pyc",),
        ("__pycache__/app.cpython-312.pyc", "thing.cpython-311-x86_64-linux-gnu.so"),
    ],
    ids=["no", "another", "two"],
)
def test_a_package_for_none_or_for_two_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = zipped(tmp_path / "one.zip", *names)
    with pytest.raises(
        runtimes.UnknownRuntimeError, match=r"one\.zip was not built for .*: run make package$"
    ):
        runtimes.of_package(path)


def test_what_is_no_zip_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(b"nothing")
    with pytest.raises(runtimes.UnknownRuntimeError, match="make package"):
        runtimes.of_package(tmp_path / "one.zip")

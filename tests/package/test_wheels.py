"""Wheels that do not run on Lambda are found: built locally, for another machine, or too new."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.aws import build, wheels
from infra.aws.runtimes import RUNTIMES, Runtime

ARM = wheels.ARCHES["arm64"]
OLD, NEW = RUNTIMES["3.11"], RUNTIMES["3.13"]
each_runtime = pytest.mark.parametrize("runtime", RUNTIMES.values(), ids=lambda one: one.name)


def installed(folder: Path, *tags: str, name: str = "thing-1.0") -> Path:
    """Create the files of an installed wheel with some tags."""
    place = folder / f"{name}.dist-info"
    place.mkdir()
    lines = ["Wheel-Version: 1.0", *(f"Tag: {tag}" for tag in tags)]
    (place / "WHEEL").write_text("\n".join(lines))
    return place


def library(path: Path, machine: int = ARM.elf, symbols: bytes = b"GLIBC_2.17") -> None:
    path.write_bytes(b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little") + symbols)


@each_runtime
def test_wheels_for_everywhere_and_for_lambda_are_fine(tmp_path: Path, runtime: Runtime) -> None:
    this = f"cp3{runtime.minor}-cp3{runtime.minor}"
    installed(tmp_path, "py2-none-any", "py3-none-any", name="pure-1.0")
    installed(tmp_path, "py2.py3-none-any", name="both-1.0")
    installed(tmp_path, "cp310-abi3-manylinux_2_17_aarch64", name="for-all-later-1.0")
    installed(tmp_path, f"{this}-manylinux_2_17_aarch64", f"{this}-manylinux2014_aarch64")
    installed(tmp_path, f"{this}-manylinux1_aarch64", name="old-1.0")
    library(tmp_path / f"thing.cpython-3{runtime.minor}-aarch64-linux-gnu.so")
    library(tmp_path / "stable.abi3.so")
    assert wheels.problems(tmp_path, ARM, runtime) == []


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("cp311-cp311-linux_aarch64", "thing-1.0 was built for one machine"),
        ("cp311-cp311-linux_x86_64", "thing-1.0 was built for one machine"),
        ("cp311-cp311-manylinux_2_17_x86_64", "not for aarch64"),
        ("cp311-cp311-musllinux_1_2_aarch64", "not for aarch64"),
        ("cp311-cp311-macosx_11_0_arm64", "not for aarch64"),
        ("cp311-cp311-manylinux_2_28_aarch64", "not for aarch64 with glibc 2.26"),
        ("cp313-cp313-manylinux_2_17_aarch64", "is for cp313-cp313, not for Python 3.11"),
        ("cp313-abi3-manylinux_2_17_aarch64", "is for cp313-abi3, not for Python 3.11"),
        ("pp311-pypy311_pp73-manylinux_2_17_aarch64", "not for Python 3.11"),
        ("cp311-cp311d-manylinux_2_17_aarch64", "not for Python 3.11"),
        ("py2-none-any", "is for py2-none, not for Python 3.11"),
    ],
)
def test_others_are_refused(tmp_path: Path, tag: str, words: str) -> None:
    installed(tmp_path, tag)
    (problem,) = wheels.problems(tmp_path, ARM, OLD)
    assert words in problem


def test_what_an_older_lambda_lacks_a_newer_one_may_have(tmp_path: Path) -> None:
    installed(tmp_path, "cp313-cp313-manylinux_2_28_aarch64")
    assert wheels.problems(tmp_path, ARM, NEW) == []


def test_what_was_built_here_is_refused(tmp_path: Path) -> None:
    (installed(tmp_path, "py3-none-any") / "direct_url.json").touch()
    assert wheels.problems(tmp_path, ARM, OLD) == ["thing-1.0 does not come from a package index"]


def test_libraries_are_looked_at_themselves(tmp_path: Path) -> None:
    library(tmp_path / "a.so", machine=62)
    (tmp_path / "b.so").write_bytes(b"\xcf\xfa\xed\xfe")
    library(tmp_path / "c.so", symbols=b"GLIBC_2.4 GLIBC_2.28 GLIBC_2.3.4")
    library(tmp_path / "d.cpython-313-aarch64-linux-gnu.so")
    assert wheels.problems(tmp_path, ARM, OLD) == [
        "a.so is not a library for aarch64",
        "b.so is not a library for aarch64",
        "c.so needs glibc 2.28, but Lambda has 2.26",
        "d.cpython-313-aarch64-linux-gnu.so is not a library for Python 3.11",
    ]
    library(tmp_path / "c.so", symbols=b"GLIBC_2.35")
    assert wheels.problems(tmp_path, ARM, NEW)[2:] == ["c.so needs glibc 2.35, but Lambda has 2.34"]


@each_runtime
def test_pip_is_asked_for_nothing_newer_than_lambda(runtime: Runtime) -> None:
    options = ARM.pip_options(runtime)
    assert "--only-binary=:all:" in options
    assert f"--python-version=3.{runtime.minor}" in options
    assert f"--platform=manylinux_2_{runtime.glibc}_aarch64" in options
    newer = f"_{runtime.glibc + 1}_"
    assert not [option for option in options if newer in option or "=linux" in option]


def test_a_wheel_that_is_not_the_locked_one_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    forged = tmp_path / "forged.lock"
    forged.write_text(f"six==1.17.0 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(build.BuildError, match="could not install"):
        build.dependencies([forged], "arm64")
    assert "HASHES" in capfd.readouterr().err
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_does_not_belong_on_lambda_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CACHE", tmp_path)
    monkeypatch.setattr(build.wheels, "problems", lambda *_: ["x was built by hand"])
    empty = tmp_path / "empty.lock"
    empty.write_text("six==1.17.0 --hash=sha256:"
                     "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n")  # fmt: skip
    with pytest.raises(build.BuildError, match="these packages do not run on Lambda:\nx was built"):
        build.dependencies([empty], "arm64")

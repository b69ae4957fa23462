"""What does not belong on Lambda is found: built by hand, for another machine, too new."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.aws import build, wheels

ARM = wheels.ARCHES["arm64"]


def installed(folder: Path, *tags: str, name: str = "thing-1.0") -> Path:
    """Install a wheel with these tags, as far as it matters."""
    place = folder / f"{name}.dist-info"
    place.mkdir()
    lines = ["Wheel-Version: 1.0", *(f"Tag: {tag}" for tag in tags)]
    (place / "WHEEL").write_text("\n".join(lines))
    return place


def library(path: Path, machine: int = ARM.elf, symbols: bytes = b"GLIBC_2.17") -> None:
    path.write_bytes(b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little") + symbols)


def test_wheels_for_everywhere_and_for_lambda_are_fine(tmp_path: Path) -> None:
    installed(tmp_path, "py2-none-any", "py3-none-any", name="pure-1.0")
    installed(tmp_path, "cp311-cp311-manylinux_2_17_aarch64", "cp311-cp311-manylinux2014_aarch64")
    library(tmp_path / "thing.cpython-311-aarch64-linux-gnu.so")
    assert wheels.problems(tmp_path, ARM) == []


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("cp311-cp311-linux_aarch64", "thing-1.0 was built for one machine"),
        ("cp311-cp311-linux_x86_64", "thing-1.0 was built for one machine"),
        ("cp311-cp311-manylinux_2_17_x86_64", "not for aarch64"),
        ("cp311-cp311-musllinux_1_2_aarch64", "not for aarch64"),
        ("cp311-cp311-macosx_11_0_arm64", "not for aarch64"),
    ],
)
def test_others_are_refused(tmp_path: Path, tag: str, words: str) -> None:
    installed(tmp_path, tag)
    (problem,) = wheels.problems(tmp_path, ARM)
    assert words in problem


def test_what_was_built_here_is_refused(tmp_path: Path) -> None:
    (installed(tmp_path, "py3-none-any") / "direct_url.json").touch()
    assert wheels.problems(tmp_path, ARM) == ["thing-1.0 does not come from a package index"]


def test_libraries_are_looked_at_themselves(tmp_path: Path) -> None:
    library(tmp_path / "a.so", machine=62)
    (tmp_path / "b.so").write_bytes(b"\xcf\xfa\xed\xfe")
    library(tmp_path / "c.so", symbols=b"GLIBC_2.4 GLIBC_2.28 GLIBC_2.3.4")
    assert wheels.problems(tmp_path, ARM) == [
        "a.so is no library for aarch64",
        "b.so is no library for aarch64",
        "c.so needs glibc 2.28, and Lambda has 2.26",
    ]


def test_pip_is_asked_for_nothing_newer_than_lambda() -> None:
    assert "--only-binary=:all:" in ARM.pip_options
    assert "--platform=manylinux_2_26_aarch64" in ARM.pip_options
    assert not [option for option in ARM.pip_options if "_27_" in option or "=linux" in option]


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
    monkeypatch.setattr(build.wheels, "problems", lambda folder, arch: ["x was built by hand"])
    empty = tmp_path / "empty.lock"
    empty.write_text("six==1.17.0 --hash=sha256:"
                     "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n")  # fmt: skip
    with pytest.raises(build.BuildError, match="these do not belong on Lambda:\nx was built"):
        build.dependencies([empty], "arm64")

"""The package's zip file: complete, within its budget, and reproducible."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.aws import archive, build, lock, runtimes, wheels
from infra.aws.runtimes import RUNTIMES, Runtime
from tests.gates.source import ROOT


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A small folder like those of `build`."""
    folder = tmp_path / "built"
    for name in ("b.py", "a/z.txt", "chalicelib/one.py", "chalicelib/x/two.py", build.MARK):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


# Packing


def test_it_has_all_built_files(built: Path, tmp_path: Path) -> None:
    path = archive.pack(built, tmp_path / "out/one.zip")
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        assert names == ["a/z.txt", "b.py", "chalicelib/one.py", "chalicelib/x/two.py"]
        assert packed.read("a/z.txt") == b"a/z.txt"


def test_all_files_are_readable_and_times_are_constant(built: Path, tmp_path: Path) -> None:
    (built / "b.py").chmod(0o600)
    with zipfile.ZipFile(archive.pack(built, tmp_path / "one.zip")) as packed:
        assert {entry.external_attr >> 16 for entry in packed.infolist()} == {0o100644}
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_times_and_modes_of_files_change_nothing(built: Path, tmp_path: Path) -> None:
    first = archive.pack(built, tmp_path / "one.zip").read_bytes()
    (built / "b.py").chmod(0o600)
    os.utime(built / "b.py", (0, 0))
    assert archive.pack(built, tmp_path / "two.zip").read_bytes() == first


# Size


def test_the_error_lists_the_largest_parts(built: Path, tmp_path: Path) -> None:
    (built / "chalicelib/x/large.bin").write_bytes(os.urandom(3 * 1024 * 1024))
    path = archive.pack(built, tmp_path / "one.zip")
    assert [name for name, _ in archive.sizes(path)][:1] == ["chalicelib/x"]
    archive.check_size(path, archive.BUDGET)
    with pytest.raises(archive.TooLarge, match=r"3\.00 MB, 2\.00 MB over .*: chalicelib/x 3\.00 M"):
        archive.check_size(path, budget=1024 * 1024)


def test_the_command_prints_the_error(
    monkeypatch: pytest.MonkeyPatch,
    built: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(build, "build", lambda out, arch: built)
    assert archive.main(["--out", str(tmp_path)]) == 0
    assert "MB  chalicelib/x\n" in capsys.readouterr().out
    monkeypatch.setattr(archive, "BUDGET", 10)
    assert archive.main(["--out", str(tmp_path)]) == 1
    assert "over its budget" in capsys.readouterr().err


# The real package


def test_it_is_within_its_budget(package: Path) -> None:
    assert package.stat().st_size <= 20 * 1024 * 1024


def test_a_build_in_another_folder_is_the_same(package: Path, arch: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.aws.archive", "--arch", arch, "--out", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    again = tmp_path / f"badgekit-{arch}.zip"
    assert again.read_bytes() == package.read_bytes()
    found = hashlib.sha256(again.read_bytes()).hexdigest()
    assert f"sha256 {found}" in done.stdout
    assert (tmp_path / f"{again.name}.sha256").read_text() == f"{found}  {again.name}\n"


def test_it_has_all_data_files(task: Path) -> None:
    """Fonts, packs, images of the guide, templates, and compiled catalogs."""
    ours = files(task / "chalicelib")
    for folder in ("studio", "guide", "static", "templates"):
        kept = files(ROOT / "chalicelib" / folder)
        expected = {
            f"{folder}/{name}": content for name, content in kept.items() if ".pyc" not in name
        }
        assert expected.items() <= ours.items()
    assert [name for name in ours if name.endswith(".ttf")]
    assert {"studio/fonts.pack", "studio/glyphs.pack", "studio/graphics.pack"} <= set(ours)
    languages = {name for name in ours if name.endswith(".mo")}
    assert len(languages) == len(list((ROOT / "chalicelib/locales").rglob("*.po")))


def test_it_has_the_licenses_of_its_content(task: Path) -> None:
    of_graphics = files(ROOT / "chalicelib/studio/licences")
    assert of_graphics
    assert files(task / "chalicelib/studio/licences") == of_graphics
    silent = [
        path.name
        for path in task.glob("*.dist-info")
        if not any("LICEN" in name.upper() for name in files(path))
    ]
    assert silent == []


def test_it_has_the_locked_packages_and_no_others(task: Path) -> None:
    found = {path.name.removesuffix(".dist-info") for path in task.glob("*.dist-info")}
    pins = lock.pins(lock.PACKAGE)
    assert {lock.plain(name.partition("-")[0]): name.partition("-")[2] for name in found} == pins
    unwanted = {"tests", "bench", "infra", "docs", "boto3", "botocore", "pip", build.MARK}
    assert {path.name for path in task.iterdir()} & unwanted == set()
    assert not list(task.rglob("RECORD"))


@pytest.mark.parametrize("runtime", RUNTIMES.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("one", wheels.ARCHES)
def test_its_libraries_match_its_python_and_architecture(
    one: str, runtime: Runtime, tmp_path: Path
) -> None:
    folder = build.build(tmp_path / "package", one, compiled=False, runtime=runtime)
    assert list(folder.rglob("*.so"))
    assert wheels.problems(folder, wheels.ARCHES[one], runtime) == []
    (other,) = set(wheels.ARCHES) - {one}
    assert wheels.problems(folder, wheels.ARCHES[other], runtime) != []
    (another, *_) = set(RUNTIMES.values()) - {runtime}
    assert wheels.problems(folder, wheels.ARCHES[one], another) != []


def test_its_runtime_is_recognized(package: Path) -> None:
    assert runtimes.of_package(package) == runtimes.of_this_python()

"""The package: all that a function needs and nothing else, compiled for Lambda."""

from __future__ import annotations

import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import VERSION
from infra.aws import build, runtimes
from tests.conftest import SETTINGS as SECRETS
from tests.gates.source import ROOT

pytestmark = [pytest.mark.gate, pytest.mark.package]

UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: hash-based, unchecked


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.build(tmp_path_factory.mktemp("build") / "package", here=True)


def bytecode(folder: Path) -> list[Path]:
    return list(folder.rglob("*.pyc"))


def test_it_has_the_whole_application(package: Path) -> None:
    def files(folder: Path) -> set[Path]:
        return {
            path.relative_to(folder)
            for path in folder.rglob("*")
            if path.is_file()
            and "__pycache__" not in path.parts
            and path.suffix not in (".po", ".pot", ".mo")  # see tests/local/test_catalogs.py
        }

    assert (package / "app.py").read_bytes() == (ROOT / "app.py").read_bytes()
    assert files(package / "chalicelib") == files(ROOT / "chalicelib")
    assert list((package / "chalicelib/data/migrations").glob("0001_*.py"))


def test_it_has_only_the_runtime_of_chalice(package: Path) -> None:
    assert {path.name for path in (package / "chalice").glob("*.*")} == {"__init__.py", "app.py"}
    baggage = {"pip", "setuptools", "wheel", "click", "yaml", "inquirer", "botocore", "boto3"}
    assert {path.name for path in package.iterdir()} & baggage == set()


def test_it_has_no_tests_and_no_tools(package: Path) -> None:
    unwanted = {
        "tests",
        "bench",
        "infra",
        "docs",
        "bin",
        "pytest",
        "moto",
        "config.json",
        ".chalice",
    }
    assert {path.name for path in package.iterdir()} & unwanted == set()


def test_every_module_is_compiled_and_not_checked(package: Path) -> None:
    sources = set(package.rglob("*.py"))
    compiled = {path.parent.parent / f"{path.name.split('.')[0]}.py" for path in bytecode(package)}
    assert compiled == sources
    assert {path.read_bytes()[4:8] for path in bytecode(package)} == {UNCHECKED}


def test_tracebacks_name_the_path_on_lambda(package: Path) -> None:
    (path,) = (package / "chalicelib/data/models/__pycache__").glob("badges.*.pyc")
    code = marshal.loads(path.read_bytes()[16:])
    assert code.co_filename == "/var/task/chalicelib/data/models/badges.py"


def test_the_source_tree_is_unchanged(tmp_path: Path) -> None:
    before = set(bytecode(ROOT / "chalicelib"))
    build.build(tmp_path / "package", here=True)
    assert set(bytecode(ROOT / "chalicelib")) == before


def test_it_works_alone(package: Path, tmp_path: Path) -> None:
    """Without site-packages, PYTHONPATH, or writable files."""
    event = {
        "path": "/nope",
        "headers": {},
        "requestContext": {"httpMethod": "GET", "resourcePath": "/{proxy+}"},
    }
    code = (
        f"import sys, json; sys.path.insert(0, {str(package)!r}); import app; "
        f"print(json.dumps(app.app({event!r}, None)['statusCode']), app.migrate({{}}, None))"
    )
    environ = {**SECRETS, "DATABASE_DATABASE": str(tmp_path / "made.db")}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code],
        env=environ, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == f"INFO badgekit: BadgeKit {VERSION} starts\n"
    assert done.stdout.startswith("404 {'applied': ['0001_first'")


def test_it_can_be_built_without_bytecode_and_again(tmp_path: Path) -> None:
    out = tmp_path / "package"
    build.build(out, here=True)
    (out / "left-over.py").touch()
    build.build(out, here=True, compiled=False)
    assert bytecode(out) == []
    assert not (out / "left-over.py").exists()


def test_it_can_include_boto3(tmp_path: Path) -> None:
    out = build.build(tmp_path / "package", here=True, boto3=True, compiled=False)
    assert (out / "boto3/__init__.py").exists()
    assert (out / "botocore/data/sqs").exists()


def test_no_other_folder_is_emptied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious").write_text("data")
    assert build.main([str(tmp_path), "--here"]) == 1
    assert "is not empty; name" in capsys.readouterr().err
    assert (tmp_path / "precious").read_text() == "data"


def test_a_package_needs_a_python_that_lambda_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert build.main([str(tmp_path / "package")]) == 1
    assert capsys.readouterr().err == (
        "building for Lambda needs Python 3.11 to 3.14, and this is 3.99: "
        "run make clean, then make PYTHON=python3.14 ...\n"
    )


def test_bytecode_of_another_python_cannot_be_made(tmp_path: Path) -> None:
    (other, *_) = set(runtimes.RUNTIMES.values()) - {runtimes.of_this_python()}
    with pytest.raises(build.BuildError, match=f"only {other.name} can compile bytecode"):
        build.build(tmp_path / "package", runtime=other)


def test_the_command_prints_path_and_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main([str(tmp_path / "package"), "--here", "--no-bytecode"]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'package'}: ")

"""The lock files list everything that ships, and tests run with these versions."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.aws import lock
from infra.aws.runtimes import RUNTIMES, Runtime

PACKAGE, RUNTIME = lock.pins(lock.PACKAGE), lock.pins(lock.RUNTIME)
BOTH = PACKAGE | RUNTIME


def test_every_requirement_is_met() -> None:
    unmet = [
        line
        for line in lock.requirements()
        if BOTH.get(lock.plain(line), "none") not in Requirement(line).specifier
    ]
    assert unmet == [], "run `make lock`"


@pytest.mark.parametrize("name", sorted(BOTH.keys() - lock.ALONE))
def test_what_they_need_is_locked_too(name: str) -> None:
    needed = [Requirement(line) for line in importlib.metadata.requires(name) or ()]
    unmet = [
        str(one)
        for one in needed
        if (one.marker is None or one.marker.evaluate({"extra": ""}))
        and BOTH.get(lock.plain(one.name), "none") not in one.specifier
    ]
    assert unmet == [], "run `make lock`"


def test_the_runtime_brings_boto3_and_no_other_requirement() -> None:
    names = {lock.plain(line) for line in lock.requirements()}
    assert names & RUNTIME.keys() == {"boto3"}
    assert names - {"boto3"} <= PACKAGE.keys()
    assert not PACKAGE.keys() & RUNTIME.keys()


@pytest.mark.parametrize("path", [lock.PACKAGE, lock.RUNTIME], ids=lambda path: path.name)
def test_every_version_has_digests(path: Path) -> None:
    text = path.read_text("utf-8").replace("\\\n", "")
    entries = [line for line in text.splitlines() if not line.startswith("#")]
    digests = r"( +--hash=sha256:[0-9a-f]{64})+"
    assert [line for line in entries if not re.fullmatch(rf"\S+==\S+{digests}", line)] == []


@pytest.mark.parametrize("name", BOTH)
def test_what_is_tested_is_what_ships(name: str) -> None:
    assert importlib.metadata.version(name) == BOTH[name], "make's environment has it; run `make`"


# Writing lock files


def test_a_lock_file_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "some.lock"
    path.write_text(lock.written({"b": "2", "a": "1.0"}, {"a": {"f", "e"}, "b": {"d"}}, "Some."))
    assert path.read_text() == (
        "# Some. Made by `make lock`.\n"
        "a==1.0 \\\n    --hash=sha256:e \\\n    --hash=sha256:f\n"
        "b==2 \\\n    --hash=sha256:d\n"
    )
    assert lock.pins(path) == {"a": "1.0", "b": "2"}


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("PyJWT>=2.10,<3", "pyjwt"), ("resvg_py == 1", "resvg-py"), ("moto[s3]>=5", "moto")],
)
def test_names_are_compared_as_indexes_do(requirement: str, name: str) -> None:
    assert lock.plain(requirement) == name


def test_all_pythons_and_architectures_get_one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resolved(
        wanted: list[str], runtime: Runtime, arch: lock.Arch, held: dict[str, str], *options: str
    ) -> object:
        asked.append((runtime.minor, arch.machine, dict(held), options))
        name = "chalice" if options else "orjson"
        return [(name, held.get(name, "3"), f"{name}-{runtime.minor}-{arch.machine}")]

    monkeypatch.setattr(lock, "_resolved", resolved)
    versions, digests = lock.resolve((), {"six": "1"})
    assert versions == {"orjson": "3", "chalice": "3"}
    machines = ("aarch64", "x86_64")
    pairs = [(runtime.minor, machine) for runtime in RUNTIMES.values() for machine in machines]
    assert digests["orjson"] == {f"orjson-{minor}-{machine}" for minor, machine in pairs}
    assert [(minor, machine) for minor, machine, _, options in asked if options] == pairs
    assert asked[0] == (11, "aarch64", {"six": "1"}, ())
    assert [held for _, _, held, _ in asked[2:]] == [{"six": "1", **versions}] * (len(asked) - 2)


@pytest.mark.parametrize(
    "odd", [[("orjson", "4", "a")], [("orjson", "3", "a"), ("more", "1", "b")]]
)
def test_a_python_that_wants_something_else_stops_it(
    monkeypatch: pytest.MonkeyPatch, odd: list[tuple[str, str, str]]
) -> None:
    def resolved(
        wanted: list[str], runtime: Runtime, arch: lock.Arch, held: dict[str, str], *options: str
    ) -> object:
        if options:
            return []
        return odd if runtime.version == "3.13" else [("orjson", "3", "a")]

    monkeypatch.setattr(lock, "_resolved", resolved)
    with pytest.raises(
        lock.LockError, match=r"python3\.13 on aarch64 needs other .*: (orjson|more)"
    ):
        lock.resolve((), {})


def test_without_wheels_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def resolve(leave_out: object, held: object) -> object:
        raise lock.LockError("pip found no wheels")

    before = lock.PACKAGE.read_bytes()
    monkeypatch.setattr(lock, "resolve", resolve)
    assert lock.main() == 1
    assert "no wheels" in capsys.readouterr().err
    assert lock.PACKAGE.read_bytes() == before

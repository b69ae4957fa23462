"""Mutants: which changes are made, which tests run against them, and which of them survive."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from infra import mutants

MODULE = Path("chalicelib/room/door.py")
SOURCE = '''
from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING

log = logging.getLogger("x")
if TYPE_CHECKING:
    from pathlib import Path


@functools.lru_cache(maxsize=1 + 1)
def is_open(hour: int, guests: list[str] | None = None) -> bool | None:
    """Return whether the door is open."""
    if guests is None:
        log.warning("nobody: %d", hour - 1)
    pairs = zip((), (), strict=True)
    return hour >= 8 and hour < 20
'''
WEAK = """
from chalicelib.room import door


def test_it_is_open_by_day_only():
    assert door.is_open(7) is False
    assert door.is_open(12) is True
    assert door.is_open(20) is False
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one module and its test, under version control."""
    for folder in ("chalicelib/room", "tests/room"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "tests/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (tmp_path / MODULE).write_text(SOURCE)
    (tmp_path / "tests/room/test_door.py").write_text(WEAK)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    as_us = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *as_us, *arguments], cwd=folder, check=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--no-verify", "--message=x")


def test_annotations_decorators_log_lines_and_imports_for_types_are_not_mutated(
    project: Path,
) -> None:
    lines = SOURCE.splitlines()
    found = {lines[one.line - 1].strip() for one in mutants.mutants(MODULE, project)}
    assert found == {"if guests is None:", "return hour >= 8 and hour < 20"}


def made(source: str, operator: str, folder: Path) -> list[str]:
    """Return all that one operator makes of a source."""
    (folder / "a.py").write_text(source)
    found = []
    for mutant in mutants.mutants(Path("a.py"), folder):
        if mutant.operator == operator:
            with mutants.use_mutation(
                folder / "a.py", mutants.OPERATORS[operator](), mutant.occurrence
            ) as (_, after):
                found.append(after)
    return found


def test_a_call_or_a_change_is_left_out(tmp_path: Path) -> None:
    source = "def f(a):\n    a.b = 1\n    a[0] += 1\n    lock(a)\n    c = g(a)\n    return c\n"
    assert made(source, "RemoveStatement", tmp_path) == [
        source.replace(statement, "None") for statement in ("a.b = 1", "a[0] += 1", "lock(a)")
    ]


@pytest.mark.parametrize("caught", ["OSError", "outbox.LeaseLostError", "(OSError, KeyError)"])
def test_an_exception_is_not_caught(tmp_path: Path, caught: str) -> None:
    source = f"try:\n    a()\nexcept {caught} as problem:\n    b()\n"
    assert made(source, "CatchNothing", tmp_path) == [source.replace(caught, "()")]


def test_a_condition_of_a_query_is_left_out(tmp_path: Path) -> None:
    source = "Award.where(Award.id == a, Award.revoked.is_null()).where(a < b).order_by(c == d)\n"
    assert made(source, "RemoveCondition", tmp_path) == [
        source.replace(condition, "True")
        for condition in ("Award.id == a", "Award.revoked.is_null()", "a < b")
    ]


def test_a_module_s_tests_bear_its_name_and_their_neighbors_import_it(project: Path) -> None:
    imports = {
        "test_a.py": "from chalicelib.room.door import is_open",
        "test_b.py": "from chalicelib.room import window",
        "test_door_by_night.py": "",
        "test_doors.py": "import chalicelib.room.door",
    }
    for name, text in imports.items():
        (project / "tests/room" / name).write_text(text)
    assert mutants.mirrored(MODULE, project) == (
        ("tests/room/test_door.py", "tests/room/test_door_by_night.py"),
        ("tests/room/test_a.py", "tests/room/test_doors.py"),
    )


def test_modules_that_differ_from_another_branch_are_mutated(project: Path) -> None:
    def write(name: str) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("a = 1\n")

    git(project, "switch", "--quiet", "--create", "work")
    assert mutants.changed("main", project) == []
    for name in ("chalicelib/room/committed.py", "chalicelib/data/migrations/m1.py", "tests/x.py"):
        write(name)
    commit(project)
    write("chalicelib/room/door.py")
    write("chalicelib/room/new.py")
    write("chalicelib/room/style.css")
    assert [path.name for path in mutants.changed("main", project)] == [
        "committed.py", "door.py", "new.py",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_mutant_survives_unless_a_test_fails(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = mutants.copied(project, tmp_path_factory.mktemp("copy"))
    tests = {MODULE: mutants.mirrored(MODULE, folder)}
    each = 30 + mutants.seconds_without_mutant(tests.values(), folder)
    wanted = [
        one
        for one in mutants.mutants(MODULE, folder)
        if "Lt" in one.operator or "GtE" in one.operator
    ]
    fates = dict(mutants.tried(wanted, tests, [folder], time.monotonic() + 600, each))
    alive = {one.operator: diff for one, diff in fates.items() if diff}
    assert len(fates) == 4
    assert list(alive) == ["ReplaceComparisonOperator_GtE_Gt"]
    (diff,) = alive.values()
    assert "\n-    return hour >= 8 and hour < 20\n+    return hour > 8 and hour < 20" in diff
    assert (folder / MODULE).read_text() == SOURCE


def test_none_is_tried_after_the_time_is_up(project: Path) -> None:
    wanted, tests = mutants.mutants(MODULE, project), mutants.mirrored(MODULE, project)
    assert list(mutants.tried(wanted, {MODULE: tests}, [project], time.monotonic() - 1, 30)) == []


@pytest.mark.slow
def test_tests_that_fail_without_any_mutant_are_shown(project: Path) -> None:
    test = project / "tests/room/test_door.py"
    test.write_text(WEAK.replace("door.is_open(7) is False", "door.is_open(7) is True"))
    with pytest.raises(SystemExit, match=r"fail without any mutant(.|\n)*is_open"):
        mutants.seconds_without_mutant([mutants.mirrored(MODULE, project)], project)

"""Bytecode is reproducible, and is not checked against its source."""

from __future__ import annotations

import marshal
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from infra.aws import bytecode
from tests.gates.source import ROOT

SOURCE = b'''"""A module."""
def area(width_that_is_rare, height_that_is_rare=2.5):
    """Multiply."""
    return width_that_is_rare * height_that_is_rare if width_that_is_rare in {"a", "b", 3} else ()
class Thing:
    attribute_that_is_rare = (1, "two of them", b"three", (None, ...))
'''


def test_it_behaves_like_the_source() -> None:
    content = bytecode.compiled(SOURCE, "/var/task/module.py")
    names: dict[str, object] = {}
    exec(marshal.loads(content[16:]), names)  # as the import system does
    assert names["area"](3) == 7.5
    assert names["Thing"].attribute_that_is_rare[1] == "two of them"


def test_interned_names_make_no_difference() -> None:
    first = bytecode.compiled(SOURCE, "module.py")
    held = [sys.intern(f"{name}_that_is_rare") for name in ("width", "height", "attribute")]
    held += [sys.intern("area"), sys.intern("Thing")]
    assert bytecode.compiled(SOURCE, "module.py") == first


def test_cached_characters_make_no_difference() -> None:
    """In processes that differ only in that; with plain marshal the results would differ."""
    source = "def f(): return '{', '\\xe9'"
    code = (
        "import sys; {}; from infra.aws import bytecode;"
        f"sys.stdout.buffer.write(bytecode.compiled({source.encode()!r}, 'm.py'))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code.replace("{}", before, 1)],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for before in ("pass", "sys.intern('{' + ''); sys.intern('\\xe9')")
    }
    assert len(made) == 1


def test_imported_modules_make_no_difference(tmp_path: Path) -> None:
    """Names of nested classes, which Python 3.13 interns."""
    source = "class One_that_is_rare:\n    class Two_that_is_rare:\n        three = 3\n"
    made = []
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text(source)
        bytecode.compile_all(tmp_path / name)
        (path,) = (tmp_path / name).rglob("*.pyc")
        made.append(path.read_bytes())
        names: dict[str, object] = {}
        exec(source, names)  # as the import system does
        assert "One_that_is_rare" in names
    assert made[0] == made[1]


def test_it_is_unchecked(tmp_path: Path) -> None:
    """The same as `py_compile`'s unchecked bytecode."""
    source, theirs = tmp_path / "module.py", tmp_path / "module.pyc"
    source.write_bytes(SOURCE)
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(source), str(theirs), invalidation_mode=unchecked)
    assert bytecode.compiled(SOURCE, "module.py")[:16] == theirs.read_bytes()[:16]


def test_every_module_of_a_folder_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    for name in ("app.py", "package/__init__.py"):
        (tmp_path / name).write_bytes(SOURCE)
    bytecode.compile_all(tmp_path)
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.pyc")}
    tag = sys.implementation.cache_tag
    assert made == {f"__pycache__/app.{tag}.pyc", f"package/__pycache__/__init__.{tag}.pyc"}


def test_invalid_python_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def")
    with pytest.raises(SyntaxError, match=r"bad\.py"):
        bytecode.compile_all(tmp_path)

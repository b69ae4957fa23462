"""No leftovers: long modules, notes to oneself, swallowed errors."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import LONG
from tests.gates.source import ROOT, Module, modules

pytestmark = pytest.mark.gate

LONGEST = 400
# Modules that may be longer, and the reasons.
MAY_BE_LONGER: dict[str, str] = {}

OURS = modules("app.py", "chalicelib", "infra", "bench", "tests")
SHIPPED = modules("app.py", "chalicelib")
NOTES = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def test_modules_are_short() -> None:
    long = {module.name for module in SHIPPED if len(module.text.splitlines()) > LONGEST}
    assert long == set(MAY_BE_LONGER)
    assert all(MAY_BE_LONGER.values())


def test_no_notes_to_oneself() -> None:
    found = {module.name: NOTES.findall(module.text) for module in OURS}
    assert {name: notes for name, notes in found.items() if notes} == {}


def test_no_error_is_swallowed() -> None:
    """`contextlib.suppress` names the expected error; `except: pass` hides any error."""
    found = {module.name: swallowed(module) for module in OURS}
    assert {name: lines for name, lines in found.items() if lines} == {}


def swallowed(module: Module) -> list[int]:
    """Return the lines that catch and ignore all errors."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass) for statement in node.body)
        and (ast.unparse(node.type) if node.type else "") in ("", "Exception", "BaseException")
    ]


def test_no_module_has_a_meaningless_name() -> None:
    vague = {"utils", "util", "helpers", "misc", "common"}
    assert [module.name for module in OURS if module.name.split(".")[-1] in vague] == []


def test_every_module_has_a_docstring() -> None:
    silent = [
        module.name
        for module in SHIPPED
        if module.text.strip() and not ast.get_docstring(ast.parse(module.text))
    ]
    assert silent == []


def test_every_package_lists_its_modules_in_reading_order() -> None:
    """Its docstring has one line for each module, the lowest first; their order is for readers."""
    wrong = {}
    for package in (module for module in SHIPPED if module.path.name == "__init__.py"):
        if package.name == "chalicelib":
            continue  # docs/design.md draws that tree
        folder = package.path.parent
        inside = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        inside |= {path.parent.name for path in folder.glob("*/__init__.py")}
        listed = re.findall(
            r"^    ?([a-z0-9_]+)  +\S|^([a-z0-9_]+)  +\S", package.text, re.MULTILINE
        )
        names = {one or other for one, other in listed}
        if names != inside:
            wrong[package.name] = names ^ inside
    assert wrong == {}


@pytest.mark.parametrize("file", LONG)
def test_the_entry_points_exist(file: str) -> None:
    assert (ROOT / "tests" / file).is_file()

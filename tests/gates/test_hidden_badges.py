"""What hides a badge or ends its awards is defined once: only the model compares these columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gates.source import Module, modules

pytestmark = pytest.mark.gate

COLUMNS = {"deleted", "archived", "award_limit"}
MODEL = "chalicelib.data.models.badges"


def conditions(module: Module) -> Iterator[str]:
    """Return the expressions of a module that test whether a badge is deleted or archived.

    `deleted` means nothing but a badge's column in this code; `archived` is also a choice of lists,
    and shown, so of it only comparisons of the model's column and `and`, `or` and `not` count.
    """
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Attribute) and node.attr == "deleted":
            yield ast.unparse(node)
        elif isinstance(node, (ast.BoolOp, ast.UnaryOp, ast.Call)):
            parts = _parts(node)
            yield from (ast.unparse(node) for part in parts if _is_column(part, any_row=True))
        elif isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            yield from (ast.unparse(node) for part in parts if _is_column(part, any_row=False))


def _parts(node: ast.BoolOp | ast.UnaryOp | ast.Call) -> list[ast.expr]:
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.UnaryOp):
        return [node.operand] if isinstance(node.op, (ast.Not, ast.Invert)) else []
    return [node.func.value] if isinstance(node.func, ast.Attribute) else []


def _is_column(node: ast.expr, *, any_row: bool) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in COLUMNS:
        return False
    return any_row or (isinstance(node.value, ast.Name) and node.value.id == "Badge")


def test_only_the_model_defines_hidden_badges() -> None:
    found = {
        module.name: named
        for module in modules("app.py", "chalicelib")
        if module.name != MODEL and (named := [*conditions(module)])
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "Badge.deleted.is_null()",
        "badge.deleted is None",
        "Badge.archived == False",
        "Badge.archived.in_([True])",
        "badge.archived or full",
        "not badge.archived",
    ],
)
def test_conditions_are_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(text)
    assert [*conditions(Module("example", path))]


@pytest.mark.parametrize(
    "text",
    [
        "badge.archived = archived",
        "Badge.update(deleted=now)",
        "Badge.select(Badge.archived)",
        "now.archived != archived",
        "show(row.archived)",
    ],
)
def test_setting_and_showing_are_not_conditions(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(text)
    assert [*conditions(Module("example", path))] == []

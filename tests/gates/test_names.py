"""Slugs and codes that clients type are compared by their keys only: see `chalicelib.texts`."""

from __future__ import annotations

import ast

import pytest

from chalicelib.data.fields import NameField
from chalicelib.data.models import TABLES
from tests.gates.source import modules

pytestmark = pytest.mark.gate

NAMES = {
    (table.__name__, field.name)
    for table in TABLES
    for field in table._meta.sorted_fields
    if isinstance(field, NameField)
}
METHODS = {"in_", "not_in", "startswith", "regexp"}  # a search may use `contains`


def is_name(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in NAMES
    )


def compared(tree: ast.AST) -> list[int]:
    """Return the lines that compare the column of a name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Compare) and any(map(is_name, [node.left, *node.comparators])))
        or (isinstance(node, ast.Attribute) and node.attr in METHODS and is_name(node.value))
    ]


def test_no_column_of_a_name_is_compared() -> None:
    found = [
        f"{module.name}:{line}"
        for module in modules("app.py", "chalicelib")
        for line in compared(ast.parse(module.text))
    ]
    assert found == []


def test_comparisons_are_found() -> None:
    for text in ("Badge.slug == slug", "ClaimCode.code.in_(codes)", "Grant.system != ''"):
        assert compared(ast.parse(text)) == [1], text
    for text in ("Badge.called(slug)", "Image.slug == slug", "ClaimCode.code.contains(part)"):
        assert compared(ast.parse(text)) == [], text

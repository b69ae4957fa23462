"""Kinds of jobs and queues are named in their tables, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from chalicelib.domain.jobs.kinds import KINDS
from chalicelib.queues import OUTBOX
from tests.gates.source import Module, modules

pytestmark = pytest.mark.gate

# The names of the other kinds are words that stand for much else, too.
UNMISTAKABLE = {kind.name for kind in KINDS if "-" in kind.name}
QUEUES = {queue.setting for queue in OUTBOX} | {queue.name for queue in OUTBOX}
TABLES = {"chalicelib.domain.jobs.kinds", "chalicelib.queues"}


def named(module: Module, names: set[str]) -> Iterator[str]:
    """Return which of these names stand in a module as texts, or begin the key of a job."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            yield from (name for name in names if text == name or text.startswith(f"{name}:"))


def test_tables_alone_name_kinds_and_queues() -> None:
    others = [
        module
        for module in modules("app.py", "chalicelib", "infra", "bench", "docs")
        if module.name not in TABLES and ".migrations." not in module.name
    ]
    found = {module.name: set(named(module, UNMISTAKABLE | QUEUES)) for module in others}
    assert {module: names for module, names in found.items() if names} == {}


def test_a_name_in_a_table_is_found() -> None:
    tables = [module for module in modules("chalicelib") if module.name in TABLES]
    assert {name for one in tables for name in named(one, UNMISTAKABLE)} == UNMISTAKABLE

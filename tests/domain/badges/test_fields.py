"""The table of a badge's fields: a new field is one row and one column."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from chalicelib.data.models import Badge
from chalicelib.domain.badges import fields
from tests.gates.source import ROOT, Module, modules

# The modules that name fields of the table, and why.
MAY_NAME: dict[str, tuple[str, set[str]]] = {
    "chalicelib.api.examples": (
        "examples of bodies",
        {"earnerDescription", "consumerDescription", "criteriaUrl"},
    ),
    "chalicelib.domain.drafts.publishing": (
        "makes the address of the criteria and the claim code",
        {"criteriaUrl", "multiClaimCode"},
    ),
    "chalicelib.registry.remote_publish": (
        "knows a badge by the address of its criteria, and makes the claim code",
        {"criteriaUrl", "multiClaimCode"},
    ),
    "chalicelib.admin.start": (
        "fills in the first badge of an empty system",
        {"earnerDescription", "consumerDescription"},
    ),
    "chalicelib.domain.events.serializers": (
        "builds the address of our own criteria page",
        {"criteriaUrl"},
    ),
    "chalicelib.domain.drafts.sharing": (
        "keeps the order of the original's members, and never shares a claim code",
        {
            "issuerUrl", "earnerDescription", "consumerDescription", "rubricUrl", "timeValue",
            "timeUnits", "multiClaimCode", "evidenceType",
        },
    ),
}  # fmt: skip


def named(module: Module) -> set[str]:
    """Return the fields that a module names; only names that mean nothing else are looked for."""
    distinctive = {field.name for field in fields.FIELDS if not field.name.islower()}
    tree = ast.parse(module.text)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    return distinctive & (texts | arguments)


def test_fields_are_named_in_their_table_alone() -> None:
    found = {
        module.name: names
        for module in modules("chalicelib")
        if module.name != fields.__name__ and (names := named(module))
    }
    assert found == {module: names for module, (_, names) in MAY_NAME.items()}


def test_each_column_is_one_of_the_table_of_badges() -> None:
    for field in fields.stored():
        column = Badge._meta.fields[field.column]
        assert column.null == (field.empty is None), field.name


def test_names_are_used_once_and_what_is_edited_has_a_label() -> None:
    names = [field.name for field in fields.FIELDS]
    assert len(set(names)) == len(names)
    assert [field.name for field in fields.drafted() if not field.label] == []


def test_a_new_field_is_a_row_and_a_column(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "badgekit.db"
    shutil.copyfile(sqlite_template, path)
    answer = subprocess.run(
        [sys.executable, "-m", "tests.domain.badges.made_up_field", str(path)],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr

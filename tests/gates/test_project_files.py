"""Files of the project itself: license, version, changelog, make targets, hooks and templates."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib import VERSION
from tests.gates.source import ROOT

pytestmark = pytest.mark.gate

# The Mozilla Public License 2.0 as mozilla.org publishes it, 373 lines.
MPL_SHA256 = "66a3107d5ad6a058aab753eaac2047ccb2ed0e39465dd0fe5844da3e300d5172"
CHANGELOG = ROOT / "CHANGELOG.md"
MAKEFILE = ROOT / "Makefile"
TEMPLATES = ROOT / ".github/ISSUE_TEMPLATE"
KINDS_OF_CHANGE = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_license_is_there_in_full() -> None:
    content = (ROOT / "LICENSE").read_bytes()
    assert content.count(b"\n") == 373
    assert hashlib.sha256(content).hexdigest() == MPL_SHA256


# The version is defined in chalicelib/__init__.py; all other places must agree.


def test_the_version_is_three_numbers() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", VERSION)


def test_the_project_s_metadata_read_the_version_from_the_code() -> None:
    metadata = tomllib.loads(read("pyproject.toml"))
    assert "version" not in metadata["project"]
    assert metadata["project"]["dynamic"] == ["version"]
    assert metadata["tool"]["setuptools"]["dynamic"] == {"version": {"attr": "chalicelib.VERSION"}}


def test_the_translators_template_tells_the_version() -> None:
    header = f'"Project-Id-Version: BadgeKit {VERSION}\\n"'
    assert header in read("chalicelib/locales/badgekit.pot"), "run `make messages`"


def test_the_security_policy_supports_this_version() -> None:
    series = VERSION.rpartition(".")[0]
    assert f"| {series}.x | yes |" in read("SECURITY.md")


def releases() -> list[tuple[str, str]]:
    """Return the changelog's releases with their dates, in its order."""
    found = re.findall(r"^## (.+)$", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert found[0] == "[Unreleased]"
    matches = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", one) for one in found[1:]]
    assert all(matches), found
    return [(match[1], match[2]) for match in matches if match]


def test_the_changelog_s_newest_release_is_this_version() -> None:
    assert releases()[0][0] == VERSION


def test_the_changelog_is_in_order() -> None:
    numbers = [tuple(map(int, version.split("."))) for version, _ in releases()]
    days = [date.fromisoformat(day) for _, day in releases()]
    assert numbers == sorted(set(numbers), reverse=True)
    assert days == sorted(days, reverse=True)


def test_the_changelog_knows_six_kinds_of_change() -> None:
    kinds = re.findall(r"^### (.+)$", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert kinds
    assert set(kinds) <= KINDS_OF_CHANGE


# Make


def targets() -> dict[str, str]:
    """Return the targets to call by name, each with its help or an empty text."""
    rule = re.compile(r"^([a-z][a-z-]*):(?!=)[^#\n]*(?:## (.*))?$", re.MULTILINE)
    return dict(rule.findall(MAKEFILE.read_text("utf-8")))


def test_each_target_of_make_has_a_help_text() -> None:
    assert len(targets()) > 10
    assert [name for name, text in targets().items() if not text.strip()] == []


def test_the_targets_of_make_are_no_files() -> None:
    joined = MAKEFILE.read_text("utf-8").replace("\\\n", " ")
    phony = re.findall(r"^\.PHONY:(.*)$", joined, re.MULTILINE)
    assert {name for line in phony for name in line.split()} == set(targets())


def test_make_alone_lists_all_targets() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    shown = {
        match[1]: match[2] for match in re.finditer(r"^  (\S+) +(.+)$", done.stdout, re.MULTILINE)
    }
    assert shown == targets()
    assert [line for line in done.stdout.splitlines() if len(line) > 100] == []


# Editors, hooks and templates


def test_editors_keep_to_the_line_length_of_ruff() -> None:
    length = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]["line-length"]
    python = read(".editorconfig").partition("[*.py]\n")[2].partition("\n[")[0]
    assert f"max_line_length = {length}\n" in python


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    return [{"repo": one["repo"], **hook} for one in repositories for hook in one["hooks"]]


def test_hooks_run_the_project_s_own_tools() -> None:
    for hook in hooks():
        assert (hook["repo"], hook["language"]) == ("local", "system"), hook["id"]
        program, *arguments = hook["entry"].split()
        assert program in {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/python"}, hook["id"]
        files = [argument for argument in arguments if argument.endswith(".py")]
        assert [file for file in files if not (ROOT / file).is_file()] == [], hook["id"]
    assert {hook["id"] for hook in hooks()} == {"ruff-check", "ruff-format", "mypy", "structure"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.yml")), ids=lambda path: path.name)
def test_issue_templates_are_forms(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.name == "config.yml":
        assert form == {"blank_issues_enabled": False}
        return
    assert form["name"]
    assert form["description"]
    questions = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in questions} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert all(part["attributes"]["label"] for part in questions)
    ids = [part["id"] for part in questions]
    assert len(ids) == len(set(ids))


def test_there_are_templates_for_issues_and_changes() -> None:
    assert {path.name for path in TEMPLATES.iterdir()} == {"bug.yml", "config.yml", "feature.yml"}
    assert "make test" in read(".github/PULL_REQUEST_TEMPLATE.md")

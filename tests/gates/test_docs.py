"""What the documents say is true: settings, their defaults, dependencies."""

from __future__ import annotations

import re

import pytest

from chalicelib.config import SETTINGS, Setting
from tests.gates.source import ROOT

pytestmark = pytest.mark.gate

SETTINGS_PAGE = ROOT / "docs/settings.md"
DECISIONS_PAGE = ROOT / "docs/decisions.md"
README = ROOT / "README.md"


def rows() -> dict[str, list[str]]:
    """Return the settings page's rows: name -> cells."""
    found = {}
    for line in SETTINGS_PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `") and len(cells) == 3:
            found[cells[0].strip("`")] = cells
    return found


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_explained(setting: Setting) -> None:
    _, default, meaning = rows()[setting.name]
    if setting.required:
        assert default == "**required**"
    elif setting.default:
        assert default == f"`{setting.default}`"
    else:
        assert default == ("empty" if setting.default == "" else "unset")
    assert ("Secret." in meaning) == setting.secret
    assert meaning.startswith(setting.help)


def test_no_other_settings_are_explained() -> None:
    assert set(rows()) <= {setting.name for setting in SETTINGS}


def test_the_readme_leads_to_the_settings() -> None:
    assert "docs/settings.md" in README.read_text("utf-8")


def requirements() -> list[str]:
    names = []
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            names.append(re.split(r"[<>=!~;\[ ]", line)[0])
    return names


@pytest.mark.parametrize("name", requirements())
def test_every_dependency_has_a_reason(name: str) -> None:
    assert f"| `{name}` |" in DECISIONS_PAGE.read_text("utf-8")


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_links_lead_somewhere() -> None:
    astray = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
    assert astray == []

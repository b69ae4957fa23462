"""The documents are true: settings and their defaults, dependencies, designs of badges, links."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chalicelib.admin.help import CREDITS
from chalicelib.config import SETTINGS, Setting
from chalicelib.domain.drafts import content
from chalicelib.studio import design, graphics
from chalicelib.studio.backgrounds import BACKGROUNDS
from chalicelib.studio.borders import BORDERS, FINISHES
from chalicelib.studio.palettes import PALETTES
from chalicelib.studio.ribbons import RIBBONS
from chalicelib.studio.shapes import SHAPES
from docs import demo_designs
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


def test_the_readme_links_to_the_settings() -> None:
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


STUDIO_PAGE = ROOT / "docs/studio.md"


def test_the_studio_s_page_shows_a_design() -> None:
    example = re.search(r"```json\n(.*?)```", STUDIO_PAGE.read_text("utf-8"), re.DOTALL)
    assert example
    whole = design.document(design.read(example[1]))
    assert json.loads(example[1]) == whole  # with all members


def test_the_studio_s_page_names_all_choices() -> None:
    named = {
        row.split(" | ")[0].strip("| "): re.findall(r"`([a-z-]+)`", row)
        for row in STUDIO_PAGE.read_text("utf-8").splitlines()
        if row.startswith("| ")
    }
    assert named["shapes"] == list(SHAPES)
    assert named["palettes"] == list(PALETTES)
    assert named["backgrounds"] == list(BACKGROUNDS)
    assert named["borders"] == list(BORDERS)
    assert named["finishes"] == list(FINISHES)
    assert named["ribbons"] == list(RIBBONS)


@pytest.mark.parametrize("path", design.LIMITS, ids=".".join)
def test_the_studio_s_page_has_the_limits_of_numbers(path: tuple[str, ...]) -> None:
    low, high = design.LIMITS[path]
    rows = [row for row in STUDIO_PAGE.read_text("utf-8").splitlines() if row.startswith("| `")]
    assert any(f"`{'.'.join(path)}`" in row and f"{low} to {high}" in row for row in rows)


def test_the_studio_s_page_credits_third_party_work() -> None:
    page = STUDIO_PAGE.read_text("utf-8")
    assert [
        credit.name for credit in CREDITS if f"[{credit.name}]({credit.address})" not in page
    ] == []


@pytest.mark.parametrize("name", [*demo_designs.DESIGNS, *demo_designs.PLACES])
def test_the_demo_s_badges_can_be_drawn_and_have_alternative_text(name: str) -> None:
    alt, document = (demo_designs.DESIGNS | demo_designs.PLACES)[name]
    read = design.read(document)
    assert content.alt_problem(alt) is None
    assert all(word in alt for word in read.words)


def test_the_readme_s_badges_are_one_drawing() -> None:
    drawing = ElementTree.fromstring(demo_designs.gallery())
    names = [element.attrib["id"] for element in drawing.iter() if "id" in element.attrib]
    assert len(drawing) == len(demo_designs.DESIGNS)
    assert len(names) == len(set(names))


def test_the_readme_counts_what_the_studio_has() -> None:
    readme = " ".join(README.read_text("utf-8").split())
    assert (
        f"{len(SHAPES)} shapes, {len(BACKGROUNDS)} backgrounds, {len(PALETTES)} palettes" in readme
    )
    assert f"more than {graphics.find('')[1] // 100 * 100:,} graphics" in readme


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_links_lead_somewhere() -> None:
    astray = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
    assert astray == []


def headings(page: Path) -> set[str]:
    """Return a page's anchors: its headings in GitHub's form."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found}


def test_links_lead_to_headings() -> None:
    astray = [
        f"{page.relative_to(ROOT)}: {path}#{heading}"
        for page in PAGES
        for path, heading in re.findall(
            r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")
        )
        if heading not in headings(page.parent / path if path else page)
    ]
    assert astray == []


def named_paths(page: Path) -> set[str]:
    """Return the paths of this project that a page names between backticks."""
    tops = "app|bench|chalicelib|docs|infra|tests"
    return set(re.findall(rf"`((?:{tops})/[\w./*-]+)`", page.read_text("utf-8")))


# Paths that only exist after running or building.
MADE = {"bench/results.json"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_that_pages_name_exist(page: Path) -> None:
    gone = [path for path in named_paths(page) - MADE if not [*ROOT.glob(path.rstrip("/"))]]
    assert gone == []

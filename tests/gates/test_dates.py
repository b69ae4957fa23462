"""Dates have one style on all pages and in all emails: that of the filters `day` and `moment`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gates.source import ROOT

pytestmark = pytest.mark.gate

SHIPPED = ROOT / "chalicelib"
# What makes a text of a date, in a template, a script or a view.
OTHER_STYLE = re.compile(
    r"strftime|dateStyle|toLocale\w*String|toDateString|\.isoformat\(|\{[^{}]*:%[A-Za-z]"
)
# Columns and members that are moments, printed without a filter.
MOMENTS = (
    "created|updated|issued_on|expires|revoked|processed|received|sent|finished|started|until|due"
    "|deleted|since"
)
BARE = re.compile(r"\{\{[^{}|]*\.(?:" + MOMENTS + r")\s*\}\}")
# Values of form fields, which HTML wants as ISO 8601, and cells, which spreadsheets read as dates.
FORM_VALUES = {"admin/activity/activity.py", "admin/badges/award_files.py"}
THE_FILTERS = {"web/templates.py"}


def what_people_read() -> Iterator[Path]:
    """Yield the templates, the scripts, and the modules that fill them."""
    for folder, pattern in (
        ("templates", "*.html"), ("templates", "*.txt"), ("static", "*.js"),
        ("admin", "*.py"), ("public", "*.py"), ("web", "*.py"), ("pipeline", "*.py"),
    ):  # fmt: skip
        yield from (SHIPPED / folder).rglob(pattern)


def test_no_date_is_formatted_otherwise() -> None:
    found = {
        str(path.relative_to(SHIPPED)): words
        for path in what_people_read()
        if (words := OTHER_STYLE.findall(text := path.read_text()) + BARE.findall(text))
    }
    assert found.keys() - FORM_VALUES - THE_FILTERS == set(), found


@pytest.mark.parametrize(
    "line",
    ["{{ award.issued_on }}", "{{ one.created.strftime('%d.%m.') }}", "x.toLocaleDateString()"],
)
def test_another_style_is_found(line: str) -> None:
    assert OTHER_STYLE.search(line) or BARE.search(line)

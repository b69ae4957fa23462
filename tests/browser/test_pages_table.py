"""The table of pages: unique names, all routes, and the pages of the guide's images."""

from __future__ import annotations

import re
from collections import Counter

from chalicelib.admin.urls import ROUTES
from docs.screenshots import GUIDE_PAGES
from tests.browser import pages
from tests.gates.source import ROOT


def test_every_page_has_a_name_of_its_own() -> None:
    names = Counter(page.name for page in pages._all())
    assert [name for name, number in names.items() if number > 1] == []


def test_every_route_that_shows_a_page_is_in_it() -> None:
    shown = {page.path for page in pages._all()}
    for path, methods in ROUTES.items():
        if "GET" in methods and "{section}" not in path:
            assert path in shown | pages.NOT_PAGES | pages.QUESTIONS


def test_the_guide_s_images_have_pages() -> None:
    template = (ROOT / "chalicelib/templates/guide/help.html").read_text("utf-8")
    assert set(re.findall(r'shown\("([\w-]+)"', template)) == set(GUIDE_PAGES)
    assert set(GUIDE_PAGES.values()) <= {page.name for page in pages._all()}

"""Line breaks that people typed are kept on every public page."""

from __future__ import annotations

import re

import pytest

from chalicelib.data.models import Award, Badge, Criterion, System
from chalicelib.domain.awards import awards
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.web import assets
from tests.public.conftest import Public

# What stands in each text below, so that it is found again on a page.
TEXTS = {
    "earner description": "You looked\nup.", "consumer description": "They looked\nup.",
    "criterion": "Find\nOrion", "issuer": "We\nteach", "reason": "It was\na mistake",
    "strapline": "Sees\nstars", "narrative": "Ada found\nit first",
}  # fmt: skip
# Which of them each page shows.
PAGES = {
    "/public/badges/explorer": {"consumer description", "earner description", "criterion"},
    "/id/badges/{badge}": {"consumer description", "earner description", "criterion"},
    "/system/chicago/badge/explorer/criteria": {"earner description", "criterion"},
    "/public/assertions/abc": {"consumer description", "criterion", "narrative"},
    "/public/systems/chicago": {"issuer", "strapline"},
    "/public/badges/explorer/issuer": {"issuer", "strapline"},
    "/public/assertions/revoked": {"reason"},
    "/share/{template}": {"strapline", "consumer description", "criterion"},
}


def in_lines(page: str) -> dict[str, list[str]]:
    """Return the texts of a page's body that have several lines, with the classes around each."""
    body = page[page.index("<body>") :]
    elements = re.findall(r"<\w+([^>]*)>([^<]*)", body)
    return {
        text.strip(): re.findall(r'class="([^"]*)"', attributes)
        for attributes, text in elements
        if "\n" in text.strip()
    }


@pytest.fixture
def template(chicago: Scope, badge: Badge, award: Award) -> str:
    """The slug of a template; and a badge, an award and a revoked one with texts of several lines."""
    System.update(description=TEXTS["issuer"]).execute()
    badge.earner_description = TEXTS["earner description"]
    badge.consumer_description = TEXTS["consumer description"]
    badge.strapline = TEXTS["strapline"]
    badge.save()
    Award.update(comment=TEXTS["narrative"]).execute()
    Criterion.update(description=TEXTS["criterion"]).execute()
    revoked, _ = awards.give(badge, "bob@example.org", slug="revoked")
    awards.revoke(revoked, TEXTS["reason"])
    content = {
        "name": "Star", "strapline": TEXTS["strapline"],
        "consumerDescription": TEXTS["consumer description"],
        "earnerDescription": TEXTS["earner description"],
        "criteria": [{"description": TEXTS["criterion"], "note": "", "required": True}],
    }  # fmt: skip
    slug: str = drafts.create(chicago, "x@example.org", content, status=drafts.TEMPLATE).slug
    return slug


def test_texts_of_several_lines_are_shown_in_several_lines(
    public: Public, template: str, badge: Badge
) -> None:
    for path, names in PAGES.items():
        address = path.format(template=template, badge=badge.public_id)
        found = in_lines(public.browse(address).text)
        assert set(found) == {TEXTS[name] for name in names}, path
        lost = [text for text, classes in found.items() if "as-typed" not in " ".join(classes)]
        assert lost == [], path


def test_the_style_sheet_keeps_their_line_breaks() -> None:
    sheet = assets.asset("style.css")
    assert sheet is not None
    assert ".as-typed { white-space: pre-line; }" in sheet.body

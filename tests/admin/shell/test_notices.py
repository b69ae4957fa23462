"""Notices: they name what they are about, and links cannot put texts into them."""

from __future__ import annotations

import pytest

from chalicelib.admin.shell import notices
from tests.admin.browser import Browser, words
from tests.domain import places

NAMING = sorted(one for one, text in notices.NOTICES.items() if "%(name)s" in text)


def test_a_notice_names_what_the_page_is_about() -> None:
    assert notices.text("published", "Robot Builder") == "Robot Builder is published"
    assert notices.text("saved", "Robot Builder") == "Saved"


@pytest.mark.parametrize("notice", NAMING)
def test_a_notice_that_names_something_is_not_shown_without_a_name(notice: str) -> None:
    assert notices.text(notice) is None
    assert "100 % Ada" in (notices.text(notice, "100 % Ada") or "")


@pytest.mark.parametrize("notice", [None, "", "no-such-notice", "%(name)s"])
def test_only_known_notices_are_shown(notice: str | None) -> None:
    assert notices.text(notice, "Robot Builder", 3) is None


def test_codes_are_counted(administrator: Browser) -> None:
    assert notices.text(notices.CODES_MADE, None, 1) == "One code created"
    assert notices.text(notices.CODES_MADE, None, 50) == "50 codes created"
    places.published(places.chicago(), "reader")
    page = "/badges/reader/codes"
    made = administrator.submit(page, page, kind="random", number="3")
    assert made.headers["Location"] == f"{page}?number=3&notice=codes-made"
    assert "3 codes created" in words(administrator.get(made.headers["Location"]))
    spoofed = administrator.get(f"{page}?number=call+us&notice=codes-made")
    assert "One code created" in words(spoofed)


def test_names_are_escaped_and_links_supply_none(administrator: Browser) -> None:
    scope = places.chicago()
    scope.name = "<b>C</b>"
    scope.save()
    page = administrator.get("/settings/systems/chicago?notice=place-created&name=Evil")
    assert "&lt;b&gt;C&lt;/b&gt; created" in page.text
    assert "Evil" not in page.text
    users = "/settings/systems/chicago/users"
    assert "added" not in words(administrator.get(f"{users}?notice=user-added&user=1"))

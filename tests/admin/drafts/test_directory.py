"""The directory page: tabs, cards, actions, and links to other pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Badge, Draft
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from tests.admin.browser import Browser, title, words
from tests.domain import places

HOSTILE = '<script>alert("x")</script>\u202e ☃ ' + "long" * 50


@pytest.fixture
def chicago(administrator: Browser) -> Scope:
    """Where the administrator works."""
    return Scope(places.chicago())


def links(text: str) -> list[str]:
    return re.findall(r'(?:href|action)="([^"]*)"', text)


def card(page: Any, name: str) -> str:
    """Return the markup of a card."""
    found = [
        one for one in re.findall(r'<li class="badge-card.*?</li>', page.text, re.S) if name in one
    ]
    assert len(found) == 1
    return str(found[0])


def test_published_badges_are_shown_first_with_all_tabs_counted(
    administrator: Browser, chicago: Scope
) -> None:
    badge = places.published(chicago.system, "a/reader", strapline="Reads all")
    awards.give(badge, "one@example.org")
    applications.create(badge, {"learner": "two@example.org"})
    page = administrator.get("/directory")
    assert (page.status, title(page)) == (200, "Badges")
    assert "Drafts 0 Templates 0 Published 1 Archived 0" in words(page)
    for text in ("a/reader", "Reads all", "Awarded once", "1 to review", "Published"):
        assert text in words(page)
    assert "/badges/a%2Freader" in links(page.text)
    assert "http://example.org/b.png" in page.text


def test_each_tab_offers_its_actions(administrator: Browser, chicago: Scope) -> None:
    draft = drafts.create(chicago, "ada@example.org", {"name": "Sketch"})
    template = drafts.create(chicago, "ada@example.org", {"name": "Mould"}, status=drafts.TEMPLATE)
    places.published(chicago.system, "reader")
    old = places.published(chicago.system, "old")
    Badge.update(archived=True).where(Badge.id == old.id).execute()

    def shown(tab: str, name: str) -> set[str]:
        return set(links(card(administrator.get(f"/directory?tab={tab}"), name)))

    assert shown("drafts", "Sketch") == {
        f"/drafts/{draft.id}", f"/drafts/{draft.id}/edit/description",
        f"/drafts/{draft.id}/publish", f"/drafts/{draft.id}/delete",
    }  # fmt: skip
    assert shown("templates", "Mould") == {
        f"/drafts/{template.id}", f"/drafts/{template.id}/edit/description",
        f"/drafts/{template.id}/use", f"/share/{template.slug}",
    }  # fmt: skip
    assert shown("published", "reader") == {
        "/badges/reader", "/badges/reader/issue", "/badges/reader/awards", "/badges/reader/copy",
    }  # fmt: skip
    assert shown("archived", "old") == {"/badges/old", "/badges/old/restore", "/badges/old/copy"}


def test_forbidden_actions_are_not_offered(
    chicago: Scope, signed_in: Callable[[str], Browser]
) -> None:
    places.published(chicago.system, "reader")
    drafts.create(chicago, "ada@example.org", {"name": "Sketch"})
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    rita = signed_in("rita@example.org")
    page = rita.get("/directory")
    assert links(card(page, "reader")) == ["/badges/reader"]
    assert "New badge" not in words(page)
    assert len(links(card(rita.get("/directory?tab=drafts"), "Sketch"))) == 1
    accounts.allow("dora@example.org", Place("chicago"), Rights(draft=True))
    dora = signed_in("dora@example.org")
    assert "New badge" in words(dora.get("/directory"))
    assert set(links(card(dora.get("/directory"), "reader"))) == {
        "/badges/reader", "/badges/reader/copy",
    }  # fmt: skip
    assert not any("publish" in one for one in links(card(dora.get("/directory?tab=drafts"), "S")))


def test_a_new_badge_is_highlighted(administrator: Browser, chicago: Scope) -> None:
    first = places.published(chicago.system, "first")
    places.published(chicago.system, "second")
    page = administrator.get(f"/directory?highlight={first.id}")
    assert "Highlighted: first" in " ".join(re.sub(r"<[^>]*>", " ", card(page, "first")).split())
    assert 'id="highlighted"' not in card(page, "second")
    assert 'id="highlighted"' not in administrator.get("/directory?highlight=x'1").text


def test_search_and_sort_order_are_kept_on_other_pages_and_tabs(
    administrator: Browser, chicago: Scope
) -> None:
    for number in range(13):
        places.published(chicago.system, f"reader-{number:02}")
    places.published(chicago.system, "runner")
    page = administrator.get("/directory?search=reader&sort=name&category=")
    assert "Page 1 of 2" in words(page)
    assert "runner" not in page.text
    assert "/directory?tab=published&amp;search=reader&amp;sort=name&amp;page=2" in links(page.text)
    assert "/directory?tab=archived&amp;search=reader&amp;sort=name" in links(page.text)
    second = administrator.get("/directory?tab=published&search=reader&sort=name&page=2")
    assert "reader-12" in second.text
    assert "No matching badges" in words(administrator.get("/directory?search=%25"))


@pytest.mark.parametrize(
    "query", ["tab=nope", "page=-1", "page=99999999999", "sort=nope", "search=%00'%22", "page=9"]
)
def test_an_odd_query_shows_the_page(query: str, administrator: Browser, chicago: Scope) -> None:
    assert administrator.get(f"/directory?{query}").status == 200


@pytest.mark.parametrize("tab", ["drafts", "templates", "published", "archived"])
def test_an_empty_tab_explains_itself(tab: str, administrator: Browser, chicago: Scope) -> None:
    page = administrator.get(f"/directory?tab={tab}")
    assert 'class="empty"' in page.text
    assert 'role="search"' not in page.text


def test_a_hostile_badge_is_shown_harmlessly(administrator: Browser, chicago: Scope) -> None:
    badge = places.published(chicago.system, "evil")
    Badge.update(name=HOSTILE[:255], strapline=HOSTILE[:140]).where(Badge.id == badge.id).execute()
    drafts.create(chicago, "x@example.org", {"name": HOSTILE[:200], "categories": ["<b>"]})
    for tab in ("published", "drafts"):
        page = administrator.get(f"/directory?tab={tab}&search=alert&category=")
        assert "<script>alert" not in page.text
        assert 'value="<b>"' not in page.text
        assert "alert(" in page.text


def test_a_page_takes_the_same_number_of_statements_for_any_number_of_rows(
    administrator: Browser, chicago: Scope, statements: list[str]
) -> None:
    places.published(chicago.system, "first")
    administrator.get("/directory")
    statements.clear()
    administrator.get("/directory")
    one = len(statements)
    for number in range(12):
        places.published(chicago.system, f"badge-{number}")
    statements.clear()
    administrator.get("/directory?sort=active&search=badge")
    assert len(statements) == one <= 11


def test_deleted_badges_and_records_of_published_drafts_are_not_shown(
    administrator: Browser, chicago: Scope
) -> None:
    draft = drafts.create(chicago, "ada@example.org", {"name": "Recorded"})
    Draft.update(status=drafts.PUBLISHED).where(Draft.id == draft.id).execute()
    badges.delete(places.published(chicago.system, "gone"))
    for tab in ("drafts", "templates", "published", "archived"):
        assert 'class="badge-card' not in administrator.get(f"/directory?tab={tab}").text

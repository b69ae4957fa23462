"""The directory: which drafts, templates and badges it lists, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Application, Badge, Category, Draft, Issuer, Tag
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.workspace import directory
from chalicelib.domain.workspace.directory import Sort, Tab
from tests.domain import places

AUTHOR = "ada@admin.example.org"
NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def chicago(database: peewee.Database) -> Scope:
    return Scope(places.chicago())


@pytest.fixture
def library(chicago: Scope) -> Scope:
    row = Issuer.create(system=chicago.system, slug="library", name="Library", url="http://e.org")
    return Scope(chicago.system, row)


def published(scope: Scope, name: str, day: int = 0, **columns: Any) -> Badge:
    """Return a badge that was made on a day."""
    badge = places.published(scope.system, name.lower().replace(" ", "-"), name=name)
    columns |= {"created": NEW_YEAR + timedelta(days=day), "issuer": scope.issuer}
    Badge.update(**columns).where(Badge.id == badge.id).execute()
    return badges.by_id(badge.id)


def draft(scope: Scope, name: str, status: str = drafts.DRAFT, **content: Any) -> Draft:
    return drafts.create(scope, AUTHOR, {"name": name, **content}, status=status)


def names(scope: Scope, tab: Tab = Tab.PUBLISHED, **wanted: Any) -> list[str]:
    return [card.thing.name for card in directory.page(scope, tab, **wanted).cards]


# What is listed where


def test_each_tab_lists_and_counts_its_own(chicago: Scope) -> None:
    draft(chicago, "A draft")
    draft(chicago, "A template", drafts.TEMPLATE)
    draft(chicago, "A record", drafts.PUBLISHED)
    published(chicago, "A badge")
    published(chicago, "Another badge")
    published(chicago, "An old badge", archived=True)
    badges.delete(published(chicago, "A deleted badge"))
    published(chicago, "A badge that was awarded and deleted", deleted=NEW_YEAR)
    assert {tab: sorted(names(chicago, tab)) for tab in Tab} == {
        Tab.DRAFTS: ["A draft"],
        Tab.TEMPLATES: ["A template"],
        Tab.PUBLISHED: ["A badge", "Another badge"],
        Tab.ARCHIVED: ["An old badge"],
    }
    assert list(directory.counts(chicago).values()) == [1, 1, 2, 1]


def test_a_place_lists_what_is_within_it_and_nothing_beside_it(
    chicago: Scope, library: Scope
) -> None:
    published(chicago, "City")
    published(library, "Reader")
    draft(chicago, "New of the city")
    draft(library, "New of the library")
    elsewhere = Scope(places.chicago("boston"))
    assert sorted(names(chicago)) == ["City", "Reader"]
    assert names(library) == ["Reader"]
    assert names(library, Tab.DRAFTS) == ["New of the library"]
    assert names(elsewhere) == []
    assert list(directory.counts(library).values()) == [1, 0, 1, 0]
    assert list(directory.counts(elsewhere).values()) == [0, 0, 0, 0]


# In which order


def test_badges_can_be_sorted(chicago: Scope) -> None:
    first = published(chicago, "beaver", 1)
    second = published(chicago, "Ant", 2)
    third = published(chicago, "Cat", 3)
    awards.give(first, "one@example.org")
    awards.give(first, "two@example.org")
    awards.give(third, "one@example.org")
    for _ in range(2):
        applications.create(second, {"learner": "one@example.org"})
    processed = applications.create(third, {"learner": "one@example.org"})
    Application.update(processed=NEW_YEAR).where(Application.id == processed.id).execute()
    assert names(chicago) == ["Cat", "Ant", "beaver"]
    assert names(chicago, sort=Sort.NAME) == ["Ant", "beaver", "Cat"]
    assert names(chicago, sort=Sort.AWARDED) == ["beaver", "Cat", "Ant"]
    assert names(chicago, sort=Sort.PENDING) == ["Ant", "Cat", "beaver"]
    cards = directory.page(chicago, Tab.PUBLISHED, sort=Sort.NAME).cards
    assert [(card.thing.awarded, card.pending) for card in cards] == [(0, 2), (2, 0), (1, 0)]


def test_the_badge_of_the_newest_award_or_application_is_the_most_active(chicago: Scope) -> None:
    awarded = published(chicago, "Awarded", 1)
    applied = published(chicago, "Applied for", 2)
    published(chicago, "Made long after", 20)
    published(chicago, "Never touched", 3)
    awards.give(awarded, "one@example.org", issued_on=NEW_YEAR + timedelta(days=30))
    application = applications.create(applied, {"learner": "one@example.org"})
    when = NEW_YEAR + timedelta(days=40)
    Application.update(created=when).where(Application.id == application.id).execute()
    order = ["Applied for", "Awarded", "Made long after", "Never touched"]
    assert names(chicago, sort=Sort.ACTIVE) == order


def test_drafts_are_active_when_they_change(chicago: Scope) -> None:
    first, second = draft(chicago, "b"), draft(chicago, "A")
    Draft.update(updated=NEW_YEAR).where(Draft.id == first.id).execute()
    assert names(chicago, Tab.DRAFTS) == [second.name, first.name]
    assert names(chicago, Tab.DRAFTS, sort=Sort.ACTIVE) == [first.name, second.name]
    assert names(chicago, Tab.DRAFTS, sort=Sort.NAME) == ["A", "b"]
    assert names(chicago, Tab.DRAFTS, sort=Sort.AWARDED) == ["A", "b"]


# Searching


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("read", ["Reader of 100% of all books", "École", "Zebra"]),
        ("  READER  of ", ["Reader of 100% of all books"]),
        ("100%", ["Reader of 100% of all books"]),
        ("1%s", []),
        ("_", []),
        ("école", ["École"]),
        ("reading books", ["Reader of 100% of all books", "Zebra"]),
        ("'; --", []),
    ],
)
def test_every_word_is_looked_for_in_names_and_tags(
    search: str, found: list[str], chicago: Scope
) -> None:
    zebra = published(chicago, "Zebra")
    Tag.insert_many([{"badge": zebra, "value": v} for v in ("Reading", "Books")]).execute()
    school = published(chicago, "École")
    Tag.create(badge=school, value="bread")
    reader = published(chicago, "Reader of 100% of all books")
    Tag.create(badge=reader, value="reading")
    draft(chicago, "Zebra", tags=["Reading", "Books"])
    draft(chicago, "École", tags=["bread"])
    draft(chicago, "Reader of 100% of all books", tags=["reading"], categories=["reading x"])
    assert sorted(names(chicago, search=search)) == sorted(found)
    assert sorted(names(chicago, Tab.DRAFTS, search=search)) == sorted(found)


def test_a_category_narrows_the_list_and_can_be_chosen_when_it_is_in_use(
    chicago: Scope, library: Scope
) -> None:
    Category.create(badge=published(library, "Reader"), label="Books")
    published(chicago, "Runner")
    draft(library, "Singer", categories=["Music & Noise"])
    draft(library, "Old singer", drafts.PUBLISHED, categories=["Forgotten"])
    Category.create(badge=published(Scope(places.chicago("boston")), "Tea"), label="Tea time")
    assert names(chicago, category="Books") == ["Reader"]
    assert names(chicago, Tab.DRAFTS, category="Music & Noise") == ["Singer"]
    assert names(chicago, category="Music & Noise") == []
    offered = directory.categories(chicago)
    assert len(offered) == 13
    assert offered[0] == "Exploring Earth and Space"
    assert set(offered[11:]) == {"Books", "Music & Noise"}


# Pages


def test_twelve_are_on_a_page_and_the_last_page_stands_in_for_those_behind(
    chicago: Scope,
) -> None:
    for number in range(26):
        draft(chicago, f"{number:02}")
    pages = [directory.page(chicago, Tab.DRAFTS, sort=Sort.NAME, number=n) for n in (1, 2, 3)]
    assert [len(page.cards) for page in pages] == [12, 12, 2]
    assert [card.thing.name for page in pages for card in page.cards] == [
        f"{number:02}" for number in range(26)
    ]
    assert {(page.pages, page.total) for page in pages} == {(3, 26)}
    assert directory.page(chicago, Tab.DRAFTS, number=99_999).number == 3
    assert directory.page(chicago, Tab.TEMPLATES, number=0).number == 1


@pytest.mark.parametrize("tab", [Tab.DRAFTS, Tab.PUBLISHED])
@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_takes_four_statements_however_much_it_shows(
    sort: Sort, tab: Tab, chicago: Scope, library: Scope, statements: list[str]
) -> None:
    for number in range(13):
        draft(library, f"Draft {number}")
        published(library, f"Badge {number}")
    statements.clear()
    for card in directory.page(chicago, tab, sort=sort).cards:
        assert card.thing.system.name == "C"
        assert card.thing.issuer.name == "Library"
        assert card.thing.program is None
        assert card.thing.image is None or card.thing.image.url
    assert len(statements) <= 4

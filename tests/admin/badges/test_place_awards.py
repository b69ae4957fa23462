"""The awards of a place: of all its badges, as far as one may see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from tests.admin.browser import Browser, words
from tests.domain.places import chicago, published


def publish(scope: Scope, slug: str) -> Badge:
    badge = published(scope.system, slug)
    badge.issuer, badge.program = scope.issuer, scope.program
    badge.save()
    return badge


@pytest.fixture
def city(database: peewee.Database) -> Scope:
    """A system with an issuer and a program; each has a badge with an award."""
    system = chicago()
    about = {"name": "Library", "slug": "library", "url": "http://example.org"}
    library = owners.create_issuer(system, about)
    club = owners.create_program(library, {**about, "name": "Club", "slug": "club"})
    for scope in (Scope(system), Scope(system, library), Scope(system, library, club)):
        awards.give(publish(scope, f"of-{scope.level}"), f"{scope.level}@example.org")
    return Scope(system, library, club)


def listed(browser: Browser, query: str = "") -> list[str]:
    text = browser.get(f"/awards{query}").text
    return re.findall(r">(\w+)@example\.org</a>", text)


def in_file(browser: Browser, query: str = "") -> list[str]:
    text = browser.get(f"/awards/csv{query}").text
    return re.findall(r"^(\w+)@example\.org,", text, flags=re.MULTILINE)


def test_all_awards_of_a_place_are_listed_with_their_badges(
    administrator: Browser, city: Scope
) -> None:
    assert 'href="/awards"' in administrator.get("/directory?tab=published").text
    page = administrator.get("/awards")
    assert listed(administrator) == ["program", "issuer", "system"]
    assert '<a href="/badges/of-program">of-program</a>' in page.text
    answer = administrator.get("/awards/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chicago-awards.csv"'
    assert "program@example.org,of-program,Club," in answer.text


def test_lists_and_files_have_the_same_filters(administrator: Browser, city: Scope) -> None:
    awards.revoke(awards.give(badges.by_slug("of-issuer"), "issuer@example.org")[0])
    for query, found in {
        "?search=PROG": ["program"],
        "?state=revoked": ["issuer"],
        "?state=valid&search=issuer": [],
    }.items():
        assert listed(administrator, query) == in_file(administrator, query) == found
    assert "No matching awards" in words(administrator.get("/awards?search=nothing"))


def test_a_place_has_the_awards_of_what_is_within_it(
    signed_in: Callable[[str], Browser], city: Scope
) -> None:
    accounts.allow("pat@example.org", Place("chicago", "library"), Rights(publish=True))
    pat = signed_in("pat@example.org")
    assert listed(pat) == in_file(pat) == ["program", "issuer"]


def test_a_more_specific_grant_hides_the_awards_within(
    signed_in: Callable[[str], Browser], city: Scope
) -> None:
    accounts.allow("pat@example.org", Place("chicago"), Rights(publish=True))
    accounts.allow("pat@example.org", Place("chicago", "library", "club"), Rights(draft=True))
    pat = signed_in("pat@example.org")
    pat.submit("/context", "/context", system="chicago", issuer="", program="")
    assert listed(pat) == in_file(pat) == ["issuer", "system"]


def test_a_grant_for_a_place_within_that_is_not_there_hides_nothing(
    signed_in: Callable[[str], Browser], city: Scope
) -> None:
    accounts.allow("pat@example.org", Place("chicago"), Rights(award=True))
    accounts.allow("pat@example.org", Place("chicago", "not-yet"), Rights(draft=True))
    pat = signed_in("pat@example.org")
    pat.submit("/context", "/context", system="chicago", issuer="", program="")
    assert listed(pat) == in_file(pat) == ["program", "issuer", "system"]


def test_a_grant_within_one_that_hides_awards_shows_them_again(
    signed_in: Callable[[str], Browser], city: Scope
) -> None:
    accounts.allow("pat@example.org", Place("chicago"), Rights(award=True))
    accounts.allow("pat@example.org", Place("chicago", "library"), Rights(draft=True))
    accounts.allow("pat@example.org", Place("chicago", "library", "club"), Rights(award=True))
    pat = signed_in("pat@example.org")
    pat.submit("/context", "/context", system="chicago", issuer="", program="")
    assert listed(pat) == in_file(pat) == ["program", "system"]


@pytest.mark.parametrize("rights", [Rights(draft=True), Rights(review=True)])
def test_the_list_takes_the_right_to_publish(
    signed_in: Callable[[str], Browser], city: Scope, rights: Rights
) -> None:
    accounts.allow("dora@example.org", Place("chicago"), rights)
    dora = signed_in("dora@example.org")
    assert [dora.get(path).status for path in ("/awards", "/awards/csv")] == [403, 403]


def test_a_list_takes_few_statements(
    administrator: Browser, city: Scope, statements: list[Any]
) -> None:
    administrator.get("/awards")
    counts = []
    for number in range(2):
        statements.clear()
        administrator.get("/awards")
        counts.append(len(statements))
        for email in range(5):
            awards.give(badges.by_slug("of-program"), f"e{number}{email}@example.org")
    assert counts[0] == counts[1]


def test_an_empty_place_says_so(administrator: Browser, database: peewee.Database) -> None:
    chicago()
    assert "No awards yet" in words(administrator.get("/awards"))

"""Where somebody works: what they chose, as long as they may be there, or else the first such place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import System
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, title, words
from tests.domain import places

EMAIL = "somebody@example.org"
LIBRARY, PARK = Place("chicago", "library"), Place("chicago", "park")


@pytest.fixture
def chicago(database: Any) -> System:
    """Chicago, with a library and a park; the library has a summer."""
    system = places.chicago()
    for slug in ("library", "park"):
        made = owners.create_issuer(
            system, {"slug": slug, "name": slug.title(), "url": "http://example.org"}
        )
        if slug == "library":
            owners.create_program(
                made, {"slug": "summer", "name": "Summer", "url": "http://example.org"}
            )
    return system


@pytest.fixture
def somebody(chicago: System, signed_in: Callable[[str], Browser]) -> Browser:
    """Who drafts in the library and reviews in the park."""
    accounts.allow(EMAIL, LIBRARY, Rights(draft=True))
    accounts.allow(EMAIL, PARK, Rights(review=True))
    return signed_in(EMAIL)


def works_in(browser: Browser) -> str:
    """Return what the header says."""
    found = re.search(r'class="context-name">(?:<bdi>)?([^<]*)<', browser.get("/context").text)
    assert found, "the header names no place"
    return found[1]


def test_without_a_choice_it_is_the_first_place_that_was_granted(somebody: Browser) -> None:
    assert works_in(somebody) == "Library"


def test_it_is_what_was_chosen(somebody: Browser) -> None:
    answer = somebody.submit("/context", "/context", system="chicago", issuer="park", program="")
    assert (answer.status, answer.headers["Location"]) == (303, "/directory?notice=place")
    assert works_in(somebody) == "Park"
    assert somebody.get("/applications").status == 200
    somebody.submit("/context", "/context", system="chicago", issuer="library", program="summer")
    assert works_in(somebody) == "Summer"
    assert somebody.get("/applications").status == 403


def test_a_choice_ends_with_the_permission(somebody: Browser) -> None:
    somebody.submit("/context", "/context", system="chicago", issuer="park", program="")
    accounts.forbid(EMAIL, PARK)
    assert works_in(somebody) == "Library"
    accounts.forbid(EMAIL, LIBRARY)
    assert somebody.get("/directory").status == 403
    assert title(somebody.get("/context")) == "You don’t have access yet"


def test_a_choice_ends_with_the_place(somebody: Browser) -> None:
    somebody.submit("/context", "/context", system="chicago", issuer="park", program="")
    owners.delete(owners.scope("chicago", "park").innermost)
    assert works_in(somebody) == "Library"


@pytest.mark.parametrize("cookie", ["", "..", "a.b.c.d", "chicago.", "%ff", "nowhere", "chicago"])
def test_a_cookie_that_names_no_place_of_theirs_counts_for_nothing(
    cookie: str, somebody: Browser
) -> None:
    somebody.cookies["place"] = cookie
    assert works_in(somebody) == "Library"


def test_a_grant_without_rights_or_for_a_place_to_come_is_passed_over(
    chicago: System, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow(EMAIL, LIBRARY, Rights())
    accounts.allow(EMAIL, Place("springfield"), Rights(publish=True))
    accounts.allow(EMAIL, PARK, Rights(draft=True))
    assert works_in(signed_in(EMAIL)) == "Park"


def test_nobody_works_where_they_may_not_be(somebody: Browser) -> None:
    for place in ({"system": "chicago"}, {"system": "nowhere"}, {"system": ""}):
        answer = somebody.submit("/context", "/context", **place)
        assert answer.status == 403
        assert "You don’t have access to that workspace." in words(answer)
    assert "place" not in somebody.cookies


def test_only_places_of_theirs_are_offered(somebody: Browser) -> None:
    page = words(somebody.get("/context"))
    assert "Library Issuer in C Current" in page
    assert "Summer Program in Library" in page
    assert "C System" not in page


def test_administrators_begin_in_the_system_of_the_settings(
    chicago: System, administrator: Browser, settings: dict[str, str]
) -> None:
    places.chicago("a-first-one")
    assert works_in(administrator) == "C"
    assert "Switch to Park" in administrator.get("/context").text
    settings["OPENBADGER_SYSTEM"] = "nowhere"
    assert works_in(administrator) == "C"
    answer = administrator.submit("/context", "/context", system="nowhere")
    assert answer.status == 404


def test_without_any_system_administrators_are_led_to_make_one(
    database: Any, administrator: Browser
) -> None:
    for path in ("/context", "/directory"):
        answer = administrator.get(path)
        assert answer.headers["Location"] == "/settings/systems?notice=no-system"


def test_places_are_found_by_name(chicago: System, administrator: Browser) -> None:
    for number in range(8):
        owners.create_issuer(
            chicago, {"slug": f"i{number}", "name": f"Museum {number}", "url": "http://example.org"}
        )
    assert 'name="search"' in administrator.get("/context").text
    found = words(administrator.get("/context?search=MUSEUM+3"))
    assert "Museum 3" in found
    assert "Museum 4" not in found
    assert "No matching workspaces" in words(administrator.get("/context?search=%3Cb%3E"))

"""The current place: the chosen one while it is accessible, or else the first accessible one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Job, System
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, title, words
from tests.domain import places

EMAIL = "user@example.org"
LIBRARY, PARK = Place("chicago", "library"), Place("chicago", "park")


@pytest.fixture
def chicago(database: Any) -> System:
    """Chicago, with a library and a park; the library has a summer program."""
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
def user(chicago: System, signed_in: Callable[[str], Browser]) -> Browser:
    """A user who can draft in the library and review in the park."""
    accounts.allow(EMAIL, LIBRARY, Rights(draft=True))
    accounts.allow(EMAIL, PARK, Rights(review=True))
    return signed_in(EMAIL)


def current_place(browser: Browser) -> str:
    """Return the place named in the header."""
    found = re.search(r'class="context-name">(?:<bdi>)?([^<]*)<', browser.get("/context").text)
    assert found, "the header names no place"
    return found[1]


def test_without_a_choice_it_is_the_first_granted_place(user: Browser) -> None:
    assert current_place(user) == "Library"


def test_it_is_the_chosen_place(user: Browser) -> None:
    answer = user.submit("/context", "/context", system="chicago", issuer="park", program="")
    assert (answer.status, answer.headers["Location"]) == (303, "/directory?notice=place")
    assert current_place(user) == "Park"
    assert user.get("/applications").status == 200
    user.submit("/context", "/context", system="chicago", issuer="library", program="summer")
    assert current_place(user) == "Summer"
    assert user.get("/applications").status == 403


def test_a_choice_ends_with_the_permission(user: Browser) -> None:
    user.submit("/context", "/context", system="chicago", issuer="park", program="")
    accounts.forbid(EMAIL, PARK)
    assert current_place(user) == "Library"
    accounts.forbid(EMAIL, LIBRARY)
    assert user.get("/directory").status == 403
    assert title(user.get("/context")) == "You don’t have access yet"


def test_a_choice_ends_with_the_place(user: Browser) -> None:
    user.submit("/context", "/context", system="chicago", issuer="park", program="")
    owners.delete(owners.scope("chicago", "park").innermost)
    assert current_place(user) == "Library"


@pytest.mark.parametrize("cookie", ["", "..", "a.b.c.d", "chicago.", "%ff", "nowhere", "chicago"])
def test_a_cookie_without_an_accessible_place_is_ignored(cookie: str, user: Browser) -> None:
    user.cookies["place"] = cookie
    assert current_place(user) == "Library"


def test_grants_without_rights_or_for_missing_places_are_skipped(
    chicago: System, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow(EMAIL, LIBRARY, Rights())
    accounts.allow(EMAIL, Place("springfield"), Rights(publish=True))
    accounts.allow(EMAIL, PARK, Rights(draft=True))
    assert current_place(signed_in(EMAIL)) == "Park"


def test_a_place_without_access_cannot_be_chosen(user: Browser) -> None:
    for place in ({"system": "chicago"}, {"system": "nowhere"}, {"system": ""}):
        answer = user.submit("/context", "/context", **place)
        assert answer.status == 403
        assert "You don’t have access to that workspace." in words(answer)
    assert "place" not in user.cookies


def test_only_accessible_places_are_offered(user: Browser) -> None:
    page = words(user.get("/context"))
    assert "Library Issuer in C Current" in page
    assert "Summer Program in Library" in page
    assert "C System" not in page


def test_administrators_start_in_the_system_of_the_settings(
    chicago: System, administrator: Browser, settings: dict[str, str]
) -> None:
    places.chicago("a-first-one")
    assert current_place(administrator) == "C"
    assert "Switch to Park" in administrator.get("/context").text
    settings["OPENBADGER_SYSTEM"] = "nowhere"
    assert current_place(administrator) == "C"
    answer = administrator.submit("/context", "/context", system="nowhere")
    assert answer.status == 404


def test_without_a_system_administrators_are_led_to_create_one(
    database: Any, administrator: Browser
) -> None:
    for path in ("/context", "/directory"):
        answer = administrator.get(path)
        assert answer.headers["Location"] == "/start"


def test_without_a_system_users_of_another_api_wait_for_theirs(
    database: Any, signed_in: Callable[[str], Browser], settings: dict[str, str]
) -> None:
    settings["OPENBADGER_URL"] = "https://api.example.org"
    accounts.allow(EMAIL, LIBRARY, Rights(draft=True))
    browser = signed_in(EMAIL)
    waiting = browser.get("/directory")
    assert (waiting.status, waiting.headers["Refresh"]) == (200, "5")
    assert "being read from the BadgeKit API" in words(waiting)
    Job.update(state=outbox.DONE, due=None).execute()
    assert browser.get("/directory").status == 403


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

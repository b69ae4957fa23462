"""A walk: each person at each door of the admin UI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.admin import permissions
from chalicelib.admin.permissions import Permission, Person
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR, GUEST, STRANGER

# What each door answers to nobody, to an account without permissions and to an administrator.
WALK = {
    ("GET", "/static/style.css"): (200, 200, 200),
    ("GET", "/signin"): (200, 303, 303),
    ("POST", "/signin"): (403, 403, 403),
    ("GET", "/signin/x"): (403, 403, 403),
    ("GET", "/admin"): (303, 303, 303),
    ("GET", "/activity"): (303, 403, 200),
    ("POST", "/activity/jobs/1/retry"): (303, 403, 303),
    ("POST", "/signout"): (303, 303, 303),
}
PARAMETERS = {"style.css": "{name}", "/signin/x": "/signin/{token}", "jobs/1": "jobs/{id}"}


@pytest.mark.parametrize(("who", "column"), [(None, 0), (GUEST, 1), (ADMINISTRATOR, 2)])
@pytest.mark.parametrize("door", WALK, ids=" ".join)
def test_each_door_opens_to_whom_it_should(
    who: str | None,
    column: int,
    door: tuple[str, str],
    guest: Any,
    browser: Browser,
    signed_in: Callable[[str], Browser],
) -> None:
    walker = signed_in(who) if who else browser
    method, path = door
    if method == "GET":
        answer = walker.get(path)
    else:
        fields = {"csrf": csrf(walker.get("/activity"))} if who else {}
        answer = walker.post(path, fields)
    assert answer.status == WALK[door][column]


def test_the_walk_leaves_out_no_door(app: Any) -> None:
    walked = set()
    for method, path in WALK:
        for part, parameter in PARAMETERS.items():
            path = path.replace(part, parameter)  # noqa: PLW2901
        walked.add((method, path))
    assert walked == {
        (method, path)
        for path, views in app.routes.items()
        for method, view in views.items()
        if view.view_function.__module__ == "chalicelib.admin.routes"
    }


def test_an_account_without_permissions_is_told_whom_to_ask(
    guest: Any, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in(GUEST)
    answer = browser.get("/activity")
    assert title(answer) == "You have no access yet"
    assert "Ask an administrator of BadgeKit" in words(answer)
    assert 'href="/activity"' not in answer.text
    assert browser.post("/signout", {"csrf": csrf(answer)}).status == 303


def test_who_may_sign_in(guest: Any) -> None:
    assert permissions.person(ADMINISTRATOR) == Person(ADMINISTRATOR, administrator=True)
    assert permissions.person(GUEST.upper()) == Person("Guest@example.org", administrator=False)
    assert permissions.person(STRANGER) is None
    assert permissions.person("no address") is None


@pytest.mark.parametrize("permission", Permission)
def test_administrators_may_do_all_and_accounts_nothing_yet(permission: Permission) -> None:
    assert permissions.may(Person(ADMINISTRATOR, administrator=True), permission)
    assert not permissions.may(Person(GUEST, administrator=False), permission)

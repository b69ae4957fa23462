"""Permissions: users with each set of rights request each route of the admin UI.

The routes are those of the table, including any that are added to it; what each person may do is
written here independently, from the design. One view stands in for all views and lets everyone in,
so that only the guard decides.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from chalice.app import Response

from chalicelib.admin import routes
from chalicelib.admin.auth import permissions
from chalicelib.admin.auth.permissions import Permission, Person
from chalicelib.admin.shell import guard
from chalicelib.admin.urls import ROUTES
from chalicelib.api import auth
from chalicelib.data.models import Job
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.owners.reserved import Act
from chalicelib.web.application import BadgeKit
from tests.admin.browser import Browser, title, words
from tests.admin.conftest import ADMINISTRATOR, GUEST, OUTSIDER
from tests.conftest import SQLITE
from tests.domain import places

CHICAGO, LIBRARY, PARK = Place("chicago"), Place("chicago", "library"), Place("chicago", "park")
SECRET_NAME = "Night Reader"
GRANTS: dict[str, list[tuple[Place, Rights]]] = {
    "drafter": [(LIBRARY, Rights(draft=True))],
    "reviewer": [(LIBRARY, Rights(review=True))],
    "awarder": [(LIBRARY, Rights(award=True))],
    "publisher": [(LIBRARY, Rights(publish=True))],
    "publisher-of-the-park": [(PARK, Rights(publish=True))],
    "publisher-of-all": [(CHICAGO, Rights(publish=True))],
    "held-back": [(CHICAGO, Rights(publish=True)), (LIBRARY, Rights(draft=True))],
}
ALL = {"enter", "draft", "publish", "review", "award", "see activity", "retry jobs"}
# The permissions of each user in the library, and in the system that contains it.
IN_THE_LIBRARY = {
    "drafter": {"enter", "draft"},
    "reviewer": {"enter", "review"},
    "awarder": {"enter", "award"},
    "publisher": ALL,
    "publisher-of-the-park": set(),
    "publisher-of-all": ALL,
    "held-back": {"enter", "draft"},
}
IN_CHICAGO = {"publisher-of-all": ALL, "held-back": ALL}
OPEN = {
    "/static/{name}", "/signin", "/signin/{token}", "/signout", "/admin", "/help",
    "/help/pictures/{name}", "/about", "/terms", "/studio/presets/{name}",
}  # fmt: skip


@pytest.fixture
def engine() -> str:
    """Permissions are decided in Python, without the database."""
    return SQLITE


@pytest.fixture
def library(database: Any) -> Mapping[str, str]:
    """A library with one of each resource; values of the parameters of paths."""
    chicago = places.chicago()
    for slug in ("library", "park"):
        data = {"slug": slug, "name": slug, "url": "http://example.org"}
        issuer = owners.create_issuer(chicago, data)
        owners.create_program(issuer, {**data, "slug": "summer"})
    scope = owners.scope("chicago", "library")
    data = {
        "name": SECRET_NAME, "slug": "reader", "earnerDescription": "E", "unique": 1,
        "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
    }  # fmt: skip
    badge = badges.by_id(badges.create(scope, data, places.PICTURE).id)
    award, _ = awards.give(badge, "earner@example.org")
    job = Job.get(Job.award == award)
    draft = drafts.create(scope, "a@example.org", {"name": SECRET_NAME})
    for who, granted in GRANTS.items():
        for place, rights in granted:
            accounts.allow(f"{who}@example.org", place, rights)
    return {
        "draft": str(draft.id), "badge": "reader", "award": award.slug, "system": "chicago",
        "application": applications.create(badge, {"learner": "l@example.org"}).slug,
        "issuer": "library", "program": "summer", "section": "description", "batch": "0" * 16,
        "code": "1", "id": str(job.id), "account": "1",
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _open_views(monkeypatch: pytest.MonkeyPatch) -> None:
    def let_in(*_: Any, **__: Any) -> Response:
        return Response("You are in", {"Content-Type": "text/plain"}, 200)

    monkeypatch.setattr(guard, "import_function", lambda name: let_in)


def expected(who: str, permission: Permission, to: str, path: str) -> bool:
    """Return whether a user with rights in the library, or in Chicago, is let in."""
    if who == "administrator":
        return True
    if who == "guest":
        return False
    if to == "deployment":  # the pages of all places, for those who have any
        sees = "see activity" in IN_THE_LIBRARY[who] | IN_CHICAGO.get(who, set())
        sees = sees or who == "publisher-of-the-park"
        return permission is Permission.ENTER or (permission is Permission.SEE_ACTIVITY and sees)
    if to == "context":  # the current place is the first one granted
        place = {name: rights for name, rights in IN_THE_LIBRARY.items() if name not in IN_CHICAGO}
        own = {**place, **IN_CHICAGO, "publisher-of-the-park": ALL}
        return permission.value in own[who]
    inside = to != "place" or "{issuer}" in path  # a job is about a badge of the library
    rights = IN_THE_LIBRARY[who] if inside else IN_CHICAGO.get(who, set())
    return permission.value in rights


@pytest.mark.parametrize("who", ["anonymous", "guest", *GRANTS, "administrator"])
def test_each_route_requires_its_permission(
    who: str,
    library: Mapping[str, str],
    guest: Any,
    browser: Browser,
    signed_in: Callable[[str], Browser],
) -> None:
    addresses = {"guest": GUEST, "administrator": ADMINISTRATOR}
    visitor = browser if who == "anonymous" else signed_in(addresses.get(who, f"{who}@example.org"))
    token = ""
    if who != "anonymous":
        from chalicelib.admin.auth import csrf

        token = csrf.token(visitor.cookies["session"])
    wrong = []
    for path, methods in ROUTES.items():
        target = re.sub(r"\{(\w+)\}", lambda found: library[found[1]], path)
        for method, route in methods.items():
            answer = (
                visitor.get(target) if method == "GET" else visitor.post(target, {"csrf": token})
            )
            if who == "anonymous":
                right = (answer.status, answer.headers.get("Location")) == (303, "/signin")
            elif expected(who, route.permission, route.target, path):
                right = (answer.status, answer.text) == (200, "You are in")
            else:
                right = answer.status == 403 and SECRET_NAME not in answer.text
            if not right:
                wrong.append(f"{method} {path}: {answer.status}")
    assert wrong == []


@pytest.mark.parametrize(
    ("who", "target", "status"),
    [
        ("drafter", "/drafts/1/edit/description", 200),
        ("drafter", "/drafts/1/publish", 403),
        ("reviewer", "/drafts/1/edit/description", 403),
        ("reviewer", "/badges/reader/awards", 403),
        ("publisher", "/badges/reader/awards", 200),
        ("publisher", "/settings/systems/chicago/issuers/library/users", 200),
        ("publisher", "/settings/systems/chicago/users", 403),
        ("publisher", "/settings/systems", 403),
        ("publisher-of-the-park", "/badges/reader", 403),
        ("publisher-of-all", "/settings/systems/chicago/issuers/library/users", 200),
        ("held-back", "/badges/reader/issue", 403),
        ("held-back", "/settings/systems/chicago/issuers/park/users", 200),
        ("awarder", "/badges/reader/issue", 200),
        ("awarder", "/badges/reader/awards", 200),
        ("awarder", "/badges/reader/codes", 403),
        ("awarder", "/drafts/1/publish", 403),
        ("awarder", "/settings/systems/chicago/issuers/library/users", 403),
        ("awarder", "/activity", 403),
        ("publisher-of-all", "/activity", 200),
        ("publisher-of-all", "/activity/deliveries", 403),
        ("publisher-of-all", "/activity/dead-letters", 403),
    ],
)
def test_permissions_of_some_routes(
    who: str,
    target: str,
    status: int,
    library: Mapping[str, str],
    signed_in: Callable[[str], Browser],
) -> None:
    assert signed_in(f"{who}@example.org").get(target).status == status


@pytest.mark.parametrize(
    "target",
    [
        "/drafts/999", "/drafts/x", "/badges/nothing", "/awards/nothing/revoke",
        "/applications/nothing", "/settings/systems/nowhere",
        "/settings/systems/chicago/issuers/unknown",
    ],
)  # fmt: skip
def test_missing_resources_are_not_found(
    target: str, library: Mapping[str, str], administrator: Browser
) -> None:
    assert administrator.get(target).status == 404


def test_a_form_without_its_token_is_refused(
    library: Mapping[str, str], administrator: Browser
) -> None:
    assert administrator.post("/badges/reader/archive", {}).status == 403
    assert administrator.post("/badges/reader/archive", {"csrf": "0" * 64}).status == 403


def test_every_route_is_guarded_or_open_on_purpose(app: Any) -> None:
    # Run the module again: the application does not record which of its routes are the admin UI's.
    again = runpy.run_path(str(routes.__file__))["routes"]
    alone = BadgeKit(app_name="admin", configure_logs=False)
    alone.register_blueprint(again)
    assert set(alone.routes) == {*ROUTES, *OPEN}
    assert set(alone.routes) <= set(app.routes)


def test_only_administrators_see_applications_and_awards_of_a_deleted_system(
    library: Mapping[str, str], administrator: Browser, signed_in: Callable[[str], Browser]
) -> None:
    gone = places.chicago("gone")
    badge = places.published(gone, "orphan", name=SECRET_NAME)
    application = applications.create(badge, {"learner": "l@example.org"})
    award, _ = awards.give(badge, "earner@example.org")
    owners.delete(gone)
    for path in (f"applications/{application.slug}", f"awards/{award.slug}/revoke"):
        answer = signed_in("publisher-of-all@example.org").get(f"/{path}")
        assert (path, answer.status, SECRET_NAME in answer.text) == (path, 403, False)
        assert administrator.get(f"/{path}").status == 200


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("level", ["system", "issuer", "program"])
def test_one_rule_decides_who_may_do_what_to_places(act: Act, level: str) -> None:
    """What a person may not do in the UI, a key made there may not either."""
    reserved = level == "system"
    assert (permissions.required(act, level) is Permission.ADMINISTER) == reserved
    verb = "update" if act is Act.RENAME else act.value
    assert auth.takes_master(f"systems:{verb}_{level}") == reserved


def test_an_account_without_grants_has_no_access(
    guest: Any, signed_in: Callable[[str], Browser]
) -> None:
    page = signed_in(GUEST).get("/activity")
    assert (page.status, title(page)) == (403, "You don’t have access yet")
    assert "Ask an administrator of" in words(page)


@pytest.mark.parametrize("permission", Permission)
def test_administrators_have_all_permissions(permission: Permission) -> None:
    assert permissions.may(Person("a@admin.example.org", administrator=True), permission)


def test_slugs_ignore_case() -> None:
    person = Person("a@example.org", False, ((Place("Chicago"), Rights(draft=True)),))
    assert permissions.may(person, Permission.DRAFT, Place("chicago", "library"))
    assert not permissions.may(person, Permission.DRAFT, Place("chicago-2"))
    assert not permissions.may(person, Permission.DRAFT)


def test_an_unknown_address_has_no_user(database: Any) -> None:
    assert permissions.person(OUTSIDER) is None


def test_the_place_of_the_system_is_the_granted_one(library: Mapping[str, str]) -> None:
    assert Scope(owners.system("chicago")).place == CHICAGO

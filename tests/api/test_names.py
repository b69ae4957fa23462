"""Which slugs and claim codes are the same, by requests to the API on both databases."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import peewee
import pytest

from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.api.test_routes import BADGE, SYSTEM, Api, error
from tests.names import DIFFERENT, SAME
from tests.openbadges import examples
from tests.openbadges.examples import stored

Pair = tuple[str, str]


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Api:
    stored(examples.system())
    return Api(app)


def path(*parts: str) -> str:
    return "/".join((SYSTEM, *(quote(part, safe="") for part in parts)))


def made(api: Api, target: str, data: Any) -> int:
    return api.api("POST", target, data).status


def outcomes(api: Api, pairs: tuple[Pair, ...], kind: str) -> dict[Pair, tuple[int, str]]:
    """Create the first of each pair, then the second; say how that ended, and what is at its path."""
    found: dict[Pair, tuple[int, str]] = {}
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    bodies: list[dict[str, Any]]
    for number, pair in enumerate(pairs):
        one, other = (f"{number}{name}" for name in pair)
        if kind == "code":
            target = path("badges", "minimal", "codes")
            bodies = [{"code": name} for name in (one, other)]
        elif kind == "issuer":
            target = path("issuers")
            bodies = [{"slug": n, "name": n, "url": "http://example.org"} for n in (one, other)]
        else:
            target = path("badges")
            bodies = [{**BADGE, "slug": name} for name in (one, other)]
        assert made(api, target, bodies[0]) == 201, (pair, "first")
        status = made(api, target, bodies[1])
        there = api.api("GET", f"{target}/{quote(other, safe='')}").json
        shown = there["claimCode"]["code"] if kind == "code" else there[kind]["slug"]
        found[pair] = status, shown[len(str(number)) :]
    return found


@pytest.mark.parametrize("kind", ["badge", "code", "issuer"])
def test_equal_names_are_in_the_way_of_each_other(api: Api, kind: str) -> None:
    found = outcomes(api, SAME, kind)
    assert found == {pair: (409, pair[0]) for pair in SAME}


@pytest.mark.parametrize("kind", ["badge", "code", "issuer"])
def test_different_names_stand_side_by_side(api: Api, kind: str) -> None:
    found = outcomes(api, DIFFERENT, kind)
    assert found == {pair: (201, pair[1]) for pair in DIFFERENT}


def test_a_code_is_claimed_by_its_own_name_only(api: Api) -> None:
    api.post(f"{SYSTEM}/badges", BADGE, "badge")
    codes = path("badges", "minimal", "codes")
    assert made(api, codes, {"code": "🦄-1"}) == 201
    for other in ("🍣-1", "🦄-1 ", "🦄"):
        answer = api.api("POST", f"{codes}/{quote(other, safe='')}/claim", {})
        error(answer, 404, "ResourceNotFound")
    assert api.api("POST", f"{codes}/{quote('🦄-1', safe='')}/claim", {}).status == 200


def test_a_grant_is_for_its_own_place(database: peewee.Database) -> None:
    for number, (one, other) in enumerate((*SAME, *DIFFERENT)):
        email = f"ada{number}@example.org"
        accounts.allow(email, Place("chicago", one), Rights(draft=True))
        accounts.allow(email, Place("chicago", other), Rights(draft=True))
        account = accounts.find(email)
        assert account is not None
        is_same = (one, other) in SAME
        assert len(accounts.grants_of(account)) == (1 if is_same else 2), (one, other)

"""Accounts: found by any spelling of their address, with one grant per place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Account, Grant
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from chalicelib.errors import NotFound, ValidationError
from tests.domain import places

EMAIL = "Guest@Example.org"
CHICAGO, LIBRARY = Place("chicago"), Place("chicago", "library")
SUMMER = Place("chicago", "library", "summer")


def granted(email: str = EMAIL) -> dict[Place, Rights]:
    account = accounts.find(email)
    assert account is not None
    return {accounts.place_of(one): accounts.rights_of(one) for one in accounts.grants_of(account)}


def test_an_account_is_found_however_its_address_is_spelled(database: peewee.Database) -> None:
    account = Account.create(email="Guest@Example.org", email_key="guest@example.org")
    assert accounts.find(" GUEST@example.ORG ") == account
    assert accounts.find("guest@example.com") is None


def test_a_grant_makes_the_account_and_keeps_the_address_as_typed(
    database: peewee.Database,
) -> None:
    grant = accounts.allow(EMAIL, LIBRARY, Rights(draft=True))
    assert (grant.account.email, grant.account.email_key) == (EMAIL, "guest@example.org")
    assert granted() == {LIBRARY: Rights(draft=True)}


def test_another_grant_for_a_place_takes_the_first_ones_stead(database: peewee.Database) -> None:
    first = accounts.allow(EMAIL, LIBRARY, Rights(draft=True))
    for _ in range(2):  # the second time nothing changes, which MariaDB counts as no row
        again = accounts.allow(EMAIL.upper(), LIBRARY, Rights(review=True))
        assert again == first
    accounts.allow(EMAIL, CHICAGO, Rights(publish=True))
    accounts.allow(EMAIL, SUMMER, Rights())
    assert granted() == {
        LIBRARY: Rights(review=True), CHICAGO: Rights(publish=True), SUMMER: Rights(),
    }  # fmt: skip
    assert Account.select().count() == 1


def test_two_at_once_make_one_account_and_one_grant(
    database: peewee.Database, together: Callable[..., list[Any]]
) -> None:
    for number in range(5):
        email = f"new{number}@example.org"
        made = together(
            lambda email=email: accounts.allow(email, LIBRARY, Rights(draft=True)),
            lambda email=email: accounts.allow(email.upper(), LIBRARY, Rights(draft=True)),
        )
        assert [one for one in made if isinstance(one, Exception)] == []
        assert granted(email) == {LIBRARY: Rights(draft=True)}


def test_what_is_no_address_is_granted_nothing(database: peewee.Database) -> None:
    with pytest.raises(ValidationError):
        accounts.allow("nobody", LIBRARY, Rights(draft=True))
    assert Account.select().count() == 0


def test_users_of_a_place_are_those_of_exactly_it_by_address(database: peewee.Database) -> None:
    accounts.allow("b@example.org", LIBRARY, Rights(draft=True))
    accounts.allow("A@example.org", LIBRARY, Rights(draft=True))
    accounts.allow("c@example.org", CHICAGO, Rights(draft=True))
    accounts.allow("d@example.org", SUMMER, Rights(draft=True))
    found = accounts.grants_at(LIBRARY)
    assert [one.account.email for one in found] == ["A@example.org", "b@example.org"]


def test_a_grant_is_taken_away_in_exactly_its_place(database: peewee.Database) -> None:
    for place in (CHICAGO, LIBRARY, SUMMER):
        accounts.allow(EMAIL, place, Rights(draft=True))
    accounts.forbid(EMAIL.lower(), LIBRARY)
    assert set(granted()) == {CHICAGO, SUMMER}
    with pytest.raises(NotFound, match="permission"):
        accounts.forbid(EMAIL, LIBRARY)
    with pytest.raises(NotFound, match="user"):
        accounts.forbid("ghost@example.org", LIBRARY)


def test_grants_go_with_their_place_and_all_within(database: peewee.Database) -> None:
    system = places.chicago()
    owners.create_issuer(system, {"slug": "library", "name": "L", "url": "http://example.org"})
    for place in (CHICAGO, LIBRARY, SUMMER, Place("chicago", "park"), Place("library")):
        accounts.allow(EMAIL, place, Rights(draft=True))
    owners.delete(owners.scope("chicago", "library").innermost)
    assert set(granted()) == {CHICAGO, Place("chicago", "park"), Place("library")}
    owners.delete(owners.system("chicago"))
    assert set(granted()) == {Place("library")}


def test_grants_follow_a_place_that_is_called_otherwise(database: peewee.Database) -> None:
    for place in (CHICAGO, LIBRARY, SUMMER):
        accounts.allow(EMAIL, place, Rights(draft=True))
    accounts.move_grants(LIBRARY, "archive")
    assert set(granted()) == {
        CHICAGO, Place("chicago", "archive"), Place("chicago", "archive", "summer"),
    }  # fmt: skip
    assert Grant.select().count() == 3


def test_grants_follow_a_place_that_takes_the_slug_of_the_one_around_it(
    database: peewee.Database,
) -> None:
    chicago = places.chicago()
    library = owners.create_issuer(
        chicago, {"slug": "library", "name": "L", "url": "http://example.org"}
    )
    accounts.allow("a@example.org", Place("chicago", "library"), Rights(draft=True))
    owners.update(library, {"slug": "chicago"})
    assert accounts.grants_at(Place("chicago", "library")) == []
    assert len(accounts.grants_at(Place("chicago", "chicago"))) == 1

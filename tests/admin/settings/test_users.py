"""Users of a place and their permissions: added, changed, removed, but never one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Account, Consumer
from chalicelib.domain.owners import accounts, consumers, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, title, words
from tests.conftest import Cloud
from tests.domain import places

USERS = "/settings/systems/chicago/issuers/library/users"
LIBRARY = Place("chicago", "library")
BOSS = "boss@example.org"


@pytest.fixture
def boss(database: Any, cloud: Cloud, signed_in: Callable[[str], Browser]) -> Browser:
    """Who may publish in the library."""
    owners.create_issuer(
        places.chicago(), {"slug": "library", "name": "Library", "url": "http://example.org"}
    )
    accounts.allow(BOSS, LIBRARY, Rights(publish=True))
    return signed_in(BOSS)


def account(email: str) -> int:
    found = accounts.find(email)
    assert found is not None
    number: int = found.id
    return number


def test_a_user_is_added_and_may_do_so_at_once(
    boss: Browser, signed_in: Callable[[str], Browser]
) -> None:
    answer = boss.submit(USERS, USERS, email="New@example.org", review="1")
    target = f"{USERS}?user={account('new@example.org')}&notice=user-added"
    assert (answer.status, answer.headers["Location"]) == (303, target)
    assert "New@example.org added" in words(boss.get(target))
    assert "New@example.org" in words(boss.get(USERS))
    assert signed_in("new@example.org").get("/applications").status == 200


def test_inherited_permissions_are_shown_apart(boss: Browser) -> None:
    accounts.allow("mayor@example.org", Place("chicago"), Rights(draft=True))
    page = words(boss.get(USERS))
    assert "Inherited from C mayor@example.org Draft" in page
    assert "boss@example.org Publish You" in page


def test_a_change_bites_at_once(boss: Browser, signed_in: Callable[[str], Browser]) -> None:
    accounts.allow("new@example.org", LIBRARY, Rights(review=True))
    one = f"{USERS}/{account('new@example.org')}"
    assert "new@example.org" in words(boss.get(one))
    worker = signed_in("new@example.org")
    assert worker.get("/applications").status == 200
    assert boss.submit(one, one, draft="1").status == 303
    assert worker.get("/applications").status == 403
    assert boss.submit(one, f"{one}/delete").status == 303
    assert worker.get("/directory").status == 403
    assert boss.get(one).status == 404


def test_removing_a_user_is_asked_and_offers_to_end_their_keys(
    administrator: Browser, boss: Browser
) -> None:
    system = owners.system("chicago")
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True, award=True))
    for key, maker in (("a", "Ada@example.org"), ("b", "ada@example.org"), ("c", BOSS)):
        consumers.create(system, {"apiKey": key, "apiSecret": "s" * 32, "description": key}, maker)
    users = "/settings/systems/chicago/users"
    one = f"{users}/{account('ada@example.org')}"
    assert f'href="{one}/delete"' in administrator.get(one).text
    asked = administrator.get(f"{one}/delete")
    assert title(asked) == "Remove ada@example.org from C?"
    assert "publish and manage everything there" in words(asked)
    assert "Delete “a”" in words(asked)
    assert "Delete “c”" not in words(asked)
    answer = administrator.submit(f"{one}/delete", f"{one}/delete", keys=["a", "c", "x"])
    assert answer.headers["Location"] == f"{users}?notice=user-removed"
    assert {consumer.api_key for consumer in Consumer.select()} == {"b", "c"}


def test_taking_the_permission_away_offers_the_same(administrator: Browser, boss: Browser) -> None:
    system = owners.system("chicago")
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True))
    consumers.create(system, {"apiKey": "a", "apiSecret": "s" * 32}, "ada@example.org")
    one = f"/settings/systems/chicago/users/{account('ada@example.org')}"
    assert "API keys made by this user" in words(administrator.get(one))
    assert administrator.submit(one, one, draft="1", keys="a").status == 303
    assert Consumer.select().count() == 0


def test_an_issuer_s_publisher_ends_no_key_of_the_system(boss: Browser) -> None:
    consumers.create(
        owners.system("chicago"), {"apiKey": "a", "apiSecret": "s" * 32}, "ada@example.org"
    )
    accounts.allow("ada@example.org", LIBRARY, Rights(draft=True))
    one = f"{USERS}/{account('ada@example.org')}"
    assert "API keys" not in words(boss.get(f"{one}/delete"))
    assert boss.submit(f"{one}/delete", f"{one}/delete", keys="a").status == 303
    assert Consumer.select().count() == 1


@pytest.mark.parametrize("do", ["add", "change", "remove", "look"])
def test_users_cannot_change_their_own_permissions(do: str, boss: Browser) -> None:
    one = f"{USERS}/{account(BOSS)}"
    if do == "look":
        answer = boss.get(one)
    else:
        target = {"add": USERS, "change": one, "remove": f"{one}/delete"}[do]
        answer = boss.submit(USERS, target, email=BOSS.upper(), draft="1", publish="1")
    assert answer.status == 403
    assert "You can’t change your own permissions" in words(answer)
    (grant,) = accounts.grants_at(LIBRARY)
    assert accounts.rights_of(grant) == Rights(publish=True)


def test_permissions_that_reach_further_than_ones_own_are_not_granted(boss: Browser) -> None:
    """Otherwise a second address would get where the first one is held back."""
    accounts.allow(BOSS, Place("chicago"), Rights(publish=True))
    accounts.allow(BOSS, LIBRARY, Rights(draft=True))
    accounts.allow("mate@example.org", Place("chicago"), Rights(draft=True))
    users = "/settings/systems/chicago/users"
    mate = f"{users}/{account('mate@example.org')}"
    for page, action in ((users, users), (mate, mate)):
        answer = boss.submit(page, action, email="second@example.org", publish="1")
        assert answer.status == 403
        assert "in which you can’t publish" in words(answer)
    assert accounts.find("second@example.org") is None


def test_a_removal_that_opens_more_than_ones_own_is_refused(boss: Browser) -> None:
    """Then the wider permissions of an accomplice would apply where the remover is held back."""
    accounts.allow(BOSS, Place("chicago", "library", "summer"), Rights(review=True))
    for email in ("mate@example.org", "other@example.org"):
        accounts.allow(email, LIBRARY, Rights(draft=True))
    accounts.allow("mate@example.org", Place("chicago"), Rights(publish=True))
    mate, other = (f"{USERS}/{account(f'{one}@example.org')}" for one in ("mate", "other"))
    for answer in (boss.get(f"{mate}/delete"), boss.submit(USERS, f"{mate}/delete")):
        assert answer.status == 403
        assert "the user’s inherited permissions would apply" in words(answer)
    assert boss.submit(f"{other}/delete", f"{other}/delete").status == 303
    assert [one.account.email for one in accounts.grants_at(LIBRARY)] == [BOSS, "mate@example.org"]


def test_what_is_wrong_is_said_beside_what_was_typed(boss: Browser) -> None:
    answer = boss.submit(USERS, USERS, email="<script>", publish="1")
    assert answer.status == 400
    assert "Enter one email address" in words(answer)
    assert 'value="&lt;script&gt;"' in answer.text
    answer = boss.submit(USERS, USERS, email="a@example.org")
    assert "Choose at least one permission." in words(answer)
    assert Account.select().count() == 1


def test_permissions_elsewhere_are_not_found_here(boss: Browser) -> None:
    accounts.allow("mayor@example.org", Place("chicago"), Rights(draft=True))
    number = account("mayor@example.org")
    assert boss.get(f"{USERS}/{number}").status == 404
    assert boss.submit(USERS, f"{USERS}/{number}/delete").status == 404
    assert boss.get(f"{USERS}/x").status == 404

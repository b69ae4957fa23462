"""Keys for the API and the webhook of a system: secrets are shown once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from chalicelib.data.models import Consumer, System, Webhook
from chalicelib.domain.owners import accounts, consumers, webhooks
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, title, words
from tests.domain import places

KEYS, HOOK = "/settings/systems/chicago/consumers", "/settings/systems/chicago/webhook"


@pytest.fixture
def system(administrator: Browser) -> System:
    return places.chicago()


def test_a_key_is_made_and_its_secret_shown_once(administrator: Browser, system: System) -> None:
    page = administrator.submit(KEYS, KEYS, description="The <site>")
    made = Consumer.get()
    assert page.status == 200
    assert made.api_secret in page.text
    assert made.api_key in page.text
    assert len(made.api_secret) >= 32
    later = administrator.get(KEYS)
    assert made.api_secret not in later.text
    assert "The <site>" in words(later)
    assert "<site>" not in later.text


def test_a_key_wants_to_know_whose_it_is(administrator: Browser, system: System) -> None:
    for description in ("", "x" * 256):
        answer = administrator.submit(KEYS, KEYS, description=description)
        assert answer.status == 400
        assert "Enter a name of at most 255 characters." in words(answer)
    assert Consumer.select().count() == 0


def test_a_key_is_deleted(administrator: Browser, system: System) -> None:
    consumers.create(system, {"apiKey": "k", "apiSecret": "s" * 32})
    answer = administrator.submit(KEYS, f"{KEYS}/delete", key="k")
    assert answer.headers["Location"] == f"{KEYS}?notice=consumer-deleted"
    assert Consumer.select().count() == 0
    assert administrator.submit(KEYS, f"{KEYS}/delete", key="k").status == 404


def test_a_key_is_asked_about_by_name(administrator: Browser, system: System) -> None:
    consumers.create(system, {"apiKey": "k&ey", "apiSecret": "s" * 32, "description": "Our site"})
    page = administrator.get(KEYS)
    link = f"{KEYS}/delete?key=k%26ey"
    assert f'href="{link}"' in page.text
    asked = administrator.get(link)
    assert title(asked) == "Delete the API key “Our site”?"
    assert "Key k&ey" in words(asked)
    assert "Sites that use this key stop working at once." in words(asked)
    assert Consumer.select().count() == 1
    assert administrator.get(f"{KEYS}/delete?key=other").status == 404


def test_a_key_whose_maker_lost_access_is_shown_as_such(
    administrator: Browser, system: System, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True))
    assert signed_in("ada@example.org").submit(KEYS, KEYS, description="Site").status == 200
    consumers.create(system, {"apiKey": "old", "apiSecret": "s" * 32})
    assert "Made by ada@example.org Delete" in words(administrator.get(KEYS))
    accounts.allow("ada@example.org", Place("chicago"), Rights(draft=True))
    after = words(administrator.get(KEYS))
    assert (
        "Made by ada@example.org, who can’t manage API keys anymore. The key still works." in after
    )
    assert after.count("anymore") == 1


def test_a_key_takes_the_permission_to_publish_everywhere(
    system: System, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True))
    accounts.allow("ada@example.org", Place("chicago", "library"), Rights(draft=True))
    answer = signed_in("ada@example.org").submit(KEYS, KEYS, description="Site")
    assert (answer.status, Consumer.select().count()) == (403, 0)
    assert "An API key works everywhere in this system" in words(answer)


def test_a_webhook_takes_the_permission_to_publish_everywhere(
    system: System, signed_in: Callable[[str], Browser]
) -> None:
    """It gets the awards of the whole system, with the addresses of their earners."""
    accounts.allow("ada@example.org", Place("chicago"), Rights(publish=True))
    accounts.allow("ada@example.org", Place("chicago", "library"), Rights(draft=True))
    answer = signed_in("ada@example.org").submit(HOOK, HOOK, url="https://example.org/hook")
    assert (answer.status, Webhook.select().count()) == (403, 0)
    assert "A webhook gets what happens everywhere in this system" in words(answer)


def test_a_webhook_is_set_with_a_secret_that_is_shown_once(
    administrator: Browser, system: System
) -> None:
    page = administrator.submit(HOOK, HOOK, url="https://example.org/hook")
    there = webhooks.of(system)
    assert there.secret in page.text
    assert there.secret not in administrator.get(HOOK).text
    assert "https://example.org/hook" in words(administrator.get(HOOK))


def test_a_secret_of_ones_own_is_not_shown(administrator: Browser, system: System) -> None:
    secret = "a secret of our own"
    answer = administrator.submit(HOOK, HOOK, url="https://example.org/hook", secret=secret)
    assert answer.headers["Location"] == f"{HOOK}?notice=webhook-set"
    assert webhooks.of(system).secret == secret


def test_bad_addresses_and_secrets_are_refused(administrator: Browser, system: System) -> None:
    answer = administrator.submit(HOOK, HOOK, url="javascript:alert(1)", secret="x" * 1001)
    assert answer.status == 400
    assert "Enter the full address" in words(answer)
    assert "Enter a secret of at most 1,000 characters." in words(answer)
    assert "short" not in re.sub(r"<head>.*</head>", "", answer.text, flags=re.DOTALL)
    assert Webhook.select().count() == 0


def test_a_webhook_is_deleted(administrator: Browser, system: System) -> None:
    webhooks.put(system, {"url": "https://example.org", "secret": "s" * 32})
    asked = administrator.get(f"{HOOK}/delete")
    assert title(asked) == "Delete the webhook of C?"
    assert "https://example.org" in words(asked)
    answer = administrator.submit(HOOK, f"{HOOK}/delete")
    assert answer.headers["Location"] == f"{HOOK}?notice=webhook-deleted"
    assert "No webhook set" in words(administrator.get(HOOK))


def test_elsewhere_keys_are_made_at_the_other_api(
    administrator: Browser, system: System, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_URL"] = "https://api.example.org"
    answer = administrator.submit(KEYS, KEYS, description="A site")
    assert answer.status == 403
    assert "The API is served at https://api.example.org" in words(answer)
    assert Consumer.select().count() == 0

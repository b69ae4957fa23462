"""Keys for the API and the webhook of a system: secrets are shown once."""

from __future__ import annotations

import re

import pytest

from chalicelib.data.models import Consumer, System, Webhook
from chalicelib.domain.owners import consumers, webhooks
from tests.admin.browser import Browser, words
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
    answer = administrator.submit(HOOK, HOOK, url="javascript:alert(1)", secret="short")
    assert answer.status == 400
    assert "Enter the full address" in words(answer)
    assert "Enter a secret of 8 to 1000 characters." in words(answer)
    assert "short" not in re.sub(r"<head>.*</head>", "", answer.text, flags=re.DOTALL)
    assert Webhook.select().count() == 0


def test_a_webhook_is_deleted(administrator: Browser, system: System) -> None:
    webhooks.put(system, {"url": "https://example.org", "secret": "s" * 32})
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

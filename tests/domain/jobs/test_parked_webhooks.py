"""Webhooks on their way through a queue: as they came, whatever they hold, and nothing else."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.jobs import parked_webhooks
from chalicelib.domain.jobs.parked_webhooks import SignedWebhook

SQS_TAKES = 256 * 1024  # bytes, in queues from before August 2025
GOOD = parked_webhooks.serialize(SignedWebhook(b'{"action": "review"}', 'JWT token="a.b.c"'))


@given(st.binary(max_size=2000), st.text(max_size=200))
def test_what_comes_out_is_what_went_in(body: bytes, authorization: str) -> None:
    webhook = SignedWebhook(body, authorization)
    assert parked_webhooks.parse(json.dumps(parked_webhooks.serialize(webhook))) == webhook


@given(st.binary(max_size=500))
def test_sqs_takes_every_letter(body: bytes) -> None:
    packed = parked_webhooks.serialize(SignedWebhook(body, "JWT"))["body"]
    assert set(packed) <= {*string.ascii_letters, *string.digits, *"+/="}


def test_the_largest_webhook_of_words_fits() -> None:
    luck = random.Random(1)
    words = "".join(luck.choices(string.ascii_letters + " ,.", k=parked_webhooks.LARGEST))
    webhook = SignedWebhook(words.encode(), "JWT")
    text = json.dumps(parked_webhooks.serialize(webhook))
    assert len(text) < SQS_TAKES
    assert parked_webhooks.parse(text) == webhook


def packed(body: bytes) -> str:
    return base64.b64encode(zlib.compress(body)).decode()


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {**GOOD, "version": 2},
        {**GOOD, "kind": "review"},
        {**GOOD, "body": 5},
        {**GOOD, "body": "no base64!"},
        {**GOOD, "body": base64.b64encode(b"not packed").decode()},
        {**GOOD, "body": base64.b64encode(zlib.compress(b"x" * 1000)[:-1]).decode()},
        {**GOOD, "body": packed(b"x" * (parked_webhooks.LARGEST + 1))},
        {**GOOD, "authorization": None},
    ],
)
def test_nothing_else_is_a_webhook(content: Any) -> None:
    assert parked_webhooks.parse(json.dumps(content)) is None


def test_what_unpacks_to_more_than_a_webhook_is_not_unpacked_whole() -> None:
    bomb = {**GOOD, "body": packed(b"\0" * 50_000_000)}
    assert parked_webhooks.parse(json.dumps(bomb)) is None

"""The client of another BadgeKit API: what it says of errors, and where images are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import (
    BadgeKitError,
    Conflict,
    NotAuthorized,
    NotFound,
    Unavailable,
    ValidationError,
)
from chalicelib.registry.api_client import ApiClient
from tests.cases import every
from tests.contract.original import SECRET, OriginalApi

PATH = "/systems/chicago/badges/reader"
INVALID = {"message": "Invalid URL", "field": "criteriaUrl", "value": "nope"}


@pytest.fixture
def api(settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


NULL = "ER_BAD_NULL_ERROR: Column 'type' cannot be null"
ERRORS: list[tuple[int, dict[str, Any], type[BadgeKitError], str]] = [
    # The first has no code, as the original's errors of its database.
    (500, {"message": NULL}, Unavailable, f"The BadgeKit API returned 500: {NULL}"),
    (429, {"message": "Slow down"}, Unavailable, "The BadgeKit API returned 429: Slow down"),
    (404, {"message": "No such badge"}, NotFound, "The BadgeKit API returned 404: No such badge"),
    (409, {"message": "Taken"}, Conflict, "The BadgeKit API returned 409: Taken"),
    (
        403, {"message": "Invalid token signature"}, NotAuthorized,
        "The BadgeKit API returned 403: Invalid token signature (check OPENBADGER_SECRET)",
    ),
    (
        400, {"message": "Could not validate", "details": [INVALID, {"field": "unique", "value": ""}]},
        ValidationError,
        "The BadgeKit API returned 400: criteriaUrl: Invalid URL; unique: Missing value",
    ),
    (
        400, {"message": 'Invalid value for "emails".'}, ValidationError,
        'The BadgeKit API returned 400: request: Invalid value for "emails".',
    ),
    (400, {"message": "No", "details": "x"}, ValidationError, "The BadgeKit API returned 400: request: No"),
]  # fmt: skip


def test_an_error_says_what_the_api_said(api: OriginalApi, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for status, body, _, _ in ERRORS:
        monkeypatch.setattr(api, "answer", lambda *_, status=status, body=body: (status, body))
        with pytest.raises(BadgeKitError) as raised:
            ApiClient(api.url).call("GET", PATH)
        said.append((type(raised.value), raised.value.reason))
    assert said == [(kind, reason) for _, _, kind, reason in ERRORS]


def test_what_the_api_says_is_bounded(api: OriginalApi, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"field": "f" * 999, "message": "m" * 999, "value": "v" * 999}] * 99
    monkeypatch.setattr(api, "answer", lambda *_: (400, {"message": "x" * 999, "details": many}))
    with pytest.raises(ValidationError) as raised:
        ApiClient(api.url).call("GET", PATH)
    assert [len(text) for text in raised.value.details[0].values()] == [255, 300, 300]
    assert len(raised.value.details) == 10


def test_a_request_that_is_never_answered_can_be_retried(
    api: OriginalApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "answer", lambda *_: None)
    with pytest.raises(Unavailable, match="not responding"):
        ApiClient(api.url).call("GET", PATH)


IMAGES: list[tuple[Any, str | None]] = [
    # The original's lists and single answers name an upload so; it is served elsewhere.
    ("http://api.example.org/images/a", "https://api.example.org/public/images/a"),
    ("/images/a", "https://api.example.org/public/images/a"),
    # Another deployment of this product names it as it is.
    ("http://api.example.org/public/images/a", "http://api.example.org/public/images/a"),
    ("/public/images/a", "https://api.example.org/public/images/a"),
    ("http://example.org/images/a.png", "http://example.org/images/a.png"),
    ("javascript:alert(1)", None),
    ("a.png", None),
    ("", None),
    (None, None),
    (7, None),
]


@every(case=IMAGES)
def test_an_image_is_where_the_api_serves_it(case: tuple[Any, str | None]) -> None:
    given, wanted = case
    assert ApiClient("https://api.example.org/").image_url(given) == wanted


def test_an_api_below_a_path_has_its_images_there() -> None:
    api = ApiClient("https://example.org/badges")
    for given in (
        "/images/a",
        "https://example.org/badges/images/a",
        "http://example.org/images/a",
    ):
        assert api.image_url(given) == "https://example.org/badges/public/images/a"

"""Language negotiation: any Accept-Language header selects an available language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import i18n

KNOWN = {"en": "en", "de": "de", "pt-br": "pt-BR", "zh": "zh"}


@pytest.fixture(autouse=True)
def _languages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make four languages available."""
    monkeypatch.setattr(i18n, "_available", lambda: KNOWN)
    i18n._chosen.cache_clear()
    yield
    i18n.accepted.set("")
    i18n._chosen.cache_clear()


def chosen(header: str) -> str:
    i18n.accepted.set(header)
    return i18n.current()


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, de;q=0.5", "de"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("en, de", "en"),
        ("pt-BR", "pt-BR"),
        ("pt", "en"),
        ("pt-PT, zh-Hant", "zh"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0", "en"),
        ("de;q=x", "en"),
        ("de;q=1.0.0", "en"),
        ("de;q=.", "en"),
        ("../../etc/passwd", "en"),
        ("de\r\nSet-Cookie: x", "en"),
    ],
)
def test_the_available_language_of_the_highest_weight_is_chosen(header: str, spoken: str) -> None:
    assert chosen(header) == spoken


PARTS = st.sampled_from(
    ["de", "pt-BR", "en", "xx", "*", ";q=", "0.5", "1", ".", ",", " ", "-", "_"]
)


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
def test_any_header_gives_an_available_language(header: str) -> None:
    assert chosen(header) in KNOWN.values()


def test_an_overlong_header_is_cut() -> None:
    assert chosen("x" * 10_000_000 + ",de") == "en"


def test_english_needs_no_catalog() -> None:
    assert i18n.gettext("Sign in") == "Sign in"
    assert i18n.ngettext("one", "many", 2) == "many"
    assert i18n.gettext("") == ""

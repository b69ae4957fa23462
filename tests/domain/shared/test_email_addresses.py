"""E-mail addresses: which are accepted, and which are equal."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.shared import email_addresses


@pytest.mark.parametrize(
    "text",
    [
        "earner@example.org",
        "Earner.Name+tag@Sub.Example.ORG",
        "o'brien/x=y@example.co.uk",
        "a@b-c.de",
        "1@2.org",
        "x" * 64 + "@example.org",
        "a@" + ".".join(["b" * 63] * 3) + ".org",
    ],
)
def test_plain_addresses(text: str) -> None:
    assert email_addresses.is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        b"a@example.org",
        ["a@example.org"],
        "",
        "example.org",
        "@example.org",
        "a@",
        "a@localhost",
        "a@@example.org",
        "a@example..org",
        "a@-example.org",
        "a@example-.org",
        "a@exam_ple.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a b@example.org",
        '"a b"@example.org',
        "Name <a@example.org>",
        "a@example.org,b@example.org",
        "a@example.org\n",
        "a@example.org\r\nBcc: b@example.org",
        " a@example.org",
        "a@[127.0.0.1]",
        "josé@example.org",
        "a@exämple.org",
        "\u212a@example.org",  # the sign for kelvin, which lower() turns into a k
        "a@" + "b" * 64 + ".org",
        "x" * 250 + "@example.org",
    ],
)
def test_anything_else(text: object) -> None:
    assert not email_addresses.is_address(text)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert email_addresses.is_address(text) in (True, False)
    assert not email_addresses.is_address(text + "\n")


@given(st.emails())
def test_the_key_of_an_address_is_the_address_in_small_letters(address: str) -> None:
    key = email_addresses.key(f"  {address.upper()} ")
    assert key == address.upper().lower()
    assert email_addresses.key(key) == key


def test_accents_stay() -> None:
    assert email_addresses.key("José@example.org") == "josé@example.org"
    assert email_addresses.key("jose@example.org") != email_addresses.key("josé@example.org")


@given(text=st.from_regex(email_addresses._ADDRESS, fullmatch=True))
def test_mail_programs_read_every_address_as_it_is_written(text: str) -> None:
    if email_addresses.is_address(text):
        mail = EmailMessage()
        mail["To"] = text
        assert str(mail["To"]) == text

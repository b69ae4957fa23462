"""Hosts of other scripts are published as browsers request them, and requested as published."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from chalicelib import config, web_addresses
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.net import client
from chalicelib.openbadges.links import Links

# What is typed, and its name in ASCII: IDNA 2008, mapped by UTS 46 without the transition.
HOSTS = {
    "example.org": "example.org",
    "EXAMPLE.org": "EXAMPLE.org",
    "a_b.example.org": "a_b.example.org",
    "straße.example": "xn--strae-oqa.example",
    "STRASSE.example": "STRASSE.example",
    "faß.de": "xn--fa-hia.de",
    "Bücher.example": "xn--bcher-kva.example",
    "bu\u0308cher.example": "xn--bcher-kva.example",
    "βόλος.example": "xn--nxasmm1c.example",  # with a final sigma
    "ΒΌΛΟΣ.example": "xn--nxasmq6b.example",  # without: capitals have none
    "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example": "xn--mgba3gch31f060k.example",  # with a non-joiner
    "例え.テスト": "xn--r8jz45g.xn--zckzah",
    "例え。テスト": "xn--r8jz45g.xn--zckzah",  # its own full stop
    "пример.рф": "xn--e1afmkfd.xn--p1ai",
    "\uff45xample.org": "example.org",  # of full width
    "xn--strae-oqa.example": "xn--strae-oqa.example",
    "a_b.straße.example": "a_b.xn--strae-oqa.example",
}
NO_HOSTS = ("i❤.example", "a\u202eb.example", "ü" * 64 + ".example", "ⅷ\u2044.example")


def test_hosts_are_written_in_ascii() -> None:
    assert {host: web_addresses.ascii_host(host) for host in HOSTS} == HOSTS


def test_what_is_no_host_is_refused() -> None:
    for host in NO_HOSTS:
        with pytest.raises(ValueError):  # of `idna` or of Python
            web_addresses.ascii_host(host)
        assert web_addresses.web_address(f"http://{host}/") is None, host
        assert validation.url(f"http://{host}/") == "Invalid URL", host


def test_published_addresses_are_what_requests_and_our_client_ask_for() -> None:
    for host, name in HOSTS.items():
        published = Links("http://localhost:3000").typed(f"https://{host}:8443/ä?b#c")
        assert published == f"https://{name}:8443/%C3%A4?b#c"
        prepared = requests.Request("GET", published).prepare()
        assert str(prepared.url).lower() == published.lower(), host
        assert client._target(published).host == name.lower()
        assert client._target(f"https://{host}/").host == name.lower()


def test_a_user_name_and_a_port_stay() -> None:
    assert web_addresses.web_address("http://a:b@straße.example:80/x") == (
        "http://a:b@xn--strae-oqa.example:80/x"
    )
    assert web_addresses.web_address("http://[2001:db8::1]/ü") == "http://[2001:db8::1]/%C3%BC"


def test_our_own_address_is_published_in_ascii(settings: dict[str, str]) -> None:
    settings["PERSONA_AUDIENCE"] = "https://straße.example/"
    settings["FORMER_HOSTS"] = "bücher.example"
    now = config.settings()
    assert now.url("/x") == "https://xn--strae-oqa.example/x"
    assert now.base_at("xn--bcher-kva.example") == "https://xn--bcher-kva.example"
    assert now.own_path("https://xn--strae-oqa.example/a") == "/a"


MAILS = {
    "ada@straße.example": "ada@xn--strae-oqa.example",
    "Ada@BÜCHER.example": "ada@xn--bcher-kva.example",
    "ada@例え.テスト": "ada@xn--r8jz45g.xn--zckzah",
    "josé@straße.example": None,
    "josé@example.org": None,
    "ada@i❤.example": None,
    "ada@example.org": None,
    "nope": None,
}


def test_the_refusal_of_an_email_address_says_how_to_write_it() -> None:
    for typed, written in MAILS.items():
        if typed == "ada@example.org":
            continue
        assert email_addresses.in_ascii(typed) == written
        told: Any = validation.email(typed)
        assert told == ("Invalid email" + (f": write it as {written}" if written else ""))
        if written:
            assert validation.email(written) is None
            assert written in email_addresses.hint(typed)
            assert written in email_addresses.refused(typed).reason


def test_letters_before_the_at_sign_are_refused_in_words() -> None:
    assert "before the @" in email_addresses.hint("josé@example.org")
    assert "for example" in email_addresses.hint("nope")

"""Who gets which document, by what real clients send, and at each kind of address."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.owners.places import Scope
from tests.client import Answer
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.clients import LD, PAGE, PAIRS, V1, V2
from tests.public.conftest import BROWSER, Public

ASSERTION = "/public/assertions/abc"
SYSTEM = "/public/systems/chicago"
BADGE = f"{SYSTEM}/badges/explorer"
PERMANENT = [
    f"/id/badges/{examples.public_id('explorer')}",
    f"/id/issuers/{examples.public_id('chicago')}",
]
ORIGINALS = [
    BADGE,
    f"{SYSTEM}/issuers/library/badges/reader",
    f"{SYSTEM}/issuers/library/programs/scratch/badges/coder",
    "/public/badges/explorer",
    "/public/badges/explorer/issuer",
    SYSTEM,
    f"{SYSTEM}/issuers/library",
    f"{SYSTEM}/issuers/library/programs/scratch",
]


def kind(answer: Answer) -> str:
    """Return what a client got."""
    media_type = answer.headers["Content-Type"]
    if media_type == "text/html; charset=utf-8":
        return PAGE
    document: dict[str, Any] = answer.json
    assert media_type in ("application/json", "application/ld+json")
    if "@context" not in document:
        assert media_type == "application/json"
        return V1
    return LD if media_type == "application/ld+json" else V2


def test_there_are_enough_pairs() -> None:
    assert len({(pair.accept, pair.agent) for pair in PAIRS}) >= 40


def test_real_clients_get_what_they_can_read(public: Public, award: Award) -> None:
    got = {
        pair.name: (kind(public.get(ASSERTION, pair.headers)), kind(public.get(BADGE, pair.headers)))
        for pair in PAIRS
    }  # fmt: skip
    assert got == {pair.name: (pair.assertion, pair.original) for pair in PAIRS}


def test_ids_that_never_change_answer_programs_with_2_0(public: Public, award: Award) -> None:
    wanted = {pair.name: V2 if pair.assertion == V1 else pair.assertion for pair in PAIRS}
    for path in PERMANENT:
        got = {pair.name: kind(public.get(path, pair.headers)) for pair in PAIRS}
        assert got == wanted, path


@pytest.fixture
def others(scratch: Scope, badge: Badge) -> None:
    """A badge of an issuer and one of a program, beside the system's."""
    stored(examples.badge(Scope(scratch.system, scratch.issuer), slug="reader"))
    stored(examples.badge(scratch, slug="coder"))


def test_all_of_the_original_s_addresses_answer_alike(public: Public, others: None) -> None:
    wanted = {
        "text/html,application/xhtml+xml": PAGE,
        "application/json": V2,
        "application/ld+json": LD,
        "*/*": V1,
    }
    got = {
        (path, accept): kind(public.get(path, {"Accept": accept}))
        for path in ORIGINALS
        for accept in wanted
    }
    assert got == {(path, accept): one for path in ORIGINALS for accept, one in wanted.items()}
    assert {kind(public.get(path)) for path in ORIGINALS} == {V1}


def test_the_original_s_badge_class_prints_as_a_link(public: Public, badge: Badge) -> None:
    document = public.get(BADGE, {"Accept": "*/*", "User-Agent": "python-requests/2.32.3"}).json
    assert document["criteria"] == "http://example.org/criteria"
    assert isinstance(document["alignment"], list)


@pytest.mark.usefixtures("award")
def test_format_json_is_the_document_for_everyone(public: Public) -> None:
    for path in (ASSERTION, BADGE, SYSTEM, "/public/badges/explorer/issuer"):
        for headers in ({}, BROWSER, {"User-Agent": "Twitterbot/1.0"}):
            assert kind(public.get(f"{path}?format=json", headers)) == V2, (path, headers)


@pytest.mark.usefixtures("award")
def test_caches_are_told_what_the_answer_depends_on(public: Public) -> None:
    for path in ("/", ASSERTION, BADGE, SYSTEM, "/public/badges"):
        for headers in ({}, BROWSER):
            vary = public.get(path, headers).headers["Vary"]
            assert vary == "Accept, User-Agent", (path, headers)


def test_documents_read_alike_in_every_encoding(public: Public, badge: Badge) -> None:
    badge.name = "Entdecker für Bücher 🎖"
    badge.save()
    for accept in ("application/json", "application/ld+json", "*/*"):
        answer = public.get(BADGE, {"Accept": accept})
        assert answer.text.isascii()
        assert answer.json["name"] == "Entdecker für Bücher 🎖"

"""Lists of addresses, however they were pasted: what is read, and what is said of each."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards, recipients
from tests.conftest import Clock
from tests.domain.places import chicago, published


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader")


@pytest.mark.parametrize(
    "text",
    [
        "ada@a.co bob@b.co",
        "ada@a.co,bob@b.co",
        "ada@a.co; bob@b.co;",
        "ada@a.co\nbob@b.co\n",
        "ada@a.co\tbob@b.co",
        "  ada@a.co ,, ;\n\n bob@b.co. ",
        "Ada <ada@a.co>, Bob <bob@b.co>",
        'Ada Lovelace <ada@a.co>\n"Babbage, Bob" <bob@b.co>',
        "Ada <ada@a.co> Bob <bob@b.co>",
        '"ada@a.co" <ada@a.co>; bob@b.co',
        '"ada@a.co","bob@b.co"',
        "<ada@a.co>\u00a0<bob@b.co>",
        "(ada@a.co) 'bob@b.co'",
        "mailto:ada@a.co MAILTO:bob@b.co",
        "ada@a.co Bob <bob@b.co>",
        "ada@a.co\u200b, \ufeffbob@b.co",
        "ada@a.co, ADA@a.co, bob@b.co, Bob <Bob@B.co>",
    ],
)
def test_whatever_separates_addresses_separates_them(text: str) -> None:
    assert recipients.parse(text) == ["ada@a.co", "bob@b.co"]


def test_the_first_spelling_is_kept() -> None:
    assert recipients.parse("Ada@A.co ada@a.co") == ["Ada@A.co"]


@pytest.mark.parametrize("text", ["", " \n,;", "<>", '"', '""'])
def test_nothing_is_nothing(text: str) -> None:
    assert recipients.parse(text) == []


@pytest.mark.parametrize("text", ["<" * 200_000, '"' * 200_001, "a<" * 100_000, "a " * 200_000])
def test_a_hostile_list_is_read_in_no_time(text: str) -> None:
    assert len(recipients.parse(text)) <= 1


def test_each_address_is_told_apart(badge: Badge) -> None:
    awards.give(badge, "Has@it.co")
    found = recipients.classify(
        badge, recipients.parse("new@it.co, has@IT.co, nobody, a@b, =?x?=@it.co")
    )
    assert found.eligible == ["new@it.co"]
    assert found.awarded == ["has@IT.co"]
    assert found.invalid == ["nobody", "a@b", "=?x?=@it.co"]


def test_who_had_the_badge_may_have_it_again(badge: Badge, clock: Clock) -> None:
    awards.give(badge, "expired@it.co", expires=clock.now)
    awards.give(badge, "revoked@it.co")
    awards.revoke(Award.get(Award.email == "revoked@it.co"))
    found = recipients.classify(badge, ["expired@it.co", "revoked@it.co"])
    assert (found.awarded, len(found.eligible)) == ([], 2)


def test_a_long_list_is_sorted_out_in_few_statements(badge: Badge, statements: list[str]) -> None:
    statements.clear()
    found = recipients.classify(badge, [f"earner{number}@it.co" for number in range(1000)])
    assert len(found.eligible) == 1000
    assert len(statements) <= 5

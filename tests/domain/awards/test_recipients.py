"""Lists of addresses, however they were pasted: what is read, and what is said of each."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards, recipients
from chalicelib.domain.awards.recipients import Problem
from chalicelib.domain.shared import email_addresses
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
        "ada@a.co|bob@b.co",
        "| ada@a.co | bob@b.co |",
        "ada@a.co\uff0cbob@b.co",
        "ada@a.co\uff1bbob@b.co\uff1b",
        "ada@a.co\u3001bob@b.co\u3002",
        "ada@a.co\uff64bob@b.co",
        "ada@a.co\u061bbob@b.co\u060c ",
        "ada@a.co\uff5cbob@b.co",
        "ada@a.co\u3000bob@b.co",
        "ada@a.co\u2028bob@b.co",
        "ada@a.co\u200bbob@b.co",
        "Ada\uff1cada@a.co\uff1e\uff1bBob\uff1cbob@b.co\uff1e",
        "\uff08ada@a.co\uff09\u300cbob@b.co\u300d",
        "[ada@a.co](mailto:bob@b.co)",
        "ada@a.co/bob@b.co",
        "ada@a.co / bob@b.co",
        "ada@a.co&bob@b.co",
        "ada@a.co & bob@b.co",
        "ada@a.co\\bob@b.co/",
        "\u2022 ada@a.co\n\u2022 bob@b.co",
        "- ada@a.co\n* bob@b.co",
        "ada@a.co\u00b7bob@b.co",
    ],
)
def test_whatever_separates_addresses_separates_them(text: str) -> None:
    assert recipients.parse(text).once == ["ada@a.co", "bob@b.co"]


@pytest.mark.parametrize(
    "text",
    ["r&d@a.co", "ada+x/y@a.co", "a/b@a.co r&d+x@b.co", "a/b@a.co/r&d@b.co"],
)
def test_signs_that_are_part_of_an_address_stay(text: str) -> None:
    found = recipients.parse(text).once
    assert "/".join(found) == text.replace(" ", "/")
    assert all(map(email_addresses.is_address, found))


@pytest.mark.parametrize("text", ["ada@a.cobob@b.co", "ada@@a.co", "a@b@c.co/d@e.co"])
def test_what_cannot_be_told_apart_is_left_whole(text: str) -> None:
    assert recipients.parse(text).once == [text]


def test_the_first_spelling_is_kept_and_what_is_listed_again_is_told() -> None:
    assert recipients.parse("Ada@A.co ada@a.co bob@b.co ADA@a.co") == (
        ["Ada@A.co", "bob@b.co"], ["Ada@A.co"],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", " \n,;", "<>", '"', '""'])
def test_nothing_is_nothing(text: str) -> None:
    assert recipients.parse(text) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "<" * 200_000, '"' * 200_001, "a<" * 100_000, "a " * 200_000, "/" * 200_000 + "@@",
        "@@" + "/a" * 100_000, "a@" * 100_000, "a/" * 100_000 + "@@",
    ],
)  # fmt: skip
def test_a_hostile_list_is_read_in_no_time(text: str) -> None:
    assert len(recipients.parse(text).once) <= 1


def test_each_address_is_told_apart(badge: Badge) -> None:
    awards.give(badge, "Has@it.co")
    found = recipients.classify(
        badge, recipients.parse("new@it.co, has@IT.co, nobody, a@b, =?x?=@it.co").once
    )
    assert found.eligible == ["new@it.co"]
    assert found.awarded == ["has@IT.co"]
    assert found.invalid == [
        ("nobody", Problem.NO_AT),
        ("a@b", Problem.NO_DOMAIN),
        ("=?x?=@it.co", Problem.SIGNS),
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("ada", Problem.NO_AT),
        ("ada@@it.co", Problem.SEVERAL_ATS),
        ("ada@it.cobob@it.co", Problem.SEVERAL_ATS),
        ("@it.co", Problem.NOTHING_BEFORE),
        ("ada@", Problem.NO_DOMAIN),
        ("ada@localhost", Problem.NO_DOMAIN),
        (f"{'a' * 250}@it.co", Problem.LONG),
        ("a..b@it.co", Problem.SIGNS),
    ],
)
def test_why_an_entry_is_no_address_is_told(badge: Badge, entry: str, problem: Problem) -> None:
    (only,) = recipients.classify(badge, [entry]).invalid
    assert only == (entry[: recipients.LONGEST_SHOWN], problem)


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

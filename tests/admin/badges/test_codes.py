"""The claim codes of a badge: created, refused, listed, exported, deleted."""

from __future__ import annotations

import csv
import io

import peewee
import pytest

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes, codes
from tests.admin.browser import Browser, words
from tests.domain.places import chicago, published

LIST = "/badges/reader/codes"


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader")


def test_random_codes_are_made(administrator: Browser, badge: Badge) -> None:
    answer = administrator.submit(LIST, LIST, kind="random", number="60", multiuse="1")
    assert answer.status == 303
    assert ClaimCode.select().where(ClaimCode.multiuse == True).count() == 60  # noqa: E712
    page = administrator.get(LIST)
    assert "60 codes" in words(page)
    assert "Page 1 of 2" in words(page)
    newest = ClaimCode.select().order_by(ClaimCode.id.desc()).first()
    assert f'data-copy="{newest.code}"' in page.text


@pytest.mark.parametrize("number", ["", "0", "1001", "-1", "1.5", "many", "٣"])
def test_a_number_that_is_none_is_refused(
    administrator: Browser, badge: Badge, number: str
) -> None:
    refused = administrator.submit(LIST, LIST, kind="random", number=number)
    assert refused.status == 400
    assert "Enter a whole number from 1 to 1000." in words(refused)
    assert ClaimCode.select().count() == 0


def test_codes_are_named_a_line_each(administrator: Browser, badge: Badge) -> None:
    administrator.submit(LIST, LIST, kind="named", codes=" honey \r\n\r\nwax 2026\r\n")
    assert [code.code for code in ClaimCode.select()] == ["honey", "wax 2026"]


def test_each_refused_code_is_reported_and_the_form_keeps_its_text(
    administrator: Browser, badge: Badge
) -> None:
    codes.create(badge, {"code": "Honey"})
    refused = administrator.submit(LIST, LIST, kind="named", codes="honey\nnew\nNEW\n<i>x</i>")
    assert refused.status == 400
    said = words(refused)
    assert "This badge already has the code “honey”." in said
    assert "“NEW” is listed twice" in said
    assert "honey\nnew\nNEW" in refused.text
    assert "<i>x" not in refused.text
    assert ClaimCode.select().count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "Enter at least one code."),
        ("\n".join(map(str, range(1001))), "You entered 1001 codes. Add at most 1000"),
        ("x" * 256, "is longer than 255 characters"),
    ],
    ids=["none", "many", "long"],
)
def test_names_are_bounded(administrator: Browser, badge: Badge, text: str, said: str) -> None:
    refused = administrator.submit(LIST, LIST, kind="named", codes=text)
    assert refused.status == 400
    assert said in words(refused)


def test_the_list_tells_what_became_of_each_and_is_searched(
    administrator: Browser, badge: Badge
) -> None:
    bulk_codes.create_named(badge, ["honey", "wax", "gone"], multiuse=False)
    bulk_codes.create_named(badge, ["all"], multiuse=True)
    codes.claim(badge, "wax", "ada@example.org")
    codes.claim(badge, "gone")
    said = words(administrator.get(LIST))
    assert "Unused 1 Claimed 2 Reusable 1" in said
    assert "Copy Delete gone Claimed Unknown Copy wax Claimed" in said
    found = words(administrator.get(f"{LIST}?search=ADA%40"))
    assert "One code" in found
    assert "wax Claimed ada@example.org Copy" in found
    assert "honey Unused" in words(administrator.get(f"{LIST}?state=unused"))
    assert "No matching codes" in words(administrator.get(f"{LIST}?search=nothing"))


def test_they_are_handed_on_as_a_file_that_does_no_harm(
    administrator: Browser, badge: Badge
) -> None:
    bulk_codes.create_named(badge, ['=1+1","x', "+a", "-b", "@c", "größe", "fine"], multiuse=False)
    codes.claim(badge, "fine", "=ada@example.org")
    answer = administrator.get(f"{LIST}/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reader-codes.csv"'
    assert answer.text.startswith("\ufeffCode,Status,Claimed by,Reusable\r\n")
    _, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""))
    assert [row[0] for row in rows] == ['\'=1+1","x', "'+a", "'-b", "'@c", "größe", "fine"]
    assert rows[-1] == ["fine", "Claimed", "'=ada@example.org", "no"]
    assert administrator.get(f"{LIST}/csv?state=claimed").text.count("\r\n") == 2


def test_only_unclaimed_codes_are_deleted(administrator: Browser, badge: Badge) -> None:
    bulk_codes.create_named(badge, ["honey", "wax"], multiuse=False)
    codes.claim(badge, "wax")
    for code, notice in zip(
        ClaimCode.select().order_by(ClaimCode.id), ("code-deleted", "code-claimed"), strict=True
    ):
        answer = administrator.submit(LIST, f"{LIST}/{code.id}/delete", search="x", page="2")
        assert answer.headers["Location"].endswith(f"?search=x&page=2&notice={notice}")
    assert [code.code for code in ClaimCode.select()] == ["wax"]
    for number in ("0", "x", "99999999999"):
        assert administrator.submit(LIST, f"{LIST}/{number}/delete").status == 404


def test_another_badge_s_code_is_not_reached(administrator: Browser, badge: Badge) -> None:
    other = published(badge.system, "writer")
    code = codes.create(other, {"code": "honey"})
    assert administrator.submit(LIST, f"{LIST}/{code.id}/delete").status == 404
    assert ClaimCode.select().count() == 1

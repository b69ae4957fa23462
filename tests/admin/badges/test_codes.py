"""The claim codes of a badge: created, refused, listed, exported, deleted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes, codes
from chalicelib.registry import remote_codes
from tests.admin.browser import Browser, title, words
from tests.contract.original import SECRET, OriginalApi
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
        answer = administrator.submit(LIST, f"{LIST}/delete", code=code.code, search="x", page="2")
        assert answer.headers["Location"].endswith(f"?search=x&page=2&notice={notice}")
    assert [code.code for code in ClaimCode.select()] == ["wax"]
    for unknown in ("", "x", "x" * 300):
        assert administrator.submit(LIST, f"{LIST}/delete", code=unknown).status == 404


def test_a_code_is_asked_about_by_name(administrator: Browser, badge: Badge) -> None:
    bulk_codes.create_named(badge, ["honey & wax"], multiuse=False)
    page = administrator.get(f"{LIST}?search=honey")
    link = f"{LIST}/delete?search=honey&amp;state=&amp;page=1&amp;code=honey+%26+wax"
    assert f'href="{link}"' in page.text
    asked = administrator.get(link.replace("&amp;", "&"))
    assert title(asked) == "Delete the claim code “honey & wax”?"
    assert "People who have this code" in words(asked)
    assert 'name="search" value="honey"' in asked.text
    assert ClaimCode.select().count() == 1
    assert administrator.get(f"{LIST}/delete").status == 404


def test_another_badge_s_code_is_not_reached(administrator: Browser, badge: Badge) -> None:
    other = published(badge.system, "writer")
    codes.create(other, {"code": "honey"})
    assert administrator.submit(LIST, f"{LIST}/delete", code="honey").status == 404
    assert ClaimCode.select().count() == 1


# At another BadgeKit API


@pytest.fixture
def api(badge: Badge, settings: dict[str, str]) -> Iterator[OriginalApi]:
    with OriginalApi({"reader": {"slug": "reader"}}) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


def test_elsewhere_the_codes_of_the_api_are_shown_and_changed(
    administrator: Browser, api: OriginalApi
) -> None:
    codes.create(Badge.get(), {"code": "one-of-ours"})
    page = words(administrator.get(LIST))
    assert "No claim codes yet" in page
    assert "These codes are kept by the BadgeKit API" in page
    assert administrator.submit(LIST, LIST, kind="named", codes="honey\nwax").status == 303
    assert administrator.submit(LIST, LIST, kind="random", number="2", multiuse="1").status == 303
    page = words(administrator.get(LIST))
    assert "Unused 2 Claimed 0 Reusable 2" in page
    assert "one-of-ours" not in page
    assert "honey,Unused,,no" in administrator.get(f"{LIST}/csv").text
    api.codes["reader"][1]["claimed"] = True
    for code, notice in (("honey", "code-deleted"), ("wax", "code-claimed")):
        answer = administrator.submit(LIST, f"{LIST}/delete", code=code)
        assert answer.headers["Location"].endswith(f"notice={notice}")
    assert [one["code"] for one in api.codes["reader"]][:1] == ["wax"]
    assert [one.code for one in ClaimCode.select()] == ["one-of-ours"]
    assert "Claim codes None" not in words(administrator.get("/badges/reader"))


def test_elsewhere_fewer_codes_are_created_at_once(
    administrator: Browser, api: OriginalApi
) -> None:
    refused = administrator.submit(LIST, LIST, kind="random", number="101")
    assert "Enter a whole number from 1 to 100." in words(refused)
    refused = administrator.submit(LIST, LIST, kind="named", codes="\n".join(map(str, range(101))))
    assert "Add at most 100 at a time." in words(refused)
    assert not any(api.codes.values())


@pytest.mark.parametrize(
    ("form", "left"),
    [
        ({"kind": "named", "codes": "a\nb\nc"}, "c</textarea>"),
        ({"kind": "random", "number": "3"}, ""),
    ],
    ids=["named", "random"],
)
def test_elsewhere_creating_that_stops_says_how_to_go_on(
    administrator: Browser,
    api: OriginalApi,
    monkeypatch: pytest.MonkeyPatch,
    form: dict[str, str],
    left: str,
) -> None:
    answer = api.answer

    def failing(method: str, path: str, *rest: Any) -> Any:
        full = len(api.codes.get("reader", ())) == 2
        return (
            (500, {"message": "Full"}) if method == "POST" and full else answer(method, path, *rest)
        )

    monkeypatch.setattr(api, "answer", failing)
    page = administrator.submit(LIST, LIST, **form)  # type: ignore[arg-type]
    assert page.status == 400
    words_of_it = "Codes created: 2. Try again for the rest. (The BadgeKit API returned 500: Full)"
    assert words_of_it in words(page)
    assert left in page.text
    assert "b</textarea>" not in page.text


def test_elsewhere_an_api_with_very_many_codes_is_shown_in_part(
    administrator: Browser, api: OriginalApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_codes, "PAGE", 1)
    monkeypatch.setattr(remote_codes, "MOST_READ", 2)
    administrator.submit(LIST, LIST, kind="random", number="3")
    page = administrator.get(LIST)
    assert "cover the newest 2." in words(page)
    assert "Download CSV" not in words(page)
    assert administrator.get(f"{LIST}/csv").status == 413


def test_elsewhere_an_api_that_is_away_is_named(administrator: Browser, api: OriginalApi) -> None:
    api.failures = [500]
    page = administrator.get(LIST)
    assert page.status == 503
    assert "The BadgeKit API returned 500: Failure" in words(page)

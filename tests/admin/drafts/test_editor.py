"""The editor: each section's form saves, shows errors and keeps what was typed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Draft, Image, System
from chalicelib.domain.drafts import content as draft_content
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.openbadges import default_image
from tests.admin.browser import Browser, csrf, title, words
from tests.client import Answer
from tests.conftest import Cloud
from tests.domain.places import chicago, published
from tests.imaging.pictures import size, svg

PNG = default_image.content()
DRAFTER = "dora@example.org"


@pytest.fixture
def system(database: peewee.Database) -> System:
    return chicago()


@pytest.fixture
def draft(system: System) -> Draft:
    return drafts.create(Scope(system), "ada@example.org", {"name": "Star Gazer", "limit": 5})


@pytest.fixture
def drafter(signed_in: Callable[[str], Browser], system: System) -> Browser:
    accounts.allow(DRAFTER, Place("chicago"), Rights(draft=True))
    return signed_in(DRAFTER)


def address(draft: Draft, section: str) -> str:
    return f"/drafts/{draft.id}/edit/{section}"


def hidden(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found[1]


def save(browser: Browser, draft: Draft, section: str, /, **fields: Any) -> Answer:
    """Open a section and save it with these fields."""
    page = browser.get(address(draft, section))
    assert page.status == 200
    sent = {"csrf": csrf(page), "base": hidden(page, "base"), **fields}
    return browser.post(address(draft, section), sent)


def said(draft: Draft) -> dict[str, Any]:
    return drafts.content(drafts.find(draft.id))


def test_saving_a_section_can_continue_to_the_next(drafter: Browser, draft: Draft) -> None:
    answer = save(drafter, draft, "description", name=" Moon Gazer ", strapline="s", do="next")
    assert answer.status == 303
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/options?notice=saved"
    now = drafts.find(draft.id)
    assert (now.name, now.author) == ("Moon Gazer", DRAFTER)
    answer = save(drafter, draft, "description", name="Moon Gazer")
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/description?notice=saved"
    assert "Saved" in words(drafter.get(answer.headers["Location"]))


def test_options_are_saved_like_those_of_badges(drafter: Browser, draft: Draft) -> None:
    fields = {
        "timeValue": "3", "timeUnits": "hours", "evidenceType": "Photo", "limit": "", "unique": "1",
        "type": "Skill", "categories": ["Numbers", "Zoology"], "tags": "sky, night ,,sky",
        "rubricUrl": "https://example.org/rubric", "multiClaimCode": "orion",
        "alignments[0][name]": "Standard", "alignments[0][url]": "", "alignments[0][description]": "",
        "alignments[1][name]": "", "alignments[1][url]": "", "alignments[1][description]": "",
    }  # fmt: skip
    assert save(drafter, draft, "options", **fields).status == 303
    now = said(draft)
    assert (now["timeValue"], now["limit"], now["unique"]) == (3, None, True)
    assert (now["categories"], now["tags"]) == (["Numbers", "Zoology"], ["sky", "night"])
    assert [one["name"] for one in now["alignments"]] == ["Standard"]
    shown = words(drafter.get(address(draft, "options")))
    assert all(category in shown for category in draft_content.CATEGORIES)


def test_errors_are_shown_next_to_the_typed_values(drafter: Browser, draft: Draft) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = save(drafter, draft, "options", limit="many", rubricUrl=hostile, tags="a, b")
    assert answer.status == 400
    assert "2 things need your attention" in words(answer)
    assert "Enter a whole number of 1 or more, or leave this empty." in words(answer)
    assert "Enter a full web address" in words(answer)
    assert "<script>alert" not in answer.text
    assert f'value="{html.escape(hostile).replace("&quot;", "&#34;")}"' in answer.text
    assert 'value="many"' in answer.text
    assert 'value="a, b"' in answer.text
    assert said(draft)["limit"] == 5


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("add", ["one", "two", "three", ""]),
        ("remove:1", ["one", "three"]),
        ("up:2", ["one", "three", "two"]),
        ("up:0", ["one", "two", "three"]),
        ("down:0", ["two", "one", "three"]),
        ("down:2", ["one", "two", "three"]),
        ("remove:77", ["one", "two", "three"]),
        ("up:x", ["one", "two", "three"]),
    ],
)
def test_rows_move_without_a_script_and_keep_typed_values(
    drafter: Browser, draft: Draft, do: str, order: list[str]
) -> None:
    typed = {f"criteria[{n}][description]": text for n, text in enumerate(["one", "two", "three"])}
    answer = save(drafter, draft, "criteria", do=do, **typed)
    assert answer.status == 200
    shown = re.findall(r"<textarea[^>]*\[description\][^>]*>\n(.*?)</textarea>", answer.text)
    assert shown == order
    assert "Not saved yet" in answer.text
    assert said(draft)["criteria"] == []
    assert len(re.findall(r" autofocus", answer.text)) == 1


def test_criteria_are_saved_in_their_order(drafter: Browser, draft: Draft) -> None:
    fields = {
        "criteria[0][description]": "Find Orion", "criteria[0][note]": "By night",
        "criteria[1][description]": "Find Vega", "criteria[1][note]": "",
        "criteria[1][required]": "1",
    }  # fmt: skip
    assert save(drafter, draft, "criteria", **fields).status == 303
    assert said(draft)["criteria"] == [
        {"description": "Find Orion", "note": "By night", "required": False},
        {"description": "Find Vega", "note": "", "required": True},
    ]


def test_missing_fields_are_marked_and_counted(drafter: Browser, draft: Draft) -> None:
    page = drafter.get(address(draft, "description"))
    shown = re.findall(r'<p class="needed" id="(\w+)-needed">', page.text)
    assert shown == ["strapline", "earnerDescription", "consumerDescription"]
    assert "Description 3 missing for publishing" in words(page)
    criteria = drafter.get(address(draft, "criteria"))
    assert "Add at least one criterion." in words(criteria)


def test_a_conflict_shows_both_versions_to_choose_from(
    drafter: Browser, administrator: Browser, draft: Draft
) -> None:
    page = drafter.get(address(draft, "description"))
    save(administrator, draft, "description", name="Sky <b>Watcher</b>", strapline="Theirs")
    mine = {"name": "Moon Gazer", "strapline": "Mine\nwith two lines", "earnerDescription": "E"}
    sent = {"csrf": csrf(page), "base": hidden(page, "base"), **mine}
    told = drafter.post(address(draft, "description"), sent)
    assert told.status == 409
    assert title(told) == "Someone else changed this"
    shown = words(told)
    assert "ada@admin.example.org saved “Description”" in shown
    assert all(text in shown for text in ("Sky <b>Watcher</b>", "Theirs", "Moon Gazer", "Mine"))
    assert "<b>Watcher" not in told.text
    assert said(draft)["strapline"] == "Theirs"
    assert f'<a class="button quiet" href="{address(draft, "description")}">' in told.text
    fields = dict(re.findall(r'<textarea name="(.*?)" hidden>\n(.*?)</textarea>', told.text, re.S))
    kept = {"csrf": csrf(told), "base": hidden(told, "base"), **fields, "do": "save"}
    assert drafter.post(address(draft, "description"), kept).status == 303
    assert (said(draft)["name"], said(draft)["strapline"]) == ("Moon Gazer", "Mine\nwith two lines")


@pytest.mark.parametrize("section", ["options", "criteria", "milestone"])
def test_keeping_mine_sends_all_of_mine(
    drafter: Browser, administrator: Browser, draft: Draft, section: str, system: System
) -> None:
    published(system, "reader")
    mine = {
        "options": {
            "limit": "7", "unique": "1", "tags": "sky, night", "categories": ["Numbers"],
            "alignments[0][name]": "A", "alignments[0][url]": "https://example.org/a",
        },
        "criteria": {"criteria[0][description]": "Find Vega", "criteria[0][required]": "1"},
        "milestone": {
            "isMilestone": "1", "numberRequired": "1", "supportBadges": ["reader"],
            "action": "queue-application",
        },
    }[section]  # fmt: skip
    theirs = {"limit": "1", "criteria[0][description]": "Find Mars", "numberRequired": "9"}
    page = drafter.get(address(draft, section))
    save(administrator, draft, section, **theirs)
    sent: dict[str, Any] = {"csrf": csrf(page), "base": hidden(page, "base"), **mine}
    told = drafter.post(address(draft, section), sent)
    assert told.status == 409
    kept: dict[str, Any] = {"csrf": csrf(told), "base": hidden(told, "base")}
    for name, text in re.findall(r'<textarea name="(.*?)" hidden>\n(.*?)</textarea>', told.text):
        kept.setdefault(name, []).append(text)
    assert drafter.post(address(draft, section), kept).status == 303
    read = draft_content.read(section, drafts.section(drafts.find(draft.id), section))
    wanted = {
        "options": {"limit": 7, "unique": True, "tags": ["sky", "night"], "categories": ["Numbers"]},
        "criteria": {"criteria": [{"description": "Find Vega", "note": "", "required": True}]},
        "milestone": {
            "milestone": {
                "isMilestone": True, "numberRequired": 1, "supportBadges": ["reader"],
                "action": "queue-application",
            }
        },
    }[section]  # fmt: skip
    assert {name: read[name] for name in wanted} == wanted


def test_a_script_saves_and_gets_the_missing_fields(drafter: Browser, draft: Draft) -> None:
    page = drafter.get(address(draft, "description"))
    sent = {"csrf": csrf(page), "base": hidden(page, "base"), "name": "Moon", "strapline": "s"}
    first = drafter.post(address(draft, "description"), sent, Accept="application/json")
    assert (first.status, first.json["saved"]) == (200, True)
    assert {"section": "visual", "field": "image"} in first.json["missing"]
    again = {**sent, "base": first.json["base"], "name": "Moon Gazer"}
    assert drafter.post(address(draft, "description"), again, Accept="application/json").json[
        "saved"
    ]
    assert said(draft)["name"] == "Moon Gazer"
    stale = drafter.post(address(draft, "description"), sent, Accept="application/json")
    assert (stale.status, stale.json) == (409, {"saved": False, "changed": True})
    bad = {**sent, "name": "n" * 300}
    refused = drafter.post(address(draft, "description"), bad, Accept="application/json")
    assert refused.status == 400
    assert "255 characters" in refused.json["problems"]["name"]


def test_a_milestone_lists_and_searches_the_badges_of_the_system(
    drafter: Browser, draft: Draft, system: System
) -> None:
    for number in range(13):
        published(system, f"reader-{number}")
    published(chicago("pittsburgh"), "steel")
    page = drafter.get(address(draft, "milestone"))
    assert "reader-12" in page.text
    assert "steel" not in page.text
    found = save(
        drafter, draft, "milestone", do="search", search="r-7", supportBadges=["reader-3"],
        numberRequired="2",
    )  # fmt: skip
    offered = re.findall(r'name="supportBadges" value="(.*?)"( checked)?', found.text)
    assert offered == [("reader-3", " checked"), ("reader-7", "")]
    assert 'value="2"' in found.text
    saved = save(
        drafter, draft, "milestone", isMilestone="1", numberRequired="2", action="issue",
        supportBadges=["reader-3", "reader-7"], search="r-7",
    )  # fmt: skip
    assert saved.status == 303
    assert said(draft)["milestone"]["supportBadges"] == ["reader-3", "reader-7"]


def test_an_image_is_uploaded_and_an_invalid_one_leaves_it(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    def send(content: bytes) -> Answer:
        page = drafter.get(address(draft, "visual"))
        fields = {"csrf": csrf(page), "base": hidden(page, "base")}
        return drafter.upload(address(draft, "visual"), fields, "image", content)

    assert send(PNG).status == 303
    kept = drafts.find(draft.id).image
    assert {key: size(made) for key, made in cloud.objects().items()} == {kept.key: (400, 400)}
    assert f"/public/images/{kept.slug}" in drafter.get(address(draft, "visual")).text
    for content, reason in (
        (svg("", 'onload="alert(1)"'), "This SVG file contains a script"),
        (b"<html>", "This file is damaged or not an SVG"),
        (PNG[:-9], "This image is damaged"),
        (PNG + b"x" * 5 * 1024 * 1024, "This image is larger than 5 MB."),
    ):
        refused = send(content)
        assert refused.status == 400
        assert reason in words(refused)
    assert drafts.find(draft.id).image == kept
    assert len(cloud.objects()) == Image.select().count() == 1


def test_an_image_changed_by_someone_else_is_shown_first(
    drafter: Browser, draft: Draft, cloud: Cloud
) -> None:
    page = drafter.get(address(draft, "visual"))
    fields = {"csrf": csrf(page), "base": hidden(page, "base")}
    assert drafter.upload(address(draft, "visual"), fields, "image", PNG).status == 303
    again = drafter.upload(address(draft, "visual"), fields, "image", PNG)
    assert again.status == 303  # it is the same one
    fields["alt"] = "Another one"
    told = drafter.upload(address(draft, "visual"), fields, "image", PNG)
    assert told.status == 409
    assert "has changed the image" in words(told)
    assert len(cloud.objects()) == 1
    fields["base"] = hidden(told, "base")
    assert drafter.upload(address(draft, "visual"), fields, "image", PNG).status == 303


def test_editing_needs_the_permission_to_draft(
    signed_in: Callable[[str], Browser], draft: Draft
) -> None:
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    browser = signed_in("rita@example.org")
    assert browser.get(address(draft, "description")).status == 403


def test_other_sections_are_not_found(drafter: Browser, draft: Draft) -> None:
    assert drafter.get(address(draft, "secrets")).status == 404

"""The page of a published badge: everything about it, and copying, archiving and restoring it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.data.models import Alignment, Badge, Draft, Issuer, Job, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, milestones
from chalicelib.domain.badges import badges, codes
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from tests.admin.browser import Browser, title, words
from tests.domain import places

HOSTILE = '<script>alert("x")</script> " onload=\'1\' ' + "long" * 40


@pytest.fixture
def system(administrator: Browser) -> System:
    """Where the administrator works."""
    return places.chicago()


@pytest.fixture
def badge(system: System) -> Badge:
    badge = places.published(
        system, "a/reader?", name="Reader", strapline="Reads all", earnerDescription="You read.",
        consumerDescription="They read.", timeValue=2, timeUnits="weeks", limit=9, type="Skill",
        evidenceType="Photo", rubricUrl="http://example.org/rubric",
        categories=["Numbers"], tags=["books"],
        criteria=[{"description": "Read a book", "required": True, "note": "Count pages"},
                  {"description": "Write one", "required": False, "note": ""}],
        alignments=[{"name": "Standard 7", "url": "http://example.org/7"}],
    )  # fmt: skip
    Badge.update(issuer_url="javascript:alert(1)").execute()  # was accepted once
    other = places.published(system, "helper", name="Helper")
    milestones.create(
        system, {"primaryBadgeId": badge.id, "supportBadges": [other.id], "numberRequired": 1,
                 "action": "issue"},
    )  # fmt: skip
    return badge


PAGE = "/badges/a%2Freader%3F"


def links(answer: Any) -> set[str]:
    found = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    return {html.unescape(one) for one in found}


def test_everything_about_a_badge_is_shown(administrator: Browser, badge: Badge) -> None:
    for number in range(7):
        awards.give(badge, f"earner{number}@example.org")
    applications.create(badge, {"learner": "two@example.org"})
    codes.create(badge, {"code": "open", "multiuse": True})
    codes.create(badge, {"code": "once"})
    codes.claim(badge, "once", "earner0@example.org")
    page = administrator.get(PAGE)
    assert (page.status, title(page)) == (200, "Reader")
    for text in (
        "Reads all", "You read.", "They read.", "Read a book", "For reviewers: Count pages",
        "Write one Optional", "Earning one of these badges awards this one automatically: Helper",
        "Standard 7", "Time to earn 2 weeks", "Evidence type Photo", "Award limit 9 awards",
        "Badge type Skill", "Categories Numbers", "Tags books", "Awarded 7", "Pending applications 1",
        "2 (1 claimed)", "Per person Once",
    ):  # fmt: skip
        assert text in words(page)
    assert "earner6 @example.org" in words(page)
    assert "earner2 @example.org" in words(page)
    assert "earner1 @example.org" not in words(page)
    assert {
        f"http://localhost:3000/id/badges/{badge.public_id}",
        "http://example.org/c", "http://example.org/rubric", "http://example.org/7",
        "/badges/helper", f"{PAGE}/awards", f"{PAGE}/issue", f"{PAGE}/codes",
    } <= links(page)  # fmt: skip
    assert "javascript:alert(1)" in words(page)
    assert "javascript:alert(1)" not in links(page)


def test_an_empty_badge_is_shown_too(administrator: Browser, system: System) -> None:
    places.published(system, "plain")
    page = administrator.get("/badges/plain")
    for text in ("Criteria None", "No awards yet.", "Claim codes None"):
        assert text in words(page)


def test_an_unknown_badge_and_a_deleted_one_are_not_found(
    administrator: Browser, badge: Badge
) -> None:
    awards.give(badge, "one@example.org")
    badges.delete(badge)
    assert administrator.get(PAGE).status == 404
    assert administrator.get("/badges/nope").status == 404


def test_hostile_words_are_shown_harmlessly(administrator: Browser, system: System) -> None:
    places.published(
        system, "evil", name=HOSTILE, strapline=HOSTILE[:140], tags=[HOSTILE],
        earnerDescription=HOSTILE, criteria=[{"description": HOSTILE, "required": 1}],
        alignments=[{"name": HOSTILE, "url": "http://x/"}],
    )  # fmt: skip
    Alignment.update(url=f"http://x/{HOSTILE}").execute()  # was accepted once
    page = administrator.get("/badges/evil")
    assert page.status == 200
    assert "<script>alert" not in page.text
    assert title(page) == HOSTILE.strip()


# Who may what


def test_earners_and_what_is_not_allowed_are_hidden_from_reviewers(
    badge: Badge, signed_in: Callable[[str], Browser]
) -> None:
    awards.give(badge, "earner@example.org")
    accounts.allow("rita@example.org", Place("chicago"), Rights(review=True))
    page = signed_in("rita@example.org").get(PAGE)
    assert page.status == 200
    assert "earner" not in words(page).lower().replace("for earners", "")
    assert not any(one.startswith(f"{PAGE}/") for one in links(page))


def test_drafters_may_copy_but_not_archive(
    badge: Badge, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow("dora@example.org", Place("chicago"), Rights(draft=True))
    dora = signed_in("dora@example.org")
    assert {one for one in links(dora.get(PAGE)) if one.startswith(f"{PAGE}/")} == {f"{PAGE}/copy"}
    assert dora.submit(PAGE, f"{PAGE}/archive").status == 403
    assert dora.submit(PAGE, f"{PAGE}/copy").status == 303


def test_a_badge_whose_system_was_deleted_is_managed_by_administrators_alone(
    administrator: Browser, badge: Badge, signed_in: Callable[[str], Browser]
) -> None:
    places.chicago("boston")
    badge.system.delete_instance()
    accounts.allow("bob@example.org", Place("boston"), Rights(publish=True))
    bob = signed_in("bob@example.org")
    assert bob.get(PAGE).status == 403
    assert bob.submit("/directory", f"{PAGE}/archive").status == 403
    assert bob.submit("/directory", f"{PAGE}/copy").status == 403
    assert not badges.by_id(badge.id).archived
    page = administrator.get(PAGE)
    assert "System deleted" in words(page)
    assert f"{PAGE}/archive" in links(page)
    assert administrator.submit(PAGE, f"{PAGE}/archive").status == 303


# Copying, archiving, restoring


def test_a_copy_is_a_draft_where_one_works(administrator: Browser, badge: Badge) -> None:
    library = Issuer.create(system=badge.system, slug="library", name="L", url="http://e.org")
    administrator.submit("/context", "/context", system="chicago", issuer="library")
    answer = administrator.submit(PAGE, f"{PAGE}/copy")
    draft = Draft.get()
    assert answer.headers["Location"] == f"/drafts/{draft.id}/edit/description?notice=copied"
    assert (draft.name, draft.status, draft.issuer_id) == ("Reader", "draft", library.id)
    assert (draft.author, draft.image_id) == ("ada@admin.example.org", badge.image_id)


def test_a_copy_stays_beside_the_badge_where_one_may_not_draft_where_one_works(
    badge: Badge, signed_in: Callable[[str], Browser]
) -> None:
    places.chicago("boston")
    accounts.allow("dora@example.org", Place("chicago"), Rights(draft=True))
    accounts.allow("dora@example.org", Place("boston"), Rights(review=True))
    dora = signed_in("dora@example.org")
    dora.submit("/context", "/context", system="boston")
    dora.submit(PAGE, f"{PAGE}/copy")
    assert Draft.get().system == badge.system


def test_a_badge_is_archived_and_comes_back(administrator: Browser, badge: Badge) -> None:
    for _ in range(2):  # also when the form is sent twice
        answer = administrator.submit(PAGE, f"{PAGE}/archive")
        assert answer.headers["Location"] == f"{PAGE}?notice=archived"
    page = administrator.get(f"{PAGE}?notice=archived")
    assert "Reader archived. It can’t be issued, but its earners keep it." in words(page)
    assert f"{PAGE}/issue" not in links(page)
    assert f"{PAGE}/restore" in links(page)
    assert "Archived" in words(administrator.get("/directory?tab=archived"))
    answer = administrator.submit(PAGE, f"{PAGE}/restore")
    assert "Reader restored. It can be issued again." in words(
        administrator.get(answer.headers["Location"])
    )
    assert badges.by_id(badge.id).archived is False


def test_an_image_that_could_not_be_copied_is_copied_again(
    administrator: Browser, badge: Badge
) -> None:
    assert f"{PAGE}/image" not in links(administrator.get(PAGE))
    job = Job.get(Job.image == badge.image)
    Job.update(state=outbox.FAILED, due=None, reason="example.org is away").execute()
    page = administrator.get(PAGE)
    assert "This image is on another site and couldn’t be copied: example.org is away" in words(
        page
    )
    for _ in range(2):  # also when the form is sent twice
        answer = administrator.submit(PAGE, f"{PAGE}/image")
        assert answer.headers["Location"] == f"{PAGE}?notice=copying-image"
    assert Job.get_by_id(job.id).state == outbox.RECEIVED
    assert "Copying the image of Reader" in words(administrator.get(answer.headers["Location"]))


def test_users_who_may_only_award_see_just_that(
    badge: Badge, signed_in: Callable[[str], Browser]
) -> None:
    awards.give(badge, "eve@example.org")
    accounts.allow("olga@example.org", Place("chicago"), Rights(award=True))
    browser = signed_in("olga@example.org")
    page, listed = browser.get(PAGE), browser.get(f"{PAGE}/awards")
    for text in ("Issue", "Awards", "Recent awards"):
        assert text in words(page)
    assert "eve@example.org" in words(listed)
    for text in ("Archive", "/codes", "Copy to draft", "/revoke", "Settings", "Activity"):
        assert text not in page.text + listed.text


def test_a_page_takes_few_statements(
    administrator: Browser, badge: Badge, statements: list[str]
) -> None:
    for number in range(9):
        awards.give(badge, f"earner{number}@example.org")
    statements.clear()
    administrator.get(PAGE)
    assert len(statements) <= 11


def test_scope_of_an_inner_place_is_named(administrator: Browser, system: System) -> None:
    library = Issuer.create(system=system, slug="library", name="The Library", url="http://e.org")
    where = Scope(system, library)
    data = {
        "name": "In", "slug": "in", "earnerDescription": "E", "consumerDescription": "C",
        "criteriaUrl": "http://example.org/c", "unique": 1,
    }  # fmt: skip
    badges.create(where, data, places.PICTURE)
    assert "The Library, C" in words(administrator.get("/badges/in"))

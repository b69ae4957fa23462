"""The page after signing in, and the checklist of an empty system."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.admin.start import STARTERS
from chalicelib.data.models import Draft, System
from chalicelib.domain.awards import awards
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.studio.presets import PRESETS
from tests.admin.browser import Browser, title, words
from tests.conftest import Cloud
from tests.domain.places import published

SignedIn = Callable[[str], Browser]
LOGO = images.Picture(key="images/logo.png", media_type="image/png")
PERSON = "person@example.org"


@pytest.fixture
def chicago(database: peewee.Database) -> System:
    """A system as it was created with the deployment."""
    made = owners.create_first_system("chicago", "http://localhost:3000")
    assert made is not None
    return made


@pytest.fixture
def person(signed_in: SignedIn, chicago: System) -> Callable[..., Browser]:
    """Return a function that signs in a person with some rights in the system."""

    def make(**rights: bool) -> Browser:
        accounts.allow(PERSON, Place("chicago"), Rights(**rights))
        return signed_in(PERSON)

    return make


def landing(browser: Browser) -> str:
    """Return where a user lands after signing in."""
    return str(browser.get("/home").headers["Location"])


def steps(browser: Browser) -> list[tuple[str, bool, str | None]]:
    """Return the steps of the checklist: heading, whether it is done, and where its button leads."""
    found = []
    for text in re.findall(r'<li class="panel step.*?</li>', browser.get("/start").text, re.DOTALL):
        heading = re.search(r"<h2>\s*(.*?)\s*(?:<span|</h2>)", text, re.DOTALL)
        button = re.search(r'(?:class="button[^"]*" href|action)="([^"]*)"', text)
        assert heading
        found.append((heading[1], "(done)" in text, button[1] if button else None))
    return found


# Where users land


def test_who_only_reviews_lands_on_applications(person: Any) -> None:
    assert landing(person(review=True)) == "/applications"
    assert landing(person(review=True, draft=True)) == "/start"


def test_a_user_lands_on_the_checklist_until_a_badge_was_issued(
    administrator: Browser, chicago: System
) -> None:
    assert landing(administrator) == "/start"
    badge = published(chicago, "reader")
    assert landing(administrator) == "/start"
    awards.give(badge, "ada@example.org")
    assert landing(administrator) == "/directory"


def test_a_checklist_that_was_closed_stays_closed_and_can_be_opened(
    administrator: Browser, chicago: System
) -> None:
    answer = administrator.submit("/start", "/start")
    assert answer.headers["Location"] == "/directory"
    assert landing(administrator) == "/directory"
    page = administrator.get("/directory")
    assert "Back to the first steps" not in words(page)
    assert 'href="/start"' in page.text
    assert title(administrator.get("/start")) == "First steps"


def test_signing_in_leads_there(browser: Browser, request_link: Any) -> None:
    assert browser.get(request_link()).headers["Location"] == "/home"


# Without a system


def test_an_administrator_without_a_system_creates_it_from_the_checklist(
    administrator: Browser,
) -> None:
    assert landing(administrator) == "/start"
    assert administrator.get("/directory").headers["Location"] == "/start"
    assert steps(administrator) == [
        ("Name and logo", False, "/settings/systems/new"),
        ("Your first badge", False, None),
        ("Issue it to yourself", False, None),
        ("Invite a colleague", False, None),
    ]
    fields = {"name": "Riverbend School", "url": "https://riverbend.example.org"}
    made = administrator.submit("/settings/systems/new", "/settings/systems/new", **fields)
    page = administrator.get(made.headers["Location"])
    assert "Back to the first steps" in words(page)
    (first, second, *_) = steps(administrator)
    assert first == ("Name and logo", True, None)
    assert second == ("Your first badge", False, "/start/badge")


def test_with_another_api_systems_are_not_created_here(
    administrator: Browser, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_URL"] = "https://api.example.org"
    assert administrator.get("/start").headers["Location"] == "/settings/systems"


def test_a_user_without_rights_has_no_checklist(signed_in: SignedIn, chicago: System) -> None:
    accounts.allow(PERSON, Place("chicago"), Rights())
    assert signed_in(PERSON).get("/start").status == 403


# The steps


def test_the_steps_are_those_that_the_user_may_take(person: Any) -> None:
    for rights, names in (
        ({"draft": True}, ["Your first badge"]),
        (
            {"publish": True},
            ["Name and logo", "Your first badge", "Issue it to yourself", "Invite a colleague"],
        ),
    ):
        assert [name for name, _, _ in steps(person(**rights))] == names
    assert person(review=True).get("/start").headers["Location"] == "/applications"


def test_each_step_is_done_by_what_there_is(administrator: Browser, chicago: System) -> None:
    def done() -> list[bool]:
        return [is_done for _, is_done, _ in steps(administrator)]

    assert done() == [False, False, False, False]
    owners.update(chicago, {"name": "Riverbend School"})
    assert done() == [True, False, False, False]
    drafts.create(Scope(chicago), PERSON)
    assert done() == [True, True, False, False]
    awards.give(published(chicago, "reader"), "ada@example.org")
    assert done() == [True, True, True, False]
    accounts.allow(PERSON, Place("chicago"), Rights(review=True))
    page = administrator.get("/start")
    assert title(page) == "You’re all set"
    assert "4 of 4 done" in words(page)
    assert "Back to the first steps" not in words(administrator.get("/directory"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, False),
        ({"name": "Riverbend"}, True),
        ({"url": "https://riverbend.example.org"}, True),
        ({"email": "office@riverbend.example.org"}, False),
    ],
)
def test_a_profile_that_was_made_with_the_deployment_is_not_done(
    administrator: Browser, chicago: System, change: dict[str, str], named: bool
) -> None:
    owners.update(chicago, change)
    assert steps(administrator)[0][1] is named
    owners.update(chicago, {}, LOGO)
    assert steps(administrator)[0][1] is True


def test_one_step_leads_to_publishing_and_then_to_issuing(
    administrator: Browser, chicago: System, cloud: Cloud
) -> None:
    administrator.submit("/start", "/start/badge", design="explorer")
    draft = Draft.get()
    assert steps(administrator)[2][2] == f"/drafts/{draft.id}/publish"
    administrator.submit(f"/drafts/{draft.id}/publish", f"/drafts/{draft.id}/publish")
    to_issue = steps(administrator)[2][2]
    assert to_issue == "/badges/explorer/issue?to=me"
    assert ">\nada@admin.example.org</textarea>" in administrator.get(to_issue).text


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.preset)
def test_a_design_makes_a_draft_that_can_be_published(
    administrator: Browser, chicago: System, cloud: Cloud, starter: Any
) -> None:
    assert starter.preset in PRESETS
    made = administrator.submit("/start", "/start/badge", design=starter.preset)
    draft = drafts.find(Draft.get().id)
    assert made.headers["Location"] == f"/drafts/{draft.id}?notice=first-drafted"
    assert draft.name == starter.name
    assert drafts.missing(draft) == []
    assert "Ready to publish" in words(administrator.get(f"/drafts/{draft.id}"))


def test_a_design_that_does_not_exist_is_refused(administrator: Browser, chicago: System) -> None:
    assert administrator.submit("/start", "/start/badge", design="nothing").status == 404
    assert Draft.select().count() == 0


# Leading back


def test_the_pages_that_it_leads_to_lead_back(administrator: Browser, chicago: System) -> None:
    assert "Back to the first steps" not in words(administrator.get("/directory"))
    for _, _, path in steps(administrator):
        if path and path != "/start/badge":
            assert "Back to the first steps" in words(administrator.get(path)), path
    assert "Back to the first steps" not in words(administrator.get("/start"))

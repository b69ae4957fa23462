"""The editor with its script: it saves automatically, moves rows in place, and warns."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.admin.auth import session
from chalicelib.data.models import Draft
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners.places import Scope
from tests.admin.conftest import ADMINISTRATOR
from tests.domain.places import chicago

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(site: str) -> Draft:
    return drafts.create(Scope(chicago()), "someone@example.org", {"name": "Star Gazer"})


@pytest.fixture
def tab(page: Any, site: str) -> Any:
    """A tab with a signed-in administrator."""
    value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].split("=", 1)[1]
    page.context.add_cookies([{"name": "session", "value": value, "url": site}])
    return page


def state(tab: Any, text: str) -> None:
    """Wait until the editor shows a state."""
    tab.locator("[data-state]").filter(has_text=re.compile(text)).wait_for()


def content_of(draft: Draft) -> dict[str, Any]:
    return drafts.content(drafts.find(draft.id))


def save(draft: Draft, **values: Any) -> None:
    """Save a description concurrently, as another user."""
    now = drafts.find(draft.id)
    whole = {**drafts.section(now, "description"), **values}
    drafts.save(draft.id, "description", whole, drafts.base(now, "description"), "else@example.org")


def test_input_is_saved_automatically(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/edit/description")
    tab.get_by_text("Add a short description.").wait_for()
    tab.get_by_label("Short description").fill("Knows the sky")
    state(tab, "Unsaved changes")
    assert not tab.get_by_text("Add a short description.").is_visible()
    state(tab, "Saved at")
    assert content_of(draft)["strapline"] == "Knows the sky"
    assert tab.locator("[data-section=description] .number").inner_text() == "2"
    tab.get_by_label("Name", exact=True).fill("Moon Gazer")  # based on the saved version
    state(tab, "Unsaved changes")
    state(tab, "Saved at")
    assert content_of(draft)["name"] == "Moon Gazer"


def test_rows_move_in_place_and_keep_the_focus(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/edit/criteria")
    for text in ("Orion", "Vega"):
        tab.get_by_role("button", name="Add criterion").click()
        number = 1 if text == "Orion" else 2
        field = tab.get_by_role("group", name=f"criterion {number}").get_by_label("Description")
        field.and_(tab.locator(":focus")).wait_for()
        tab.keyboard.type(text)
    tab.get_by_role("button", name="Move up: criterion 2").click()
    tab.locator(":focus").and_(tab.get_by_role("button", name="Move down: criterion 1")).wait_for()
    state(tab, "Saved at")
    assert [one["description"] for one in content_of(draft)["criteria"]] == ["Vega", "Orion"]
    tab.get_by_role("button", name="Remove: criterion 1").click()
    tab.get_by_role("group", name="criterion 2").wait_for(state="detached")
    state(tab, "Saved at")
    assert [one["description"] for one in content_of(draft)["criteria"]] == ["Orion"]


def test_the_milestone_is_also_saved_automatically(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/edit/milestone")
    assert not tab.get_by_label("Support badges needed").is_visible()
    tab.get_by_label("Milestone badge").check()
    tab.get_by_label("Support badges needed").fill("2")
    state(tab, "Saved at")
    assert content_of(draft)["milestone"]["numberRequired"] == 2
    tab.get_by_text("Choose enough support badges.").wait_for()


def test_invalid_input_is_not_saved_and_leaving_asks_first(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/edit/description")
    tab.get_by_label("Issuer URL").fill("nowhere")
    state(tab, "Not saved. Fix the errors shown.")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    tab.on("dialog", stay)
    tab.get_by_role("link", name="Preview").click()
    tab.wait_for_url(f"**/drafts/{draft.id}")
    assert asked == ["beforeunload"]
    assert content_of(draft)["issuerUrl"] == ""


def test_a_concurrent_change_stops_saving_until_it_is_compared(tab: Any, draft: Draft) -> None:
    tab.goto(f"/drafts/{draft.id}/edit/description")
    save(draft, strapline="Theirs")
    tab.get_by_label("Short description").fill("Mine")
    state(tab, "Someone else changed this")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_role("heading", name="Someone else changed this").wait_for()
    assert tab.get_by_text("else@example.org").is_visible()
    tab.get_by_role("button", name="Keep your version").click()
    tab.get_by_text("Saved", exact=True).wait_for()
    assert content_of(draft)["strapline"] == "Mine"

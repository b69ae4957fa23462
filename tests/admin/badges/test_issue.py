"""Issue by e-mail: addresses are checked and listed, issued to once, with their progress."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, csrf, words
from tests.client import Answer
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline

ISSUE = "/badges/reader/issue"


@pytest.fixture
def badge(database: peewee.Database) -> Badge:
    return published(chicago(), "reader")


def form(page: Answer) -> dict[str, str]:
    token = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
    assert token
    return {"csrf": csrf(page), "token": token[1]}


def send(browser: Browser, addresses: str, **more: str) -> Answer:
    """Send the form, which leads to the confirmation or back with errors."""
    return browser.post(ISSUE, {**form(browser.get(ISSUE)), "addresses": addresses, **more})


def carried(page: Answer) -> dict[str, str]:
    """Return the fields that a confirmation carries, and its button."""
    names = ("csrf", "token", "addresses", "note", "narrative", "confirmed")
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page.text) for name in names}
    assert all(fields.values()), "nothing to confirm"
    return {name: html.unescape(one[1]) for name, one in fields.items() if one}


def issue(browser: Browser, addresses: str, **more: str) -> Answer:
    """Send the form, and confirm what is shown."""
    return browser.post(ISSUE, carried(send(browser, addresses, **more)))


def queued() -> list[str | None]:
    return [event.subject for event in Event.select().where(Event.action == "issue")]


def test_addresses_are_queued_once_confirmed_and_the_page_shows_each(
    administrator: Browser, badge: Badge
) -> None:
    typed = "Ada <ada@example.org>; BOB@example.org"
    texts = {"note": 'Call me\n"now"', "narrative": "Read <ten> books"}
    confirmation = send(administrator, typed, **texts)
    assert confirmation.status == 200
    assert queued() == []
    said = words(confirmation)
    assert "Issue to 2 people?" in said
    assert "2 people get the badge and an email now." in said
    assert 'Note to the earner (only in the email) Call me "now"' in said
    assert "Narrative (public) Read <ten> books" in said
    answer = administrator.post(ISSUE, carried(confirmation))
    assert answer.status == 303
    assert queued() == ["ada@example.org", "BOB@example.org"]
    body = json.loads(Event.get(Event.action == "issue").body)
    assert (body["note"], body["narrative"]) == (texts["note"], texts["narrative"])
    page = administrator.get(answer.headers["Location"])
    said = words(page)
    assert "Issuing to 2 addresses" in said
    assert "0 of 2 finished" in said
    assert "ada@example.org Waiting" in said
    assert 'Note to the earner (only in the email) Call me "now"' in said
    assert "Narrative (public) Read <ten> books" in said
    assert 'data-poll="3"' in page.text


def test_the_form_says_of_each_text_who_reads_it(administrator: Browser, badge: Badge) -> None:
    said = words(administrator.get(ISSUE))
    assert "Note to the earner (only in the email) (optional) Only the earner reads it." in said
    assert (
        "Narrative (public) (optional) Anyone can read it: it’s shown on the award’s page" in said
    )


def test_in_front_of_another_api_the_form_says_what_that_one_leaves_out(
    administrator: Browser, badge: Badge, settings: dict[str, str]
) -> None:
    said = "It’s left out if the BadgeKit API sends the email."
    assert said not in words(administrator.get(ISSUE))
    settings |= {"OPENBADGER_URL": "http://127.0.0.1:9", "OPENBADGER_SECRET": "s" * 32}
    assert said in words(administrator.get(ISSUE))


def test_where_earners_get_no_mail_no_note_is_asked_for(
    administrator: Browser, badge: Badge
) -> None:
    mail_policy.change(badge.system, MailPolicy.NEVER)
    assert 'name="note"' not in administrator.get(ISSUE).text
    said = words(send(administrator, "ada@example.org"))
    assert "One person gets the badge now. No email is sent: it’s turned off" in said


def test_what_would_happen_to_each_entry_is_told_before_anything_is_sent(
    administrator: Browser, badge: Badge
) -> None:
    awards.give(badge, "has@example.org")
    typed = "nobody@, Has@Example.org\nnew@example.org NEW@example.org <script>alert(1)</script>"
    confirmation = send(administrator, typed)
    said = words(confirmation)
    assert "One person gets the badge and an email now. Show addresses new@example.org" in said
    assert "One person already has this badge, and gets nothing. Has@Example.org" in said
    assert "3 entries aren’t email addresses, and are skipped." in said
    assert "nobody@ (no domain after the @ sign, such as example.org)" in said
    assert "script (no @ sign)" in said
    assert "One address is listed more than once, and counts once. new@example.org" in said
    assert "<script>alert" not in confirmation.text
    assert queued() == []
    assert administrator.post(ISSUE, carried(confirmation)).status == 303
    assert queued() == ["new@example.org"]


def test_what_was_typed_can_be_changed_instead(administrator: Browser, badge: Badge) -> None:
    fields = carried(send(administrator, "a@example.org\nhalf@", note="Call me", narrative="Well"))
    del fields["confirmed"]
    page = administrator.post(ISSUE, {**fields, "change": "1"})
    assert page.status == 200
    for text in ("a@example.org\nhalf@", "Call me", "Well"):
        assert f"\n{text}</textarea>" in page.text
    assert queued() == []


@pytest.mark.parametrize("other", ["addresses", "note", "narrative", "confirmed"])
def test_only_what_was_shown_is_confirmed(administrator: Browser, badge: Badge, other: str) -> None:
    fields = carried(send(administrator, "ada@example.org", note="A", narrative="B"))
    again = administrator.post(ISSUE, {**fields, other: "bob@example.org"})
    assert again.status == 409
    assert "This has changed since you looked. Nothing was sent." in words(again)
    assert queued() == []
    assert administrator.post(ISSUE, carried(again)).status == 303


def test_a_badge_that_people_got_meanwhile_is_shown_again(
    administrator: Browser, badge: Badge
) -> None:
    fields = carried(send(administrator, "ada@example.org bob@example.org"))
    awards.give(badge, "bob@example.org")
    again = administrator.post(ISSUE, fields)
    assert again.status == 409
    assert "One person gets the badge and an email now." in words(again)


def test_the_page_tells_the_way_to_the_end_and_stops_asking(
    app: Any, clock: Clock, administrator: Browser, badge: Badge, cloud: Cloud
) -> None:
    pipeline = Pipeline(cloud, clock)
    where = issue(administrator, "ada@example.org").headers["Location"]
    pipeline.step(of=["ISSUING_QUEUE_URL"])
    assert "Awarded, sending email" in words(administrator.get(where))
    pipeline.settle()
    page = administrator.get(where)
    assert "1 of 1 finished" in words(page)
    assert "ada@example.org Awarded and emailed View award" in words(page)
    assert "data-poll" not in page.text
    assert f"/public/awards/{Award.get().slug}" in page.text


def test_what_failed_says_why_and_leads_to_the_activity_page(
    administrator: Browser, badge: Badge
) -> None:
    where = issue(administrator, "ada@example.org").headers["Location"]
    Job.update(state=outbox.FAILED, reason="Badge <b>gone</b>", due=None).execute()
    page = administrator.get(where)
    assert "Not awarded Badge <b>gone</b> Activity" in words(page)
    assert "<b>gone" not in page.text
    assert "data-poll" not in page.text


def test_a_confirmation_sent_twice_leads_to_the_same_page(
    administrator: Browser, badge: Badge
) -> None:
    fields = carried(send(administrator, "ada@example.org"))
    first, second = (administrator.post(ISSUE, fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    awards.give(badge, "ada@example.org")
    assert administrator.post(ISSUE, fields).headers["Location"] == first.headers["Location"]
    assert queued() == ["ada@example.org"]


def test_a_form_that_was_changed_after_it_was_confirmed_is_another_one(
    administrator: Browser, badge: Badge
) -> None:
    fields = form(administrator.get(ISSUE))
    for email in ("ada@example.org", "bob@example.org"):
        confirmation = administrator.post(ISSUE, {**fields, "addresses": email})
        administrator.post(ISSUE, carried(confirmation))
    assert queued() == ["ada@example.org", "bob@example.org"]


def test_a_list_of_no_one_new_names_each_entry_beside_the_form(
    administrator: Browser, badge: Badge
) -> None:
    awards.give(badge, "has@example.org")
    refused = send(administrator, "nobody@, Has@Example.org", note="Kept", narrative="Too")
    assert refused.status == 400
    said = words(refused)
    assert "One entry isn’t an email address." in said
    assert "One person already has this badge." in said
    assert "nobody@ (no domain after the @ sign" in said
    assert "<li>Has@Example.org</li>" in refused.text
    for text in ("nobody@, Has@Example.org", "Kept", "Too"):
        assert f"\n{text}</textarea>" in refused.text
    assert 'name="confirmed"' not in refused.text


@pytest.mark.parametrize(
    ("addresses", "text", "said"),
    [
        ("", "", "Enter at least one email address."),
        (" ;,\n", "", "Enter at least one email address."),
        ("ada@example.org", "x" * 2001, "This text has 2001 characters. Shorten it to 2000."),
        (
            " ".join(f"e{n}@a.co" for n in range(5001)),
            "",
            "You entered 5001 addresses. Issue to at most 5000 at a time.",
        ),
        ("nobody", "", "One entry isn’t an email address."),
    ],
    ids=["nothing", "separators", "a long text", "a long list", "nobody"],
)
def test_what_is_wrong_is_said_beside_the_field(
    administrator: Browser, badge: Badge, addresses: str, text: str, said: str
) -> None:
    for name in ("note", "narrative"):
        refused = send(administrator, addresses, **{name: text})
        assert refused.status == 400
        assert said in words(refused)
        if text:
            assert f'id="{name}-problem"' in refused.text
        assert 'name="confirmed"' not in refused.text
    assert queued() == []


def test_more_than_the_limit_leaves_are_refused_at_once(
    administrator: Browser, database: peewee.Database
) -> None:
    published(chicago(), "reader", limit=2)
    assert "2 awards left" in words(administrator.get(ISSUE))
    refused = send(administrator, "a@example.org b@example.org c@example.org")
    assert refused.status == 400
    assert "You entered 3 addresses, but only 2 awards are left." in words(refused)
    assert queued() == []


def test_a_limit_of_zero_is_none(
    app: Any, administrator: Browser, database: peewee.Database, cloud: Cloud, clock: Clock
) -> None:
    badge = published(chicago(), "reader", limit=0)
    for path in (ISSUE, "/badges/reader"):
        assert "Award limit" not in words(administrator.get(path))
    assert issue(administrator, "a@example.org b@example.org").status == 303
    Pipeline(cloud, clock).settle()
    assert Badge.get_by_id(badge.id).awarded == 2


def test_a_badge_that_cannot_be_awarded_says_so_at_once(
    administrator: Browser, badge: Badge
) -> None:
    fields = carried(send(administrator, "ada@example.org"))
    badges.update(badge, {"archived": True})
    page = administrator.get(ISSUE)
    assert "This badge is archived" in words(page)
    assert "<textarea" not in page.text
    assert administrator.post(ISSUE, fields).status == 400
    assert queued() == []


def test_no_other_badge_and_no_other_name_leads_to_a_batch(
    administrator: Browser, badge: Badge
) -> None:
    published(badge.system, "writer")
    where = issue(administrator, "ada@example.org").headers["Location"]
    batch = where.rsplit("/", 1)[-1]
    assert administrator.get(f"/badges/writer/issue/{batch}").status == 404
    assert administrator.get(f"{ISSUE}/{'f' * 16}").status == 404
    assert administrator.get(f"{ISSUE}/x").status == 404


def test_a_batch_is_shown_by_pages(administrator: Browser, badge: Badge) -> None:
    addresses = " ".join(f"e{number}@example.org" for number in range(150))
    where = issue(administrator, addresses).headers["Location"]
    first, second = administrator.get(where), administrator.get(f"{where}?page=2")
    assert "e99@example.org" in first.text
    assert "e100@example.org" not in first.text
    assert "e149@example.org" in second.text
    assert "Page 2 of 2" in words(second)
    assert administrator.get(f"{where}?page=3").status == 200


@pytest.mark.parametrize(
    ("rights", "status"), [(Rights(publish=True), 200), (Rights(draft=True), 403)]
)
def test_issuing_takes_the_right_to_publish(
    signed_in: Callable[[str], Browser], badge: Badge, rights: Rights, status: int
) -> None:
    accounts.allow("pat@example.org", Place("chicago"), rights)
    assert signed_in("pat@example.org").get(ISSUE).status == status

"""Issue by e-mail: addresses are checked and listed, issued to once, with their progress."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
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
    fields = {**form(browser.get(ISSUE)), "addresses": addresses, "comment": "", **more}
    return browser.post(ISSUE, fields)


def skip(page: Answer) -> str:
    found = re.search(r'name="skip" value="([0-9a-f]{16})"', page.text)
    assert found, "nothing is offered"
    return found[1]


def queued() -> list[str | None]:
    return [event.subject for event in Event.select().where(Event.action == "issue")]


def test_addresses_are_queued_and_the_page_shows_each(administrator: Browser, badge: Badge) -> None:
    answer = send(administrator, "Ada <ada@example.org>; BOB@example.org", comment="Well done")
    assert answer.status == 303
    assert queued() == ["ada@example.org", "BOB@example.org"]
    page = administrator.get(answer.headers["Location"])
    said = words(page)
    assert "Issuing to 2 addresses" in said
    assert "0 of 2 finished" in said
    assert "ada@example.org Waiting" in said
    assert "Well done" in said
    assert 'data-poll="3"' in page.text


def test_the_page_tells_the_way_to_the_end_and_stops_asking(
    app: Any, clock: Clock, administrator: Browser, badge: Badge, cloud: Cloud
) -> None:
    pipeline = Pipeline(cloud, clock)
    where = send(administrator, "ada@example.org").headers["Location"]
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
    where = send(administrator, "ada@example.org").headers["Location"]
    Job.update(state=outbox.FAILED, reason="Badge <b>gone</b>", due=None).execute()
    page = administrator.get(where)
    assert "Not awarded Badge <b>gone</b> Activity" in words(page)
    assert "<b>gone" not in page.text
    assert "data-poll" not in page.text


def test_the_same_form_sent_twice_leads_to_the_same_page(
    administrator: Browser, badge: Badge
) -> None:
    fields = {**form(administrator.get(ISSUE)), "addresses": "ada@example.org", "comment": ""}
    first, second = (administrator.post(ISSUE, fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    awards.give(badge, "ada@example.org")
    assert administrator.post(ISSUE, fields).headers["Location"] == first.headers["Location"]
    assert queued() == ["ada@example.org"]


def test_a_form_that_was_changed_after_it_was_sent_is_another_one(
    administrator: Browser, badge: Badge
) -> None:
    fields = {**form(administrator.get(ISSUE)), "comment": ""}
    for email in ("ada@example.org", "bob@example.org"):
        administrator.post(ISSUE, {**fields, "addresses": email})
    assert queued() == ["ada@example.org", "bob@example.org"]


def test_each_bad_or_awarded_address_is_named_and_the_others_may_go(
    administrator: Browser, badge: Badge
) -> None:
    awards.give(badge, "has@example.org")
    typed = "nobody@, Has@Example.org\nnew@example.org <script>alert(1)</script>"
    refused = send(administrator, typed, comment="Kept")
    assert refused.status == 400
    said = words(refused)
    assert "3 entries aren’t email addresses." in said
    assert "One person already has this badge." in said
    assert "<li>nobody@</li>" in refused.text
    assert "<li>Has@Example.org</li>" in refused.text
    assert "<script>alert" not in refused.text
    assert "nobody@, Has@Example.org\nnew@example.org" in refused.text
    assert "Kept" in said
    assert "Skip these and issue to one person" in said
    assert queued() == []
    sent = {**form(refused), "addresses": typed, "comment": "Kept", "skip": skip(refused)}
    assert administrator.post(ISSUE, sent).status == 303
    assert queued() == ["new@example.org"]


def test_what_is_changed_before_issuing_to_the_others_is_looked_at_again(
    administrator: Browser, badge: Badge
) -> None:
    refused = send(administrator, "nobody, new@example.org")
    sent = {**form(refused), "skip": skip(refused), "comment": ""}
    again = administrator.post(ISSUE, {**sent, "addresses": "half@, new@example.org"})
    assert again.status == 400
    assert "<li>half@</li>" in again.text
    assert queued() == []


@pytest.mark.parametrize(
    ("addresses", "comment", "said"),
    [
        ("", "", "Enter at least one email address."),
        (" ;,\n", "", "Enter at least one email address."),
        ("ada@example.org", "x" * 2001, "The comment has 2001 characters. Shorten it to 2000."),
        (
            " ".join(f"e{n}@a.co" for n in range(5001)),
            "",
            "You entered 5001 addresses. Issue to at most 5000 at a time.",
        ),
        ("nobody", "", "One entry isn’t an email address."),
    ],
    ids=["nothing", "separators", "a long comment", "a long list", "nobody"],
)
def test_what_is_wrong_is_said_beside_the_field(
    administrator: Browser, badge: Badge, addresses: str, comment: str, said: str
) -> None:
    refused = send(administrator, addresses, comment=comment)
    assert refused.status == 400
    assert said in words(refused)
    assert 'name="skip"' not in refused.text
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
    assert send(administrator, "a@example.org b@example.org").status == 303
    Pipeline(cloud, clock).settle()
    assert Badge.get_by_id(badge.id).awarded == 2


def test_a_badge_that_cannot_be_awarded_says_so_at_once(
    administrator: Browser, badge: Badge
) -> None:
    fields = {**form(administrator.get(ISSUE)), "addresses": "ada@example.org", "comment": ""}
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
    where = send(administrator, "ada@example.org").headers["Location"]
    batch = where.rsplit("/", 1)[-1]
    assert administrator.get(f"/badges/writer/issue/{batch}").status == 404
    assert administrator.get(f"{ISSUE}/{'f' * 16}").status == 404
    assert administrator.get(f"{ISSUE}/x").status == 404


def test_a_batch_is_shown_by_pages(administrator: Browser, badge: Badge) -> None:
    addresses = " ".join(f"e{number}@example.org" for number in range(150))
    where = send(administrator, addresses).headers["Location"]
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

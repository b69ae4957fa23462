"""The delivery log: webhooks sent to systems, their results, and sending them again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.data.models import Event, Job, System
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.messages import JobMessage
from tests.admin.browser import Browser, csrf, title, words
from tests.domain import places

LOG = "/activity/deliveries"


@pytest.fixture
def system(database: Any) -> System:
    return places.chicago()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The job messages published so far."""
    calls: list[Any] = []
    monkeypatch.setattr(outbox, "publish", calls.extend)
    return calls


def delivery(system: System | None, state: str = "done", **values: Any) -> Job:
    number = Event.select().count()
    event = Event.create(
        key=str(number), source="own", action="award", subject=f"{number}@example.org",
        badge_slug="reader", body="{}",
    )  # fmt: skip
    given = {"outcome": "delivered" if state == "done" else None, "attempts": 1, **values}
    job: Job = Job.create(event=event, kind="delivery", system=system, state=state, **given)
    return job


def rows(browser: Browser, target: str = LOG) -> list[str]:
    found = re.search(r"<tbody.*?</tbody>", browser.get(target).text, flags=re.DOTALL)
    each = re.findall(r"<tr .*?</tr>", found[0], flags=re.DOTALL) if found else []
    return [
        " ".join(re.sub(r"<wbr>|(<[^>]*>)", lambda m: " " * bool(m[1]), row).split())
        for row in each
    ]


def test_each_delivery_shows_its_event_system_and_result(
    administrator: Browser, system: System
) -> None:
    moment = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
    delivery(system, created=moment)
    delivery(system, "failed", created=moment, attempts=32, reason="The receiver answered 410")
    delivery(
        system, "waiting", created=moment, attempts=3, reason="The receiver answered 502",
        due=datetime(2026, 3, 14, 16, 0, tzinfo=UTC),
    )  # fmt: skip
    delivery(None, "queued", created=moment, attempts=0)
    assert title(administrator.get(LOG)) == "Webhook deliveries"
    assert rows(administrator) == [
        "14 March 2026, 15:09 UTC Deleted system Award reader 3@example.org next in line",
        "14 March 2026, 15:09 UTC C Award reader 2@example.org waiting 3 attempts "
        "Next attempt: 14 March 2026, 16:00 UTC The receiver answered 502",
        "14 March 2026, 15:09 UTC C Award reader 1@example.org failed 32 attempts "
        "The receiver answered 410 Resend",
        "14 March 2026, 15:09 UTC C Award reader 0@example.org delivered Resend",
    ]


def test_a_delivery_links_to_its_event(administrator: Browser, system: System) -> None:
    job = delivery(system)
    target = f"/activity?event={job.event_id}"
    assert f'href="{target}"' in administrator.get(LOG).text
    assert "0<wbr>@example.org" in administrator.get(target).text


def test_deliveries_can_be_filtered_and_paged(administrator: Browser, system: System) -> None:
    for _ in range(26):
        delivery(system, "failed")
    delivery(system)
    delivery(places.chicago("boston"), "failed")
    target = f"{LOG}?state=failed&system=chicago"
    assert [len(rows(administrator, f"{target}&page={n}")) for n in (1, 2)] == [25, 1]
    page = administrator.get(target).text
    assert '<option value="chicago" selected>' in page
    assert f'rel="next" href="{target}&amp;page=2"'.replace("&s", "&amp;s") in page
    assert len(rows(administrator, f"{LOG}?state=nonsense&page=x")) == 25


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "No deliveries yet"),
        ("?state=failed", "No matching deliveries"),
        ("?system=%3Cscript%3E", "No matching deliveries"),
        ("?page=7", "Page 7 doesn’t exist"),
    ],
)
def test_an_empty_page_says_why(query: str, said: str, administrator: Browser) -> None:
    page = administrator.get(LOG + query)
    assert said in words(page)
    assert "<script>" not in page.text


@pytest.mark.parametrize("state", ["done", "failed"])
def test_send_again_restarts_the_delivery_and_redirects_back(
    state: str, administrator: Browser, system: System, announced: list[Any]
) -> None:
    job = delivery(system, state)
    answer = administrator.submit(
        LOG, f"{LOG}/{job.id}/again", state=state, system="chicago", page="2"
    )
    target = f"{LOG}?state={state}&system=chicago&page=2&notice=sent-again"
    assert answer.headers["Location"] == target
    assert "The webhook will be sent again" in words(administrator.get(target))
    assert announced == [JobMessage(job.id, "delivery")]
    assert Job.get_by_id(job.id).state == "received"


def test_submitting_twice_sends_once(
    administrator: Browser, system: System, announced: list[Any]
) -> None:
    job = delivery(system)
    form = {"csrf": csrf(administrator.get(LOG))}
    said = [
        administrator.post(f"{LOG}/{job.id}/again", form).headers["Location"].rpartition("=")[2]
        for _ in range(2)
    ]
    assert said == ["sent-again", "not-sent-again"]
    assert len(announced) == 1


def test_other_jobs_are_not_sent_again(
    administrator: Browser, system: System, announced: list[Any]
) -> None:
    delivery(system)
    mail = Job.create(kind="award-mail", state="done", outcome="mailed")
    answer = administrator.submit(LOG, f"{LOG}/{mail.id}/again")
    assert "notice=not-sent-again" in answer.headers["Location"]
    assert announced == []
    assert administrator.submit(LOG, f"{LOG}/x/again").status == 404


def test_a_page_costs_the_same_however_much_it_shows(
    administrator: Browser, system: System, statements: list[str]
) -> None:
    costs = []
    for number in (1, 24):
        for _ in range(number):
            delivery(system)
        statements.clear()
        administrator.get(LOG)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6


def test_texts_of_others_are_escaped(administrator: Browser, system: System) -> None:
    evil = "<script>alert(1)</script>'\""
    System.update(name=evil).execute()
    job = delivery(system, "failed", reason=evil)
    Event.update(subject=evil, action=evil, badge_slug=evil).where(
        Event.id == job.event_id
    ).execute()
    page = administrator.get(LOG).text
    assert "alert(1)" in page
    assert "<script>" not in page

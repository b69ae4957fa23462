"""The activity page: what came in, what was done about it, and what needs somebody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.badges import outbox
from chalicelib.data.models import Event, Job
from tests.admin.browser import Browser, csrf, words

Happened = Callable[..., Event]


@pytest.fixture
def happened(database: Any) -> Happened:
    """Write an event down, with jobs given as keyword arguments of `Job`."""
    keys = iter(range(1000))

    def write(*jobs: dict[str, Any], **columns: Any) -> Event:
        values = {
            "key": str(next(keys)), "source": "webhook", "action": "review", "body": "{}",
            "subject": "eve@example.org", "badge_slug": "beekeeper",
        }  # fmt: skip
        event = Event.create(**{**values, **columns})
        for job in jobs:
            Job.create(**{"event": event, "kind": "review", "state": "done", **job})
        return event

    return write


def rows(browser: Browser, target: str = "/activity") -> list[str]:
    """Return what each event's row says."""
    text = browser.get(target).text
    body = re.search(r"<tbody.*?</tbody>", text, flags=re.DOTALL)
    found = re.findall(r"<tr .*?</tr>", body[0], flags=re.DOTALL) if body else []
    return [
        " ".join(re.sub(r"<wbr>|(<[^>]*>)", lambda m: " " * bool(m[1]), row).split())
        for row in found
    ]


def test_an_event_tells_when_what_who_and_from_where(
    administrator: Browser, happened: Happened
) -> None:
    happened({"outcome": "awarded"}, received=datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC))
    assert rows(administrator) == [
        "14 Mar 2026, 15:09 UTC Review beekeeper eve@example.org Webhook awarded Act on the review"
    ]
    page = administrator.get("/activity").text
    assert '<time datetime="2026-03-14T15:09:26.000Z"' in page


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ({"state": "received"}, "received Act on the review"),
        ({"state": "queued"}, "queued Act on the review"),
        (
            {"state": "queued", "attempts": 3, "reason": "SES is busy"},
            "queued Act on the review 3 attempts SES is busy",
        ),
        ({"state": "working", "outcome": "sending"}, "working Act on the review"),
        ({"outcome": "already awarded"}, "already awarded Act on the review"),
        (
            {"outcome": "left to a person", "reason": "AUTO_AWARD is off"},
            "left to a person Act on the review AUTO_AWARD is off",
        ),
        ({"kind": "award", "outcome": "baked"}, "baked Make the badge"),
        ({"kind": "award-mail", "outcome": "mailed"}, "mailed Tell the earner"),
        ({"kind": "revocation", "outcome": "revoked"}, "revoked Withdraw the badge"),
        ({"kind": "feedback-mail", "outcome": "mailed"}, "mailed Send the feedback"),
        ({"kind": "new-kind", "outcome": None}, "done new-kind"),
        (
            {"state": "failed", "outcome": "sending", "reason": "The badge is archived"},
            "failed Act on the review Retry The badge is archived",
        ),
    ],
)
def test_each_state_is_told_in_words(
    job: dict[str, Any], said: str, administrator: Browser, happened: Happened
) -> None:
    happened(job)
    (row,) = rows(administrator)
    assert row.endswith("Webhook " + said)


def test_an_event_without_a_job_is_shown_as_ignored(
    administrator: Browser, happened: Happened
) -> None:
    happened(action="shout", source="own", subject=None, badge_slug=None)
    (row,) = rows(administrator)
    assert row.endswith("shout \u2013 This deployment ignored Nothing to do")


def test_every_state_has_a_sign_and_the_legend_explains_it(
    administrator: Browser, happened: Happened
) -> None:
    happened(*({"state": state} for state in ("received", "queued", "working", "done", "failed")))
    page = administrator.get("/activity").text
    chips = re.findall(r'<span class="chip (\w+)">\s*<svg', page)
    assert set(chips) == {"waiting", "working", "done", "failed", "person", "ignored"}


def test_the_counters_count_events_and_lead_to_them(
    administrator: Browser, happened: Happened
) -> None:
    happened({"outcome": "awarded"}, subject="done@example.org")
    happened({"outcome": "awarded"}, {"state": "failed"}, subject="failed@example.org")
    happened({"state": "queued"}, {"state": "working"}, subject="waiting@example.org")
    happened(subject="ignored@example.org")
    assert "4 All 1 Waiting 1 Failed 1 Done" in words(administrator.get("/activity"))
    for state in ("waiting", "failed", "done"):
        (row,) = rows(administrator, f"/activity?state={state}")
        assert f"{state}@example.org" in row
        page = administrator.get(f"/activity?state={state}").text
        assert re.search(rf'href="/activity\?state={state}" aria-current="page"', page)
    assert len(rows(administrator, "/activity?state=nonsense")) == 4


def test_twenty_five_on_a_page_the_newest_first(administrator: Browser, happened: Happened) -> None:
    for number in range(60):
        happened({"state": "failed"}, subject=f"{number}@example.org")
    pages = [rows(administrator, f"/activity?state=failed&page={n}") for n in (1, 2, 3)]
    shown = [int(row.split("@")[0].split()[-1]) for page in pages for row in page]
    assert shown == list(range(59, -1, -1))
    assert [len(page) for page in pages] == [25, 25, 10]
    middle = administrator.get("/activity?state=failed&page=2").text
    assert 'rel="prev" href="/activity?state=failed&amp;page=1"' in middle
    assert 'rel="next" href="/activity?state=failed&amp;page=3"' in middle
    assert 'rel="next"' not in administrator.get("/activity?state=failed&page=3").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "9" * 40, ""])
def test_a_page_that_is_no_number_is_the_first(
    page: str, administrator: Browser, happened: Happened
) -> None:
    happened()
    assert len(rows(administrator, f"/activity?page={page}")) == 1


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/activity", "follow the walkthrough in the README"),
        ("/activity?state=failed", "Nothing has failed"),
        ("/activity?state=waiting", "Nothing is waiting"),
        ("/activity?state=done", "Nothing is done yet"),
        ("/activity?page=7", "There is no page 7"),
    ],
)
def test_an_empty_page_says_why(target: str, said: str, administrator: Browser) -> None:
    assert said in words(administrator.get(target))


def test_retry_starts_a_failed_job_over_and_comes_back(
    administrator: Browser, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[Any] = []
    monkeypatch.setattr(outbox, "announce", announced.extend)
    happened({"id": 7, "kind": "award-mail", "state": "failed", "attempts": 10})
    answer = administrator.submit(
        "/activity?state=failed", "/activity/jobs/7/retry", state="failed", page="2"
    )
    assert answer.headers["Location"] == "/activity?state=failed&page=2&notice=retried"
    assert "It is in the queue again." in words(administrator.get(answer.headers["Location"]))
    assert (Job.get_by_id(7).state, announced) == ("received", [(7, "award-mail")])


@pytest.mark.parametrize("job", ["8", "9"])
def test_retrying_what_has_not_failed_changes_nothing(
    job: str, administrator: Browser, happened: Happened
) -> None:
    happened({"id": 8, "outcome": "mailed"})
    answer = administrator.submit("/activity", f"/activity/jobs/{job}/retry", state="evil&x=")
    assert answer.headers["Location"] == "/activity?state=all&page=1&notice=not-failed"
    assert "nothing to retry" in words(administrator.get(answer.headers["Location"]))
    assert Job.get_by_id(8).state == "done"


@pytest.mark.parametrize("job", ["x", "-1", "9" * 30])
def test_what_names_no_job_is_not_found(job: str, administrator: Browser) -> None:
    assert administrator.submit("/activity", f"/activity/jobs/{job}/retry").status == 404


def test_what_others_wrote_is_text_and_nothing_else(
    administrator: Browser, happened: Happened
) -> None:
    evil = "<script>alert(1)</script>@'\""
    happened(
        {"kind": "<b>"[:32], "state": "failed", "reason": evil},
        subject=evil, action=evil, badge_slug=evil, source="<i>",
    )  # fmt: skip
    page = administrator.get("/activity").text
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_a_page_costs_the_same_however_much_it_shows(
    administrator: Browser, happened: Happened, statements: list[str]
) -> None:
    costs = []
    for number in (1, 24):
        for _ in range(number):
            happened({"state": "done"}, {"state": "failed"})
        statements.clear()
        administrator.get("/activity")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 7


def test_the_form_of_a_failed_job_is_named_for_those_who_cannot_see_the_row(
    administrator: Browser, happened: Happened
) -> None:
    happened({"state": "failed", "kind": "award-mail"})
    page = administrator.get("/activity")
    assert 'aria-label="Retry: Tell the earner, eve@example.org"' in page.text
    assert csrf(page)

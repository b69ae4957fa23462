"""The Activity page: events, their jobs, and what needs attention."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.data.models import Event, Job
from chalicelib.domain.jobs import outbox
from chalicelib.domain.jobs.messages import JobMessage
from tests.admin.browser import Browser, csrf, words

Happened = Callable[..., Event]


@pytest.fixture
def happened(database: Any) -> Happened:
    """Return a function that stores an event, with jobs as keyword arguments of `Job`."""
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
    """Return the text of each event's row."""
    text = browser.get(target).text
    body = re.search(r"<tbody.*?</tbody>", text, flags=re.DOTALL)
    found = re.findall(r"<tr .*?</tr>", body[0], flags=re.DOTALL) if body else []
    return [
        " ".join(re.sub(r"<wbr>|(<[^>]*>)", lambda m: " " * bool(m[1]), row).split())
        for row in found
    ]


def test_an_event_shows_its_time_kind_subject_and_source(
    administrator: Browser, happened: Happened
) -> None:
    happened({"outcome": "awarded"}, received=datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC))
    assert rows(administrator) == [
        "14 March 2026, 15:09 UTC Review beekeeper eve@example.org Webhook awarded Process review"
    ]
    page = administrator.get("/activity").text
    assert '<time datetime="2026-03-14T15:09:26.000Z"' in page


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ({"state": "received"}, "received Process review"),
        ({"state": "queued"}, "next in line Process review"),
        (
            {"state": "queued", "attempts": 3, "reason": "SES is busy"},
            "next in line Process review 3 attempts SES is busy",
        ),
        ({"state": "working", "outcome": "sending"}, "in progress Process review"),
        ({"outcome": "already awarded"}, "already awarded Process review"),
        (
            {"outcome": "left to a person", "reason": "AUTO_AWARD is off"},
            "manual Process review AUTO_AWARD is off",
        ),
        ({"kind": "award", "outcome": "baked"}, "baked Bake badge"),
        ({"kind": "award-mail", "outcome": "mailed"}, "emailed Email earner"),
        ({"kind": "revocation", "outcome": "revoked"}, "revoked Revoke award"),
        ({"kind": "feedback-mail", "outcome": "mailed"}, "emailed Email feedback"),
        ({"kind": "new-kind", "outcome": None}, "done new-kind"),
        (
            {"state": "failed", "outcome": "sending", "reason": "The badge is archived"},
            "failed Process review Retry The badge is archived",
        ),
    ],
)
def test_each_state_has_a_label(
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
    assert row.endswith("shout \u2013 This deployment ignored No action needed")


def test_every_state_has_an_icon_and_a_legend(administrator: Browser, happened: Happened) -> None:
    happened(*({"state": state} for state in ("received", "queued", "working", "done", "failed")))
    page = administrator.get("/activity").text
    chips = re.findall(r'<span class="chip (\w+)">\s*<svg', page)
    assert set(chips) == {"waiting", "working", "done", "failed", "person", "ignored"}


def test_the_counters_count_and_link_to_events(administrator: Browser, happened: Happened) -> None:
    happened({"outcome": "awarded"}, subject="done@example.org")
    happened({"outcome": "awarded"}, {"state": "failed"}, subject="failed@example.org")
    happened({"state": "queued"}, {"state": "working"}, subject="waiting@example.org")
    happened(subject="ignored@example.org")
    assert "4 All 1 In progress 1 Failed 1 Done" in words(administrator.get("/activity"))
    for state in ("waiting", "failed", "done"):
        (row,) = rows(administrator, f"/activity?state={state}")
        assert f"{state}@example.org" in row
        page = administrator.get(f"/activity?state={state}").text
        assert re.search(rf'href="/activity\?state={state}" aria-current="page"', page)
    assert len(rows(administrator, "/activity?state=nonsense")) == 4


def test_a_page_has_twenty_five_events_newest_first(
    administrator: Browser, happened: Happened
) -> None:
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
def test_an_invalid_page_number_shows_the_first_page(
    page: str, administrator: Browser, happened: Happened
) -> None:
    happened()
    assert len(rows(administrator, f"/activity?page={page}")) == 1


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/activity", "follow the walkthrough in the README"),
        ("/activity?state=failed", "Nothing has failed"),
        ("/activity?state=waiting", "Nothing in progress"),
        ("/activity?state=done", "Nothing done yet"),
        ("/activity?page=7", "Page 7 doesn’t exist"),
    ],
)
def test_an_empty_page_says_why(target: str, said: str, administrator: Browser) -> None:
    assert said in words(administrator.get(target))


def test_retry_restarts_a_failed_job_and_redirects_back(
    administrator: Browser, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[Any] = []
    monkeypatch.setattr(outbox, "publish", announced.extend)
    happened({"id": 7, "kind": "award-mail", "state": "failed", "attempts": 10})
    answer = administrator.submit(
        "/activity?state=failed", "/activity/jobs/7/retry", state="failed", page="2"
    )
    assert answer.headers["Location"] == "/activity?state=failed&page=2&notice=retried"
    assert "It will be tried again" in words(administrator.get(answer.headers["Location"]))
    assert (Job.get_by_id(7).state, announced) == ("received", [JobMessage(7, "award-mail")])


@pytest.mark.parametrize("job", ["8", "9"])
def test_retrying_a_job_that_has_not_failed_changes_nothing(
    job: str, administrator: Browser, happened: Happened
) -> None:
    happened({"id": 8, "outcome": "mailed"})
    answer = administrator.submit("/activity", f"/activity/jobs/{job}/retry", state="evil&x=")
    assert answer.headers["Location"] == "/activity?state=all&page=1&notice=not-failed"
    assert "Nothing to retry" in words(administrator.get(answer.headers["Location"]))
    assert Job.get_by_id(8).state == "done"


@pytest.mark.parametrize("job", ["x", "-1", "9" * 30])
def test_an_invalid_job_id_is_not_found(job: str, administrator: Browser) -> None:
    assert administrator.submit("/activity", f"/activity/jobs/{job}/retry").status == 404


def test_texts_of_others_are_escaped(administrator: Browser, happened: Happened) -> None:
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
    assert costs[0] == costs[1] <= 8


def test_the_retry_form_of_a_failed_job_has_an_accessible_name(
    administrator: Browser, happened: Happened
) -> None:
    happened({"state": "failed", "kind": "award-mail"})
    page = administrator.get("/activity")
    assert 'aria-label="Retry: Email earner, eve@example.org"' in page.text
    assert csrf(page)


# Filters

EVERYTHING = "kind=award&badge=BEE&address=Eve%40example.org&from=2026-03-14&to=2026-03-14"


@pytest.fixture
def two_kinds(happened: Happened) -> None:
    """An event that matches all filters, and one that matches none."""
    received = datetime(2026, 3, 14, 12, tzinfo=UTC)
    happened({"id": 7, "state": "failed"}, action="award", received=received)
    happened(subject="zoe@example.org", badge_slug="reader", received=received.replace(day=20))


@pytest.mark.usefixtures("two_kinds")
@pytest.mark.parametrize(
    "query",
    [
        "kind=award", "badge=keep", "badge=Beekeeper", "address=EVE%40example.org", "address=eve",
        "to=2026-03-14", "from=2026-03-14&to=2026-03-19", EVERYTHING,
    ],
)  # fmt: skip
def test_events_can_be_filtered(query: str, administrator: Browser) -> None:
    (row,) = rows(administrator, f"/activity?{query}")
    assert "beekeeper eve@example.org" in row
    page = administrator.get(f"/activity?{query}")
    assert "1 All 0 In progress 1 Failed 0 Done" in words(page)


@pytest.mark.usefixtures("two_kinds")
def test_the_form_shows_the_current_filters(administrator: Browser) -> None:
    page = administrator.get(f"/activity?state=failed&{EVERYTHING}").text
    assert '<option value="award" selected>' in page
    for name, value in (
        ("badge", "BEE"), ("address", "Eve@example.org"), ("from", "2026-03-14"),
        ("to", "2026-03-14"),
    ):  # fmt: skip
        assert re.search(rf'name="{name}" type="[a-z]+" value="{value}"', page)
    assert '<input type="hidden" name="state" value="failed">' in page


def test_filters_stay_on_other_pages_and_in_counters(
    administrator: Browser, happened: Happened
) -> None:
    received = datetime(2026, 3, 14, 12, tzinfo=UTC)
    for _ in range(30):
        happened({}, action="award", received=received)
    page = administrator.get(f"/activity?state=done&{EVERYTHING}").text
    query = EVERYTHING.replace("&", "&amp;")
    assert f'rel="next" href="/activity?state=done&amp;page=2&amp;{query}"' in page
    assert f'href="/activity?state=failed&amp;{query}"' in page
    assert len(rows(administrator, f"/activity?state=done&page=2&{EVERYTHING}")) == 5


@pytest.mark.usefixtures("two_kinds")
def test_retry_redirects_back_with_the_filters(administrator: Browser) -> None:
    target = f"/activity?state=failed&page=1&{EVERYTHING}"
    form = re.search(r'<form method="post" action="/activity/jobs/7/retry">.*?</form>',
                     administrator.get(target).text, flags=re.DOTALL)  # fmt: skip
    assert form
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = administrator.post("/activity/jobs/7/retry", fields)
    assert answer.headers["Location"] == f"{target}&notice=retried"


def test_retry_redirects_only_to_the_activity_page(administrator: Browser) -> None:
    answer = administrator.submit(
        "/activity", "/activity/jobs/7/retry", kind="//evil.example", event="1e9", page="-1",
        address="x\r\nSet-Cookie: a=b", next="https://evil.example", **{"from": "tomorrow"},
    )  # fmt: skip
    assert answer.headers["Location"] == (
        "/activity?state=all&page=1&address=x%0ASet-Cookie%3A+a%3Db&notice=not-failed"
    )


@pytest.mark.usefixtures("two_kinds")
@pytest.mark.parametrize(
    ("query", "said", "count"),
    [
        ("address=eve", "Partial address: showing every match", 1),
        ("address=%3Cscript%3E+%25", "Partial address", 0),
        ("from=2026-02-31", "Enter a date like 2026-03-14.", 2),
        ("to=yesterday", "Enter a date like 2026-03-14.", 2),
        ("from=2026-03-20&to=2026-03-14", "Choose an end date on or after the start date.", 0),
        ("kind=nonsense", "Any type", 2),
        ("badge=nothing", "No matching events", 0),
        ("badge=" + "b" * 3000, "No matching events", 0),
    ],
)
def test_invalid_filters_show_a_message_and_are_no_error(
    query: str, said: str, count: int, administrator: Browser
) -> None:
    page = administrator.get(f"/activity?{query}")
    assert page.status == 200
    assert said in words(page)
    assert "<script>" not in page.text
    assert len(rows(administrator, f"/activity?{query}")) == count


def test_a_single_event_can_be_linked_to(administrator: Browser, happened: Happened) -> None:
    happened(subject="other@example.org")
    event = happened()
    (row,) = rows(administrator, f"/activity?event={event.id}")
    assert "eve@example.org" in row
    assert "Showing one event." in words(administrator.get(f"/activity?event={event.id}"))
    assert len(rows(administrator, "/activity?event=x")) == 2

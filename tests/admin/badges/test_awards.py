"""The awards of a badge: listed, revoked with a reason, mailed again."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.admin.badges import award_files
from chalicelib.data.models import Award, Badge, Event, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from tests.admin.browser import Browser, title, words
from tests.client import Answer
from tests.conftest import Clock
from tests.domain.places import chicago, published

LIST = "/badges/reader/awards"


@pytest.fixture
def badge(database: peewee.Database, clock: Clock) -> Badge:
    return published(chicago(), "reader")


def give(badge: Badge, email: str = "ada@example.org", **more: Any) -> Award:
    """Return an award whose mail was sent, an hour ago."""
    award, _ = awards.give(badge, email, **more)
    event = Event.get(Event.key == f"award:{award.id}")
    outbox.add("award-mail", event=event, award=award, key=f"award-mail:{award.id}")
    mail = Job.select().where(Job.kind == "award-mail", Job.award == award).get()
    Job.update(state=outbox.DONE, outcome="mailed", due=None).where(Job.id == mail.id).execute()
    return award


def rows(browser: Browser, target: str = LIST) -> list[str]:
    body = re.search(r"<tbody.*?</tbody>", browser.get(target).text, flags=re.DOTALL)
    found = re.findall(r"<tr .*?</tr>", body[0], flags=re.DOTALL) if body else []
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


def test_an_award_tells_who_when_by_which_code_and_how_its_mail_is(
    administrator: Browser, badge: Badge
) -> None:
    award = give(badge, comment="Well <done>", claim_code="honey")
    assert rows(administrator) == [
        "ada@example.org with claim code honey 14 March 2026, 15:09 UTC Narrative: Well &lt;done&gt; Valid "
        "Emailed 14 March 2026, 15:09 UTC Resend email Revoke"
    ]
    page = administrator.get(LIST)
    assert f"/public/awards/{award.slug}" in page.text
    assert f"/awards/{award.slug}/revoke" in page.text


def test_one_that_has_expired_or_is_not_valid_yet_says_so_wherever_it_is_shown(
    administrator: Browser, badge: Badge, clock: Clock
) -> None:
    day = timedelta(days=1)
    expired = give(badge, "old@example.org", issued_on=clock.now - 2 * day, expires=clock.now)
    later = give(badge, "new@example.org", issued_on=clock.now + day)
    new, old = rows(administrator)
    assert "Not valid yet From 15 March 2026" in new
    assert "Resend email" in new
    assert "Expired 14 March 2026" in old
    assert "Resend email" not in old
    assert "Revoke" in old
    for status, email in (("expired", "old"), ("not-yet-valid", "new")):
        (row,) = rows(administrator, f"{LIST}?state={status}")
        assert row.startswith(f"{email}@example.org")
    about = words(administrator.get("/badges/reader"))
    assert "new @example.org 15 March 2026, 15:09 UTC Not valid yet View" in about
    assert "old @example.org 12 March 2026, 15:09 UTC Expired View" in about
    for award, said in ((expired, "Status Expired"), (later, "Status Not valid yet")):
        assert said in words(administrator.get(f"/awards/{award.slug}/revoke"))


def test_a_mail_that_the_system_turned_off_is_not_offered_again(
    administrator: Browser, badge: Badge
) -> None:
    give(badge)
    mail_policy.change(badge.system, MailPolicy.NEVER)
    (row,) = rows(administrator)
    assert "Resend email" not in row
    assert "Revoke" in row
    shown = words(administrator.get(f"{LIST}?notice=mail-off"))
    assert "This email is turned off in the system’s settings" in shown


def test_the_mail_of_one_that_has_expired_is_not_sent_again(
    administrator: Browser, badge: Badge, clock: Clock
) -> None:
    award = give(badge, expires=clock.now)
    answer = administrator.submit(LIST, f"/awards/{award.slug}/mail")
    assert "notice=mail-expired" in answer.headers["Location"]
    shown = words(administrator.get(f"{LIST}?notice=mail-expired"))
    assert "This award has expired, so its email can’t be sent again" in shown


def test_a_revoked_one_tells_why_and_can_no_longer_be_acted_on(
    administrator: Browser, badge: Badge
) -> None:
    awards.revoke(give(badge), "A mistake")
    (row,) = rows(administrator)
    assert "Revoked 14 March 2026 A mistake" in row
    assert "Resend email" not in row


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"state": outbox.WAITING, "outcome": None, "reason": "SES is busy"},
            "Sending SES is busy",
        ),
        (
            {"state": outbox.FAILED, "outcome": None, "reason": "SES said no"},
            "Not emailed SES said no",
        ),
        (
            {"state": outbox.DONE, "outcome": "not needed", "reason": "It had expired"},
            "Not emailed It had expired",
        ),
    ],
)
def test_the_state_of_the_mail_is_shown(
    administrator: Browser, badge: Badge, columns: dict[str, str | None], said: str
) -> None:
    give(badge)
    Job.update(**columns).where(Job.kind == "award-mail").execute()
    (row,) = rows(administrator)
    assert said in row


def test_they_are_searched_filtered_and_paged(administrator: Browser, badge: Badge) -> None:
    awards.give_all(badge, [f"e{number}@example.org" for number in range(60)])
    awards.revoke(Award.get(Award.email == "e7@example.org"))
    assert len(rows(administrator)) == 50
    assert len(rows(administrator, f"{LIST}?page=2")) == 10
    assert "60 awards" in words(administrator.get(LIST))
    (found,) = rows(administrator, f"{LIST}?search=E59%40")
    assert found.startswith("e59@example.org")
    (revoked,) = rows(administrator, f"{LIST}?state=revoked&page=1")
    assert revoked.startswith("e7@example.org")
    assert "No matching awards" in words(administrator.get(f"{LIST}?search=%3Cscript%3E"))


def test_a_badge_without_awards(administrator: Browser, badge: Badge) -> None:
    assert "No awards yet" in words(administrator.get(LIST))


def test_revoking_asks_first_and_tells_the_earner(administrator: Browser, badge: Badge) -> None:
    award = give(badge)
    path = f"/awards/{award.slug}/revoke"
    page = administrator.get(path)
    assert title(page) == "Revoke this award?"
    assert "The earner gets an email" in words(page)
    answer = administrator.submit(path, path, reason="A <b>mistake</b>")
    assert "notice=revoked" in answer.headers["Location"]
    gone = Award.get_by_id(award.id)
    assert (gone.revoked is not None, gone.revocation_reason) == (True, "A <b>mistake</b>")
    assert [job.kind for job in Job.select().where(Job.kind == "revocation")] == ["revocation"]
    assert "<b>mistake" not in administrator.get(LIST).text


def test_revoking_twice_is_said_and_does_nothing(administrator: Browser, badge: Badge) -> None:
    award = give(badge)
    path = f"/awards/{award.slug}/revoke"
    token = administrator.get(path)
    for notice in ("notice=revoked", "notice=not-revoked"):
        fields = {"csrf": re.findall(r'name="csrf" value="(\w+)"', token.text)[0], "reason": ""}
        assert notice in administrator.post(path, fields).headers["Location"]
    assert "notice=not-revoked" in administrator.get(path).headers["Location"]
    assert Job.select().where(Job.kind == "revocation").count() == 1


def test_a_reason_that_is_too_long_is_shown_again(administrator: Browser, badge: Badge) -> None:
    award = give(badge)
    path = f"/awards/{award.slug}/revoke"
    refused = administrator.submit(path, path, reason="x" * 2001)
    assert refused.status == 400
    assert "The reason has 2001 characters" in words(refused)
    assert Award.get_by_id(award.id).revoked is None


def test_a_mail_is_sent_again_once_however_often_that_is_pressed(
    administrator: Browser, badge: Badge, clock: Clock
) -> None:
    award = give(badge)
    path = f"/awards/{award.slug}/mail"
    for pause, notice in (
        (timedelta(0), "mail-too-soon"),
        (timedelta(minutes=2), "mail-queued"),
        (timedelta(0), "mail-under-way"),
    ):
        clock.move(pause)
        answer = administrator.submit(LIST, path, search="ada", page="1")
        assert f"notice={notice}" in answer.headers["Location"]
        assert "search=ada" in answer.headers["Location"]
    assert Job.select().where(Job.kind == "award-mail").count() == 2
    page = administrator.get(f"{LIST}?notice=mail-under-way")
    assert "This email is already being sent" in words(page)


def test_an_award_of_another_place_is_not_to_be_reached(
    signed_in: Callable[[str], Browser], badge: Badge
) -> None:
    award = give(badge)
    owners.create_system({"slug": "boston", "name": "B", "url": "http://example.org"})
    accounts.allow("pat@example.org", Place("boston"), Rights(publish=True))
    pat = signed_in("pat@example.org")
    assert pat.get(f"/awards/{award.slug}/revoke").status == 403
    assert pat.get("/awards/nobody-knows-it/revoke").status == 404


# As a file


def file(answer: Answer) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of their columns."""
    text = io.StringIO(answer.text.removeprefix("\ufeff"), newline="")
    return list(csv.DictReader(text))


def test_awards_are_handed_on_as_a_file_that_does_no_harm(
    administrator: Browser, badge: Badge, clock: Clock
) -> None:
    Badge.update(name="=1+1").execute()
    until = clock.now + timedelta(days=1)
    first = give(badge, "-ada@example.org", comment="@Größe, \"well\"\ndone", claim_code="+honey",
                 note="Call me", expires=until)  # fmt: skip
    awards.revoke(give(badge, "bob@example.org"), "A mistake")
    answer = administrator.get(f"{LIST}/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reader-awards.csv"'
    assert answer.text.startswith("\ufeffEmail,Badge,Issued by,Issued (UTC),Expires (UTC),Status,")
    bob, ada = file(answer)
    assert ada == {
        "Email": "'-ada@example.org", "Badge": "'=1+1", "Issued by": "C",
        "Issued (UTC)": "2026-03-14 15:09:26", "Expires (UTC)": "2026-03-15 15:09:26",
        "Status": "Valid", "Revoked (UTC)": "", "Reason": "", "Claim code": "'+honey",
        "Narrative": "'@Größe, \"well\"\ndone",
        "Award page": f"http://localhost:3000/public/awards/{first.slug}",
    }  # fmt: skip
    assert (bob["Status"], bob["Reason"], bob["Revoked (UTC)"]) == (
        "Revoked", "A mistake", "2026-03-14 15:09:26",
    )  # fmt: skip
    assert "Call me" not in answer.text


def test_a_file_has_the_filters_of_the_list(administrator: Browser, badge: Badge) -> None:
    awards.revoke(give(badge))
    give(badge)
    give(badge, "bob@example.org")
    page = administrator.get(f"{LIST}?search=ada&state=valid")
    address = re.search(r'href="([^"]*/csv[^"]*)" download', page.text)
    assert address
    found = file(administrator.get(html.unescape(address[1])))
    assert [(row["Email"], row["Status"]) for row in found] == [("ada@example.org", "Valid")]


def test_a_long_list_is_several_files_of_short_texts(
    administrator: Browser, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(award_files, "ROWS", 2)
    awards.give_all(badge, [f"e{number}@example.org" for number in range(5)], comment="x" * 600)
    page = administrator.get(LIST)
    said = words(page)
    for part in ("1 to 2", "3 to 4", "5 to 5"):
        assert f"Download CSV ({part})" in said
    parts = [file(administrator.get(f"{LIST}/csv?part={number}")) for number in (1, 2, 3, 4)]
    emails = [[row["Email"][:2] for row in rows] for rows in parts]
    assert emails == [["e4", "e3"], ["e2", "e1"], ["e0"], []]
    assert {len(row["Narrative"]) for rows in parts for row in rows} == {award_files.LONGEST_TEXT}
    monkeypatch.setattr(award_files, "MOST_FILES", 2)
    said = words(administrator.get(LIST))
    assert "5 to 5" not in said
    assert "Search or filter the list to download the others." in said

"""The awards of a badge as they are listed, and their mails once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Award, Badge, Job
from chalicelib.domain.awards import award_list, awards
from chalicelib.domain.awards.award_list import Resending
from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.domain.jobs import outbox
from chalicelib.domain.shared.pagination import Page
from tests.conftest import Clock
from tests.domain.places import chicago, published

ALL = Page(1, 50)


@pytest.fixture
def badge(database: peewee.Database, clock: Clock) -> Badge:
    return published(chicago(), "reader")


def emails(
    badge: Badge, search: str = "", show: AwardStatus | None = None, page: Page = ALL
) -> list[str]:
    return [entry.award.email for entry in award_list.find(badge, search, show, page).rows]


def test_they_come_newest_first_by_pages(badge: Badge) -> None:
    for number in range(5):
        awards.give(badge, f"e{number}@example.org")
    awards.give(published(badge.system, "other"), "e9@example.org")
    assert emails(badge, page=Page(1, 2)) == ["e4@example.org", "e3@example.org"]
    assert emails(badge, page=Page(3, 2)) == ["e0@example.org"]
    assert award_list.find(badge, "", None, Page(1, 2)).total == 5


def test_they_are_found_by_a_part_of_the_address(badge: Badge) -> None:
    for email in ("Ada@Example.org", "bob@example.org", "a_b@example.org"):
        awards.give(badge, email)
    assert emails(badge, "ADA@") == ["Ada@Example.org"]
    assert emails(badge, "_") == ["a_b@example.org"]
    assert emails(badge, "%") == []


def test_they_are_found_by_status(badge: Badge, clock: Clock) -> None:
    later = clock.now + timedelta(days=1)
    awards.give(badge, "valid@example.org", expires=later)
    awards.give(badge, "not-yet-valid@example.org", issued_on=later)
    awards.give(badge, "expired@example.org", expires=clock.now)
    award, _ = awards.give(badge, "revoked@example.org", expires=clock.now)
    awards.revoke(award)
    for status in AwardStatus:
        assert emails(badge, show=status) == [f"{status.value}@example.org"]
        (entry,) = award_list.find(badge, "", status, ALL).rows
        assert entry.status is status


def test_a_page_takes_three_statements(badge: Badge, statements: list[str]) -> None:
    awards.give_all(badge, [f"e{number}@example.org" for number in range(60)])
    statements.clear()
    award_list.find(badge, "e", AwardStatus.VALID, ALL)
    assert len(statements) == 3


def mailed(badge: Badge, **columns: Any) -> Award:
    """Return an award whose picture is made, with its mail as the columns say."""
    award, _ = awards.give(badge, "ada@example.org")
    Award.update(baked_key="k").where(Award.id == award.id).execute()
    Job.update(state=outbox.DONE).execute()
    if columns:
        outbox.add("award-mail", event=Job.get().event, award=award, key=f"award-mail:{award.id}")
        Job.update(**columns).where(Job.kind == "award-mail").execute()
    return award


def mails() -> list[Job]:
    return list(Job.select().where(Job.kind == "award-mail").order_by(Job.id))


def test_a_mail_is_sent_again_with_the_same_event(badge: Badge, clock: Clock) -> None:
    award = mailed(badge, state=outbox.DONE, outcome="mailed")
    clock.move(timedelta(minutes=2))
    assert award_list.send_again(award) is Resending.QUEUED
    first, second = mails()
    assert (second.state, second.event_id, second.award_id) == (
        outbox.RECEIVED, first.event_id, award.id,
    )  # fmt: skip


def test_pressing_twice_sends_one_mail(badge: Badge, clock: Clock, together: Any) -> None:
    award = mailed(badge, state=outbox.DONE, outcome="mailed")
    clock.move(timedelta(minutes=2))

    def press() -> Resending:
        return award_list.send_again(award)

    assert sorted(together(press, press)) == [Resending.QUEUED, Resending.UNDER_WAY]
    assert len(mails()) == 2


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        ({"state": outbox.DONE, "outcome": "mailed"}, Resending.TOO_SOON),
        ({"state": outbox.RECEIVED}, Resending.UNDER_WAY),
        ({"state": outbox.WORKING, "outcome": outbox.SENDING}, Resending.UNDER_WAY),
        ({"state": outbox.WAITING, "outcome": outbox.UNCONFIRMED}, Resending.UNDER_WAY),
    ],
)
def test_no_second_mail_runs_after_a_first_one(
    badge: Badge, columns: dict[str, Any], outcome: Resending
) -> None:
    assert award_list.send_again(mailed(badge, **columns)) is outcome
    assert len(mails()) == 1


def test_the_picture_comes_first(badge: Badge) -> None:
    award, _ = awards.give(badge, "ada@example.org")
    assert award_list.send_again(award) is Resending.UNDER_WAY
    Job.delete().execute()
    assert award_list.send_again(award) is Resending.UNDER_WAY


def test_a_mail_that_failed_is_started_over(badge: Badge) -> None:
    award = mailed(badge, state=outbox.FAILED, reason="SES said no")
    assert award_list.send_again(award) is Resending.QUEUED
    (mail,) = mails()
    assert mail.state == outbox.RECEIVED


def test_a_revoked_award_is_not_mailed(badge: Badge, clock: Clock) -> None:
    award = mailed(badge, state=outbox.DONE, outcome="mailed")
    awards.revoke(award)
    clock.move(timedelta(minutes=2))
    assert award_list.send_again(award) is Resending.REVOKED
    assert len(mails()) == 1


def test_an_award_that_has_expired_is_not_mailed_again(badge: Badge, clock: Clock) -> None:
    award = mailed(badge, state=outbox.DONE, outcome="mailed")
    Award.update(expires=clock.now).where(Award.id == award.id).execute()
    clock.move(timedelta(minutes=2))
    assert award_list.send_again(award) is Resending.EXPIRED
    assert len(mails()) == 1

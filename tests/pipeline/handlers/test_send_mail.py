"""Mails to earners: sent, or left out as the settings of the system say."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Application, Award, Badge, Job, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import award_list, awards, bulk_issue, milestones
from chalicelib.domain.awards.award_list import Resending
from chalicelib.domain.badges import badges, catalog
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import owners
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.reviews import reviews, workflow
from chalicelib.pipeline.handlers import send_mail
from chalicelib.registry import registry
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline

# To whom a mail is sent under each policy, when the badge is awarded in every way there is.
MAILED = {
    MailPolicy.ALWAYS: {"api", "review", "person", "list", "milestone", "refused"},
    MailPolicy.ISSUED: {"person", "list"},
    MailPolicy.NEVER: set(),
}


@pytest.fixture
def badge(database: peewee.Database, pipeline: Pipeline) -> Badge:
    badge = published(chicago(), "reader", criteria=[{"description": "Read", "required": True}])
    Badge.update(image=None).execute()
    return badge


def reviewed(badge: Badge, learner: str, *, approved: bool) -> Application:
    application = applications.create(badge, {"learner": f"{learner}@example.org"})
    (criterion,) = catalog.details([badge.id])[badge.id].criteria
    item = {"criterionId": criterion.id, "satisfied": approved}
    reviews.create(application, {"author": "r@example.org", "reviewItems": [item]})
    return applications.by_slug(application.slug)


def award_in_every_way(badge: Badge) -> None:
    """Award a badge to an earner by each way, named as `MAILED` names them."""
    awards.give(badge, "api@example.org")
    reviewed(badge, "review", approved=True)
    reviewed(badge, "refused", approved=False)
    workflow.award(reviewed(badge, "person", approved=True), registry().award)
    bulk_issue.issue(badge, "0123456789abcdef", ["list@example.org"], "p@example.org")
    step = published(badge.system, "step")
    milestones.create(
        badge.system,
        {"primaryBadgeId": badge.id, "supportBadges": [step.id], "numberRequired": 1},
    )
    awards.give(badges.by_id(step.id), "milestone@example.org")


def recipients(cloud: Cloud, about: str = "") -> set[str]:
    mails = [mail for mail in cloud.mails() if about in str(mail["Subject"])]
    return {str(mail["To"]).partition("@")[0] for mail in mails}


@pytest.mark.parametrize("policy", MailPolicy)
def test_earners_get_the_mails_that_the_policy_allows(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, policy: MailPolicy
) -> None:
    mail_policy.change(badge.system, policy)
    award_in_every_way(badge)
    pipeline.settle()
    assert recipients(cloud) == MAILED[policy]
    for award in Award.select().where(Award.badge == badge):
        awards.revoke(award)
    pipeline.settle()
    assert recipients(cloud, "was revoked") == MAILED[policy] - {"refused"}
    left_out = Job.select().where(Job.outcome == outbox.NOT_NEEDED)
    assert {job.reason for job in left_out} <= {send_mail.TURNED_OFF}
    assert {job.state for job in Job.select().where(Job.image.is_null())} == {outbox.DONE}


def test_feedback_is_left_out_also_after_the_system_was_renamed(
    badge: Badge, pipeline: Pipeline, cloud: Cloud
) -> None:
    mail_policy.change(badge.system, MailPolicy.NEVER)
    reviewed(badge, "refused", approved=False)
    owners.update(System.get_by_id(badge.system_id), {"slug": "renamed"})
    pipeline.settle()
    assert cloud.mails() == []


def test_a_mail_that_waits_obeys_a_policy_that_changes(
    badge: Badge, pipeline: Pipeline, cloud: Cloud
) -> None:
    awards.give(badge, "api@example.org")
    pipeline.step(of=["AWARD_QUEUE_URL"])
    mail_policy.change(badge.system, MailPolicy.NEVER)
    pipeline.settle()
    assert cloud.mails() == []


@pytest.mark.parametrize(
    ("policy", "outcome", "mails"),
    [(MailPolicy.ISSUED, Resending.TURNED_OFF, 1), (MailPolicy.ALWAYS, Resending.QUEUED, 2)],
)
def test_a_mail_is_sent_again_only_if_the_policy_allows_it(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock,
    policy: MailPolicy, outcome: Resending, mails: int,
) -> None:  # fmt: skip
    award, _ = awards.give(badge, "api@example.org")
    pipeline.settle()
    mail_policy.change(badge.system, policy)
    clock.move(award_list.PAUSE * 2)
    assert award_list.send_again(award) is outcome
    pipeline.settle()
    assert len(cloud.mails()) == mails


def test_a_batch_says_which_awards_were_not_mailed(badge: Badge, pipeline: Pipeline) -> None:
    mail_policy.change(badge.system, MailPolicy.NEVER)
    batch, page = "0123456789abcdef", bulk_issue.Page(1, 9)
    bulk_issue.issue(badge, batch, ["list@example.org"], "p@example.org")
    pipeline.settle()
    found: Any = bulk_issue.progress(badge, batch, page)
    assert (found.page[0].step, found.ended) == (bulk_issue.Step.NOT_MAILED, 1)


def test_feedback_beyond_the_limit_waits_and_says_so_and_is_sent_later(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    for _ in range(14):
        reviewed(badge, "flooded", approved=False)
    reviewed(badge, "other", approved=False)
    reviewed(badge, "flooded", approved=True)
    while pipeline.step():
        pass
    assert [str(mail["To"]).partition("@")[0] for mail in cloud.mails()].count("flooded") == 5
    assert recipients(cloud, "Feedback") == {"flooded", "other"}
    held = list(Job.select().where(Job.state == outbox.WAITING))
    assert len(held) == 10
    assert {job.attempts for job in held} == {0}
    assert "at most 4 feedback emails an hour" in held[0].reason
    pipeline.settle()
    assert len(cloud.mails()) == 16
    assert {job.state for job in Job.select().where(Job.image.is_null())} == {outbox.DONE}


# Whose mail it is


def headers(cloud: Cloud) -> dict[str, tuple[str, str | None]]:
    """Return the senders' names and where replies go, by the recipient."""
    return {
        str(mail["To"]).partition("@")[0]: (parseaddr(str(mail["From"]))[0], mail["Reply-To"])
        for mail in cloud.mails()
    }


def test_a_mail_is_from_the_badge_s_system_and_answered_by_the_nearest_owner(
    pipeline: Pipeline, cloud: Cloud
) -> None:
    system = chicago()
    owners.update(system, {"email": "system@example.org"})
    System.update(name="Riverbend\r\nBcc: Schools").execute()
    data = {"slug": "library", "name": "Library", "url": "http://example.org"}
    library = owners.create_issuer(system, {**data, "email": "library@example.org"})
    program = owners.create_program(library, {**data, "slug": "scratch"})
    for number, where in enumerate((Scope(system), Scope(system, library, program))):
        criteria = [{"description": "Read", "required": True}]
        badge = published(where, f"badge-{number}", criteria=criteria)
        award, _ = awards.give(badge, f"award-{number}@example.org")
        pipeline.settle()
        awards.revoke(award)
        reviewed(badge, f"refused-{number}", approved=False)
    pipeline.settle()
    sender = "Riverbend Bcc: Schools"
    assert headers(cloud) == {
        "award-0": (sender, "system@example.org"),
        "award-1": (sender, "library@example.org"),
        "refused-0": (sender, "system@example.org"),
        "refused-1": (sender, "library@example.org"),
    }
    text = cloud.mails()[0].get_body(("plain",))
    assert text is not None
    assert f"Sent by {sender}" in text.get_content()


@pytest.mark.parametrize(
    "stored", ["", "a@example.org\r\nBcc: mallory@example.org", "=?utf-8?q?a?=@example.org", "none"]
)
def test_an_address_that_is_none_gets_no_replies(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, stored: str
) -> None:
    System.update(email=stored).execute()
    awards.give(badges.by_id(badge.id), "api@example.org")
    pipeline.settle()
    (mail,) = cloud.mails()
    assert mail["Reply-To"] is None
    assert mail["Bcc"] is None


def test_no_control_of_an_old_name_reaches_the_subject(
    badge: Badge, pipeline: Pipeline, cloud: Cloud
) -> None:
    Badge.update(name="a\0b\u202ec\r\nBcc: d").where(Badge.id == badge.id).execute()
    awards.give(badges.by_id(badge.id), "api@example.org")
    pipeline.settle()
    (mail,) = cloud.mails()
    assert str(mail["Subject"]) == "You earned the badge “abc Bcc: d”"
    assert mail["Bcc"] is None

"""What mails say: of awards that are not valid, and texts of several lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.data.models import Badge, Job
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import catalog
from chalicelib.domain.jobs import outbox
from chalicelib.domain.reviews import reviews
from tests.conftest import Clock, Cloud
from tests.domain.places import chicago, published
from tests.pipeline.harness import Pipeline

ADA = "Ada@example.org"
DAY = timedelta(days=1)
PROOF = "contains proof that you earned it"


@pytest.fixture
def badge(pipeline: Pipeline) -> Badge:
    return published(
        chicago(), "reader", earnerDescription="You read\na book.",
        criteria=[{"description": "Read\na book", "required": True, "note": "N"}],
    )  # fmt: skip


def only_mail(cloud: Cloud) -> tuple[str, str, str]:
    """Return subject, text and HTML of the only mail that was sent."""
    (mail,) = cloud.mails()
    text, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    parts = [part.get_content().replace("\r\n", "\n") for part in (text, page)]
    return str(mail["Subject"]), *parts  # type: ignore[return-value]


def mail_job() -> Job:
    job: Job = Job.get(Job.kind == "award-mail")
    return job


def test_an_award_that_expired_before_its_mail_was_due_is_not_mailed(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    awards.give(badge, ADA, issued_on=clock.now - 2 * DAY, expires=clock.now - DAY)
    pipeline.settle()
    assert cloud.mails() == []
    job = mail_job()
    assert (job.state, job.outcome) == (outbox.DONE, "not needed")
    assert job.reason == "The award had already expired when its email was due"


def test_a_mail_of_an_award_that_expired_meanwhile_says_so(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    awards.give(badge, ADA, expires=clock.now + DAY)
    pipeline.step(of=["AWARD_QUEUE_URL"])
    clock.move(2 * DAY)
    pipeline.settle()
    subject, text, page = only_mail(cloud)
    assert subject == "You earned the badge “reader”, which has expired"
    for part in (text, page):
        assert "This award expired on 15 March 2026 and is no longer valid." in part
        assert PROOF not in part
        assert "Congratulations" not in part
    assert "background:#fdeaea;color:#a3222c" in page


def test_a_mail_of_an_award_that_is_not_valid_yet_says_from_when_it_is(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    awards.give(badge, ADA, issued_on=clock.now + DAY)
    pipeline.settle()
    subject, text, page = only_mail(cloud)
    assert subject == "You earned the badge “reader”"
    for part in (text, page):
        assert "This award isn’t valid yet. It becomes valid on 15 March 2026." in part
    assert "background:#fbf0da;color:#7a4b00" in page


def test_a_mail_of_a_valid_award_says_nothing_of_that(
    badge: Badge, pipeline: Pipeline, cloud: Cloud, clock: Clock
) -> None:
    awards.give(badge, ADA, expires=clock.now + DAY)
    pipeline.settle()
    subject, text, page = only_mail(cloud)
    assert subject == "You earned the badge “reader”"
    for part in (text, page):
        assert "valid" not in part
        assert "Congratulations" in part
    assert PROOF in page


def test_mails_go_to_the_address_as_it_was_typed(
    badge: Badge, pipeline: Pipeline, cloud: Cloud
) -> None:
    awards.give(badge, ADA)
    pipeline.settle()
    assert str(cloud.mails()[0]["To"]) == ADA


# Texts of several lines


def give(badge: Badge) -> None:
    awards.give(badge, ADA, comment="Well <done>,\n\nAda!")


def revoke(badge: Badge) -> None:
    award, _ = awards.give(badge, ADA, slug="a")
    Job.delete().execute()
    awards.revoke(award, "It was\na mistake.")


def refuse(badge: Badge) -> None:
    (criterion,) = catalog.view(badge).details.criteria
    item = {"criterionId": criterion.id, "satisfied": False, "comment": "Which\none?"}
    application = applications.create(badge, {"learner": ADA})
    review = {"author": "r@example.org", "comment": "Almost\nthere.", "reviewItems": [item]}
    reviews.create(applications.find(badge, application.slug), review)


@pytest.mark.parametrize(
    ("cause", "texts", "pages"),
    [
        (
            give,
            ["\nYou read\na book.\n", "\nWell <done>,\n\nAda!\n"],
            [">You read<br>\na book.</p>", ">Well &lt;done&gt;,<br>\n<br>\nAda!</blockquote>"],
        ),
        (revoke, ["\nReason: It was\na mistake.\n"], [">Reason: It was<br>\na mistake.</p>"]),
        (
            refuse,
            [
                "\nAlmost\nthere.\n",
                "\n- Read\n  a book\n",
                "\n  Reviewer: Which\n  one?\n",
            ],
            [
                ">Almost<br>\nthere.</blockquote>",
                ">Read<br>\na book<br>",
                ">Which<br>\none?</span>",
            ],
        ),
    ],
)
def test_line_breaks_are_kept_in_mails(
    cause: Any, texts: list[str], pages: list[str], badge: Badge, pipeline: Pipeline, cloud: Cloud
) -> None:
    cause(badge)
    pipeline.settle()
    _, text, page = only_mail(cloud)
    assert [one for one in texts if one not in text] == [], text
    assert [one for one in pages if one not in page] == [], page

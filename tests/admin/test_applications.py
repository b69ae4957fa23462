"""Applications in the admin UI: lists, one application, its review, and awarding by hand."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape

from chalicelib.data.models import (
    Application,
    Award,
    Badge,
    Event,
    Evidence,
    Job,
    Review,
    ReviewItem,
)
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.owners import accounts, owners
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from chalicelib.domain.reviews import workflow
from chalicelib.domain.shared.pagination import PageSize
from tests.admin.browser import Browser, csrf, title, words
from tests.admin.conftest import ADMINISTRATOR
from tests.client import Answer
from tests.conftest import Clock, Cloud
from tests.domain import places
from tests.pipeline.harness import Pipeline

LEARNER = "Learner@example.org"
REVIEWER, COLLEAGUE, PUBLISHER = "rita@example.org", "carl@example.org", "pia@example.org"
CRITERIA = [
    {"description": "Read a book", "required": True, "note": "Comics count"},
    {"description": "Wrote about it", "required": True},
    {"description": "Told a friend", "required": False},
]
HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture
def badge(database: Any) -> Badge:
    return places.published(places.chicago(), "reader", name="Reader", criteria=CRITERIA)


@pytest.fixture
def application(badge: Badge) -> Application:
    return applied(badge)


def applied(badge: Badge, learner: str = LEARNER, **more: Any) -> Application:
    return again(applications.create(badge, {"learner": learner, **more}))


def again(application: Application) -> Application:
    return applications.by_slug(application.slug)


@pytest.fixture
def reviewer(badge: Badge, signed_in: Callable[[str], Browser]) -> Browser:
    """Somebody who may only review."""
    accounts.allow(REVIEWER, Place("chicago"), Rights(review=True))
    return signed_in(REVIEWER)


@pytest.fixture
def colleague(badge: Badge, signed_in: Callable[[str], Browser]) -> Browser:
    """Somebody else who may."""
    accounts.allow(COLLEAGUE, Place("chicago"), Rights(review=True))
    return signed_in(COLLEAGUE)


@pytest.fixture
def publisher(badge: Badge, signed_in: Callable[[str], Browser]) -> Browser:
    accounts.allow(PUBLISHER, Place("chicago"), Rights(publish=True))
    return signed_in(PUBLISHER)


def path(application: Application, action: str = "") -> str:
    return f"/applications/{application.slug}{action}"


def take(browser: Browser, application: Application) -> Answer:
    """Take an application in hand; return the page that shows it then."""
    answer = browser.submit(path(application), path(application, "/assign"))
    assert answer.status == 303
    return browser.get(answer.headers["Location"])


def typed(page: Answer, *met: str, **more: str) -> dict[str, str]:
    """Return the fields of a page's review form, with what is said of its criteria in turn."""
    names = re.findall(r'name="(criteria\[\d+\]\[id\]|seen|confirmed)" value="([^"]*)"', page.text)
    fields = {"csrf": csrf(page), **dict(names)}
    for number, said in enumerate(met):
        fields[f"criteria[{number}][met]"] = said
        fields[f"criteria[{number}][comment]"] = f"Comment {number + 1}"
    return {**fields, "comment": "Well done", **more}


def send(browser: Browser, application: Application, *met: str, **more: str) -> Answer:
    """Take an application and send its review."""
    page = take(browser, application)
    return browser.post(path(application, "/review"), typed(page, *met, **more))


APPROVES = ("yes", "yes", "no")
NOT_APPROVED = ("yes", "no", "yes")


# Lists


def test_what_waits_is_shown_by_badge_with_counts(reviewer: Browser, badge: Badge) -> None:
    made = [applied(badge, f"{name}@example.org") for name in ("zoe", "ada")]
    applied(places.published(badge.system, "writer", name="Writer"), "ben@example.org")
    done = applied(badge, "done@example.org")
    applications.mark_processed(done)
    page = reviewer.get("/applications")
    assert page.status == 200
    shown = words(page)
    assert "Pending 3" in shown
    assert "Reviewed 1" in shown
    assert re.search(
        r"Reader 2 applications zoe @example.org .* ada @example.org .* Writer One app", shown
    )
    assert "done" not in shown
    assert path(made[0]) in page.text
    processed = words(reviewer.get("/applications?show=processed"))
    assert "done @example.org Reader" in processed
    assert "zoe" not in processed


def test_a_badge_is_linked_whatever_its_slug_holds(reviewer: Browser, badge: Badge) -> None:
    slashed = applied(places.published(badge.system, "c/c++?", name="C and C++"))
    for page in ("/applications", path(slashed)):
        assert 'href="/badges/c%2Fc%2B%2B%3F"' in reviewer.get(page).text
    assert reviewer.get("/badges/c%2Fc%2B%2B%3F").status == 200


def test_a_search_finds_learners_and_badges(reviewer: Browser, badge: Badge) -> None:
    applied(badge, "zoe@example.org")
    applied(badge, "ada@example.org")
    shown = words(reviewer.get("/applications?search=+ZOE+"))
    assert "zoe" in shown
    assert "ada" not in shown
    assert "Pending 1" in shown
    none = words(reviewer.get("/applications?search=%3Cscript%3E%25"))
    assert "No results for “<script>%”" in none
    assert "<script>%" not in reviewer.get("/applications?search=%3Cscript%3E%25").text


def test_lists_have_pages(reviewer: Browser, badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageSize, "REVIEW_QUEUE", 2)
    for number in range(3):
        applied(badge, f"learner{number}@example.org")
    first = reviewer.get("/applications?search=learner")
    assert "Page 1 of 2" in words(first)
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    assert html.unescape(link) == "/applications?show=pending&search=learner&page=2"
    assert "learner2" in words(reviewer.get(html.unescape(link)))
    assert "Page 9 doesn’t exist" in words(reviewer.get("/applications?page=9"))
    assert reviewer.get("/applications?page=x&show=x").status == 200


def test_an_empty_queue_says_so(reviewer: Browser) -> None:
    assert "Nothing to review" in words(reviewer.get("/applications"))
    assert "Nothing reviewed yet" in words(reviewer.get("/applications?show=processed"))


def test_where_another_api_keeps_applications_one_is_told(
    reviewer: Browser, settings: dict[str, str]
) -> None:
    settings["OPENBADGER_URL"] = "https://user:secret@api.example.org:8080/base"
    page = reviewer.get("/applications")
    assert "Applications are managed by the BadgeKit API at api.example.org" in words(page)
    assert "secret" not in page.text


# One application


def test_an_application_is_shown_with_evidence_and_criteria(
    reviewer: Browser, badge: Badge
) -> None:
    evidence = [
        {"url": "https://example.org/report", "mediaType": "link", "reflection": "My report"},
        {"url": "example.org/photo.png", "mediaType": "image"},
        {"reflection": "Just words"},
    ]
    application = applied(badge, evidence=evidence)
    page = reviewer.get(path(application))
    shown = words(page)
    for text in ("My report", "Image 2", "Just words", "Read a book", "Comics count", "Required"):
        assert text in shown
    for address in ("https://example.org/report", "http://example.org/photo.png"):
        assert f'<a href="{address}" target="_blank" rel="noopener noreferrer ugc">' in page.text
    assert '<img src="http://example.org/photo.png' not in page.text
    assert "Start review" in shown
    assert "Submit review" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JavaScript://example.org/%0aalert(1)", "data:text/html,<p>",
        "ftp://example.org/x", "//example.org/x", "vbscript:x", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_only_web_addresses_are_links(reviewer: Browser, badge: Badge, url: str) -> None:
    application = applied(badge, evidence=[{"url": "http://x/", "mediaType": "link"}])
    Evidence.update(url=url).execute()  # was accepted once
    page = reviewer.get(path(application))
    assert html.escape(url) in page.text
    assert "ugc" not in page.text
    assert "(not a web address)" in words(page)


def test_hostile_texts_are_shown_harmlessly(reviewer: Browser, badge: Badge) -> None:
    evil = places.published(
        badge.system, "evil", name=HOSTILE, strapline=HOSTILE, earnerDescription=HOSTILE,
        criteria=[{"description": HOSTILE, "note": HOSTILE, "required": True}],
    )  # fmt: skip
    application = applied(
        evil, evidence=[{"url": "http://x/", "mediaType": "image", "reflection": HOSTILE}]
    )
    Badge.update(rubric_url="javascript:alert(1)").where(Badge.id == evil.id).execute()
    Evidence.update(url=HOSTILE).execute()
    page = take(reviewer, application)
    send_again = typed(page, "no", comment=HOSTILE, **{"criteria[0][comment]": HOSTILE})
    pages = [
        page,
        reviewer.get("/applications"),
        reviewer.post(path(application, "/review"), {**send_again, "confirmed": ""}),
    ]
    answer = reviewer.post(
        path(application, "/review"), {**send_again, "confirmed": "not-approved"}
    )
    assert answer.status == 303
    pages += [reviewer.get(path(application)), reviewer.get("/applications?show=processed")]
    for one in pages:
        assert "<script>alert" not in one.text
        assert 'href="javascript' not in one.text
        assert escape(HOSTILE) in one.text


# Assignment


def test_the_form_is_shown_to_whom_it_is_assigned(
    reviewer: Browser, colleague: Browser, application: Application, clock: Clock
) -> None:
    mine = words(take(reviewer, application))
    assert "Assigned to you for 20 minutes" in mine
    assert "Assigned to you Reserved for you until 14 March 2026, 15:29 UTC" in mine
    assert "Submit review" in mine
    theirs = words(colleague.get(path(application)))
    assert f"Assigned to {REVIEWER} Reserved until 14 March 2026, 15:29 UTC" in theirs
    assert "Start review" not in theirs
    assert "Submit review" not in theirs
    assert f"Assigned to {REVIEWER}" in words(colleague.get("/applications"))
    assert "Someone else handled this first" in words(take(colleague, application))
    clock.move(timedelta(minutes=20))
    assert "Assigned to you for 20 minutes" in words(take(colleague, application))


def test_what_was_typed_stays_when_it_is_kept_for_longer(
    reviewer: Browser, application: Application, clock: Clock
) -> None:
    page = take(reviewer, application)
    clock.move(timedelta(minutes=10))
    answer = reviewer.post(path(application, "/assign"), typed(page, "yes", comment="Half done"))
    assert answer.status == 200
    assert "until 14 March 2026, 15:39 UTC" in words(answer)
    assert "Half done</textarea>" in answer.text
    assert re.search(r'value="yes" checked', answer.text)


def test_it_can_be_put_back(
    reviewer: Browser, colleague: Browser, application: Application
) -> None:
    page = take(reviewer, application)
    answer = reviewer.post(path(application, "/release"), {"csrf": csrf(page)})
    assert "Others can review it now" in words(reviewer.get(answer.headers["Location"]))
    assert "Assigned to you for 20 minutes" in words(take(colleague, application))


# Reviewing


def test_an_approval_says_that_the_award_follows_by_itself(
    reviewer: Browser, application: Application
) -> None:
    page = take(reviewer, application)
    assert "the badge is awarded automatically" in words(page)
    assert "2 required criteria aren’t met yet." in words(page)
    answer = reviewer.post(path(application, "/review"), typed(page, *APPROVES))
    assert answer.status == 303
    after = words(reviewer.get(answer.headers["Location"]))
    assert "Approved. The badge is awarded automatically" in after
    assert f"Approved by {REVIEWER}. The badge is being awarded automatically" in after
    assert "Review again" not in after
    review = Review.get()
    assert (review.author, review.comment) == (REVIEWER, "Well done")
    rows = ReviewItem.select().order_by(ReviewItem.id)
    assert [(row.satisfied, row.comment) for row in rows] == [
        (True, "Comment 1"), (True, "Comment 2"), (False, "Comment 3"),
    ]  # fmt: skip
    assert (again(application).processed, again(application).assigned_to) == (None, None)


def test_an_award_that_does_not_come_is_not_waited_for(
    reviewer: Browser, publisher: Browser, application: Application, clock: Clock
) -> None:
    answer = send(reviewer, application, *APPROVES)
    page = reviewer.get(answer.headers["Location"])
    assert "data-poll" in page.text
    assert "Award now" not in words(page)
    clock.move(timedelta(minutes=3))
    late = publisher.get(path(application))
    assert "data-poll" not in late.text
    assert "should have been awarded by now" in words(late)
    assert "Award now" in words(late)


def test_the_whole_way_to_the_badge(
    clock: Clock, reviewer: Browser, application: Application, app: Any, cloud: Cloud
) -> None:
    pipeline = Pipeline(cloud, clock)
    send(reviewer, application, *APPROVES)
    pipeline.settle()
    page = reviewer.get(path(application))
    assert "Awarded On 14 March 2026" in words(page)
    assert f"/public/awards/{Award.get().slug}" in page.text
    assert "Awarded" in words(reviewer.get("/applications?show=processed"))
    assert [str(mail["To"]) for mail in cloud.mails()] == [LEARNER]


def test_what_is_not_approved_is_mailed_with_what_is_missing(
    clock: Clock, reviewer: Browser, application: Application, app: Any, cloud: Cloud
) -> None:
    pipeline = Pipeline(cloud, clock)
    answer = send(reviewer, application, *NOT_APPROVED, confirmed="not-approved", comment="Go on")
    after = words(reviewer.get(answer.headers["Location"]))
    assert "Not approved. The learner gets your feedback by email." in after
    assert "Not met Wrote about it Comment 2" in after
    assert again(application).processed is not None
    pipeline.settle()
    (mail,) = cloud.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Go on" in text
    assert "- Wrote about it\n  Reviewer: Comment 2" in text
    assert "Read a book" not in text
    assert Award.select().count() == 0


def test_who_was_not_told_what_a_review_means_is_asked_first(
    reviewer: Browser, application: Application
) -> None:
    page = take(reviewer, application)
    asked = reviewer.post(path(application, "/review"), typed(page, *NOT_APPROVED))
    assert asked.status == 200
    assert "One required criterion isn’t met yet. This review won’t approve" in words(asked)
    assert "Comment 2</textarea>" in asked.text
    assert Review.select().count() == 0
    fields = typed(asked, *NOT_APPROVED)
    assert fields["confirmed"] == "not-approved"
    assert reviewer.post(path(application, "/review"), fields).status == 303
    assert Review.select().count() == 1


def test_each_criterion_needs_an_answer(reviewer: Browser, application: Application) -> None:
    page = take(reviewer, application)
    fields = typed(page, "yes", "perhaps") | {"criteria[0][comment]": "x" * 10_001}
    answer = reviewer.post(path(application, "/review"), fields)
    assert answer.status == 400
    shown = words(answer)
    assert "3 things need your attention" in shown
    assert shown.count("Choose Met or Not met for criterion 2.") == 2  # on top, and beside it
    assert shown.count("Choose Met or Not met for criterion 3.") == 2
    assert "Shorten the comment to 10000 characters." in shown
    for target in ("criteria-1-met", "criteria-2-met", "criteria-0-comment"):
        assert f'href="#{target}"' in answer.text
        assert f'id="{target}"' in answer.text
    assert "Well done</textarea>" in answer.text
    assert Review.select().count() == 0


def test_what_is_sent_twice_is_refused_in_words(
    reviewer: Browser, application: Application
) -> None:
    page = take(reviewer, application)
    fields = typed(page, *APPROVES)
    assert reviewer.post(path(application, "/review"), fields).status == 303
    second = reviewer.post(path(application, "/review"), fields)
    assert second.status == 409
    assert "You already submitted a review, so this one wasn’t submitted." in words(second)
    assert (Review.select().count(), Event.select().count()) == (1, 1)


def test_who_lost_it_keeps_what_they_typed(
    reviewer: Browser, colleague: Browser, application: Application, clock: Clock
) -> None:
    fields = typed(take(reviewer, application), *APPROVES, comment="Typed for long")
    clock.move(timedelta(minutes=21))
    take(colleague, application)
    refused = reviewer.post(path(application, "/review"), fields)
    assert refused.status == 409
    assert f"{COLLEAGUE} is reviewing this application, so your review wasn’t submitted." in words(
        refused
    )
    assert "Typed for long</textarea>" in refused.text
    assert "Submit review" not in refused.text
    assert "Continue your review" not in refused.text
    send(colleague, application, *NOT_APPROVED, confirmed="not-approved")
    late = reviewer.post(path(application, "/review"), fields)
    assert late.status == 409
    assert f"{COLLEAGUE} has reviewed this application, so your review wasn’t submitted." in words(
        late
    )
    assert [review.author for review in Review.select()] == [COLLEAGUE]


def test_who_put_it_back_may_take_it_again_with_what_they_typed(
    reviewer: Browser, application: Application
) -> None:
    fields = typed(take(reviewer, application), *APPROVES, comment="Typed for long")
    workflow.release(application, REVIEWER)
    refused = reviewer.post(path(application, "/review"), fields)
    assert refused.status == 409
    assert "no longer assigned to you" in words(refused)
    taken = reviewer.post(path(application, "/assign"), typed(refused, *APPROVES, comment="Typed"))
    assert "Typed</textarea>" in taken.text
    assert reviewer.post(path(application, "/review"), typed(taken, *APPROVES)).status == 303


def test_what_was_dealt_with_elsewhere_is_not_reviewed(
    reviewer: Browser, application: Application
) -> None:
    fields = typed(take(reviewer, application), *APPROVES)
    applications.mark_processed(application)
    refused = reviewer.post(path(application, "/review"), fields)
    assert refused.status == 409
    assert "This application has been handled" in words(refused)
    page = words(reviewer.get(path(application)))
    assert "Closed This application was handled elsewhere." in page
    assert "Start review" not in page


def test_a_badge_that_requires_nothing_is_approved_by_any_review(
    reviewer: Browser, badge: Badge
) -> None:
    application = applied(places.published(badge.system, "free", name="Free"))
    page = take(reviewer, application)
    assert "No criterion is required, so every review approves the application." in words(page)
    assert reviewer.post(path(application, "/review"), typed(page)).status == 303
    assert workflow.states([again(application)])[application.id] == "approved"


# Awarding by hand


def test_without_auto_award_a_publisher_awards(
    reviewer: Browser, publisher: Browser, application: Application, settings: dict[str, str]
) -> None:
    settings["AUTO_AWARD"] = '{"chicago": false}'
    page = take(reviewer, application)
    assert "someone with award permission awards the badge" in words(page)
    answer = reviewer.post(path(application, "/review"), typed(page, *APPROVES))
    after = reviewer.get(answer.headers["Location"])
    assert "Someone with award permission can award the badge now." in words(after)
    assert "Award badge" not in words(after)
    assert reviewer.post(path(application, "/award"), {"csrf": csrf(after)}).status == 403
    shown = publisher.get(path(application))
    assert (
        f"Approved by {REVIEWER}. You or someone else with award permission can award the badge now."
        in words(shown)
    )
    for notice in (
        "Badge awarded.",
        "This application was already handled, so nothing changed.",
    ):
        answer = publisher.post(path(application, "/award"), {"csrf": csrf(shown)})
        assert notice in words(publisher.get(answer.headers["Location"]))
    award = Award.get()
    assert (award.email, award.origin) == (LEARNER, f"application:{application.slug}")
    jobs = Job.select().where(Job.event.is_null(False)).order_by(Job.id)
    assert [job.kind for job in jobs] == ["review", "award"]
    assert again(application).processed is not None
    assert "Awarded On" in words(publisher.get(path(application)))


def test_an_approval_can_be_reviewed_again_before_it_is_awarded(
    reviewer: Browser, publisher: Browser, application: Application, settings: dict[str, str]
) -> None:
    settings["AUTO_AWARD"] = "false"
    send(reviewer, application, *APPROVES)
    assert "Review again" in words(publisher.get(path(application)))
    send(publisher, application, *NOT_APPROVED, confirmed="not-approved")
    page = publisher.get(path(application))
    assert "Not approved The learner got the feedback by email" in words(page)
    assert "Award badge" not in words(page)


def test_what_is_not_approved_is_not_awarded(publisher: Browser, application: Application) -> None:
    answer = publisher.submit(path(application), path(application, "/award"))
    assert answer.status == 409
    assert "The latest review did not approve this application." in words(answer)
    assert Award.select().count() == 0


def test_a_badge_that_cannot_be_awarded_says_why(
    publisher: Browser, badge: Badge, settings: dict[str, str]
) -> None:
    settings["AUTO_AWARD"] = "false"
    rare = places.published(badge.system, "rare", limit=1)
    awards.give(rare, "first@example.org")
    application = applied(rare)
    send(publisher, application)
    answer = publisher.submit(path(application), path(application, "/award"))
    assert answer.status == 409
    assert "can be awarded 1 times" in words(answer)
    assert again(application).processed is None


def test_that_the_learner_has_the_badge_is_told(reviewer: Browser, badge: Badge) -> None:
    awards.give(badge, LEARNER)
    application = applied(badge)
    earlier = applied(badge, LEARNER.lower())
    page = reviewer.get(path(application))
    assert "The learner already has this badge." in words(page)
    assert path(earlier) in page.text


def test_a_badge_that_has_expired_is_no_longer_the_learner_s(
    reviewer: Browser, badge: Badge, clock: Clock
) -> None:
    awards.give(badge, LEARNER, expires=clock.now)
    page = reviewer.get(path(applied(badge)))
    assert "The learner already has this badge." not in words(page)


def test_an_award_that_is_no_longer_valid_says_so(
    clock: Clock, reviewer: Browser, application: Application, app: Any, cloud: Cloud
) -> None:
    send(reviewer, application, *APPROVES)
    Pipeline(cloud, clock).settle()
    Award.update(expires=clock.now).execute()
    assert "Awarded On 14 March 2026. Expired since. View award" in told(reviewer, application)
    Award.update(issued_on=clock.now + timedelta(days=2), expires=None).execute()
    assert "Awarded On 16 March 2026. Not valid yet. View award" in told(reviewer, application)
    Award.update(revoked=clock.now).execute()
    assert "Awarded On 16 March 2026. Revoked later. View award" in told(reviewer, application)


def told(reviewer: Browser, application: Application) -> str:
    return words(reviewer.get(path(application))).replace(" .", ".")


# Who may


def test_who_reviews_elsewhere_may_not_here(
    badge: Badge, application: Application, signed_in: Callable[[str], Browser]
) -> None:
    owners.create_issuer(
        badge.system, {"slug": "library", "name": "Library", "url": "http://example.org"}
    )
    accounts.allow(REVIEWER, Place("chicago", "library"), Rights(review=True))
    browser = signed_in(REVIEWER)
    assert "Nothing to review" in words(browser.get("/applications"))
    refused = browser.get(path(application))
    assert refused.status == 403
    assert LEARNER not in refused.text
    token = csrf(browser.get("/applications"))
    for action in ("/assign", "/release", "/review", "/award"):
        assert browser.post(path(application, action), {"csrf": token}).status == 403
    assert again(application).assigned_to is None


def test_who_may_only_draft_reviews_nothing(
    badge: Badge, application: Application, signed_in: Callable[[str], Browser]
) -> None:
    accounts.allow(REVIEWER, Place("chicago"), Rights(draft=True))
    browser = signed_in(REVIEWER)
    assert browser.get("/applications").status == 403
    assert browser.get(path(application)).status == 403


def test_what_does_not_exist_is_404(administrator: Browser, badge: Badge) -> None:
    assert administrator.get("/applications/nope").status == 404


def test_administrators_review_too(administrator: Browser, application: Application) -> None:
    assert send(administrator, application, *APPROVES).status == 303
    assert Review.get().author == ADMINISTRATOR
    assert title(administrator.get("/applications")) == "Applications"


# The next one


def test_a_review_leads_to_the_next_application(reviewer: Browser, badge: Badge) -> None:
    first, second = applied(badge, "first@example.org"), applied(badge, "second@example.org")
    assert "Next application" not in words(reviewer.get(path(first)))
    page = reviewer.get(
        send(reviewer, first, *NOT_APPROVED, confirmed="not-approved").headers["Location"]
    )
    assert re.search(rf'href="{path(second)}">Next application', page.text)
    page = reviewer.get(send(reviewer, second, *APPROVES).headers["Location"])
    assert "No more applications are waiting for a review." in words(page)
    assert '<a class="button quiet" href="/applications">All applications</a>' in page.text


def test_evidence_is_in_one_part_with_the_criteria(
    reviewer: Browser, application: Application
) -> None:
    for page in (reviewer.get(path(application)), take(reviewer, application)):
        part = page.text.partition('id="review"')[2].partition('id="finish"')[0]
        assert 'id="evidence"' in part
        assert 'id="criteria"' in part

"""Pages of applications: the review queue, an application, its review, and awarding by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib import config, times
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import notices, responses
from chalicelib.data.models import Application, Badge
from chalicelib.domain.applications import applications, review_queue
from chalicelib.domain.awards import validity
from chalicelib.domain.badges.details import CriterionView
from chalicelib.domain.events import mail_policy
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.reviews import reviews, workflow
from chalicelib.domain.reviews.workflow import ReviewView, State
from chalicelib.domain.shared import email_addresses
from chalicelib.domain.shared.pagination import PageSize
from chalicelib.errors import Conflict, ValidationError
from chalicelib.i18n import gettext, ngettext
from chalicelib.openbadges.links import Links
from chalicelib.web.form import Form
from chalicelib.web.request import request
from chalicelib.web_addresses import web_address

LONGEST_COMMENT = 10_000  # characters
LONGEST_SEARCH = 200
SOON = timedelta(minutes=2)  # within which an automatic award is expected
NOT_APPROVED = "not-approved"  # sent by a form that has warned the reviewer


class CriterionInput(NamedTuple):
    """A reviewer's input for one criterion; `met` is None until they choose."""

    criterion: CriterionView
    met: bool | None
    comment: str


# Lists


def show_all(visit: Visit, scope: Scope) -> Response:
    """Show the pending applications, grouped by badge, or the processed ones."""
    elsewhere = config.settings().optional("OPENBADGER_URL")
    if elsewhere:
        host = urlsplit(elsewhere).hostname or ""
        return responses.page(visit, "applications-elsewhere", host=host)
    search = " ".join((request().argument("search") or "").split())[:LONGEST_SEARCH]
    show = "processed" if request().argument("show") == "processed" else "pending"
    number = responses.page_number(request().argument("page"))
    counts = review_queue.counts(scope, search)
    groups = review_queue.pending(scope, search, number) if show == "pending" else []
    done = review_queue.processed(scope, search, number) if show == "processed" else []
    shown = [*done, *(one for group in groups for one in group.applications)]

    def address(page: int = 1, of: str = show, wanted: str = search) -> str:
        return responses.addresses("/applications", show=of, search=wanted)(page)

    return responses.page(
        visit,
        "applications",
        show=show,
        search=search,
        counts=counts,
        groups=groups,
        done=done,
        states=workflow.states(shown),
        assignment_of=workflow.assignment,
        number=number,
        pages=max(1, -(-getattr(counts, show) // PageSize.REVIEW_QUEUE)),
        address=address,
        image=_links().image,
    )


# One application


def show(visit: Visit, application: Application) -> Response:
    """Show an application, with the review form for the assigned reviewer."""
    return _page(visit, application)


def assign(visit: Visit, application: Application) -> Response:
    """Assign an application to this reviewer, or extend it; the form keeps what was typed."""
    mine = workflow.assign(application, visit.person.email)
    if mine and visit.form.rows("criteria"):
        return _page(visit, applications.by_slug(application.slug), form=visit.form)
    return responses.to(
        _path(application), "application-assigned" if mine else "application-elsewhere"
    )


def release(visit: Visit, application: Application) -> Response:
    """End the assignment, so that others can review the application."""
    workflow.release(application, visit.person.email)
    return responses.to("/applications", "application-put-back")


def review(visit: Visit, application: Application) -> Response:
    """Submit the review of the assigned reviewer."""
    view, form = workflow.review_view(application), visit.form
    typed = _typed(view.criteria, form)
    if not _was_assigned_last(application, visit.person.email):
        return _refused(visit, application)
    if problems := _problems(typed, form):
        return _page(visit, application, 400, form=form, problems=problems)
    if _missing(typed) and form.text("confirmed") != NOT_APPROVED:
        return _page(visit, application, form=form, asks=True)
    data = {
        "comment": form.text("comment") or None,
        "reviewItems": [
            {"criterionId": one.criterion.id, "satisfied": one.met, "comment": one.comment or None}
            for one in typed
        ],
    }
    try:
        approved = workflow.submit(application, visit.person.email, data)
    except Conflict:
        return _refused(visit, application)
    if approved and not _is_auto_awarded(application.badge):
        return responses.to(_path(application), "review-to-award")
    notice = "review-approved" if approved else "review-not-approved"
    mailed = mail_policy.allows(application.badge.system, issued=False)
    return responses.to(_path(application), notices.about_mail(notice, sent=mailed))


def award(visit: Visit, application: Application) -> Response:
    """Award the badge of an approved application."""
    from chalicelib.registry import registry

    try:
        _, new = workflow.award(application, registry().award)
    except (Conflict, ValidationError) as problem:
        return _page(visit, application, 409, refusal=problem.reason)
    mailed = mail_policy.allows(application.badge.system, issued=True)
    notice = notices.about_mail("application-awarded", sent=mailed)
    return responses.to(_path(application), notice if new else "application-dealt-with")


def _path(application: Application) -> str:
    return f"/applications/{application.slug}"


def _links() -> Links:
    return Links(config.settings().url(""))


def _is_auto_awarded(badge: Badge) -> bool:
    return reviews.auto_award(badge.system.slug if badge.system else None)


def _was_assigned_last(application: Application, email: str) -> bool:
    """Return whether an application is assigned to this reviewer, even if the time is over."""
    to = application.assigned_to or ""
    return application.processed is None and email_addresses.key(to) == email_addresses.key(email)


def _typed(criteria: Sequence[CriterionView], form: Form | None) -> list[CriterionInput]:
    """Return the input of a form for each criterion of the badge."""
    rows = {row.text("id"): row for row in form.rows("criteria")} if form else {}
    found = []
    for criterion in criteria:
        row = rows.get(str(criterion.id), Form({}))
        met = {"yes": True, "no": False}.get(row.text("met"))
        found.append(CriterionInput(criterion, met, row.text("comment")))
    return found


def _missing(typed: Sequence[CriterionInput]) -> int:
    """Count the required criteria that are not met."""
    return sum(one.criterion.required and not one.met for one in typed)


def _problems(typed: Sequence[CriterionInput], form: Form) -> dict[str, str]:
    problems = {}
    too_long = gettext("Shorten the comment to %(most)s characters.") % {"most": LONGEST_COMMENT}
    for number, one in enumerate(typed):
        if one.met is None:
            words = gettext("Choose Met or Not met for criterion %(number)s.") % {
                "number": number + 1
            }
            problems[f"criteria[{number}][met]"] = words
        if len(one.comment) > LONGEST_COMMENT:
            problems[f"criteria[{number}][comment]"] = too_long
    if len(form.text("comment")) > LONGEST_COMMENT:
        problems["comment"] = too_long
    return problems


def _refused(visit: Visit, application: Application) -> Response:
    """Show why a review was not accepted, and keep what was typed."""
    now = applications.by_slug(application.slug)
    words = _refusal(visit, now, workflow.review_view(now))
    return _page(visit, now, 409, form=visit.form, refusal=words, kept=True)


def _refusal(visit: Visit, application: Application, view: ReviewView) -> str:
    last = view.reviews[0] if view.reviews else None
    if last and last.slug != visit.form.text("seen"):
        if email_addresses.key(last.author) == email_addresses.key(visit.person.email):
            return gettext("You already submitted a review, so this one wasn’t submitted.")
        return gettext(
            "%(author)s has reviewed this application, so your review wasn’t submitted."
        ) % {"author": last.author}
    assignment = workflow.assignment(application)
    if assignment and not workflow.is_mine(application, visit.person.email):
        return gettext(
            "%(reviewer)s is reviewing this application, so your review wasn’t submitted."
        ) % {"reviewer": assignment.to}
    if application.processed is not None:
        return gettext("This application has been handled, so your review wasn’t submitted.")
    return gettext(
        "This application is no longer assigned to you, so your review wasn’t submitted. "
        "Continue your review to submit it again."
    )


def _page(
    visit: Visit,
    application: Application,
    status: int = 200,
    *,
    form: Form | None = None,
    problems: Mapping[str, str] | None = None,
    refusal: str | None = None,
    asks: bool = False,
    kept: bool = False,
) -> Response:
    """Show an application.

    Parameters
    ----------
    visit : Visit
        The visit.
    application : Application
        With its badge.
    status : int
        Status of the response.
    form : Form, optional
        The submitted form.
    problems : Mapping[str, str], optional
        Its problems by field.
    refusal : str, optional
        Why the request was refused.
    asks : bool
        Whether to ask the reviewer to confirm that the review does not approve.
    kept : bool
        Whether to show the submitted form though it cannot be submitted again.
    """
    view, badge, links = workflow.review_view(application), application.badge, _links()
    email = visit.person.email
    typed = _typed(view.criteria, form)
    waits = view.state in (State.WAITING, State.APPROVED)
    mine = waits and (
        workflow.is_mine(application, email)
        or (form is not None and not kept and _was_assigned_last(application, email))
    )
    required = sum(one.criterion.required for one in typed)
    context: dict[str, Any] = {
        "application": application,
        "badge": badge,
        "view": view,
        "evidence": [(item, web_address(item.url)) for item in view.evidence],
        "rubric": web_address(badge.rubric_url),
        "descriptions": {one.criterion.id: one.criterion.description for one in typed},
        "assignment": workflow.assignment(application),
        "mine": mine,
        "waits": waits,
        "automatic": _is_auto_awarded(badge),
        "mailed": mail_policy.allows(badge.system, issued=False),
        "following": _following(visit, application, view),
        "late": bool(view.reviews) and times.now() - view.reviews[0].created > SOON,
        "typed": typed,
        "comment": form.text("comment") if form else "",
        "missing": _missing(typed),
        "verdicts": [_verdict(number, required) for number in range(required + 1)],
        "problems": problems or {},
        "refusal": refusal,
        "asks": asks,
        "kept": kept,
        "most": LONGEST_COMMENT,
        "image_url": links.image(badge.image),
        "image_alt": images.alt(badge.image),
        "standing": validity.status_of(view.award) if view.award else None,
        "award_url": links.award(view.award.slug) if view.award else None,
    }
    return responses.page(visit, "application", status, **context)


def _following(visit: Visit, application: Application, view: ReviewView) -> Application | None:
    """Return the application to review after one that waits for no review any more."""
    if view.state is State.WAITING or visit.scope is None:
        return None
    return review_queue.following(visit.scope, application, visit.person.email)


def _verdict(missing: int, required: int) -> str:
    """Return a sentence on how many required criteria are not met."""
    if not required:
        return gettext("No criterion is required, so every review approves the application.")
    if not missing:
        return gettext("All required criteria are met.")
    return ngettext(
        "One required criterion isn’t met yet.",
        "%(num)s required criteria aren’t met yet.",
        missing,
    ) % {"num": missing}

"""Pages of drafts and templates: what they say and lack, and what becomes of them."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.drafts import parts, wording
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Draft
from chalicelib.domain.drafts import drafts, publishing
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotAuthorized, Unavailable, ValidationError
from chalicelib.i18n import gettext


def create(visit: Visit, scope: Scope) -> Response:
    """Begin a draft, or a template, in the place that somebody works as."""
    is_template = visit.form.text("status") == drafts.TEMPLATE
    status = drafts.TEMPLATE if is_template else drafts.DRAFT
    draft = drafts.create(scope, visit.person.email, status=status)
    return responses.to(f"/drafts/{draft.id}/edit/description", "drafted")


def show(visit: Visit, draft: Draft) -> Response:
    """Show all about a draft or template, and what can be done with it."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    return responses.page(visit, "draft", **_about(draft))


def _about(draft: Draft) -> dict[str, Any]:
    """Return what pages show of a draft."""
    missing = drafts.missing(draft)
    return {
        "draft": draft,
        "said": drafts.content(draft),
        "support": drafts.support_badges(draft),
        "missing": missing,
        "sections": parts.sections(missing),
        "words": wording,
        "image_url": parts.picture_url(draft),
        "image_alt": drafts.alt(draft),
        "share_url": config.settings().url(f"/share/{draft.slug}"),
    }


def ask_to_publish(visit: Visit, draft: Draft) -> Response:
    """Tell what will happen when a draft is published, or what is missing for that."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    if draft.status == drafts.TEMPLATE:
        return responses.to(f"/drafts/{draft.id}", "template-stays")
    return _asked(visit, draft)


def _asked(visit: Visit, draft: Draft, status: int = 200, problem: str | None = None) -> Response:
    slug = publishing.slug(draft)
    return responses.page(
        visit,
        "draft-publish",
        status,
        slug=slug,
        criteria_url=publishing.criteria_url(draft, slug),
        problem=problem,
        **_about(draft),
    )


def publish(visit: Visit, draft: Draft) -> Response:
    """Publish a draft; what stands in the way is told on the page that asked."""
    from chalicelib.registry import registry

    if draft.status == drafts.TEMPLATE:
        return responses.to(f"/drafts/{draft.id}", "template-stays")
    try:
        badge = registry().publish(draft)
    except publishing.NameTaken as taken:
        words = gettext("A badge named “%(name)s” already exists. Choose a different name.")
        return _asked(visit, draft, taken.status, words % {"name": taken.name})
    except ValidationError as refused:
        if drafts.missing(draft):
            return _asked(visit, draft, refused.status)
        words = gettext("The BadgeKit API rejected this badge: %(reason)s")
        return _asked(visit, draft, refused.status, words % {"reason": refused.reason})
    except Unavailable as trouble:
        words = gettext(
            "Publishing didn’t finish. Publish again: this won’t create a second badge."
        )
        return _asked(visit, draft, trouble.status, words)
    return responses.to(badge_list.path(badge), "published")


def save_as_template(visit: Visit, draft: Draft) -> Response:
    """Make a template of what a draft says, beside it."""
    template = drafts.copy(draft, drafts.scope_of(draft), visit.person.email, drafts.TEMPLATE)
    return responses.to(f"/drafts/{template.id}", "template-saved")


def use_template(visit: Visit, draft: Draft) -> Response:
    """Begin a draft with what a template says, in the place that somebody works as."""
    if visit.scope is None or not visit.may(Permission.DRAFT, visit.scope.place):
        raise NotAuthorized("You can’t draft badges in this workspace. Switch to another one.")
    made = drafts.copy(draft, visit.scope, visit.person.email)
    return responses.to(f"/drafts/{made.id}/edit/description", "template-used")


def ask_to_delete(visit: Visit, draft: Draft) -> Response:
    """Ask whether a draft or template is to be deleted."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    return responses.page(visit, "draft-delete", draft=draft)


def delete(visit: Visit, draft: Draft) -> Response:
    """Delete a draft or template."""
    is_template = draft.status == drafts.TEMPLATE
    drafts.delete(draft)
    if is_template:
        return responses.to("/directory", "template-deleted", tab="templates")
    return responses.to("/directory", "draft-deleted", tab="drafts")

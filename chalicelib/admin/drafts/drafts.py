"""Pages of a draft or template: create, show, publish, copy and delete it."""

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
    """Create a draft or template in the current place."""
    is_template = visit.form.text("status") == drafts.TEMPLATE
    status = drafts.TEMPLATE if is_template else drafts.DRAFT
    draft = drafts.create(scope, visit.person.email, status=status)
    return responses.to(f"/drafts/{draft.id}/edit/description", "drafted")


def show(visit: Visit, draft: Draft) -> Response:
    """Show a draft or template with its actions."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    return responses.page(visit, "draft", **_context(draft))


def _context(draft: Draft) -> dict[str, Any]:
    """Return the template variables that pages of a draft share."""
    missing = drafts.missing(draft)
    return {
        "draft": draft,
        "content": drafts.content(draft),
        "support": drafts.support_badges(draft),
        "missing": missing,
        "sections": parts.sections(missing),
        "words": wording,
        "image_url": parts.picture_url(draft),
        "image_alt": drafts.alt(draft),
        "share_url": config.settings().url(f"/share/{draft.slug}"),
    }


def confirm_publish(visit: Visit, draft: Draft) -> Response:
    """Show what publishing a draft will do, or what it still needs."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    if draft.status == drafts.TEMPLATE:
        return responses.to(f"/drafts/{draft.id}", "template-stays")
    return _confirmation(visit, draft)


def _confirmation(
    visit: Visit, draft: Draft, status: int = 200, problem: str | None = None
) -> Response:
    slug = publishing.slug(draft)
    return responses.page(
        visit,
        "draft-publish",
        status,
        slug=slug,
        criteria_url=publishing.criteria_url(draft, slug),
        problem=problem,
        **_context(draft),
    )


def publish(visit: Visit, draft: Draft) -> Response:
    """Publish a draft; errors are shown on the confirmation page."""
    from chalicelib.registry import registry

    if draft.status == drafts.TEMPLATE:
        return responses.to(f"/drafts/{draft.id}", "template-stays")
    try:
        badge = registry().publish(draft)
    except publishing.NameTaken as conflict:
        words = gettext("A badge named “%(name)s” already exists. Choose a different name.")
        return _confirmation(visit, draft, conflict.status, words % {"name": conflict.name})
    except ValidationError as error:
        if drafts.missing(draft):
            return _confirmation(visit, draft, error.status)
        words = gettext("The BadgeKit API rejected this badge: %(reason)s")
        reason = wording.refused(error.details)
        return _confirmation(visit, draft, error.status, words % {"reason": reason})
    except Unavailable as error:
        words = gettext(
            "Publishing didn’t finish. Publish again: this won’t create a second badge. (%(reason)s)"
        )
        return _confirmation(visit, draft, error.status, words % {"reason": error.reason})
    return responses.to(badge_list.path(badge), "published")


def save_as_template(visit: Visit, draft: Draft) -> Response:
    """Create a template with a draft's content; the draft stays."""
    template = drafts.copy(draft, drafts.scope_of(draft), visit.person.email, drafts.TEMPLATE)
    return responses.to(f"/drafts/{template.id}", "template-saved")


def use_template(visit: Visit, draft: Draft) -> Response:
    """Create a draft from a template, in the current place."""
    if visit.scope is None or not visit.may(Permission.DRAFT, visit.scope.place):
        raise NotAuthorized("You can’t draft badges in this workspace. Switch to another one.")
    made = drafts.copy(draft, visit.scope, visit.person.email)
    return responses.to(f"/drafts/{made.id}/edit/description", "template-used")


def confirm_delete(visit: Visit, draft: Draft) -> Response:
    """Show the confirmation page for deleting a draft or template."""
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

"""The page of a published badge, and what can be done with it as a whole."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin import answers, badge_lists
from chalicelib.admin.permissions import Permission
from chalicelib.admin.session import Visit
from chalicelib.badges import catalog, copies, overview
from chalicelib.data.models import Badge
from chalicelib.openbadges.links import scope_of
from chalicelib.registry import registry


def show(visit: Visit, badge: Badge) -> Response:
    """Show everything about a badge."""
    return badge_lists.page(
        visit,
        "badge",
        badge,
        about=catalog.entry(badge).details,
        numbers=overview.numbers(badge),
        awards=overview.last_awards(badge) if visit.may_do(Permission.PUBLISH, badge) else (),
    )


def copy(visit: Visit, badge: Badge) -> Response:
    """Begin a draft with what a badge says, where somebody works or else beside the badge."""
    here = visit.scope if visit.scope and visit.may(Permission.DRAFT) else scope_of(badge)
    if here is None:
        return answers.no_place(visit)
    draft = copies.of_badge(badge, here, visit.person.email)
    return answers.to(f"/drafts/{draft.id}/edit/description", "copied")


def archive(visit: Visit, badge: Badge) -> Response:
    """Take a badge out of use."""
    registry().archive(badge, True)
    return answers.to(badge_lists.path(badge), "archived")


def restore(visit: Visit, badge: Badge) -> Response:
    """Take an archived badge into use again."""
    registry().archive(badge, False)
    return answers.to(badge_lists.path(badge), "restored")

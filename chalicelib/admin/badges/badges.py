"""The page of a published badge: show, copy, archive and restore it."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.badges import award_status
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Badge
from chalicelib.domain.awards import validity
from chalicelib.domain.badges import catalog
from chalicelib.domain.drafts import from_badge
from chalicelib.domain.images import images
from chalicelib.domain.owners.issuer_profiles import scope_of
from chalicelib.domain.workspace import badge_stats
from chalicelib.registry import registry


def show(visit: Visit, badge: Badge) -> Response:
    """Show the page of a badge."""
    awards = badge_stats.last_awards(badge) if visit.may_do(Permission.AWARD, badge) else ()
    return badge_list.page(
        visit,
        "badge",
        badge,
        about=catalog.view(badge).details,
        failed_copy=images.failed_copy(badge.image),
        numbers=badge_stats.numbers(badge),
        codes_elsewhere=not registry().codes.are_local,
        awards=[(award, validity.status_of(award)) for award in awards],
        states=award_status.labels(),
    )


def copy(visit: Visit, badge: Badge) -> Response:
    """Create a draft from a badge, in the current place or else in that of the badge."""
    here = visit.scope if visit.scope and visit.may(Permission.DRAFT) else scope_of(badge)
    if here is None:
        return responses.no_place(visit)
    draft = from_badge.create(badge, here, visit.person.email)
    return responses.to(f"/drafts/{draft.id}/edit/description", "copied")


def copy_image(visit: Visit, badge: Badge) -> Response:
    """Copy a badge's image from another site again, after that failed."""
    images.retry_copy(badge.image)
    return responses.to(badge_list.path(badge), "copying-image")


def archive(visit: Visit, badge: Badge) -> Response:
    """Archive a badge."""
    registry().archive(badge, True)
    return responses.to(badge_list.path(badge), "archived")


def restore(visit: Visit, badge: Badge) -> Response:
    """Restore an archived badge."""
    registry().archive(badge, False)
    return responses.to(badge_list.path(badge), "restored")

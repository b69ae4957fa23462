"""The page of a published badge, and what can be done with it as a whole."""

from __future__ import annotations

from urllib.parse import quote

from chalice.app import Response

from chalicelib import config
from chalicelib.admin import answers, finders
from chalicelib.admin.permissions import Permission
from chalicelib.admin.session import Visit
from chalicelib.badges import catalog, drafts, overview
from chalicelib.data.models import Badge
from chalicelib.openbadges.links import Links, scope_of
from chalicelib.registry import registry


def path(badge: Badge) -> str:
    """Return the path of a badge's page."""
    return f"/badges/{quote(badge.slug, safe='')}"


def show(visit: Visit, badge: Badge) -> Response:
    """Show everything about a badge."""
    links, place = Links(config.settings().url("")), finders.place_of(badge)
    manages = visit.may(Permission.PUBLISH, place) if place else visit.may(Permission.ADMINISTER)
    return answers.page(
        visit,
        "badge",
        badge=badge,
        about=catalog.entry(badge).details,
        numbers=overview.numbers(badge),
        awards=overview.last_awards(badge) if manages else (),
        image_url=links.image(badge.image),
        public_url=links.badge(badge),
        criteria_url=links.criteria(badge),
        assertion_url=links.assertion,
    )


def copy(visit: Visit, badge: Badge) -> Response:
    """Begin a draft with what a badge says, where somebody works or else beside the badge."""
    here = visit.scope if visit.scope and visit.may(Permission.DRAFT) else scope_of(badge)
    if here is None:
        return answers.no_place(visit)
    draft = drafts.copy_badge(badge, here, visit.person.email)
    return answers.to(f"/drafts/{draft.id}/edit/description", "copied")


def archive(visit: Visit, badge: Badge) -> Response:
    """Take a badge out of use."""
    registry().archive(badge, True)
    return answers.to(path(badge), "archived")


def restore(visit: Visit, badge: Badge) -> Response:
    """Take an archived badge into use again."""
    registry().archive(badge, False)
    return answers.to(path(badge), "restored")

"""What the pages of a draft share: section list, image URL, redirect to the badge."""

from __future__ import annotations

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.drafts import wording
from chalicelib.admin.shell import badge_list, responses
from chalicelib.data.models import Draft
from chalicelib.domain.badges import fields
from chalicelib.domain.drafts import publishing
from chalicelib.openbadges.links import Links


def sections(missing: list[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Return the sections, each with its title and how many fields it lacks."""
    return [
        (name, wording.title(name), sum(of == name for of, _ in missing))
        for name in fields.SECTIONS
    ]


def links() -> Links:
    """Return the builder of public URLs."""
    return Links(config.settings().url(""))


def picture_url(draft: Draft) -> str | None:
    """Return the URL of a draft's image, or None."""
    return links().image(draft.image) if draft.image else None


def to_badge(draft: Draft, notice: str | None = None) -> Response:
    """Redirect to the badge of a published draft."""
    return responses.to(badge_list.path(publishing.published(draft)), notice)

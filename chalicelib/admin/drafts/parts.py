"""What the pages of a draft have in common."""

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
    """Return the sections: each with its name, and how much is missing in it."""
    return [
        (name, wording.title(name), sum(of == name for of, _ in missing))
        for name in fields.SECTIONS
    ]


def links() -> Links:
    """Return what knows where pictures can be seen."""
    return Links(config.settings().url(""))


def picture_url(draft: Draft) -> str | None:
    """Return where a draft's picture can be seen, or None when it has none."""
    return links().image(draft.image) if draft.image else None


def to_badge(draft: Draft, notice: str | None = None) -> Response:
    """Send on to the badge that a draft became."""
    return responses.to(badge_list.path(publishing.published(draft)), notice)

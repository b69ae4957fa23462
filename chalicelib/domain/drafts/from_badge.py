"""Creates a draft from a published badge."""

from __future__ import annotations

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.badges import catalog, fields
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.drafts.content import Content
from chalicelib.domain.owners.places import Scope

_COPIED = tuple(field for field in fields.drafted() if field.column)


@transactional
def create(badge: Badge, scope: Scope, author: str) -> Draft:
    """Create a draft from a published badge, with its image and without its claim codes."""
    whole = content.without_unsupported(_content(badge))
    return drafts.insert(scope, author, whole, drafts.DRAFT, badge.image)


def _content(badge: Badge) -> Content:
    """Return a badge's values as a draft's whole document."""
    about = catalog.view(badge).details
    milestone: Content = {}
    if about.milestones:
        first = about.milestones[0]
        milestone = {
            "isMilestone": True,
            "numberRequired": first.number_required,
            "supportBadges": [one.slug for one in first.support],
            "action": first.action,
        }
    return content.completed({
        **fields.columns(badge, _COPIED),
        "categories": about.categories,
        "tags": [tag.value for tag in about.tags],
        "alignments": [one._asdict() for one in about.alignments],
        "criteria": [one._asdict() for one in about.criteria],
        "milestone": milestone,
    })  # fmt: skip

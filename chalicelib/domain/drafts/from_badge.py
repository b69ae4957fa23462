"""Drafts that begin with what a published badge says."""

from __future__ import annotations

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.badges import catalog
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.drafts.content import Content
from chalicelib.domain.owners.places import Scope


@transactional
def of_badge(badge: Badge, scope: Scope, author: str) -> Draft:
    """Begin a draft with what a published badge says, and its picture; not with its claim codes."""
    whole = content.without_strangers(_said(badge))
    return drafts.insert(scope, author, whole, drafts.DRAFT, badge.image)


def _said(badge: Badge) -> Content:
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
        "name": badge.name,
        "issuerUrl": badge.issuer_url,
        "strapline": badge.strapline,
        "earnerDescription": badge.earner_description,
        "consumerDescription": badge.consumer_description,
        "timeValue": badge.time_value,
        "timeUnits": badge.time_units,
        "evidenceType": badge.evidence_type,
        "limit": badge.award_limit,
        "unique": badge.is_unique,
        "type": badge.type,
        "categories": about.categories,
        "tags": [tag.value for tag in about.tags],
        "rubricUrl": badge.rubric_url,
        "alignments": [one._asdict() for one in about.alignments],
        "criteria": [one._asdict() for one in about.criteria],
        "milestone": milestone,
    })  # fmt: skip

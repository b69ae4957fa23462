"""Publishes drafts: creates the badge of a draft, once.

If badges live in another BadgeKit API, publishing takes several calls, and any of them may fail.
The draft records the slug before the first call, so that a retry finds what earlier calls created.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import config, times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, System
from chalicelib.domain.awards import milestones
from chalicelib.domain.badges import badges, codes, criteria_pages, fields
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.shared import slugs
from chalicelib.errors import Conflict, ValidationError

_NOT_SENT = {field.name for field in fields.drafted() if not field.published}


class NameTaken(Conflict):
    """Another badge already has this name.

    Parameters
    ----------
    name : str
        The name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"A badge named “{name}” already exists. Choose a different name.")
        self.name = name


def slug(draft: Draft) -> str:
    """Return the slug of a draft's badge, made from its name as BadgeKit has always done."""
    return slugs.from_badge_name(draft.name)


def criteria_url(draft: Draft, badge_slug: str) -> str:
    """Return the URL of the criteria page of a draft's badge under a slug."""
    return config.settings().url(criteria_pages.path(draft.system.slug, badge_slug))


def body(draft: Draft) -> dict[str, Any]:
    """Return a draft's badge as a badgekit-api request body, without the image."""
    content = drafts.content(draft)
    badge_slug = slug(draft)
    known = {
        name: value for name, value in content.items() if value not in (None, "", [])
        and name not in _NOT_SENT
    }  # fmt: skip
    known["alignments"] = [
        {member: text for member, text in row.items() if text} for row in content["alignments"]
    ]
    return {**known, "slug": badge_slug, "criteriaUrl": criteria_url(draft, badge_slug)}


def check(draft: Draft) -> None:
    """Check that a draft can be published.

    Raises
    ------
    ValidationError
        With the fields that are missing.
    Conflict
        If it is a template.
    """
    if draft.status == drafts.TEMPLATE:
        raise Conflict("Templates cannot be published. Create a draft from the template first.")
    if missing := drafts.missing(draft):
        raise ValidationError([{"field": field} for _, field in missing])


@transactional
def publish(number: int) -> Badge:
    """Create the badge of a draft in this database, with its claim code and milestone.

    Returns
    -------
    Badge
        The badge with its owners and images; of a published draft, the existing one.

    Raises
    ------
    NotFound
        If the draft or the published badge has been deleted.
    ValidationError
        If fields are missing.
    NameTaken
    """
    draft = drafts.lock(number, even_published=True)
    if draft.status == drafts.PUBLISHED:
        return published(draft)
    check(draft)
    content = drafts.content(draft)
    if content["milestone"]["isMilestone"]:
        milestones.lock(draft.system_id)  # before any badge
    try:
        badge = badges.create(drafts.scope_of(draft), body(draft), _picture(draft))
    except Conflict as problem:
        raise NameTaken(draft.name) from problem
    if code := content["multiClaimCode"]:
        codes.create(badge, {"code": code, "multiuse": True})
    if content["milestone"]["isMilestone"]:
        support = [one.id for one in drafts.support_badges(draft)]
        milestones.create(draft.system, milestone(content, badge.id, support))
    finish(draft.id, badge.slug)
    return badges.by_id(badge.id)


def published(draft: Draft) -> Badge:
    """Return the badge of a published draft.

    Raises
    ------
    NotFound
        If it has been deleted.
    """
    return badges.by_slug(draft.published_as or "")


def _picture(draft: Draft) -> images.Picture | None:
    return images.picture(draft.image) if draft.image else None


def milestone(content: Mapping[str, Any], primary: int, support: list[int]) -> dict[str, Any]:
    """Return a draft's milestone as a badgekit-api request body."""
    return {
        "primaryBadgeId": primary,
        "numberRequired": content["milestone"]["numberRequired"],
        "supportBadges": support,
        "action": content["milestone"]["action"],
    }


@transactional
def finish(number: int, badge_slug: str) -> None:
    """Record that a draft has been published under a slug."""
    Draft.update(status=drafts.PUBLISHED, published_as=badge_slug, updated=times.now()).where(
        Draft.id == number
    ).execute()


@transactional
def start(number: int) -> tuple[Draft, bool]:
    """Start publishing a draft in another BadgeKit API: record its slug, unless one is recorded.

    Returns
    -------
    tuple[Draft, bool]
        The draft, and whether publishing had started before. The slug recorded then may belong to
        an earlier name.

    Raises
    ------
    NotFound, ValidationError
    NameTaken
        If another draft is being published under the same slug.
    """
    draft = drafts.lock(number, even_published=True)
    if draft.status == drafts.PUBLISHED:
        return draft, True
    check(draft)
    if draft.published_as is not None:
        return draft, True
    return record_slug(draft), False


@transactional
def record_slug(draft: Draft) -> Draft:
    """Record the slug that a draft is being published under, replacing an earlier one.

    Raises
    ------
    NameTaken
        If another draft is being published under the same slug.
    """
    System.update(name=System.name).where(System.id == draft.system_id).execute()  # one at a time
    if _other_drafts(draft, slug(draft), Draft.status != drafts.PUBLISHED):
        raise NameTaken(draft.name)
    Draft.update(published_as=slug(draft)).where(Draft.id == draft.id).execute()
    return drafts.find(draft.id)


@transactional
def clear_slug(draft: Draft) -> None:
    """Clear the recorded slug, because no badge was created under it."""
    Draft.update(published_as=None).where(
        Draft.id == draft.id, Draft.status != drafts.PUBLISHED
    ).execute()


@transactional
def belongs_to_another(draft: Draft, slug: str) -> bool:
    """Return whether another draft was published under this slug."""
    return _other_drafts(draft, slug, Draft.status == drafts.PUBLISHED)


def _other_drafts(draft: Draft, slug: str, condition: Any) -> bool:
    found = Draft.select(Draft.id).where(
        Draft.published_as == slug, Draft.system == draft.system_id, Draft.id != draft.id, condition
    )
    return bool(found.exists())

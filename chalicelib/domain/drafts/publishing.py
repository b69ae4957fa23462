"""Making badges of drafts. A draft that became one says so, and never becomes another.

Where badges live in another BadgeKit API, that is told in several calls, of which the last may fail:
the draft notes the slug before the first one, so that the next try finds what the last one made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalicelib import config, times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, System
from chalicelib.domain.awards import milestones
from chalicelib.domain.badges import badges, codes
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.shared import slugs
from chalicelib.errors import Conflict, ValidationError

_NOT_SENT = ("multiClaimCode", "milestone")


class NameTaken(Conflict):
    """There is a badge of that name already.

    Parameters
    ----------
    name : str
        Which name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"A badge named “{name}” already exists. Choose a different name.")
        self.name = name


def slug(draft: Draft) -> str:
    """Return what a draft's badge is called in URLs, as BadgeKit always made it of the name."""
    return slugs.from_badge_name(draft.name)


def criteria_url(draft: Draft, of: str) -> str:
    """Return where the criteria of the badge can be read that a draft becomes under a slug."""
    system = quote(draft.system.slug, safe="")
    return config.settings().url(f"/system/{system}/badge/{quote(of, safe='')}/criteria")


def body(draft: Draft) -> dict[str, Any]:
    """Return the badge that a draft becomes, as badgekit-api takes it, but for its picture."""
    said = drafts.content(draft)
    named = slug(draft)
    known = {
        name: value for name, value in said.items() if value not in (None, "", [])
        and name not in _NOT_SENT
    }  # fmt: skip
    known["alignments"] = [
        {member: text for member, text in row.items() if text} for row in said["alignments"]
    ]
    return {**known, "slug": named, "criteriaUrl": criteria_url(draft, named)}


def check(draft: Draft) -> None:
    """Raise when something is missing that publishing needs, or it is a template.

    Raises
    ------
    ValidationError
        With the fields.
    Conflict
    """
    if draft.status == drafts.TEMPLATE:
        raise Conflict("Templates cannot be published. Create a draft from the template first.")
    if missing := drafts.missing(draft):
        raise ValidationError([{"field": field} for _, field in missing])


@transactional
def publish(number: int) -> Badge:
    """Make a badge of ours of a draft, with its claim code and its milestone.

    Returns
    -------
    Badge
        With its owners and images; the one that was made before, when the draft was published.

    Raises
    ------
    NotFound
        If the draft was deleted meanwhile, or the badge was since.
    ValidationError
        If something is missing.
    NameTaken
    """
    draft = drafts.locked(number, even_published=True)
    if draft.status == drafts.PUBLISHED:
        return published(draft)
    check(draft)
    said = drafts.content(draft)
    if said["milestone"]["isMilestone"]:
        milestones.lock(draft.system_id)  # before any badge
    try:
        badge = badges.create(drafts.scope_of(draft), body(draft), _picture(draft))
    except Conflict as problem:
        raise NameTaken(draft.name) from problem
    if code := said["multiClaimCode"]:
        codes.create(badge, {"code": code, "multiuse": True})
    if said["milestone"]["isMilestone"]:
        support = [one.id for one in drafts.support_badges(draft)]
        milestones.create(draft.system, milestone(said, badge.id, support))
    finish(draft.id, badge.slug)
    return badges.by_id(badge.id)


def published(draft: Draft) -> Badge:
    """Return the badge that a draft became.

    Raises
    ------
    NotFound
        If it was deleted since.
    """
    return badges.by_slug(draft.published_as or "")


def _picture(draft: Draft) -> images.Picture | None:
    return images.picture(draft.image) if draft.image else None


def milestone(said: Mapping[str, Any], primary: int, support: list[int]) -> dict[str, Any]:
    """Return the milestone that a draft becomes, as badgekit-api takes it."""
    return {
        "primaryBadgeId": primary,
        "numberRequired": said["milestone"]["numberRequired"],
        "supportBadges": support,
        "action": said["milestone"]["action"],
    }


@transactional
def finish(number: int, as_: str) -> None:
    """Note that a draft was published under a slug."""
    Draft.update(status=drafts.PUBLISHED, published_as=as_, updated=times.now()).where(
        Draft.id == number
    ).execute()


@transactional
def begin(number: int) -> tuple[Draft, bool]:
    """Note the slug under which publishing a draft elsewhere begins, unless it began before.

    Returns
    -------
    tuple[Draft, bool]
        The draft, and whether it began before; the slug that was noted then may be of another name.

    Raises
    ------
    NotFound, ValidationError
    NameTaken
        If another draft is being published under it.
    """
    draft = drafts.locked(number, even_published=True)
    if draft.status == drafts.PUBLISHED:
        return draft, True
    check(draft)
    if draft.published_as is not None:
        return draft, True
    return note(draft), False


@transactional
def note(draft: Draft) -> Draft:
    """Note the slug under which publishing a draft begins, in place of one before.

    Raises
    ------
    NameTaken
        If another draft is being published under it.
    """
    System.update(name=System.name).where(System.id == draft.system_id).execute()  # one at a time
    if _others(draft, slug(draft), Draft.status != drafts.PUBLISHED):
        raise NameTaken(draft.name)
    Draft.update(published_as=slug(draft)).where(Draft.id == draft.id).execute()
    return drafts.find(draft.id)


@transactional
def forget(draft: Draft) -> None:
    """Forget the slug that was noted: nothing was made under it."""
    Draft.update(published_as=None).where(
        Draft.id == draft.id, Draft.status != drafts.PUBLISHED
    ).execute()


@transactional
def belongs_to_another(draft: Draft, slug: str) -> bool:
    """Tell whether another draft became the badge of a slug."""
    return _others(draft, slug, Draft.status == drafts.PUBLISHED)


def _others(draft: Draft, slug: str, condition: Any) -> bool:
    found = Draft.select(Draft.id).where(
        Draft.published_as == slug, Draft.system == draft.system_id, Draft.id != draft.id, condition
    )
    return bool(found.exists())

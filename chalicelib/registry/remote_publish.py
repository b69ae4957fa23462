"""Publishes a draft in another BadgeKit API: the badge, its claim code and its milestone.

Each is a request that may fail, or succeed without a response. So every step first checks whether
an earlier attempt did it. A badge of an earlier attempt is recognized by the slug that the draft
recorded before the first request, and by its criteria URL, which points to this deployment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from chalicelib import config
from chalicelib.data.connection import transact
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.badges import badges
from chalicelib.domain.badges.details import BadgeDetails
from chalicelib.domain.drafts import drafts, publishing
from chalicelib.errors import Conflict, NotAuthorized, NotFound, Unavailable, ValidationError
from chalicelib.registry import mirror, remote_codes
from chalicelib.registry.api_client import ApiClient, owners_path, segment


def publish(api: ApiClient, number: int) -> Badge:
    """Publish a draft (see `chalicelib.registry.Registry.publish`)."""
    draft, begun = publishing.start(number)
    if draft.status == drafts.PUBLISHED:
        return publishing.published(draft)
    badge = _create_or_update(api, draft, begun=begun)
    path = f"{_owners(draft)}/badges/{segment(badge['slug'])}"
    content = drafts.content(draft)
    if code := content["multiClaimCode"]:
        remote_codes.ensure(api, path, code)
    if content["milestone"]["isMilestone"]:
        _create_milestone(api, draft, content, badge)
    return transact(lambda: _record(draft, badge))


def _create_or_update(api: ApiClient, draft: Draft, *, begun: bool) -> dict[str, Any]:
    """Create the badge of a draft in the API, or update that of an earlier attempt; return it."""
    body = _body(draft)
    existing = _of_earlier_attempt(api, draft) if begun else None
    if existing is not None:
        return _update(api, draft, existing, body)
    if draft.published_as != body["slug"]:  # the draft was renamed since
        draft = publishing.record_slug(draft)
    try:
        return _badge_in(api.call("POST", f"{_owners(draft)}/badges", body, allowed=(200, 201)))
    except Conflict as problem:
        existing = _of_earlier_attempt(api, draft) if begun else None
        if existing is None:
            publishing.clear_slug(draft)
            raise publishing.NameTaken(draft.name) from problem
    except (ValidationError, NotAuthorized, NotFound):
        publishing.clear_slug(draft)
        raise
    return _update(api, draft, existing, body)


def _body(draft: Draft) -> dict[str, Any]:
    """Return the badge of a draft as the API takes it.

    The original needs some texts that its documentation calls optional: without a type it answers
    500, and after an alignment without URL or description, all its lists of badges answer 500.
    """
    content = drafts.content(draft)
    return {
        **publishing.body(draft),
        "type": content["type"] or "",
        "alignments": content["alignments"],
        "image": _image_url(draft),
    }


def _of_earlier_attempt(api: ApiClient, draft: Draft) -> dict[str, Any] | None:
    """Return the badge that an earlier attempt created of a draft, or None."""
    slug = draft.published_as or ""
    path = f"{_owners(draft)}/badges/{segment(slug)}"
    try:
        found = _badge_in(api.call("GET", path))
    except NotFound:
        return None
    ours = found.get("criteriaUrl") == publishing.criteria_url(draft, slug)
    return found if ours and not publishing.belongs_to_another(draft, slug) else None


def _update(
    api: ApiClient, draft: Draft, existing: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Update the badge of an earlier attempt to the draft's present content."""
    path = f"{_owners(draft)}/badges/{segment(str(existing['slug']))}"
    try:
        return {**existing, **_badge_in(api.call("PUT", path, body))}
    except Conflict as problem:
        raise publishing.NameTaken(draft.name) from problem


def _badge_in(response: Mapping[str, Any]) -> dict[str, Any]:
    badge = response.get("badge")
    if (
        not isinstance(badge, dict)
        or not isinstance(badge.get("slug"), str)
        or not isinstance(badge.get("id"), int)
    ):
        raise Unavailable("The BadgeKit API returned something other than a badge")
    return badge


def _image_url(draft: Draft) -> str:
    image: Any = draft.image
    if image.url and not image.key:
        return str(image.url)
    return config.settings().url(f"/public/images/{segment(image.slug)}")


def _owners(of: Draft | Badge) -> str:
    """Return the API's path of the owners of a draft or badge."""
    return owners_path(*(one.slug if one else None for one in (of.system, of.issuer, of.program)))


def _create_milestone(
    api: ApiClient, draft: Draft, content: Mapping[str, Any], badge: Mapping[str, Any]
) -> None:
    """Create the milestone of a badge unless it has one; keep one of two created at once."""
    path = f"/systems/{segment(draft.system.slug)}/milestones"
    if _milestones(api, path, badge):
        return
    support = [_remote_id(api, one) for one in drafts.support_badges(draft)]
    api.call("POST", path, publishing.milestone(content, badge["id"], support), allowed=(200, 201))
    for duplicate in _milestones(api, path, badge)[1:]:
        with contextlib.suppress(NotFound):  # the other process deleted it
            api.call("DELETE", f"{path}/{duplicate}")


def _milestones(api: ApiClient, path: str, badge: Mapping[str, Any]) -> list[int]:
    """Return the ids of a badge's milestones, the oldest first."""
    return sorted(
        one["id"]
        for one in api.call("GET", path).get("milestones") or []
        if isinstance(one, dict)
        and isinstance(one.get("id"), int)
        and isinstance(one.get("primaryBadge"), dict)
        and one["primaryBadge"].get("slug") == badge["slug"]
    )


def _remote_id(api: ApiClient, badge: Badge) -> int:
    """Return the API's own id of a badge that has a row here."""
    whole = badges.by_id(badge.id)
    found = _badge_in(api.call("GET", f"{_owners(whole)}/badges/{segment(whole.slug)}"))
    number: int = found["id"]
    return number


def _record(draft: Draft, badge: Mapping[str, Any]) -> Badge:
    """Create our row of the published badge, and mark the draft as published."""
    body = publishing.body(draft)
    returned = {name: value for name, value in badge.items() if value not in (None, "", [])}
    owners = {
        level: {"slug": owner.slug, "name": owner.name, "url": owner.url}
        for level in ("system", "issuer", "program")
        if (owner := getattr(draft, level)) is not None
    }
    row = mirror.badge({**body, **returned, **owners})
    BadgeDetails(body).replace(row)
    Badge.update(image=draft.image_id).where(Badge.id == row.id).execute()
    publishing.finish(draft.id, row.slug)
    return badges.by_id(row.id)

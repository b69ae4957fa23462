"""Publishes a draft in another BadgeKit API: the badge, its claim code and its milestone.

Each is a request that may fail, or succeed without a response. So every step first checks whether
an earlier attempt did it. A badge of an earlier attempt is recognized by the slug that the draft
recorded before the first request, and by its criteria URL, which points to this deployment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from chalicelib import config
from chalicelib.data.connection import transact
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.badges import badges
from chalicelib.domain.badges.details import BadgeDetails
from chalicelib.domain.drafts import drafts, publishing
from chalicelib.errors import Conflict, NotAuthorized, NotFound, Unavailable, ValidationError
from chalicelib.registry import mirror


class Call(Protocol):
    """Sends a request to the API and returns the JSON of the response (see `remote`)."""

    def __call__(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        allowed: tuple[int, ...] = (200,),
    ) -> dict[str, Any]: ...


def publish(call: Call, number: int) -> Badge:
    """Publish a draft (see `chalicelib.registry.Registry.publish`)."""
    draft, begun = publishing.start(number)
    if draft.status == drafts.PUBLISHED:
        return publishing.published(draft)
    badge = _create_or_update(call, draft, begun=begun)
    path = f"{_owners(draft)}/badges/{quote(badge['slug'], safe='')}"
    content = drafts.content(draft)
    if code := content["multiClaimCode"]:
        call("POST", f"{path}/codes", {"code": code, "multiuse": True}, allowed=(201, 409))
    if content["milestone"]["isMilestone"]:
        _create_milestone(call, draft, content, badge)
    return transact(lambda: _record(draft, badge))


def _create_or_update(call: Call, draft: Draft, *, begun: bool) -> dict[str, Any]:
    """Create the badge of a draft in the API, or update that of an earlier attempt; return it."""
    body = {**publishing.body(draft), "image": _image_url(draft)}
    existing = _of_earlier_attempt(call, draft) if begun else None
    if existing is not None:
        return _update(call, draft, existing, body)
    if draft.published_as != body["slug"]:  # the draft was renamed since
        draft = publishing.record_slug(draft)
    try:
        return _badge_in(call("POST", f"{_owners(draft)}/badges", body, allowed=(200, 201)))
    except Conflict as problem:
        existing = _of_earlier_attempt(call, draft) if begun else None
        if existing is None:
            publishing.clear_slug(draft)
            raise publishing.NameTaken(draft.name) from problem
    except (ValidationError, NotAuthorized, NotFound):
        publishing.clear_slug(draft)
        raise
    return _update(call, draft, existing, body)


def _of_earlier_attempt(call: Call, draft: Draft) -> dict[str, Any] | None:
    """Return the badge that an earlier attempt created of a draft, or None."""
    slug = draft.published_as or ""
    path = f"{_owners(draft)}/badges/{quote(slug, safe='')}"
    try:
        found = _badge_in(call("GET", path))
    except NotFound:
        return None
    ours = found.get("criteriaUrl") == publishing.criteria_url(draft, slug)
    return found if ours and not publishing.belongs_to_another(draft, slug) else None


def _update(
    call: Call, draft: Draft, existing: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Update the badge of an earlier attempt to the draft's present content."""
    path = f"{_owners(draft)}/badges/{quote(str(existing['slug']), safe='')}"
    try:
        return {**existing, **_badge_in(call("PUT", path, body))}
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
    return config.settings().url(f"/public/images/{quote(image.slug, safe='')}")


def _owners(of: Draft | Badge) -> str:
    """Return the API's path of the owners of a draft or badge."""
    levels = [("systems", of.system), ("issuers", of.issuer), ("programs", of.program)]
    return "".join(f"/{name}/{quote(one.slug, safe='')}" for name, one in levels if one)


def _create_milestone(
    call: Call, draft: Draft, content: Mapping[str, Any], badge: Mapping[str, Any]
) -> None:
    """Create the milestone of a badge unless it has one; keep one of two created at once."""
    path = f"/systems/{quote(draft.system.slug, safe='')}/milestones"
    if _milestones(call, path, badge):
        return
    support = [_remote_id(call, one) for one in drafts.support_badges(draft)]
    call("POST", path, publishing.milestone(content, badge["id"], support), allowed=(200, 201))
    for duplicate in _milestones(call, path, badge)[1:]:
        with contextlib.suppress(NotFound):  # the other process deleted it
            call("DELETE", f"{path}/{duplicate}")


def _milestones(call: Call, path: str, badge: Mapping[str, Any]) -> list[int]:
    """Return the ids of a badge's milestones, the oldest first."""
    return sorted(
        one["id"]
        for one in call("GET", path).get("milestones") or []
        if isinstance(one, dict)
        and isinstance(one.get("id"), int)
        and isinstance(one.get("primaryBadge"), dict)
        and one["primaryBadge"].get("slug") == badge["slug"]
    )


def _remote_id(call: Call, badge: Badge) -> int:
    """Return the API's own id of a badge that has a row here."""
    whole = badges.by_id(badge.id)
    found = _badge_in(call("GET", f"{_owners(whole)}/badges/{quote(whole.slug, safe='')}"))
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

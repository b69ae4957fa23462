"""Publishes a draft in another BadgeKit API: the badge, its claim code and its milestone.

Each is a call that may fail, or fail to tell that it did not. So every step finds out first whether
an earlier try did it. The badge is known by the slug that the draft noted before the first call, and
by the address of its criteria, which nobody but this deployment gives.
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
    """Sends a request to the API and returns the JSON that answers it (see `remote`)."""

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
    badge = _badge(call, draft, begun=begun)
    path = f"{_owners(draft)}/badges/{quote(badge['slug'], safe='')}"
    content = drafts.content(draft)
    if code := content["multiClaimCode"]:
        call("POST", f"{path}/codes", {"code": code, "multiuse": True}, allowed=(201, 409))
    if content["milestone"]["isMilestone"]:
        _milestone(call, draft, content, badge)
    return transact(lambda: _written_down(draft, badge))


def _badge(call: Call, draft: Draft, *, begun: bool) -> dict[str, Any]:
    """Return the badge of a draft as the API has it, made or changed to what the draft says."""
    body = {**publishing.body(draft), "image": _image_url(draft)}
    made = _made(call, draft) if begun else None
    if made is not None:
        return _changed(call, draft, made, body)
    if draft.published_as != body["slug"]:  # it has another name since
        draft = publishing.record_slug(draft)
    try:
        return _shown(call("POST", f"{_owners(draft)}/badges", body, allowed=(200, 201)))
    except Conflict as problem:
        made = _made(call, draft) if begun else None
        if made is None:
            publishing.clear_slug(draft)
            raise publishing.NameTaken(draft.name) from problem
    except (ValidationError, NotAuthorized, NotFound):
        publishing.clear_slug(draft)
        raise
    return _changed(call, draft, made, body)


def _made(call: Call, draft: Draft) -> dict[str, Any] | None:
    """Return the badge that an earlier try made of a draft, or None."""
    noted = draft.published_as or ""
    path = f"{_owners(draft)}/badges/{quote(noted, safe='')}"
    try:
        found = _shown(call("GET", path))
    except NotFound:
        return None
    ours = found.get("criteriaUrl") == publishing.criteria_url(draft, noted)
    return found if ours and not publishing.belongs_to_another(draft, noted) else None


def _changed(
    call: Call, draft: Draft, made: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Let a badge that an earlier try made say what the draft says now."""
    path = f"{_owners(draft)}/badges/{quote(str(made['slug']), safe='')}"
    try:
        return {**made, **_shown(call("PUT", path, body))}
    except Conflict as problem:
        raise publishing.NameTaken(draft.name) from problem


def _shown(answer: Mapping[str, Any]) -> dict[str, Any]:
    badge = answer.get("badge")
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


def _owners(thing: Draft | Badge) -> str:
    """Return the API's path of where a draft or badge is."""
    levels = [("systems", thing.system), ("issuers", thing.issuer), ("programs", thing.program)]
    return "".join(f"/{name}/{quote(one.slug, safe='')}" for name, one in levels if one)


def _milestone(
    call: Call, draft: Draft, content: Mapping[str, Any], badge: Mapping[str, Any]
) -> None:
    """Make the milestone of a badge, unless it has one; of two that were made at once keep one."""
    path = f"/systems/{quote(draft.system.slug, safe='')}/milestones"
    if _milestones(call, path, badge):
        return
    support = [_id(call, one) for one in drafts.support_badges(draft)]
    call("POST", path, publishing.milestone(content, badge["id"], support), allowed=(200, 201))
    for double in _milestones(call, path, badge)[1:]:
        with contextlib.suppress(NotFound):  # who made it deletes it, too
            call("DELETE", f"{path}/{double}")


def _milestones(call: Call, path: str, badge: Mapping[str, Any]) -> list[int]:
    """Return the ids of the milestones that a badge has, the oldest first."""
    return sorted(
        one["id"]
        for one in call("GET", path).get("milestones") or []
        if isinstance(one, dict)
        and isinstance(one.get("id"), int)
        and isinstance(one.get("primaryBadge"), dict)
        and one["primaryBadge"].get("slug") == badge["slug"]
    )


def _id(call: Call, badge: Badge) -> int:
    """Return the API's own id of a badge that we know by its slug."""
    whole = badges.by_id(badge.id)
    found = _shown(call("GET", f"{_owners(whole)}/badges/{quote(whole.slug, safe='')}"))
    number: int = found["id"]
    return number


def _written_down(draft: Draft, badge: Mapping[str, Any]) -> Badge:
    """Make our own row of what was published, and note that it was."""
    body = publishing.body(draft)
    sent = {name: value for name, value in badge.items() if value not in (None, "", [])}
    owners = {
        level: {"slug": owner.slug, "name": owner.name, "url": owner.url}
        for level in ("system", "issuer", "program")
        if (owner := getattr(draft, level)) is not None
    }
    row = mirror.badge({**body, **sent, **owners})
    BadgeDetails(body).replace(row)
    Badge.update(image=draft.image_id).where(Badge.id == row.id).execute()
    publishing.finish(draft.id, row.slug)
    return badges.by_id(row.id)

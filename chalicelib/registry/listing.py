"""Brings our rows of systems, issuers, programs and badges up to date with another BadgeKit API.

`mirror` completes rows from webhooks, which may be partial or late; a list is whole and of now. So
here values are replaced, and what the API no longer names is removed from a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Alignment,
    Badge,
    Category,
    Criterion,
    Image,
    Owner,
    Tag,
)
from chalicelib.domain.badges import block_counts, details, quotas, versions
from chalicelib.domain.badges.details import BadgeDetails
from chalicelib.domain.images import images
from chalicelib.domain.owners import addresses
from chalicelib.domain.shared import validation
from chalicelib.registry import mirror
from chalicelib.registry.mirror import text_of

T = TypeVar("T", bound=Owner)


@transactional
def owner(table: type[T], content: Mapping[str, Any], inside: dict[str, Any]) -> T | None:
    """Return our row of a system, issuer or program that the API lists, created or changed.

    Parameters
    ----------
    table : type[T]
        Its table.
    content : Mapping[str, Any]
        Its JSON; systems have no description there, and keep the one they have here.
    inside : dict[str, Any]
        The column of the owner that it is in, with its row.
    """
    row = mirror.owner(table, content, inside)
    if row is None:
        return None
    values = {name: value for name, value in mirror.profile(content).items() if name in content}
    _change(row, **values, listed=times.now())
    _show(row, content)
    return row


@transactional
def badge(content: Mapping[str, Any]) -> Badge:
    """Return our row of a badge that the API lists, created or changed, with all it consists of.

    Awards go on naming the version that was awarded, as when a badge is changed here.
    """
    row = mirror.badge(content)
    quotas.lock(row.id)
    row = Badge.get_by_id(row.id)
    before = versions.content(row) if versions.was_awarded(row) else None
    lists = block_counts.lists_with(row)
    owners = mirror.owners_of(content)
    owners["system"] = owners["system"] or row.system
    if any(getattr(row, level) != owner for level, owner in owners.items()):
        addresses.keep_badge(row)
    _change(row, **mirror.columns(content), **owners, listed=times.now())
    block_counts.move_badge(row, lists)
    _show(row, content)
    _replace_details(row, content)
    if before is not None:
        versions.keep(row, before)
    return row


def _change(row: Any, **values: Any) -> None:
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changes.items():
        setattr(row, name, value)
    if changes:
        row.save(only=list(changes))


def _show(row: Any, content: Mapping[str, Any]) -> None:
    """Give a row the image that the API names, unless it has it, or it is one of ours."""
    url = text_of(content, "imageUrl", 2083)
    if url is None:
        return
    now: Image | None = row.image
    if now is not None and (now.url == url or _slug_in(url) == now.slug):
        return
    _change(row, image=images.keep(images.Picture(url=url)))


def _slug_in(url: str) -> str:
    """Return the slug of an image that was published from here, by its address."""
    return unquote(urlsplit(url).path.rpartition("/public/images/")[2])


def _replace_details(row: Badge, content: Mapping[str, Any]) -> None:
    """Replace the details of a badge, whose ids in the API are not ours, if they differ."""
    wanted = {
        "criteria": [
            {
                "description": text_of(one, "description", validation.LONGEST_TEXT) or "",
                "required": bool(validation.as_flag(one.get("required"))),
                "note": text_of(one, "note", validation.LONGEST_TEXT) or "",
            }
            for one in mirror.objects(content, "criteria")
        ],
        "alignments": [
            {
                "name": text_of(one, "name"),
                "url": text_of(one, "url", 2083) or None,
                "description": text_of(one, "description", validation.LONGEST_TEXT) or None,
            }
            for one in mirror.objects(content, "alignments")
            if text_of(one, "name")
        ],
        "categories": _labels(content, "categories"),
        "tags": _labels(content, "tags"),
    }
    if wanted != _details_of(row):
        BadgeDetails(wanted).replace(row)


def _labels(content: Mapping[str, Any], name: str) -> list[str]:
    """Return the texts of categories or tags, which are texts or objects with a value."""
    many = content.get(name)
    listed = many if isinstance(many, list) else []
    sent = [one if isinstance(one, dict) else {"value": one} for one in listed]
    texts = [text for one in sent if (text := text_of(one, "value"))]
    return list(dict.fromkeys(texts))[: details.MOST_LABELS]


def _details_of(row: Badge) -> dict[str, Any]:
    """Return the details of a badge as `_replace_details` compares them."""

    def rows(table: Any, *names: str) -> list[dict[str, Any]]:
        found = table.select().where(table.badge == row).order_by(table.id)
        return [{name: getattr(one, name) for name in names} for one in found]

    return {
        "criteria": rows(Criterion, "description", "required", "note"),
        "alignments": rows(Alignment, "name", "url", "description"),
        "categories": [one["label"] for one in rows(Category, "label")],
        "tags": [one["value"] for one in rows(Tag, "value")],
    }

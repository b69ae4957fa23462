"""Templates as BadgeKits share them, in the form of the original web app, and taking one over.

Source: badgekit-webapp, ``GET /share/{id}`` with ``Accept: application/json``, as recorded. What is
no business of others is not shared: codes by which badges can be claimed, and which badges of ours
count towards a milestone, which mean nothing elsewhere. Two members are ours, and there where a
picture has such: ``imageAlt``, what it shows in words, and ``studioDesign``, what it was drawn
from. The original's own members of its studio stay empty: its shapes and colors were others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib import limits, times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Draft, Image
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import content as draft_content
from chalicelib.domain.drafts import drafts
from chalicelib.domain.drafts.content import Content
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared import validation
from chalicelib.errors import NotFound

_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_STUDIO = ("Shape", "Background", "TextType", "TextContents", "Icon", "Color")
_MILESTONE = {"isMilestone": "isMilestone", "numberRequired": "milestoneNumRequired",
              "action": "milestoneAction"}  # fmt: skip
_OTHERWISE = {"strapline": "description", "type": "badgeType"}
_PLAIN = (
    "name", "strapline", "issuerUrl", "earnerDescription", "consumerDescription", "rubricUrl",
    "timeValue", "timeUnits", "limit", "unique", "type", "evidenceType",
)  # fmt: skip
LARGEST_DESIGN = 16 * 1024  # characters, written out
_LISTS = ("criteria", "alignments", "categories", "tags")


class Shared(NamedTuple):
    """A template that another BadgeKit shares.

    Parameters
    ----------
    content : Content
        What it says, as a draft does.
    picture : bytes or None
        Its picture, if that came along; it may be anything.
    picture_url : str or None
        Where its picture is to be had.
    alt : str or None
        What its picture shows, in words.
    design : Any
        What its picture was drawn from: an object that may say anything, or None.
    has_badges : bool
        Whether badges that are not ours counted towards its milestone.
    """

    content: Content
    picture: bytes | None
    picture_url: str | None
    alt: str | None
    design: Any
    has_badges: bool


class NotTaken(Exception):
    """What came is no template, or none that can be taken over."""


@transactional
def find(name: str) -> Draft:
    """Return a template by what it is shared under: its slug, or its number.

    Raises
    ------
    NotFound
        If there is none; drafts are not shared.
    """
    try:
        return drafts.by_slug(name)
    except NotFound:
        draft = _numbered(name)
        if draft is None or draft.status != drafts.TEMPLATE:
            raise
        return draft


def _numbered(name: str) -> Draft | None:
    if not _NUMBER.fullmatch(name):
        return None
    try:
        return drafts.find(int(name))
    except NotFound:
        return None


@transactional
def picture(name: str) -> Image | None:
    """Return the picture of what the original web app knew by a number, or of a published badge.

    Raises
    ------
    NotFound
        If there is no template, no draft that was published and no badge of that name.
    """
    draft = _numbered(name)
    if draft is not None and draft.status in (drafts.TEMPLATE, drafts.PUBLISHED):
        found: Image | None = draft.image
        return found
    of_badge: Image | None = badges.by_slug(name).image
    return of_badge


# Sharing


def shown(draft: Draft) -> dict[str, Any]:
    """Return a template in the original's form; its image is left for others to fill in."""
    said = drafts.content(draft)
    milestone = said["milestone"]
    return {
        "id": draft.id,
        "slug": draft.slug,
        "name": said["name"],
        "status": drafts.TEMPLATE,
        "description": said["strapline"],
        "issuerUrl": said["issuerUrl"],
        "earnerDescription": said["earnerDescription"],
        "consumerDescription": said["consumerDescription"],
        "rubricUrl": said["rubricUrl"],
        "timeValue": said["timeValue"],
        "timeUnits": said["timeUnits"] or None,
        "limit": said["limit"],
        "multiClaimCode": "",
        "unique": int(said["unique"]),
        "published": 0,
        "imageId": None,
        **{f"studio{name}": None for name in _STUDIO},
        "created": times.iso(draft.created),
        "lastUpdated": times.iso(draft.updated),
        "system": draft.system.slug,
        "issuer": draft.issuer.slug if draft.issuer else None,
        "program": draft.program.slug if draft.program else None,
        "badgeType": said["type"] or None,
        "studioBranding": None,
        "studioBrandingLabel": None,
        "milestoneNumRequired": milestone["numberRequired"],
        "milestoneAction": milestone["action"],
        "isMilestone": int(milestone["isMilestone"]),
        "evidenceType": said["evidenceType"] or None,
        "image": {"id": None, "mimetype": None, "data": None, "url": None},
        "criteria": [
            {"id": number, "description": one["description"], "badgeId": draft.id,
             "required": int(one["required"]), "note": one["note"]}
            for number, one in enumerate(said["criteria"], 1)
        ],
        "alignments": [{"id": n, **one} for n, one in enumerate(said["alignments"], 1)],
        "categories": [
            {"id": number, "label": label, "description": None}
            for number, label in enumerate(said["categories"], 1)
        ],
        "tags": [{"id": n, "value": value} for n, value in enumerate(said["tags"], 1)],
        "supportBadges": [],
        **_of_picture(draft.image),
    }  # fmt: skip


def _of_picture(image: Image | None) -> dict[str, Any]:
    """Return what a picture shows in words, and what it was drawn from, as far as that is known."""
    said = {
        "imageAlt": image and image.alt,
        "studioDesign": json.loads(image.design) if image and image.design else None,
    }
    return {name: value for name, value in said.items() if value}


# Taking over


def read(body: bytes) -> Shared:
    """Return the template that another BadgeKit answered with.

    Choices, numbers and addresses that are none here are left out.

    Raises
    ------
    NotTaken
        If it is no template, or holds more than a badge here can.
    InvalidContent
        If it is no JSON object.
    """
    sent = validation.json_object(body)
    if not isinstance(sent.get("name"), str) or not sent["name"].strip():
        raise NotTaken("no template")
    content = _without_strangers(draft_content.completed(_members(sent)))
    if any(draft_content.problems(name, content) for name in draft_content.SECTIONS):
        raise NotTaken("too much")
    image = sent.get("image")
    image = image if isinstance(image, dict) else {}
    url, alt = image.get("url"), draft_content.alt(sent.get("imageAlt"))
    if draft_content.alt_problem(alt):
        raise NotTaken("too much")
    return Shared(
        content,
        _bytes(image.get("data")),
        url if isinstance(url, str) and len(url) <= draft_content.LONGEST_URL else None,
        alt or None,
        _design(sent.get("studioDesign")),
        bool(sent.get("supportBadges")),
    )


def _members(sent: Mapping[str, Any]) -> Content:
    """Return what the original's form says, in the members of drafts."""
    return {
        **{name: sent.get(_OTHERWISE.get(name, name)) for name in _PLAIN},
        **{name: one if isinstance(one := sent.get(name), list) else [] for name in _LISTS},
        "milestone": {name: sent.get(theirs) for name, theirs in _MILESTONE.items()},
    }


def _without_strangers(content: Content) -> Content:
    """Return a document without what is no choice, number or address here."""
    kept = draft_content.without_strangers(content)
    strange = {
        field
        for section in draft_content.SECTIONS
        for field, code in draft_content.problems(section, kept).items()
        if code not in (draft_content.TOO_LONG, draft_content.TOO_MANY)
    }
    rows = [
        {**row, "url": "" if f"alignments[{number}][url]" in strange else row["url"]}
        for number, row in enumerate(kept["alignments"])
    ]
    milestone = {name: value for name, value in kept["milestone"].items() if name not in strange}
    texts: Content = {name: "" for name in ("issuerUrl", "rubricUrl") if name in strange}
    return draft_content.completed({**kept, **texts, "alignments": rows, "milestone": milestone})


def _design(sent: Any) -> Any:
    """Return a design that was sent, unless it is none or too large; the studio looks at the rest."""
    fits = isinstance(sent, dict) and len(json.dumps(sent)) <= LARGEST_DESIGN
    return sent if fits else None


def _bytes(data: Any) -> bytes | None:
    """Return bytes that were sent as a list of their values, as servers old and new do."""
    values = data.get("data") if isinstance(data, dict) else data
    if not isinstance(values, list) or not 0 < len(values) <= limits.PICTURE:
        return None
    try:
        return bytes(values)
    except (TypeError, ValueError):
        return None


@transactional
def take(scope: Scope, author: str, shared: Shared, image: images.Picture | Image | None) -> Draft:
    """Make a template of one that was shared.

    Parameters
    ----------
    scope : Scope
        Where it will belong.
    author : str
        Who takes it over.
    shared : Shared
        What it says.
    image : Picture or Image, optional
        Its picture, which was looked at.
    """
    kept = images.keep(image) if isinstance(image, images.Picture) else image
    return drafts.create(scope, author, shared.content, status=drafts.TEMPLATE, image=kept)

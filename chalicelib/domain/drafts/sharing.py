"""Shared templates: writes a template as the original web app's JSON, and imports such JSON.

Source: badgekit-webapp, ``GET /share/{id}`` with ``Accept: application/json``, as recorded. Claim
codes are private, so they are not shared, and neither are support badges, which mean nothing on
another server. Two members are additions, present if the image has them: ``imageAlt``, its
alternative text, and ``studioDesign``, the design it was drawn from. The members of the original's
own studio stay empty, because its shapes and colors differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib import limits, times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Draft, Image
from chalicelib.domain.badges import badges, fields
from chalicelib.domain.badges.field_kinds import (
    LONGEST_URL,
    TOO_LONG,
    TOO_MANY,
    Address,
    Labels,
    Rows,
)
from chalicelib.domain.badges.fields import SECTIONS, BadgeField
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
# The plain fields, and the lists.
_PLAIN = tuple(field for field in fields.drafted() if field.column)
_LISTS = tuple(field.name for field in fields.drafted() if isinstance(field.kind, (Labels, Rows)))
# The members in the order of the original web app; newer ones follow.
_ORDER = (
    "id", "slug", "name", "status", "description", "issuerUrl", "earnerDescription",
    "consumerDescription", "rubricUrl", "timeValue", "timeUnits", "limit", "multiClaimCode",
    "unique", "published", "imageId", *(f"studio{name}" for name in _STUDIO), "created",
    "lastUpdated", "system", "issuer", "program", "badgeType", "studioBranding",
    "studioBrandingLabel", "milestoneNumRequired", "milestoneAction", "isMilestone",
    "evidenceType", "image", "criteria", "alignments", "categories", "tags", "supportBadges",
)  # fmt: skip
LARGEST_DESIGN = 16 * 1024  # characters, written out


class SharedTemplate(NamedTuple):
    """A template shared by another BadgeKit server.

    Parameters
    ----------
    content : Content
        Its content, as a draft's.
    picture : bytes or None
        Its image, if included; not checked yet.
    picture_url : str or None
        The URL of its image.
    alt : str or None
        The alternative text of its image.
    design : Any
        The design of its image, an unchecked object, or None.
    has_badges : bool
        Whether its milestone has support badges, which stay behind on the other server.
    """

    content: Content
    picture: bytes | None
    picture_url: str | None
    alt: str | None
    design: Any
    has_badges: bool


class InvalidTemplate(Exception):
    """The JSON is not a template, or holds more than a draft can."""


@transactional
def find(name: str) -> Draft:
    """Return a template by its slug or its number.

    Raises
    ------
    NotFound
        If there is no such template; drafts are not shared.
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
    """Return the image of a template or published draft by its number, or of a badge by its slug.

    Raises
    ------
    NotFound
        If none of them has this number or slug.
    """
    draft = _numbered(name)
    if draft is not None and draft.status in (drafts.TEMPLATE, drafts.PUBLISHED):
        found: Image | None = draft.image
        return found
    of_badge: Image | None = badges.by_slug(name).image
    return of_badge


# Writing


def document(draft: Draft) -> dict[str, Any]:
    """Return a template as shared JSON; the caller fills in the image."""
    content = drafts.content(draft)
    milestone = content["milestone"]
    members = {
        **{_name(field): field.kind.shared(content[field.name]) for field in _PLAIN},
        "id": draft.id,
        "slug": draft.slug,
        "status": drafts.TEMPLATE,
        "multiClaimCode": "",
        "published": 0,
        "imageId": None,
        **{f"studio{name}": None for name in _STUDIO},
        "created": times.iso(draft.created),
        "lastUpdated": times.iso(draft.updated),
        "system": draft.system.slug,
        "issuer": draft.issuer.slug if draft.issuer else None,
        "program": draft.program.slug if draft.program else None,
        "studioBranding": None,
        "studioBrandingLabel": None,
        "milestoneNumRequired": milestone["numberRequired"],
        "milestoneAction": milestone["action"],
        "isMilestone": int(milestone["isMilestone"]),
        "image": {"id": None, "mimetype": None, "data": None, "url": None},
        "criteria": [
            {"id": number, "description": one["description"], "badgeId": draft.id,
             "required": int(one["required"]), "note": one["note"]}
            for number, one in enumerate(content["criteria"], 1)
        ],
        "alignments": [
            {"id": number, **one, "url": Address().shared(one["url"])}
            for number, one in enumerate(content["alignments"], 1)
        ],
        "categories": [
            {"id": number, "label": label, "description": None}
            for number, label in enumerate(content["categories"], 1)
        ],
        "tags": [{"id": n, "value": value} for n, value in enumerate(content["tags"], 1)],
        "supportBadges": [],
    }  # fmt: skip
    ordered = {name: members[name] for name in _ORDER}
    return {**ordered, **members, **_of_picture(draft.image)}


def _name(field: BadgeField) -> str:
    """Return what a field is called in a shared template."""
    return field.shared or field.name


def _of_picture(image: Image | None) -> dict[str, Any]:
    """Return the alternative text and the design of an image, as far as it has them."""
    members = {
        "imageAlt": image and image.alt,
        "studioDesign": json.loads(image.design) if image and image.design else None,
    }
    return {name: value for name, value in members.items() if value}


# Importing


def parse(body: bytes) -> SharedTemplate:
    """X
        If it is no template, or holds more than a badge here can.
    InvalidContent
        If it is no JSON object.
    """
    sent = validation.json_object(body)
    if not isinstance(sent.get("name"), str) or not sent["name"].strip():
        raise InvalidTemplate("no template")
    content = _without_unsupported(draft_content.completed(_members(sent)))
    if any(draft_content.problems(name, content) for name in SECTIONS):
        raise InvalidTemplate("too much")
    image = sent.get("image")
    image = image if isinstance(image, dict) else {}
    url, alt = image.get("url"), draft_content.alt(sent.get("imageAlt"))
    if draft_content.alt_problem(alt):
        raise InvalidTemplate("too much")
    return SharedTemplate(
        content,
        _bytes(image.get("data")),
        url if isinstance(url, str) and len(url) <= LONGEST_URL else None,
        alt or None,
        _design(sent.get("studioDesign")),
        bool(sent.get("supportBadges")),
    )


def _members(sent: Mapping[str, Any]) -> Content:
    """Return the values of shared JSON by the names of a draft's members."""
    return {
        **{field.name: sent.get(_name(field)) for field in _PLAIN},
        **{name: one if isinstance(one := sent.get(name), list) else [] for name in _LISTS},
        "milestone": {name: sent.get(theirs) for name, theirs in _MILESTONE.items()},
    }


def _without_unsupported(content: Content) -> Content:
    """Return a document without choices, numbers and addresses that drafts do not accept."""
    kept = draft_content.without_unsupported(content)
    unsupported = {
        field
        for section in SECTIONS
        for field, code in draft_content.problems(section, kept).items()
        if code not in (TOO_LONG, TOO_MANY)
    }
    rows = [
        {**row, "url": "" if f"alignments[{number}][url]" in unsupported else row["url"]}
        for number, row in enumerate(kept["alignments"])
    ]
    milestone = {
        name: value for name, value in kept["milestone"].items() if name not in unsupported
    }
    plain = {field.name: None for field in _PLAIN if field.name in unsupported}
    return draft_content.completed({**kept, **plain, "alignments": rows, "milestone": milestone})


def _design(sent: Any) -> Any:
    """Return a design if it is an object of acceptable size; the studio checks its content."""
    fits = isinstance(sent, dict) and len(json.dumps(sent)) <= LARGEST_DESIGN
    return sent if fits else None


def _bytes(data: Any) -> bytes | None:
    """Return bytes from the list of numbers that Node servers send, or None."""
    values = data.get("data") if isinstance(data, dict) else data
    if not isinstance(values, list) or not 0 < len(values) <= limits.PICTURE:
        return None
    try:
        return bytes(values)
    except (TypeError, ValueError):
        return None


@transactional
def create_template(
    scope: Scope, author: str, shared: SharedTemplate, image: images.Picture | Image | None
) -> Draft:
    """Create a template from a shared one.

    Parameters
    ----------
    scope : Scope
        The place that it will belong to.
    author : str
        Who imports it.
    shared : SharedTemplate
        The shared template.
    image : Picture or Image, optional
        Its image, checked.
    """
    kept = images.keep(image) if isinstance(image, images.Picture) else image
    return drafts.create(scope, author, shared.content, status=drafts.TEMPLATE, image=kept)

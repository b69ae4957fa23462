"""A draft's content: one document with the members of badgekit-api's badges, read and checked.

A draft may lack any field, but holds nothing that could not be published. Bad values are reported
as a code for each field, missing ones as pairs of section and field. The fields, with how each is
read and checked, are the table in `chalicelib.domain.badges.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import texts
from chalicelib.domain.badges import fields
from chalicelib.domain.badges.field_kinds import NO_CHOICE, NO_NUMBER, TOO_LONG, Rows, text
from chalicelib.domain.badges.fields import (
    DESCRIPTION,
    MILESTONE,
    OPTIONS,
    SECTIONS,
    VISUAL,
)

Content = dict[str, Any]

# By section; the image of the visual one is a row of its own.
FIELDS = {section: fields.drafted(section) for section in SECTIONS}
MEMBERS = {section: tuple(field.name for field in of) for section, of in FIELDS.items()}

CATEGORIES = (
    "Exploring Earth and Space", "Work & Career", "Community Action", "Sports & Wellness",
    "Design & Making", "Media & Music", "Performing Arts", "Storytelling", "Coding and Gaming",
    "Numbers", "Zoology",
)  # fmt: skip
ACTIONS = fields.ACTIONS
LONGEST_ALT = 500  # characters of an image's alternative text


def completed(content: Mapping[str, Any]) -> Content:
    """Return a whole document from what is known of one; other members are left out."""
    return {name: value for section in SECTIONS for name, value in read(section, content).items()}


def read(section: str, values: Mapping[str, Any]) -> Content:
    """Return the values of a section as a document holds them; bad ones stay as they were sent."""
    return {field.name: field.kind.read(values.get(field.name)) for field in FIELDS[section]}


def alt(value: Any) -> str:
    """Return an image's alternative text as it is kept: one line."""
    return texts.one_line(text(value))


# Checking


def problems(section: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the values of a section (see `read`): codes by field."""
    found: dict[str, str] = {}
    for field in FIELDS[section]:
        found |= field.kind.problems(field.name, values[field.name])
    return found


def alt_problem(text: str) -> str | None:
    """Return the code of what is wrong with an alternative text (see `alt`), or None."""
    return TOO_LONG if len(text) > LONGEST_ALT else None


def without_unsupported(content: Content) -> Content:
    """Return a document without choices and numbers that badgekit-api takes and drafts do not."""
    bad = {
        name
        for section in (DESCRIPTION, OPTIONS)
        for name, code in problems(section, content).items()
        if code in (NO_CHOICE, NO_NUMBER)
    }
    return completed({name: value for name, value in content.items() if name not in bad})


# What publishing needs


def missing(content: Content, *, pictured: bool, support: int) -> list[tuple[str, str]]:
    """Return what publishing needs and the draft lacks, as pairs of section and field.

    Parameters
    ----------
    content : Content
        A whole document.
    pictured : bool
        Whether the draft has an image.
    support : int
        How many of the milestone's support badges exist.
    """
    found: list[tuple[str, str]] = []
    for field in (field for section in SECTIONS for field in FIELDS[section]):
        value = content[field.name]
        if field.needed and not value:
            found.append((field.section, field.name))
        if isinstance(field.kind, Rows):
            first = field.kind.first
            found += [
                (field.section, f"{field.name}[{number}][{first}]")
                for number, row in enumerate(value)
                if not row[first]
            ]
    milestone = content["milestone"]
    if milestone["isMilestone"]:
        required = milestone["numberRequired"] or 0
        if required < 1:
            found.append((MILESTONE, "numberRequired"))
        if support < max(required, 1):
            found.append((MILESTONE, "supportBadges"))
    if not pictured:
        found.append((VISUAL, "image"))
    return found

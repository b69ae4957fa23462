"""Labels of sections, fields and choices, and messages about missing and bad values.

The texts of a badge's fields stand in their table, `chalicelib.domain.badges.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.badges import field_kinds as kinds
from chalicelib.domain.badges import fields
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

TITLES = {
    fields.DESCRIPTION: _("Description"),
    fields.OPTIONS: _("Options"),
    fields.CRITERIA: _("Criteria"),
    fields.MILESTONE: _("Milestone"),
    fields.VISUAL: _("Visual"),
}
FIELDS = {
    **{field.name: field.label for field in fields.drafted()},
    "isMilestone": _("Milestone badge"),
    "numberRequired": _("Support badges needed"),
    "supportBadges": _("Support badges"),
    "action": _("When a learner qualifies"),
    "image": _("Image"),
}
UNITS = {
    "minutes": _("minutes"), "hours": _("hours"), "days": _("days"), "weeks": _("weeks"),
}  # fmt: skip
EVIDENCE = {
    "URL": _("Link"), "Text": _("Text"), "Photo": _("Photo"), "Video": _("Video"),
    "Sound": _("Sound"),
}  # fmt: skip
TYPES = {
    "Community": _("Community"), "Skill": _("Skill"), "Knowledge": _("Knowledge"),
    "Showcase": _("Showcase"),
}  # fmt: skip
ACTIONS = {
    "issue": _("The badge is awarded automatically"),
    "queue-application": _("An application is created for review"),
}

_MISSING = {
    **{field.name: field.needed for field in fields.drafted() if field.needed},
    **{
        f"{field.name}[][{field.kind.first}]": field.row_needed
        for field in fields.drafted()
        if isinstance(field.kind, kinds.Rows)
    },
    "numberRequired": _("Enter how many support badges are needed."),
    "supportBadges": _("Choose enough support badges."),
    "image": _("Add an image."),
}
_WRONG = {
    kinds.TOO_LONG: _("Shorten this text."),
    kinds.NO_ADDRESS: _("Enter a full web address, for example https://example.org."),
    kinds.NO_CODE: _("A claim code can’t be “.” or “..”. Choose another."),
    kinds.NO_NUMBER: _("Enter a whole number of 1 or more, or leave this empty."),
    kinds.NO_CHOICE: _("Choose an option from the list."),
    kinds.TOO_MANY: _("Use at most 200."),
    kinds.NO_PICTURE: _("Add an image first."),
}
_TOO_LONG = {
    **{field.name: field.too_long for field in fields.drafted() if field.too_long},
    "alt": _("Use at most 500 characters for the alternative text."),
}
NO_PICTURE = _("Choose a PNG, JPEG, or SVG file of up to %(most)s MB.")


def title(section: str) -> str:
    """Return the title of a section."""
    return gettext(TITLES[section])


def field(name: str) -> str:
    """Return the label of a field."""
    return gettext(FIELDS[name])


def choices(of: Mapping[str, str], none: str = "") -> list[tuple[str, str]]:
    """Return the choices of a field with their labels, after an empty one."""
    return [("", none), *((value, gettext(text)) for value, text in of.items())]


def missing(name: str) -> str:
    """Return the message about a field that publishing needs."""
    return gettext(_MISSING[re.sub(r"\[\d+\]", "[]", name)])


def wrong(problems: Mapping[str, str]) -> dict[str, str]:
    """Return the messages about fields with bad values, by their codes (see `field_kinds`)."""
    return {
        name: gettext((code == kinds.TOO_LONG and _TOO_LONG.get(name)) or _WRONG[code])
        for name, code in problems.items()
    }


def refused(details: Sequence[Mapping[str, Any]]) -> str:
    """Return what another BadgeKit API said about each field that it refused."""
    labels = {field.name: field.label for field in fields.FIELDS if field.label}
    labels["url"] = FIELDS["image"]  # so the API calls the image's address
    return "; ".join(
        f"{gettext(labels[one['field']]) if one['field'] in labels else one['field']}: "
        f"{one['message']}" + (f" ({one['value']})" if one.get("value") else "")
        for one in details
    )

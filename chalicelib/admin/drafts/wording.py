"""Labels of sections, fields and choices, and messages about missing and bad values.

The texts of a badge's fields stand in their table, `chalicelib.domain.badges.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    "isMilestone": _("Whether it is a milestone"),
    "numberRequired": _("How many of them it takes"),
    "supportBadges": _("Support badges"),
    "action": _("What happens then"),
    "image": _("Picture"),
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
    "issue": _("The badge is awarded at once"),
    "queue-application": _("An application is queued, for somebody to review"),
}

_MISSING = {
    **{field.name: field.needed for field in fields.drafted() if field.needed},
    **{
        f"{field.name}[][{field.kind.first}]": field.row_needed
        for field in fields.drafted()
        if isinstance(field.kind, kinds.Rows)
    },
    "numberRequired": _("Say how many support badges it takes."),
    "supportBadges": _("Choose at least as many support badges as it takes."),
    "image": _("Add a picture."),
}
_WRONG = {
    kinds.TOO_LONG: _("This is too long."),
    kinds.NO_ADDRESS: _("Enter a whole web address, such as https://example.org."),
    kinds.NO_NUMBER: _("Enter a whole number from 1, or nothing."),
    kinds.NO_CHOICE: _("Choose one of the list."),
    kinds.TOO_MANY: _("These are too many: 200 are the most."),
    kinds.NO_PICTURE: _("Add a picture first."),
}
_TOO_LONG = {
    **{field.name: field.too_long for field in fields.drafted() if field.too_long},
    "alt": _("The words for the picture are too long: they may have up to 500 characters."),
}
NO_PICTURE = _("Choose a picture: a PNG, JPEG or SVG file of at most 5 MB.")


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

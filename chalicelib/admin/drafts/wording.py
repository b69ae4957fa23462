"""What pages say of the sections of a draft: their names, what is missing, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.domain.drafts import content
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

TITLES = {
    content.DESCRIPTION: _("Description"),
    content.OPTIONS: _("Options"),
    content.CRITERIA: _("Criteria"),
    content.MILESTONE: _("Milestone"),
    content.VISUAL: _("Visual"),
}
FIELDS = {
    "name": _("Name"),
    "issuerUrl": _("Issuer URL"),
    "strapline": _("Short description"),
    "earnerDescription": _("Description for earners"),
    "consumerDescription": _("Description for everyone else"),
    "timeValue": _("Time to earn"),
    "timeUnits": _("Time unit"),
    "evidenceType": _("Evidence type"),
    "limit": _("Maximum awards"),
    "unique": _("Once per person"),
    "type": _("Badge type"),
    "categories": _("Categories"),
    "tags": _("Tags"),
    "rubricUrl": _("Rubric URL"),
    "alignments": _("Alignments"),
    "multiClaimCode": _("Reusable claim code"),
    "criteria": _("Criteria"),
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
    "name": _("Add a name."),
    "strapline": _("Add a short description."),
    "earnerDescription": _("Add a description for earners."),
    "consumerDescription": _("Add a description for everyone else."),
    "criteria": _("Add at least one criterion."),
    "criteria[][description]": _("Describe this criterion, or remove it."),
    "alignments[][name]": _("Name the standard, or remove this alignment."),
    "numberRequired": _("Enter how many support badges are needed."),
    "supportBadges": _("Choose enough support badges."),
    "image": _("Add an image."),
}
_WRONG = {
    content.TOO_LONG: _("Shorten this text."),
    content.NO_ADDRESS: _("Enter a full web address, for example https://example.org."),
    content.NO_NUMBER: _("Enter a whole number of 1 or more, or leave this empty."),
    content.NO_CHOICE: _("Choose an option from the list."),
    content.TOO_MANY: _("Use at most 200."),
    content.NO_PICTURE: _("Add an image first."),
}
_TOO_LONG = {
    "name": _("Use at most 255 characters for the name."),
    "strapline": _("Use at most 140 characters for the short description."),
    "alt": _("Use at most 500 characters for the alternative text."),
    "tags": _("Use at most 255 characters for each tag."),
    "multiClaimCode": _("Use at most 255 characters for the claim code."),
}
NO_PICTURE = _("Choose a PNG, JPEG, or SVG file of up to 5 MB.")


def title(section: str) -> str:
    """Return the name of a section."""
    return gettext(TITLES[section])


def field(name: str) -> str:
    """Return what a field is called."""
    return gettext(FIELDS[name])


def choices(of: Mapping[str, str], none: str = "") -> list[tuple[str, str]]:
    """Return the choices of a field, each with its name, after one for none of them."""
    return [("", none), *((value, gettext(text)) for value, text in of.items())]


def missing(name: str) -> str:
    """Return what to do about a field that publishing needs."""
    return gettext(_MISSING[re.sub(r"\[\d+\]", "[]", name)])


def wrong(problems: Mapping[str, str]) -> dict[str, str]:
    """Return what to do about fields with bad values, by their codes (see `draft_content`)."""
    return {
        name: gettext((code == content.TOO_LONG and _TOO_LONG.get(name)) or _WRONG[code])
        for name, code in problems.items()
    }

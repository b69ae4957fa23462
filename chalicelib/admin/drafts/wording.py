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
    "consumerDescription": _("Description for consumers"),
    "timeValue": _("Time to earn it"),
    "timeUnits": _("Unit of time"),
    "evidenceType": _("Kind of evidence"),
    "limit": _("How many may earn it"),
    "unique": _("Only once for each earner"),
    "type": _("Type of badge"),
    "categories": _("Categories"),
    "tags": _("Tags"),
    "rubricUrl": _("Rubric URL"),
    "alignments": _("Alignments"),
    "multiClaimCode": _("Claim code for many"),
    "criteria": _("Criteria"),
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
    "name": _("Give the badge a name."),
    "strapline": _("Say in a sentence what the badge is."),
    "earnerDescription": _("Tell earners what the badge is about."),
    "consumerDescription": _("Tell those who see the badge what it stands for."),
    "criteria": _("Add what an earner must show: at least one criterion."),
    "criteria[][description]": _("Say what an earner must show, or remove this criterion."),
    "alignments[][name]": _("Name the standard, or remove this alignment."),
    "numberRequired": _("Say how many support badges it takes."),
    "supportBadges": _("Choose at least as many support badges as it takes."),
    "image": _("Add a picture."),
}
_WRONG = {
    content.TOO_LONG: _("This is too long."),
    content.NO_ADDRESS: _("Enter a whole web address, such as https://example.org."),
    content.NO_NUMBER: _("Enter a whole number from 1, or nothing."),
    content.NO_CHOICE: _("Choose one of the list."),
    content.TOO_MANY: _("These are too many: 200 are the most."),
    content.NO_PICTURE: _("Add a picture first."),
}
_TOO_LONG = {
    "name": _("The name is too long: it may have up to 255 characters."),
    "strapline": _("The short description is too long: it may have up to 140 characters."),
    "alt": _("The words for the picture are too long: they may have up to 500 characters."),
    "tags": _("A tag is too long: it may have up to 255 characters."),
    "multiClaimCode": _("The claim code is too long: it may have up to 255 characters."),
}
NO_PICTURE = _("Choose a picture: a PNG, JPEG or SVG file of at most 5 MB.")


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

"""What a draft says: one document in the members of badgekit-api's badges, read, checked, compared.

A draft may lack anything, but holds nothing that could not be published: bad values are told by a
code for each field, what publishing needs by the sections and fields where it is missing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.shared import validation

Content = dict[str, Any]

DESCRIPTION, OPTIONS, CRITERIA, MILESTONE, VISUAL = SECTIONS = (
    "description", "options", "criteria", "milestone", "visual",
)  # fmt: skip
MEMBERS: dict[str, tuple[str, ...]] = {
    DESCRIPTION: ("name", "issuerUrl", "strapline", "earnerDescription", "consumerDescription"),
    OPTIONS: (
        "timeValue", "timeUnits", "evidenceType", "limit", "unique", "type", "categories", "tags",
        "rubricUrl", "alignments", "multiClaimCode",
    ),
    CRITERIA: ("criteria",),
    MILESTONE: ("milestone",),
    VISUAL: (),  # the picture is a row of its own
}  # fmt: skip

CATEGORIES = (
    "Exploring Earth and Space", "Work & Career", "Community Action", "Sports & Wellness",
    "Design & Making", "Media & Music", "Performing Arts", "Storytelling", "Coding and Gaming",
    "Numbers", "Zoology",
)  # fmt: skip
TYPES = ("Community", "Skill", "Knowledge", "Showcase")
TIME_UNITS = ("minutes", "hours", "days", "weeks")
EVIDENCE_TYPES = ("URL", "Text", "Photo", "Video", "Sound")
ACTIONS = ("issue", "queue-application")
MOST = 200  # rows of a list
LONGEST_NAME, LONGEST_STRAPLINE, LONGEST_LABEL, LONGEST_URL = 255, 140, 255, 2083
LONGEST_ALT = 500  # of what a picture shows, in words

# What may be wrong with a value.
TOO_LONG, NO_ADDRESS, NO_NUMBER, NO_CHOICE, TOO_MANY, NO_PICTURE = (
    "too long", "no address", "no number", "no choice", "too many", "no picture",
)  # fmt: skip


def completed(content: Mapping[str, Any]) -> Content:
    """Return a whole document from what is known of it; what is no member of one is left out."""
    return {name: read(content.get(name)) for name, read in _READERS.items()}


def read(section: str, values: Mapping[str, Any]) -> Content:
    """Return the values of a section as a document holds them; bad ones stay as they were sent."""
    return {name: _READERS[name](values.get(name)) for name in MEMBERS[section]}


def alt(value: Any) -> str:
    """Return what a picture shows, in words, as it is kept: one line."""
    return " ".join(_text(value).split())


def digest(values: Any) -> str:
    """Return what two equal values have in common, and different ones have not."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# Reading


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    text = str(value).replace("\r\n", "\n").replace("\0", "").strip()
    return text.encode("utf-8", "replace").decode("utf-8")  # half characters


def _number(value: Any) -> int | str | None:
    text = _text(value)
    return int(text) if re.fullmatch(r"-?[0-9]{1,10}", text, re.ASCII) else text or None


def _flag(value: Any) -> bool:
    return bool(validation.as_flag(value))


def _items(value: Any) -> list[Any]:
    many = value if isinstance(value, list) else [value]
    return many[: MOST + 1]  # one too many is refused


def _labels(value: Any) -> list[str]:
    found: dict[str, str] = {}
    for one in _items(value):
        text = _text(one.get("value") or one.get("label") if isinstance(one, dict) else one)
        if text:
            found.setdefault(text.lower(), text)
    return list(found.values())


def _rows(**readers: Callable[[Any], Any]) -> Callable[[Any], list[Content]]:
    """Return what reads rows; those in which nothing is written are left out."""

    def rows(value: Any) -> list[Content]:
        found = [
            {name: reader(one.get(name)) for name, reader in readers.items()}
            for one in _items(value)
            if isinstance(one, dict)
        ]
        return [one for one in found if any(isinstance(v, str) and v for v in one.values())]

    return rows


def _milestone(value: Any) -> Content:
    sent = value if isinstance(value, dict) else {}
    return {
        "isMilestone": _flag(sent.get("isMilestone")),
        "numberRequired": _number(sent.get("numberRequired")),
        "supportBadges": _labels(sent.get("supportBadges")),
        "action": _text(sent.get("action")) or ACTIONS[0],
    }


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text, "issuerUrl": _text, "strapline": _text, "earnerDescription": _text,
    "consumerDescription": _text, "timeValue": _number, "timeUnits": _text, "evidenceType": _text,
    "limit": _number, "unique": _flag, "type": _text, "categories": _labels, "tags": _labels,
    "rubricUrl": _text, "alignments": _rows(name=_text, url=_text, description=_text),
    "multiClaimCode": _text,
    "criteria": _rows(description=_text, note=_text, required=_flag),
    "milestone": _milestone,
}  # fmt: skip


# Checking


def problems(section: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the values of a section (see `read`): field -> code."""
    found: dict[str, str] = {}
    for name in MEMBERS[section]:
        value = values[name]
        if section == MILESTONE:
            _check_milestone(value, found)
        elif isinstance(value, list):
            _check_list(name, value, found)
        elif code := _code(name, value):
            found[name] = code
    return found


def alt_problem(text: str) -> str | None:
    """Return the code of what is wrong with what a picture shows in words (see `alt`), or None."""
    return TOO_LONG if len(text) > LONGEST_ALT else None


def _code(name: str, value: Any) -> str | None:
    if name in ("timeValue", "limit", "numberRequired"):
        return None if value is None or _is_positive(value) else NO_NUMBER
    if choices := _CHOICES.get(name):
        return None if value in choices or not value else NO_CHOICE
    if name in ("url", "issuerUrl", "rubricUrl"):
        return None if not value or _is_web_address(value) else NO_ADDRESS
    if isinstance(value, str):
        too_long = len(value) > _LONGEST.get(name, validation.LONGEST_TEXT)
        return TOO_LONG if too_long or validation.text()(value) else None
    return None


_CHOICES = {
    "timeUnits": TIME_UNITS, "evidenceType": EVIDENCE_TYPES, "type": TYPES, "action": ACTIONS,
}  # fmt: skip
_LONGEST = {
    "name": LONGEST_NAME, "strapline": LONGEST_STRAPLINE, "multiClaimCode": 255,
}  # fmt: skip


def _is_positive(value: Any) -> bool:
    return isinstance(value, int) and 1 <= value <= validation.LARGEST_INTEGER


def _is_web_address(value: str) -> bool:
    return value.lower().startswith(("http://", "https://")) and validation.url(value) is None


def _check_list(name: str, rows: list[Any], found: dict[str, str]) -> None:
    if len(rows) > MOST:
        found[name] = TOO_MANY
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            for member, value in row.items():
                if code := _code(member, value):
                    found[f"{name}[{number}][{member}]"] = code
        elif len(row) > LONGEST_LABEL:
            found[name] = TOO_LONG


def _check_milestone(value: Content, found: dict[str, str]) -> None:
    for name in ("numberRequired", "action"):
        if code := _code(name, value[name]):
            found[name] = code
    _check_list("supportBadges", value["supportBadges"], found)


def without_strangers(content: Content) -> Content:
    """Return a document without choices and numbers that badgekit-api takes, and drafts do not."""
    bad = [
        name
        for section in (DESCRIPTION, OPTIONS)
        for name, code in problems(section, content).items()
        if name in content and code in (NO_CHOICE, NO_NUMBER)
    ]
    return {**content, **{name: _READERS[name](None) for name in bad}}


# What publishing needs


def missing(content: Content, *, pictured: bool, support: int) -> list[tuple[str, str]]:
    """Return where something is missing that publishing needs, as pairs of section and field.

    Parameters
    ----------
    content : Content
        A whole document.
    pictured : bool
        Whether there is a picture.
    support : int
        How many of the support badges there are.
    """
    found = [
        (DESCRIPTION, name)
        for name in ("name", "strapline", "earnerDescription", "consumerDescription")
        if not content[name]
    ]
    found += [
        (OPTIONS, f"alignments[{number}][name]")
        for number, row in enumerate(content["alignments"])
        if not row["name"]
    ]
    if not content["criteria"]:
        found.append((CRITERIA, "criteria"))
    found += [
        (CRITERIA, f"criteria[{number}][description]")
        for number, row in enumerate(content["criteria"])
        if not row["description"]
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

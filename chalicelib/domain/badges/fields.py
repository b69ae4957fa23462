"""The fields of a badge: one table, with a row for each.

From it come what drafts hold and check, the editor's labels, copies, shared templates, publishing,
the API's checks, answers and description, and the rows kept of badges that live in another API.
A new field is a row here, a column in `data/models.py` with its migration, and a line in each
template that shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib import limits
from chalicelib.domain.badges.field_kinds import (
    LONGEST_URL,
    Address,
    Choice,
    Code,
    Flag,
    Group,
    Kind,
    Labels,
    Limit,
    Line,
    Lines,
    Moment,
    Number,
    Rows,
    Switch,
    Text,
)
from chalicelib.domain.shared import validation
from chalicelib.i18n import gettext_noop as _

DESCRIPTION, OPTIONS, CRITERIA, MILESTONE, VISUAL = SECTIONS = (
    "description", "options", "criteria", "milestone", "visual",
)  # fmt: skip

TYPES = ("Community", "Skill", "Knowledge", "Showcase")
TIME_UNITS = ("minutes", "hours", "days", "weeks")
EVIDENCE_TYPES = ("URL", "Text", "Photo", "Video", "Sound")
ACTIONS = ("issue", "queue-application")


class BadgeField(NamedTuple):
    """One field of a badge.

    Parameters
    ----------
    name : str
        The member's name in the API, in drafts and in forms.
    kind : Kind
        How drafts read and check it, how long it may be, how it is stored and answered.
    section : str, optional
        The editor's section that it belongs to; without one, drafts do not have it.
    column : str, optional
        Its column in the table of badges; without one it is kept elsewhere.
    empty : Any
        What the column holds for nothing.
    api : Check, optional
        How the API checks it in a body; without one, it is not part of a badge's body.
    required : bool
        Whether a new badge sent to the API must have it.
    label : str
        What pages call it; fields of the editor have one.
    needed : str
        What the editor says when publishing needs it and it is missing; empty when it may be.
    row_needed : str
        The same for the first member of a row.
    too_long : str
        What the editor says when it is too long, in place of the general text.
    published : bool
        Whether it is part of the badge that publishing creates; if not, publishing has a step of
        its own for it.
    shared : str
        The member's name in shared templates, where it differs.
    mirrored : bool
        Whether it is kept of badges that live in another BadgeKit API.
    """

    name: str
    kind: Kind
    section: str = ""
    column: str = ""
    empty: Any = None
    api: validation.Check | None = None
    required: bool = False
    label: str = ""
    needed: str = ""
    row_needed: str = ""
    too_long: str = ""
    published: bool = True
    shared: str = ""
    mirrored: bool = False


# In the order in which the API's description lists them. Checks: badgekit-api 0.2.22,
# app/models/badge.js.
FIELDS: tuple[BadgeField, ...] = (
    BadgeField("slug", Line(limits.SLUG), column="slug", api=validation.slug(1), empty=""),
    BadgeField(
        "name",
        Line(255),
        DESCRIPTION,
        column="name",
        empty="",
        api=validation.Line(1, 255),
        required=True,
        label=_("Name"),
        needed=_("Add a name."),
        too_long=_("Use at most 255 characters for the name."),
        mirrored=True,
    ),
    BadgeField(
        "strapline",
        Lines(140),
        DESCRIPTION,
        column="strapline",
        api=validation.lines(0, 140),
        label=_("Short description"),
        needed=_("Add a short description."),
        too_long=_("Use at most 140 characters for the short description."),
        shared="description",
        mirrored=True,
    ),
    BadgeField(
        "earnerDescription",
        Text(),
        DESCRIPTION,
        column="earner_description",
        empty="",
        api=validation.text(1),
        required=True,
        label=_("Description for earners"),
        needed=_("Add a description for earners."),
        mirrored=True,
    ),
    BadgeField(
        "consumerDescription",
        Text(),
        DESCRIPTION,
        column="consumer_description",
        empty="",
        api=validation.text(1),
        required=True,
        label=_("Description for everyone else"),
        needed=_("Add a description for everyone else."),
        mirrored=True,
    ),
    BadgeField(
        "issuerUrl",
        Address(),
        DESCRIPTION,
        column="issuer_url",
        api=validation.link(LONGEST_URL),
        label=_("Issuer URL"),
        mirrored=True,
    ),
    BadgeField(
        "rubricUrl",
        Address(),
        OPTIONS,
        column="rubric_url",
        api=validation.link(LONGEST_URL),
        label=_("Rubric URL"),
        mirrored=True,
    ),
    BadgeField(
        "criteriaUrl",
        Address(),
        column="criteria_url",
        empty="",
        api=validation.url,
        required=True,
        label=_("Criteria page"),
        mirrored=True,
    ),
    BadgeField(
        "timeValue",
        Number(),
        OPTIONS,
        column="time_value",
        api=validation.integer,
        label=_("Time to earn"),
        mirrored=True,
    ),
    BadgeField(
        "timeUnits",
        Choice(TIME_UNITS),
        OPTIONS,
        column="time_units",
        api=validation.one_of(*TIME_UNITS),
        label=_("Time unit"),
        mirrored=True,
    ),
    BadgeField(
        "evidenceType",
        Choice(EVIDENCE_TYPES),
        OPTIONS,
        column="evidence_type",
        api=validation.one_of(*EVIDENCE_TYPES),
        label=_("Evidence type"),
        mirrored=True,
    ),
    BadgeField(
        "limit",
        Limit(),
        OPTIONS,
        column="award_limit",
        api=validation.integer,
        label=_("Award limit"),
        mirrored=True,
    ),
    BadgeField(
        "unique",
        Flag(),
        OPTIONS,
        column="is_unique",
        empty=False,
        api=validation.flag,
        required=True,
        label=_("Once per person"),
        mirrored=True,
    ),
    BadgeField("created", Moment(), column="created", empty=""),
    BadgeField(
        "type",
        Choice(TYPES),
        OPTIONS,
        column="type",
        empty="",
        api=validation.Line(0, 255),
        label=_("Badge type"),
        shared="badgeType",
        mirrored=True,
    ),
    BadgeField("archived", Switch(), column="archived", empty=False, mirrored=True),
    BadgeField(
        "criteria",
        Rows(description=Text(), note=Text(), required=Flag(initial=True)),
        CRITERIA,
        label=_("Criteria"),
        needed=_("Add at least one criterion."),
        row_needed=_("Describe this criterion, or remove it."),
    ),
    BadgeField(
        "alignments",
        Rows(name=Line(255), url=Address(), description=Text()),
        OPTIONS,
        label=_("Alignments"),
        row_needed=_("Name the standard, or remove this alignment."),
    ),
    BadgeField("categories", Labels(), OPTIONS, label=_("Categories")),
    BadgeField(
        "tags",
        Labels(typed=True),
        OPTIONS,
        label=_("Tags"),
        too_long=_("Use at most 255 characters for each tag."),
    ),
    BadgeField(
        "multiClaimCode",
        Code(255),
        OPTIONS,
        label=_("Reusable claim code"),
        too_long=_("Use at most 255 characters for the claim code."),
        published=False,
    ),
    BadgeField(
        "milestone",
        Group(
            isMilestone=Flag(),
            numberRequired=Number(),
            supportBadges=Labels(),
            action=Choice(ACTIONS, default=ACTIONS[0]),
        ),
        MILESTONE,
        label=_("Milestone"),
        published=False,
    ),
)


def drafted(section: str | None = None) -> tuple[BadgeField, ...]:
    """Return the fields that drafts have, or those of one section of the editor."""
    return tuple(one for one in FIELDS if one.section and section in (None, one.section))


def stored() -> tuple[BadgeField, ...]:
    """Return the fields that have a column of their own."""
    return tuple(one for one in FIELDS if one.column)


def columns(row: Any, of: tuple[BadgeField, ...]) -> Mapping[str, Any]:
    """Return the values of a badge's columns by the names of their fields."""
    return {one.name: getattr(row, one.column) for one in of}


def body() -> tuple[validation.Field, ...]:
    """Return the fields of a badge's body, in the order in which badgekit-api reports errors."""
    checked = [one for one in FIELDS if one.api is not None]
    checked.sort(key=lambda one: one.name == "evidenceType")  # its model has it last
    return tuple(
        validation.Field(one.name, one.api, one.required) for one in checked if one.api is not None
    )

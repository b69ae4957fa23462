"""Details of a badge, which have tables of their own: as they are sent, stored and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.data.models import Alignment, Badge, Category, Criterion, Tag
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import ValidationError

MOST_LABELS = 200
# badgekit-api 0.2.22: app/models/criteria.js and alignment.js
CRITERION = (
    Field("description", validation.text(0)),
    Field("required", validation.flag),
    Field("note", validation.text(0)),
)
ALIGNMENT = (
    Field("name", validation.Line(1, 255), required=True),
    Field("url", validation.link(2083)),
    Field("description", validation.text(0)),
)


class CriterionView(NamedTuple):
    """A criterion of a badge."""

    id: int
    description: str
    required: bool
    note: str


class AlignmentView(NamedTuple):
    """A standard that a badge is aligned with."""

    id: int
    name: str
    url: str | None
    description: str | None


class TagView(NamedTuple):
    """A tag of a badge."""

    id: int
    value: str


class MilestoneView(NamedTuple):
    """A milestone with its badges, which are rows without owners and images."""

    id: int
    action: str | None
    number_required: int
    primary: Any
    support: Sequence[Any]


@dataclass
class Details:
    """Details of a badge, which have tables of their own."""

    criteria: list[CriterionView] = field(default_factory=list)
    alignments: list[AlignmentView] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[TagView] = field(default_factory=list)
    milestones: list[MilestoneView] = field(default_factory=list)


class BadgeDetails:
    """Criteria, alignments, categories and tags of a badge, as a client sent them.

    Raises
    ------
    ValidationError
        If they are not lists, or have bad members.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._criteria = validation.objects(data, "criteria")
        self._alignments = validation.objects(data, "alignments")
        self._categories = labels(data, "categories")
        self._tags = [(_id(one), {"value": value}) for one, value in _named(data, "tags")]
        for criterion in self._criteria:
            validation.check(criterion, CRITERION)
        for alignment in self._alignments:
            validation.check(alignment, ALIGNMENT)

    def replace(self, badge: Badge) -> None:
        """Replace the details of a badge by these, in the current transaction."""
        _replace_rows(Criterion, badge, [
            (_id(one), {
                "description": str(one.get("description") or ""),
                "required": validation.as_flag(one.get("required")) or False,
                "note": str(one.get("note") or ""),
            })
            for one in self._criteria
        ])  # fmt: skip
        _replace_rows(Alignment, badge, [
            (_id(one), {
                name: validation.as_text(one.get(name)) for name in ("name", "url", "description")
            })
            for one in self._alignments
        ])  # fmt: skip
        _replace_rows(Category, badge, [(None, {"label": label}) for label in self._categories])
        _replace_rows(Tag, badge, self._tags)


def _id(item: Mapping[str, Any]) -> int | None:
    """Return the id that an item was sent with, or None."""
    number = item.get("id")
    return int(number) if number is not None and validation.integer(number) is None else None


def _replace_rows(
    table: Any, badge: Badge, wanted: Sequence[tuple[int | None, dict[str, Any]]]
) -> None:
    """Replace the rows of a badge: update those with a known id, insert others, delete the rest."""
    known = {row.id for row in table.select(table.id).where(table.badge == badge)}
    kept: set[int | None] = set()
    new = []
    for number, values in wanted:
        if number in known and number not in kept:
            kept.add(number)
            table.update(**values).where(table.id == number).execute()
        else:
            new.append({"badge": badge, **values})
    if new:
        table.insert_many(new).execute()
    if gone := known - kept:
        table.delete().where(table.id.in_(gone)).execute()


def labels(data: Mapping[str, Any], name: str) -> list[str]:
    """Return categories or tags as sent: texts or ``{"value"}``, one or many, without duplicates.

    Raises
    ------
    ValidationError
        If they are anything else, or there are too many.
    """
    return [text for _, text in _named(data, name)]


def _named(data: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return categories or tags as pairs: the object that was sent, if any, and the text."""
    value = data.get(name)
    many = value if isinstance(value, list) else [value]
    sent = [
        (one, one.get("value")) if isinstance(one, dict) else ({}, one)
        for one in many
        if one is not None
    ]
    if len(many) > MOST_LABELS or any(text is not None and _is_no_text(text) for _, text in sent):
        raise ValidationError(
            [{"message": "Unexpected value or invalid argument", "field": name, "value": ""}]
        )
    found: dict[str, Mapping[str, Any]] = {}
    for one, text in sent:
        if text is not None and (label := str(text)[:255]):
            found.setdefault(label, one)
    return [(one, label) for label, one in found.items()]


_is_no_text = validation.Line(0, validation.LONGEST_TEXT)

"""What belongs to a badge and lies in tables of its own, as it was sent: read, checked and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.data.models import Alignment, Badge, Category, Criterion, Tag
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import ValidationError

MOST_LABELS = 200
# badgekit-api 0.2.22: app/models/criteria.js and alignment.js
CRITERION = (
    Field("description", validation.text(0)),
    Field("required", validation.flag, required=True),
    Field("note", validation.text(0)),
)
ALIGNMENT = (
    Field("name", validation.text(1, 255), required=True),
    Field("url", validation.text(0, 2083)),
    Field("description", validation.text(0)),
)


class Belongings:
    """Criteria, alignments, categories and tags as they were sent.

    Raises
    ------
    ValidationError
        If they are no lists of what they should be.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._criteria = validation.objects(data, "criteria")
        self._alignments = validation.objects(data, "alignments")
        self._categories = names(data, "categories")
        self._tags = [(_id(one), {"value": value}) for one, value in _named(data, "tags")]
        for criterion in self._criteria:
            validation.check(criterion, CRITERION)
        for alignment in self._alignments:
            validation.check(alignment, ALIGNMENT)

    def keep(self, badge: Badge) -> None:
        """Make them what belongs to a badge, in the transaction under way."""
        _replace(Criterion, badge, [
            (_id(one), {
                "description": str(one.get("description") or ""),
                "required": validation.as_flag(one["required"]),
                "note": str(one.get("note") or ""),
            })
            for one in self._criteria
        ])  # fmt: skip
        _replace(Alignment, badge, [
            (_id(one), {
                name: validation.as_text(one.get(name)) for name in ("name", "url", "description")
            })
            for one in self._alignments
        ])  # fmt: skip
        _replace(Category, badge, [(None, {"label": label}) for label in self._categories])
        _replace(Tag, badge, self._tags)


def _id(item: Mapping[str, Any]) -> int | None:
    """Return the id that a row was sent with, if it is one."""
    number = item.get("id")
    return int(number) if number is not None and validation.integer(number) is None else None


def _replace(table: Any, badge: Badge, wanted: Sequence[tuple[int | None, dict[str, Any]]]) -> None:
    """Make these the rows of a badge: those it has by that id are changed, others added."""
    there = {row.id for row in table.select(table.id).where(table.badge == badge)}
    kept: set[int | None] = set()
    new = []
    for number, values in wanted:
        if number in there and number not in kept:
            kept.add(number)
            table.update(**values).where(table.id == number).execute()
        else:
            new.append({"badge": badge, **values})
    if new:
        table.insert_many(new).execute()
    if gone := there - kept:
        table.delete().where(table.id.in_(gone)).execute()


def names(data: Mapping[str, Any], name: str) -> list[str]:
    """Return categories or tags as sent: texts or ``{"value"}``, one or many, without doubles.

    Raises
    ------
    ValidationError
        If they are anything else, or too many.
    """
    return [text for _, text in _named(data, name)]


def _named(data: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return categories or tags, each as it was sent (if as an object) and as a text."""
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


_is_no_text = validation.text()

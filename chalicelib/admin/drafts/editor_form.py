"""The editor's forms: reads the values of a section, and adds, removes and moves its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.admin.drafts import wording
from chalicelib.domain.badges import fields
from chalicelib.domain.badges.field_kinds import MOST, Flag, Group, Kind, Labels, Rows
from chalicelib.i18n import gettext
from chalicelib.web.form import Form

# The rows of a section: the field that holds them, and its kind.
_ROWS: dict[str, tuple[str, Rows]] = {
    field.section: (field.name, field.kind)
    for field in fields.drafted()
    if isinstance(field.kind, Rows)
}
_TYPED = {
    field.name for field in fields.drafted() if isinstance(field.kind, Labels) and field.kind.typed
}
_SEPARATOR = ", "  # of labels that are typed


def read(section: str, form: Form) -> dict[str, Any]:
    """Return the values of a section as they were typed, including empty rows."""
    return {field.name: _read(field.name, field.kind, form) for field in fields.drafted(section)}


def _read(name: str, kind: Kind, form: Form) -> Any:
    if isinstance(kind, Rows):
        return [_members(kind, row) for row in form.rows(name)]
    if isinstance(kind, Group):
        return _members(kind, form)
    if isinstance(kind, Labels):
        return _typed(form.text(name)) if kind.typed else form.texts(name)
    return form.flag(name) if isinstance(kind, Flag) else form.text(name)


def _members(kind: Rows | Group, form: Form) -> dict[str, Any]:
    return {name: _read(name, member, form) for name, member in kind.members.items()}


def _typed(text: str) -> list[str]:
    return [label for label in map(str.strip, text.split(",")) if label]


def inputs(section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the inputs of a form that sends the values of a section: names and texts."""
    if section == fields.MILESTONE:
        values = values["milestone"]
    for name, value in values.items():
        if name in _TYPED:
            yield name, _SEPARATOR.join(value)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                if isinstance(one, str):
                    yield name, one
                else:
                    yield from ((f"{name}[{number}][{key}]", _text(of)) for key, of in one.items())
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def edit_rows(section: str, values: dict[str, Any], button: str) -> str | None:
    """Add, remove or move a row of a section, as the pressed button says.

    Parameters
    ----------
    section : str
        The section.
    values : dict[str, Any]
        Its values as typed; changed in place.
    button : str
        ``add``, ``remove:2``, ``up:2`` or ``down:2``; ``search`` changes no rows.

    Returns
    -------
    str or None
        What gets the focus: a row's field or button as ``2:first`` or ``2:up``, ``add`` or
        ``search``; None if the button does none of this.
    """
    if button == "search":
        return button
    verb, _, digits = button.partition(":")
    if section not in _ROWS or verb not in ("add", "remove", "up", "down"):
        return None
    name, kind = _ROWS[section]
    rows: list[Any] = values[name]
    if verb == "add":
        if len(rows) < MOST:
            rows.append({member: one.initial for member, one in kind.members.items()})
        return f"{len(rows) - 1}:first"
    number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 5 else -1
    if not 0 <= number < len(rows):
        return "add"
    row = rows.pop(number)
    if verb == "remove":
        return f"{min(number, len(rows) - 1)}:first" if rows else "add"
    to = max(0, number - 1) if verb == "up" else min(len(rows), number + 1)
    rows.insert(to, row)
    return f"{to}:{verb}"


def differences(
    section: str, theirs: Mapping[str, Any], yours: Mapping[str, Any]
) -> list[tuple[str, list[str], list[str]]]:
    """Return the fields in which two versions of a section differ: label, lines of each version."""
    if section == fields.MILESTONE:
        theirs, yours = theirs["milestone"], yours["milestone"]
    return [
        (wording.field(name), _lines(name, theirs[name]), _lines(name, yours[name]))
        for name in theirs
        if theirs[name] != yours[name]
    ]


def _lines(name: str, value: Any) -> list[str]:
    """Return a value as text, a line for each row."""
    if isinstance(value, list):
        return [
            one if isinstance(one, str) else " · ".join(
                gettext("required") if part is True else str(part) for part in one.values() if part
            )
            for one in value
        ]  # fmt: skip
    if isinstance(value, bool):
        return [gettext("yes") if value else gettext("no")]
    if name == "action":
        return [gettext(wording.ACTIONS[value])]
    return str(value).splitlines() if value not in (None, "") else []

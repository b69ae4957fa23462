"""The form of a system, issuer or program: what was typed, what is wrong with it, its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.images import images
from chalicelib.domain.owners.owners import OWNER
from chalicelib.domain.shared import validation
from chalicelib.domain.workspace import profiles
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.imaging import uploads
from chalicelib.web.form import Form

WORDS = {
    "name": _("Enter a name of at most 255 characters."),
    "slug": _("For the short name, use at most 255 letters, digits, and hyphens."),
    "url": _("Enter the website’s full address, for example https://example.org."),
    "description": _("Use at most 255 characters for the description."),
    "email": _("Enter one email address, for example name@example.org, or leave this empty."),
}


def typed(form: Form, *, new: bool) -> dict[str, str]:
    """Return what was typed; a new place's slug is made from its name unless one was typed."""
    values = {name: form.text(name) for name in profiles.MEMBERS}
    if new:
        values["slug"] = form.text("slug").lower() or profiles.proposed_slug(values["name"])
    return values


def sent(values: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed as the domain takes it: what is left empty is null."""
    return {name: text or None for name, text in values.items()}


def looked_through(
    values: Mapping[str, str], form: Form
) -> tuple[dict[str, str], images.Picture | None]:
    """Return what is wrong, in words beside the fields; and when nothing is, the picture, stored."""
    found = validation.errors(sent(values), OWNER, partial="slug" not in values)
    bad = {one["field"] for one in found}
    if "slug" in values and values["slug"] != profiles.proposed_slug(values["slug"]):
        bad.add("slug")
    if not values["url"].lower().startswith(("http://", "https://")):
        bad.add("url")
    problems = {name: gettext(words) for name, words in WORDS.items() if name in bad}
    file = form.file("image")
    if file is None:
        return problems, None
    try:
        prepared = uploads.prepare(file.content, uploads.FIT)
    except PictureRefused as refusal:
        return {**problems, "image": refusal.message}, None
    return problems, None if problems else uploads.store(prepared, "image/png")

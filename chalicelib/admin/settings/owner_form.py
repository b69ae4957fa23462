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
    "name": _("Give it a name of at most 255 characters."),
    "slug": _("Give it an address of letters, digits and hyphens, at most 255."),
    "url": _("Give the address of its website, such as https://example.org."),
    "description": _("Say it in at most 255 characters."),
    "email": _("Enter one e-mail address, such as name@example.org, or none."),
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

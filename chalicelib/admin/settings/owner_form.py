"""The form of a system, issuer or program: its values, errors and image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import limits, texts
from chalicelib.domain.images import images
from chalicelib.domain.owners.owners import OWNER
from chalicelib.domain.shared import email_addresses, slugs, validation
from chalicelib.domain.workspace import profiles
from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.imaging import uploads
from chalicelib.web.form import Form

WORDS = {
    "name": _("Enter a name of at most 255 characters."),
    "slug": _("For the short name, use at most %(most)s letters, digits, and hyphens."),
    "url": _("Enter the website’s full address, for example https://example.org."),
    "description": _("Use at most 255 characters for the description."),
    "email": _("Enter one email address, for example name@example.org, or leave this empty."),
}


def read(form: Form, *, new: bool) -> dict[str, str]:
    """Return the values of the form; without a slug, a new place gets one from its name."""
    values = {name: form.text(name) for name in profiles.MEMBERS}
    values["name"] = texts.line(values["name"])
    if new:
        values["slug"] = form.text("slug").lower() or slugs.from_owner_name(values["name"])
    return values


def as_data(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the values as the domain takes them: empty ones are null."""
    return {name: text or None for name, text in values.items()}


def validate(values: Mapping[str, str], form: Form) -> tuple[dict[str, str], images.Picture | None]:
    """Return the errors by field; if there are none, also store and return the image."""
    found = validation.errors(as_data(values), OWNER, partial="slug" not in values)
    bad = {one["field"] for one in found}
    if "slug" in values and values["slug"] != slugs.from_owner_name(values["slug"]):
        bad.add("slug")
    if not values["url"].lower().startswith(("http://", "https://")):
        bad.add("url")
    problems = {
        name: gettext(words) % {"most": limits.SLUG} for name, words in WORDS.items() if name in bad
    }
    if "email" in problems and not values["email"].isascii():
        problems["email"] = email_addresses.hint(values["email"])
    file = form.file("image")
    if file is None:
        return problems, None
    try:
        prepared = uploads.prepare(file.content, uploads.FIT)
    except PictureRefused as refusal:
        return {**problems, "image": refusal.message}, None
    return problems, None if problems else uploads.store(prepared, "image/png")

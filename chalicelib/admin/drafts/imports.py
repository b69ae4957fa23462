"""Fetches shared templates: by URL from any server, by id from this one.

Users choose the URLs, so requests go only through `chalicelib.net.client`, and every response is
treated as untrusted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote

from chalicelib import config, limits
from chalicelib.data.models import Image
from chalicelib.domain.drafts import drafts, sharing
from chalicelib.domain.drafts.sharing import SharedTemplate
from chalicelib.domain.images import images
from chalicelib.errors import BadgeKitError, InvalidContent, NotFound, PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import uploads
from chalicelib.net import client, redirects

LONGEST_ADDRESS = 2083
LARGEST = 4 * limits.PICTURE + limits.MB  # bytes; JSON takes up to four for each byte of an image
SECONDS = 8.0


class ImportRefused(Exception):
    """The template cannot be imported; the message is for the user."""


def fetch(text: str) -> tuple[SharedTemplate, images.Picture | Image | None]:
    """Fetch the template at a URL or with an id, and its image if it can be used.

    Raises
    ------
    Refused
        With the text to show beside the field.
    """
    if not text:
        raise ImportRefused(gettext("Paste a template link or ID."))
    ours = config.settings().url("/share/")
    if text.startswith(ours) or not text.lower().startswith(("http://", "https://")):
        name = unquote(text.removeprefix(ours).split("?")[0].split("#")[0])
        return _from_here(name)
    shared = _parse(_get(text))
    return shared, _picture(shared)


def _from_here(name: str) -> tuple[SharedTemplate, Image | None]:
    if "/" in name or ":" in name:
        raise ImportRefused(gettext("Paste a full link, starting with http:// or https://."))
    try:
        draft = sharing.find(name)
    except NotFound as problem:
        raise ImportRefused(
            gettext("No template here has that ID. Check it and try again.")
        ) from problem
    image: Image | None = draft.image
    shared = _parse(json.dumps(sharing.document(draft)).encode())
    has_badges = bool(drafts.content(draft)["milestone"]["supportBadges"])
    return shared._replace(has_badges=has_badges), image


def _parse(body: bytes) -> SharedTemplate:
    try:
        return sharing.parse(body)
    except (InvalidContent, sharing.InvalidTemplate) as problem:
        if str(problem) == "too much":
            raise ImportRefused(
                gettext(
                    "This template has more text or more rows than a badge can hold here. "
                    "Ask its owner to shorten it."
                )
            ) from problem
        raise ImportRefused(
            gettext("This link doesn’t lead to a template. Check it and try again.")
        ) from problem


def _get(url: str) -> bytes:
    if len(url) > LONGEST_ADDRESS:
        raise ImportRefused(gettext("This link is too long. Check it and try again."))
    try:
        answer = client.request(
            "GET", url, headers={"Accept": "application/json"}, limit=LARGEST, seconds=SECONDS
        )
    except client.Forbidden as problem:
        raise ImportRefused(
            gettext("This link can’t be opened from here. Paste a link to a page on the public "
                    "internet.")
        ) from problem  # fmt: skip
    except client.Redirected as problem:
        raise ImportRefused(
            gettext("This link redirects. Open it in a browser, then paste the address shown "
                    "there.")
        ) from problem  # fmt: skip
    except client.Refused as problem:
        raise ImportRefused(gettext("This link can’t be used: %s.") % problem.message) from problem
    except client.Unreachable as problem:
        raise ImportRefused(gettext("The site didn’t respond. Try again later.")) from problem
    if answer.status == 404:
        raise ImportRefused(gettext("No template was found at this link. Check it and try again."))
    if answer.status != 200:
        raise ImportRefused(
            gettext(
                "The site responded with status %d, not a template. "
                "Check the link, or try again later."
            )
            % answer.status
        )
    return answer.content


def _picture(shared: SharedTemplate) -> images.Picture | None:
    """Store a template's image in the bucket; return None if it has none that can be used."""
    if shared.design is not None and (drawn := _redrawn(shared)):
        return drawn
    content = shared.picture
    if content is None and shared.picture_url:
        content = _download(shared.picture_url)
    if content is None:
        return None
    try:
        return replace(uploads.store(*uploads.check(content)), alt=shared.alt)
    except PictureRefused:
        return None


def _redrawn(shared: SharedTemplate) -> images.Picture | None:
    """Return an image drawn from a template's design, so that the design stays editable.

    None if the studio here does not support the design.
    """
    from chalicelib.studio import pictures

    try:
        return pictures.keep(shared.design, shared.alt)
    except BadgeKitError:
        return None


def _download(url: str) -> bytes | None:
    """Return the content of a URL, or None if there is none."""
    try:
        answer = redirects.get(url, limit=limits.PICTURE, seconds=SECONDS)
    except (client.Refused, client.Unreachable):
        return None  # the template is imported without it, with a notice
    return answer.content if answer.status == 200 else None

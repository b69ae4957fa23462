"""Fetching a template from where it is shared: by address from anywhere, by its id from here.

Addresses are chosen by others, so they are asked through `chalicelib.net.client` alone, and whatever
comes back is read as if it meant harm.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote, urljoin

from chalicelib import config
from chalicelib.data.models import Image
from chalicelib.domain.drafts import drafts, sharing
from chalicelib.domain.drafts.sharing import Shared
from chalicelib.domain.images import images
from chalicelib.errors import BadgeKitError, InvalidContent, NotFound, PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import uploads
from chalicelib.net import client

LONGEST_ADDRESS = 2083
LARGEST = 4 * images.LARGEST + 1024 * 1024  # bytes; a picture takes up to four for each of its own
SECONDS = 8.0
HOPS = 3  # pictures may be kept elsewhere, as ours are


class Refused(Exception):
    """Why there is nothing to take over, in words for whoever asked."""


def fetched(text: str) -> tuple[Shared, images.Picture | Image | None]:
    """Return the template that an address or id stands for, and its picture if that can be had.

    Raises
    ------
    Refused
        With the words to show beside the field.
    """
    if not text:
        raise Refused(gettext("Paste the address of a template, or its id."))
    ours = config.settings().url("/share/")
    if text.startswith(ours) or not text.lower().startswith(("http://", "https://")):
        name = unquote(text.removeprefix(ours).split("?")[0].split("#")[0])
        return _from_here(name)
    shared = _read(_ask(text))
    return shared, _picture(shared)


def _from_here(name: str) -> tuple[Shared, Image | None]:
    if "/" in name or ":" in name:
        raise Refused(gettext("An address begins with http:// or https://."))
    try:
        draft = sharing.find(name)
    except NotFound as problem:
        raise Refused(gettext("There is no template of that id here.")) from problem
    image: Image | None = draft.image
    shared = _read(json.dumps(sharing.shown(draft)).encode())
    has_badges = bool(drafts.content(draft)["milestone"]["supportBadges"])
    return shared._replace(has_badges=has_badges), image


def _read(body: bytes) -> Shared:
    try:
        return sharing.read(body)
    except (InvalidContent, sharing.NotTaken) as problem:
        if str(problem) == "too much":
            raise Refused(
                gettext(
                    "That template holds more than a badge here can: longer texts, or more rows."
                )
            ) from problem
        raise Refused(gettext("There is no template at that address.")) from problem


def _ask(url: str) -> bytes:
    if len(url) > LONGEST_ADDRESS:
        raise Refused(gettext("That address is too long."))
    try:
        answer = client.request(
            "GET", url, headers={"Accept": "application/json"}, limit=LARGEST, seconds=SECONDS
        )
    except client.Forbidden as problem:
        raise Refused(
            gettext("That address must not be reached: it is not on the public internet, or no "
                    "address of a page.")
        ) from problem  # fmt: skip
    except client.Redirected as problem:
        raise Refused(
            gettext("That address leads on to another one. Open it in a browser, and paste the "
                    "address that you see then.")
        ) from problem  # fmt: skip
    except client.Refused as problem:
        raise Refused(gettext("That address cannot be used: %s.") % problem.message) from problem
    except client.Unreachable as problem:
        raise Refused(gettext("That address did not answer. Try again later.")) from problem
    if answer.status == 404:
        raise Refused(gettext("That address answered 404: there is no template there."))
    if answer.status != 200:
        raise Refused(gettext("That address answered %d, not with a template.") % answer.status)
    return answer.content


def _picture(shared: Shared) -> images.Picture | None:
    """Return a template's picture in our bucket; None when it has none, or none that can be shown."""
    if shared.design is not None and (drawn := _drawn(shared)):
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


def _drawn(shared: Shared) -> images.Picture | None:
    """Return a picture that was drawn again from a template's design, so that it can be changed on.

    None when the design is none, or of a studio that ours does not understand.
    """
    from chalicelib.studio import pictures

    try:
        return pictures.keep(shared.design, shared.alt)
    except BadgeKitError:
        return None


def _download(url: str) -> bytes | None:
    """Return what lies at an address, each step towards it looked at anew."""
    for _ in range(HOPS):
        try:
            answer = client.request("GET", url, limit=images.LARGEST, seconds=SECONDS)
            return answer.content if answer.status == 200 else None
        except client.Redirected as problem:
            url = _next(url, problem.location)
        except (client.Refused, client.Unreachable):
            return None  # the template is good without it, and whoever imports it is told
    return None


def _next(url: str, location: str | None) -> str:
    """Return where a redirect leads; something that is no address when it leads nowhere."""
    try:
        return urljoin(url, location or "")
    except ValueError:
        return ""

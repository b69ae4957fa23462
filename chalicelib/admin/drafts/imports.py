"""Fetching a template from where it is shared: by address from anywhere, by its id from here.

Addresses are chosen by others, so they are asked through `chalicelib.net.client` alone, and whatever
comes back is read as if it meant harm.
"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import unquote, urljoin

from chalicelib import config, limits
from chalicelib.data.models import Image
from chalicelib.domain.drafts import drafts, sharing
from chalicelib.domain.drafts.sharing import Shared
from chalicelib.domain.images import images
from chalicelib.errors import BadgeKitError, InvalidContent, NotFound, PictureRefused
from chalicelib.i18n import gettext
from chalicelib.imaging import uploads
from chalicelib.net import client

LONGEST_ADDRESS = 2083
LARGEST = 4 * limits.PICTURE + limits.MB  # bytes; a picture takes up to four for each of its own
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
        raise Refused(gettext("Paste a template link or ID."))
    ours = config.settings().url("/share/")
    if text.startswith(ours) or not text.lower().startswith(("http://", "https://")):
        name = unquote(text.removeprefix(ours).split("?")[0].split("#")[0])
        return _from_here(name)
    shared = _read(_ask(text))
    return shared, _picture(shared)


def _from_here(name: str) -> tuple[Shared, Image | None]:
    if "/" in name or ":" in name:
        raise Refused(gettext("Paste a full link, starting with http:// or https://."))
    try:
        draft = sharing.find(name)
    except NotFound as problem:
        raise Refused(gettext("No template here has that ID. Check it and try again.")) from problem
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
                    "This template has more text or more rows than a badge can hold here. "
                    "Ask its owner to shorten it."
                )
            ) from problem
        raise Refused(
            gettext("This link doesn’t lead to a template. Check it and try again.")
        ) from problem


def _ask(url: str) -> bytes:
    if len(url) > LONGEST_ADDRESS:
        raise Refused(gettext("This link is too long. Check it and try again."))
    try:
        answer = client.request(
            "GET", url, headers={"Accept": "application/json"}, limit=LARGEST, seconds=SECONDS
        )
    except client.Forbidden as problem:
        raise Refused(
            gettext("This link can’t be opened from here. Paste a link to a page on the public "
                    "internet.")
        ) from problem  # fmt: skip
    except client.Redirected as problem:
        raise Refused(
            gettext("This link redirects. Open it in a browser, then paste the address shown "
                    "there.")
        ) from problem  # fmt: skip
    except client.Refused as problem:
        raise Refused(gettext("This link can’t be used: %s.") % problem.message) from problem
    except client.Unreachable as problem:
        raise Refused(gettext("The site didn’t respond. Try again later.")) from problem
    if answer.status == 404:
        raise Refused(gettext("No template was found at this link. Check it and try again."))
    if answer.status != 200:
        raise Refused(
            gettext(
                "The site responded with status %d, not a template. "
                "Check the link, or try again later."
            )
            % answer.status
        )
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
            answer = client.request("GET", url, limit=limits.PICTURE, seconds=SECONDS)
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

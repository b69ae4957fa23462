"""What a client wants to read: a page or a document (content negotiation, RFC 9110, 12.5.1).

The `Accept` header decides, except for clients whose header says nothing of use: link previews of
social networks and messengers, search engines, and text browsers. They are known by the product
that they name in `User-Agent`, and get the page unless they ask for JSON.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

VARY = "Accept, User-Agent"  # the request headers that the result depends on


class Wants(enum.Enum):
    """What a client wants."""

    PAGE = "an HTML page"
    JSON_LD = "a document, as `application/ld+json`"
    JSON = "a document, as JSON"
    ANYTHING = "anything, as `*/*` says"
    NOTHING_SAID = "unknown: the request has no `Accept`"


# Products that read pages without saying so in `Accept`, in lower case.
_PAGE_READERS = (
    # Link previews. iMessage names Facebook's and Twitter's product; Signal and Pleroma WhatsApp's.
    "facebookexternalhit", "facebot", "meta-externalagent", "meta-externalfetcher", "twitterbot",
    "linkedinbot", "slackbot", "slack-imgproxy", "whatsapp/", "telegrambot", "discordbot",
    "skypeuripreview", "microsoftpreview", "bingpreview", "mastodon/", "bluesky cardyb",
    "pinterestbot", "pinterest/", "redditbot", "summalybot", "synapse (bot", "iframely/",
    "embedly/", "vkshare", "viber/", "mattermost-bot", "january/", "google-pagerenderer", "google-inspectiontool",
    # Search engines
    "googlebot", "bingbot", "applebot", "duckduckbot", "yandexbot", "baiduspider",
    # Text browsers, which name `text/html` and `*/*`, or just `*/*`
    "lynx/", "w3m/", "links (", "elinks/", "elinks (",
)  # fmt: skip
_PAGE = ("text/html", "application/xhtml+xml")
_JSON_LD = "application/ld+json"
_JSON = re.compile(r"[^/]+/(?:x-)?(?:[^/]+\+)?json")
_QUALITY = re.compile(r";\s*q\s*=\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*(?:;|$)")


class _Range(NamedTuple):
    """A media range of `Accept`, in lower case and without parameters, and its weight."""

    name: str
    quality: float


def negotiate(headers: Mapping[str, str], format_: str | None = None) -> Wants:
    """Return what a client wants.

    Parameters
    ----------
    headers : Mapping[str, str]
        The request's headers; their names are in lower case.
    format_ : str, optional
        The query parameter `format`: `json` is the document, whatever the headers say.
    """
    if format_ == "json":
        return Wants.JSON
    ranges = list(_ranges(headers.get("accept", "")))
    named = _named(ranges)
    if named in (Wants.JSON, Wants.JSON_LD):
        return named
    if named is Wants.PAGE and _is_browser(ranges):
        return Wants.PAGE
    if _reads_pages(headers.get("user-agent", "")):
        return Wants.PAGE
    if "accept" not in headers:
        return Wants.NOTHING_SAID
    return Wants.PAGE if _excludes_json(ranges) else Wants.ANYTHING


def _ranges(accept: str) -> Iterator[_Range]:
    """Yield the media ranges of a header; a `*` alone, as the JVM sends, is `*/*`."""
    for part in accept.lower().split(","):
        name = part.partition(";")[0].strip()
        quality = _QUALITY.search(part)
        if name:
            yield _Range(
                "*/*" if name == "*" else name, min(float(quality[1]), 1) if quality else 1
            )


def _named(ranges: list[_Range]) -> Wants | None:
    """Return which kind has the highest weight of those named; the first of several."""
    kinds = [(one.quality, kind) for one in ranges if one.quality and (kind := _kind(one.name))]
    return max(kinds, key=lambda pair: pair[0])[1] if kinds else None


def _kind(name: str) -> Wants | None:
    if name in _PAGE:
        return Wants.PAGE
    if name == _JSON_LD:
        return Wants.JSON_LD
    return Wants.JSON if _JSON.fullmatch(name) else None


def _is_browser(ranges: list[_Range]) -> bool:
    """Return whether a client that names HTML is a browser, and not a JVM.

    Java's HttpURLConnection sends `text/html, image/gif, image/jpeg, */*; q=0.2` for everything
    that it fetches. Browsers name XHTML, too; other clients that prefer HTML name what else they
    accept.
    """
    names = {one.name for one in ranges if one.quality}
    return "*/*" not in names or any(map(_is_telling, names))


def _is_telling(name: str) -> bool:
    return name == "application/xhtml+xml" or _kind(name) in (Wants.JSON, Wants.JSON_LD)


def _reads_pages(user_agent: str) -> bool:
    products = user_agent.lower()
    return any(product in products for product in _PAGE_READERS)


def _excludes_json(ranges: list[_Range]) -> bool:
    """Return whether HTML is acceptable and JSON is not."""
    return bool(_quality(ranges, "text/html")) and not _quality(ranges, "application/json")


def _quality(ranges: list[_Range], name: str) -> float:
    """Return the weight of a media type by the most specific range that covers it."""
    weights = {one.name: one.quality for one in reversed(ranges)}
    covering = (name, f"{name.partition('/')[0]}/*", "*/*")
    return next((weights[one] for one in covering if one in weights), 0)

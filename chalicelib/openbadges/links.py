"""Public URLs of everything that Open Badges documents refer to."""

from __future__ import annotations

import re
from urllib.parse import quote

from chalicelib.data.models import Badge, Image
from chalicelib.domain.owners.places import Scope

_WEB_ADDRESS = re.compile(r"(https?://)?([^/?#\s]+)([^\s]*)", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?:[\w-]+\.)+[\w-]+(?::\d+)?")
_IN_HOST = "%:@[]!$&'()*+,;="  # RFC 3986, 3.2.2
_IN_PATH = "%/?#:@!$&'()*+,;="  # RFC 3986, 3.3 to 3.5


def web_address(text: str | None) -> str | None:
    """Return a text as an http or https URL that every parser accepts, or None if it is not one.

    badgekit-api accepts addresses without a scheme; they become http. Characters that are not
    allowed in a URL are percent-encoded (RFC 3986, 2.1).
    """
    found = _WEB_ADDRESS.fullmatch((text or "").strip())
    if found is None:
        return None
    scheme, host, rest = found.groups()
    if scheme is None and not _HOST_NAME.fullmatch(host):
        return None
    url = quote(host, safe=_IN_HOST) + quote(rest, safe=_IN_PATH)
    return (scheme or "http://") + re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)


class Links:
    """The public URLs of one deployment; paths are badgekit-api's where it had them.

    Parameters
    ----------
    base : str
        The deployment's own URL (the setting ``PERSONA_AUDIENCE``).
    """

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def _url(self, *names: str) -> str:
        return "/".join([self._base, *(quote(name, safe="") for name in names)])

    def assertion(self, slug: str) -> str:
        """Return the URL of an award's assertion."""
        return self._url("public", "assertions", slug)

    def assertion_image(self, slug: str) -> str:
        """Return the URL of an award's baked image."""
        return self._url("public", "assertions", slug, "image")

    def owner(self, scope: Scope) -> str:
        """Return the URL of the issuer profile of a system, issuer or program."""
        return self._url("public", *_levels(scope))

    def badge(self, badge: Badge) -> str:
        """Return the URL of a badge class; a badge may outlive its system."""
        scope = scope_of(badge)
        return self._url("public", *(_levels(scope) if scope else ()), "badges", badge.slug)

    def issuer(self, badge: Badge) -> str:
        """Return the URL of the profile of a badge's issuer."""
        scope = scope_of(badge)
        return self.owner(scope) if scope else self._url("public", "badges", badge.slug, "issuer")

    def criteria(self, badge: Badge) -> str:
        """Return the URL of a badge's criteria: its own one, or our page."""
        if elsewhere := web_address(badge.criteria_url):
            return elsewhere
        if badge.system is None:
            return self.badge(badge)
        return self._url("system", badge.system.slug, "badge", badge.slug, "criteria")

    def image(self, image: Image | None) -> str:
        """Return the URL of an image, or of the default image if there is none."""
        if image is None:
            return self._url("public", "images", "default")
        elsewhere = None if image.key else web_address(image.url)
        return elsewhere or self._url("public", "images", image.slug)


def scope_of(badge: Badge) -> Scope | None:
    """Return the scope that a badge belongs to, or None if its system was deleted."""
    return Scope(badge.system, badge.issuer, badge.program) if badge.system else None


def _levels(scope: Scope) -> list[str]:
    names = ["systems", scope.system.slug]
    if scope.issuer:
        names += ["issuers", scope.issuer.slug]
        if scope.program:
            names += ["programs", scope.program.slug]
    return names

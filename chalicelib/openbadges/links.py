"""Public URLs of everything that Open Badges documents refer to."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote

from chalicelib import config
from chalicelib.data.models import Badge, Image
from chalicelib.domain.badges import criteria_pages
from chalicelib.domain.owners import addresses, issuer_profiles
from chalicelib.domain.owners.issuer_profiles import Profile, scope_of
from chalicelib.domain.owners.places import Scope
from chalicelib.web_addresses import web_address


class Links:
    """The public URLs of one deployment.

    Documents of Open Badges 2.0, pages and mails use ids, which never change. Documents of 1.0 use
    the slugs of badgekit-api's addresses (`…_at_slug`).

    Parameters
    ----------
    base : str
        The deployment's own URL (the setting ``PERSONA_AUDIENCE``, or a former one).
    taken : Collection[tuple[str, int]]
        Which addresses with slugs lead to something else, which had them before (see
        `addresses.taken`).
    """

    def __init__(self, base: str, taken: Collection[tuple[str, int]] = ()) -> None:
        self._base = base.rstrip("/")
        self._taken = taken

    def _url(self, *names: str) -> str:
        return "/".join([self._base, *(quote(name, safe="") for name in names)])

    def typed(self, text: str | None) -> str | None:
        """Return an address that was typed or sent (see `web_address`), or None.

        One of this deployment is built anew, since it may have had another host then.
        """
        url = web_address(text)
        path = config.settings().own_path(f"{url.rstrip('/')}/") if url else None
        return url if path is None else self._base + path.rstrip("/")

    def assertion(self, slug: str) -> str:
        """Return the URL of an award's assertion."""
        return self._url("public", "assertions", slug)

    def award(self, slug: str) -> str:
        """Return the URL of an award's page, to share: it is a page for every client."""
        return self._url("public", "awards", slug)

    def assertion_image(self, slug: str) -> str:
        """Return the URL of an award's baked image."""
        return self._url("public", "assertions", slug, "image")

    def badge(self, badge: Badge) -> str:
        """Return the id of a badge class: of the version as which the badge was loaded."""
        if badge.public_id is None:  # an earlier version of BadgeKit has just created it
            return self.badge_at_slug(badge)
        return self.badge_with_id(badge.public_id)

    def badge_with_id(self, public_id: str) -> str:
        """Return the id of a badge class by the badge's public id."""
        return self._url("id", "badges", public_id)

    def issuer(self, badge: Badge, profile: Profile | None) -> str:
        """Return the id of the profile of a badge's issuer; the profile may be unknown."""
        if profile is None:
            return self.issuer_at_slug(badge)
        return self.profile(profile)

    def profile(self, profile: Profile) -> str:
        """Return the id of an issuer profile."""
        if profile.public_id is None:
            return self.owner_at_slug(profile.scope) if profile.scope else self._base
        return self._profile(profile.public_id)

    def _profile(self, public_id: str) -> str:
        return self._url("id", "issuers", public_id)

    def criteria(self, badge: Badge) -> str:
        """Return the URL of a badge's criteria: its own one, or our page."""
        if elsewhere := self.typed(badge.criteria_url):
            return elsewhere
        if badge.public_id is None:
            return self.badge_at_slug(badge)
        return self._base + criteria_pages.path_by_id(badge.public_id)

    def image(self, image: Image | None) -> str:
        """Return the URL of an image, or of the default image if there is none.

        Images on other sites have their own, until they are copied to the bucket.
        """
        if image is None:
            return self._url("public", "images", "default")
        elsewhere = None if image.key else self.typed(image.url)
        return elsewhere or self._url("public", "images", image.slug)

    def owner_at_slug(self, scope: Scope) -> str:
        """Return badgekit-api's URL of a system, issuer or program."""
        return self._url("public", *_levels(scope))

    def badge_at_slug(self, badge: Badge) -> str:
        """Return badgekit-api's URL of a badge, if it is its own; a badge may outlive its system."""
        if (addresses.BADGE, badge.id) in self._taken:
            return self.badge(badge)
        scope = scope_of(badge)
        return self._url("public", *(_levels(scope) if scope else ()), "badges", badge.slug)

    def issuer_at_slug(self, badge: Badge) -> str:
        """Return badgekit-api's URL of a badge's issuer, if it is its own and was not deleted."""
        scope = scope_of(badge)
        if badge.former_owner:
            return self._profile(badge.former_owner)
        if scope and (addresses.OWNER, badge.id) in self._taken:
            return self.profile(issuer_profiles.of(scope))
        if scope is None:
            return self._url("public", "badges", badge.slug, "issuer")
        return self.owner_at_slug(scope)

    def criteria_at_slug(self, badge: Badge) -> str:
        """Return the URL of a badge's criteria: its own one, or that of BadgeKit's web app.

        The latter may belong to another badge, which had it before; then it is our page by id.
        """
        if elsewhere := self.typed(badge.criteria_url):
            return elsewhere
        if badge.system is None:
            return self.badge_at_slug(badge)
        if (addresses.CRITERIA, badge.id) in self._taken:
            return self.criteria(badge)
        return self._base + criteria_pages.path(badge.system.slug, badge.slug)

    def image_at_source(self, image: Image | None) -> str:
        """Return the URL of an image as clients of badgekit-api know it: the one that was sent."""
        return (image and web_address(image.url)) or self.image(image)


def _levels(scope: Scope) -> list[str]:
    names = ["systems", scope.system.slug]
    if scope.issuer:
        names += ["issuers", scope.issuer.slug]
        if scope.program:
            names += ["programs", scope.program.slug]
    return names

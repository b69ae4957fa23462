"""Public pages and documents: badges, issuers, assertions and images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib import config
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import validity
from chalicelib.domain.badges import catalog, codes, public
from chalicelib.domain.drafts import sharing
from chalicelib.domain.images import images
from chalicelib.domain.owners import addresses, issuer_profiles, owners, places
from chalicelib.domain.owners.issuer_profiles import Profile
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.shared.pagination import Listed, Page, PageSize
from chalicelib.errors import Gone, InvalidParameter, NotFound
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links
from chalicelib.public import documents
from chalicelib.public.documents import Address
from chalicelib.web.request import request
from chalicelib.web.responses import json_response, redirect
from chalicelib.web_addresses import web_address

ARCHIVED = {"any": None, "true": True, "1": True, "false": False, "0": False, "": False}
LARGEST_PAGE = 1_000_000
MOST_PLACES = 500  # that one page links to


def _links(badges: Sequence[Badge] = (), *kinds: str) -> Links:
    """Return the public URLs at the host that the client asked.

    Parameters
    ----------
    badges : Sequence[Badge]
        Badges whose addresses with slugs are needed.
    kinds : str
        Which of these addresses; all by default (see `addresses.taken`).
    """
    base = config.settings().base_at(request().headers.get("host", ""))
    return Links(base, addresses.taken(badges, *kinds) if badges else ())


def _links_for(version: Any, badge: Badge, *kinds: str) -> Links:
    """Return the public URLs for a document of a version; only 1.0 names badges by their slugs."""
    return _links([badge], *kinds) if version is v1 else _links()


def _mail_from() -> str:
    return config.settings().text("MAIL_FROM")


def _as_json(url: str) -> str:
    return f"{url}?format=json"


def _issuer_profile(badge: Badge) -> dict[str, Any]:
    """Return the profile of a badge's issuer with all members that pages show."""
    return {
        "description": None,
        **v2.issuer_of(_links(), badge, email=_mail_from()),
    }


def assertion(slug: str) -> Response:
    award = public.assertion(slug)
    if documents.wants_page():
        return award_page(award)
    if award.revoked:
        return documents.document(v2.revoked(_links(), award), 410)
    version = documents.version(Address.ASSERTION)
    links = _links_for(version, _badge_of(award), addresses.BADGE)
    return documents.document(version.assertion(links, award))


def award(slug: str) -> Response:
    """Show an award at the address to share, which is a page for every client."""
    return award_page(public.assertion(slug))


def award_page(award: Award, *, checked: str = "", belongs: bool = False) -> Response:
    """Show the page of an award.

    Parameters
    ----------
    award : Award
        The award, with its badge and the badge's owners.
    checked : str
        The address that was checked on this page; empty if none was.
    belongs : bool
        Whether the award belongs to that address.
    """
    links, badge = _links(), award.badge
    if award.revoked:
        issuer = badge and _issuer_profile(badge)
        return documents.page(
            "public/revoked.html", 410,
            system=badge.system if badge else None, award=award, badge=badge, issuer=issuer,
        )  # fmt: skip
    badge = _badge_of(award)
    return documents.page(
        "public/assertion.html",
        system=badge.system,
        award=award,
        standing=validity.status_of(award),
        badge=badge,
        issuer=_issuer_profile(badge),
        criteria=catalog.details_of(badge).criteria,
        checked=checked,
        belongs=belongs,
        award_url=links.award(award.slug),
        badge_url=links.badge(badge),
        json_url=_as_json(links.assertion(award.slug)),
        image_url=links.assertion_image(award.slug)
        if award.baked_key
        else links.image(badge.image),
        image_alt=v2.image_alt(award),
    )


def _badge_of(award: Award) -> Badge:
    if award.badge is None:
        raise NotFound("Could not find badge instance")
    return award.badge


def assertion_image(slug: str) -> Response:
    award = public.assertion(slug)
    if award.revoked:
        raise Gone("This award was revoked, so its image is no longer available.")
    if not award.baked_key:
        raise NotFound("This award's image is not ready yet. Try again shortly.")
    from chalicelib.aws import storage

    # From the bucket, by a link that soon expires: a revocation must show at once.
    return redirect(storage.link(award.baked_key, seconds=60), 302, documents.NO_CACHE)


def badge(
    badge: str, system: str, issuer: str | None = None, program: str | None = None
) -> Response:
    return _badge_at(Place(system, issuer, program), badge)


def badge_by_slug(badge: str) -> Response:
    return _badge_at(None, badge)


def _badge_at(place: Place | None, slug: str) -> Response:
    is_original = not documents.wants_page() and documents.version(Address.ORIGINAL) is v1
    return _badge(public.badge_at(place, slug, present=is_original), Address.ORIGINAL)


def badge_by_id(id: str) -> Response:
    return _badge(public.badge(id), Address.PERMANENT)


def _badge(row: Badge, address: Address) -> Response:
    if not documents.wants_page():
        version, details = documents.version(address), catalog.details_of(row)
        return documents.document(version.badge_class(_links_for(version, row), row, details))
    links = _links()
    url = links.badge(row)
    return documents.page(
        "public/badge.html",
        system=row.system,
        badge=row,
        present_url=_present_url(row, links),
        issuer=_issuer_profile(row),
        details=catalog.details_of(row) if row.earlier else catalog.view(row).details,
        links=links,
        has_codes=codes.are_left(row),
        badge_url=url,
        json_url=_as_json(url),
        image_url=links.image(row.image),
        image_alt=images.alt(row.image),
    )


def criteria(system: str, badge: str) -> Response:
    return _criteria(public.criteria_at(system, badge))


def criteria_by_id(id: str) -> Response:
    return _criteria(public.badge(id))


def _criteria(row: Badge) -> Response:
    return documents.page(
        "public/criteria.html",
        system=row.system,
        badge=row,
        criteria=catalog.details_of(row).criteria,
        present_url=_present_url(row, _links()),
    )


def _present_url(row: Badge, links: Links) -> str | None:
    """Return the URL of the present version of a badge, if this is an earlier one."""
    return links.badge_with_id(row.earlier.present) if row.earlier else None


def issuer(system: str, issuer: str | None = None, program: str | None = None) -> Response:
    place = Place(system, issuer, program)
    known = addresses.owner_at(place)
    profile = issuer_profiles.find(known) if known else issuer_profiles.of(owners.scope(*place))
    return _issuer(profile, Address.ORIGINAL)


def issuer_by_id(id: str) -> Response:
    return _issuer(issuer_profiles.find(id), Address.PERMANENT)


def _issuer(profile: Profile, address: Address) -> Response:
    links, email = _links(), _mail_from()
    if not documents.wants_page():
        return documents.document(documents.version(address).issuer(links, profile, email=email))
    return _issuer_page(v2.issuer(links, profile, email=email), profile.scope)


def issuer_of(badge: str) -> Response:
    row = public.badge_at(None, badge)
    if not documents.wants_page():
        version = documents.version(Address.ORIGINAL)
        return documents.document(version.issuer_of(_links(), row, email=_mail_from()))
    return _issuer_page(_issuer_profile(row), issuer_profiles.scope_of(row))


def _issuer_page(profile: dict[str, Any], scope: Scope | None) -> Response:
    """Show a profile, the badges of its place, and the places within; a deleted one has neither."""
    links, page = _links(), Page(max(1, _number("page", LARGEST_PAGE)), PageSize.PUBLIC_BADGES)
    found = public.badges_of(scope, page) if scope else Listed([], 0)
    return documents.page(
        "public/issuer.html",
        system=scope.system if scope else None,
        issuer={"description": None, "image": None, **profile},
        badges=found.rows,
        total=found.total,
        number=page.number,
        total_pages=-(-found.total // page.size),
        within=[(links.owner_at_slug(one), one.innermost.name) for one in _within(scope)],
        around=[(links.owner_at_slug(one), one.innermost.name) for one in _around(scope)],
        links=links,
        json_url=_as_json(profile["id"]),
        image_url=profile.get("image") or links.image(None),
    )


def _around(scope: Scope | None) -> list[Scope]:
    """Return the places around one, from the outermost."""
    outer: list[Scope] = []
    if scope and scope.issuer:
        outer.append(Scope(scope.system))
    if scope and scope.program:
        outer.append(Scope(scope.system, scope.issuer))
    return outer


def _within(scope: Scope | None) -> list[Scope]:
    """Return the places directly within one."""
    first = Page(1, MOST_PLACES)
    if scope is None or scope.program:
        return []
    if scope.issuer:
        rows = owners.programs(scope.issuer, first).rows
        return [Scope(scope.system, scope.issuer, one) for one in rows]
    return [Scope(scope.system, one) for one in owners.issuers(scope.system, first).rows]


def badges() -> Response:
    """List badges for programs; people are led to the systems that award them."""
    archived = _archived()
    if documents.wants_page():
        return _systems_page()
    number, size = _number("page", LARGEST_PAGE), _number("count", PageSize.PUBLIC_LARGEST)
    page = Page(number, size) if number and size else None
    found = public.badges(archived=archived, page=page)
    links = _links(found.rows, addresses.BADGE)
    body: dict[str, Any] = {
        "badgelist": [{"location": links.badge_at_slug(row)} for row in found.rows],
    }
    if page:
        body["pageData"] = {"page": page.number, "count": page.size, "total": found.total}
    return documents.document(body)


def _systems_page() -> Response:
    links = _links()
    found = owners.systems(Page(1, MOST_PLACES)).rows
    systems = [(links.owner_at_slug(Scope(one)), one.name) for one in found]
    if len(systems) == 1:
        return redirect(systems[0][0], 302, documents.NO_CACHE)
    return documents.page("public/systems.html", systems=systems)


def _number(parameter: str, largest: int) -> int:
    """Return the number that a parameter begins with, as badgekit-api does; 0 if there is none."""
    found = re.match(r"\s*(\d{1,18})", request().joined(parameter) or "", re.ASCII)
    return min(int(found[1]), largest) if found else 0


def _archived() -> bool | None:
    value = request().joined("archived") or ""
    if value not in ARCHIVED:
        raise InvalidParameter(
            "Invalid `archived` parameter. Expecting one of 'true', 'false' or 'any'.",
            parameter="archived",
        )
    return ARCHIVED[value]


def image(slug: str) -> Response:
    row = public.image(slug)
    if row.key:
        return _stored(row.key)
    url = web_address(row.url)
    if url is None:
        raise places.missing("image", "slug", slug)
    # Some clients read the body of badgekit-api's redirect, because theirs do not follow it.
    return json_response({"location": url}, 301, {"Location": url})


def image_of_badge(id: str) -> Response:
    """Redirect from a badge image's URL in the original web app; the image may change later."""
    found = sharing.picture(id)
    if found is not None and found.key:
        return _stored(found.key)
    url = web_address(found.url) if found else None
    return redirect(url, 302, documents.FIVE_MINUTES) if url else image_by_default()


def image_by_default() -> Response:
    from chalicelib.imaging import builtin
    from chalicelib.openbadges import default_image

    return redirect(builtin.link(default_image.FILE), 302, documents.FIVE_MINUTES)


def _stored(key: str) -> Response:
    """Redirect to an image in our bucket."""
    from chalicelib.imaging import store

    return redirect(store.link(key), 302, documents.FIVE_MINUTES)

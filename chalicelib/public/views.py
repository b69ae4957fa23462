"""Public pages and documents: badges, issuers, assertions and images.

One URL serves people and machines. Browsers get a page. Of the two kinds of machines, those that
say what they accept get Open Badges 2.0; those that say nothing are clients of badgekit-api, which
sends no `Accept`, and get the 1.0 documents that it answered. All are `application/json`, which
both kinds take.
"""

from __future__ import annotations

import re
from typing import Any

from chalice.app import Response

from chalicelib import config
from chalicelib.data.models import Badge
from chalicelib.domain.badges import badges as badge_repository
from chalicelib.domain.badges import catalog, public
from chalicelib.domain.drafts import sharing
from chalicelib.domain.images import images
from chalicelib.domain.owners import owners, places
from chalicelib.domain.owners.places import Place
from chalicelib.domain.shared.pagination import Page, PageSize
from chalicelib.errors import Gone, InvalidParameter, NotFound
from chalicelib.openbadges import v1, v2
from chalicelib.openbadges.links import Links, web_address
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, json_response, redirect

ARCHIVED = {"any": None, "true": True, "1": True, "false": False, "0": False, "": False}
LARGEST_PAGE = 1_000_000

# Backpacks and displayers fetch from within browsers.
FOR_ALL_SITES = {"Access-Control-Allow-Origin": "*"}
# A revocation must show at once, whatever lies between.
FRESH = {"Cache-Control": "no-cache", "Vary": "Accept"}
# Shorter than the links to the bucket are good for.
FOR_A_WHILE = {"Cache-Control": "public, max-age=300"}


def _links() -> Links:
    return Links(config.settings().url(""))


def _mail_from() -> str:
    return config.settings().text("MAIL_FROM")


def _for_people() -> bool:
    """Tell whether a page is wanted; `?format=json` shows people what machines see."""
    return request().wants_html and request().argument("format") != "json"


def _spoken() -> Any:
    """Return the module of the documents that a machine understands."""
    return v2 if "accept" in request().headers else v1


def _document(body: dict[str, Any], status: int = 200) -> Response:
    return json_response(body, status, {**FRESH, **FOR_ALL_SITES})


def _page(template: str, status: int = 200, **context: Any) -> Response:
    from chalicelib.web import templates

    return html_response(templates.render(template, **context), status, {"Vary": "Accept"})


def _as_json(url: str) -> str:
    return f"{url}?format=json"


def _issuer_for_people(badge: Badge) -> dict[str, Any]:
    """Return the issuer's profile with all members that pages show."""
    return {
        "description": None,
        **v2.issuer_of(_links(), badge, email=_mail_from()),
    }


def assertion(slug: str) -> Response:
    award, links = public.assertion(slug), _links()
    badge = award.badge
    if award.revoked:
        if not _for_people():
            return _document(v2.revoked(links, award), 410)
        issuer = badge and _issuer_for_people(badge)
        return _page("public/revoked.html", 410, award=award, badge=badge, issuer=issuer)
    if badge is None:
        raise NotFound("Could not find badge instance")
    if not _for_people():
        return _document(_spoken().assertion(links, award))
    url = links.assertion(award.slug)
    return _page(
        "public/assertion.html",
        award=award,
        badge=badge,
        issuer=_issuer_for_people(badge),
        criteria=_details(badge).criteria,
        assertion_url=url,
        json_url=_as_json(url),
        image_url=links.assertion_image(award.slug)
        if award.baked_key
        else links.image(badge.image),
        image_alt=v2.picture_alt(award),
    )


def assertion_image(slug: str) -> Response:
    award = public.assertion(slug)
    if award.revoked:
        raise Gone("This award was revoked, so its image is no longer available.")
    if not award.baked_key:
        raise NotFound("This award's image is not ready yet. Try again shortly.")
    from chalicelib.aws import storage

    # Straight from the bucket, and not for long: a revocation must show at once.
    return redirect(storage.link(award.baked_key, seconds=60), 302, {**FRESH, **FOR_ALL_SITES})


def badge(
    badge: str, system: str, issuer: str | None = None, program: str | None = None
) -> Response:
    return _badge(badge_repository.find(Place(system, issuer, program), badge, even_deleted=True))


def badge_by_slug(badge: str) -> Response:
    return _badge(badge_repository.by_slug(badge))


def _details(row: Badge) -> catalog.Details:
    return catalog.details([row.id])[row.id]


def _badge(row: Badge) -> Response:
    links, details = _links(), _details(row)
    if not _for_people():
        return _document(_spoken().badge_class(links, row, details))
    url = links.badge(row)
    return _page(
        "public/badge.html",
        badge=row,
        issuer=_issuer_for_people(row),
        criteria=details.criteria,
        badge_url=url,
        json_url=_as_json(url),
        image_url=links.image(row.image),
        image_alt=images.alt(row.image),
    )


def criteria(system: str, badge: str) -> Response:
    row = badge_repository.find(Place(system), badge, even_deleted=True)
    return _page("public/criteria.html", badge=row, criteria=_details(row).criteria)


def issuer(system: str, issuer: str | None = None, program: str | None = None) -> Response:
    scope, links = owners.scope(system, issuer, program), _links()
    if not _for_people():
        return _document(_spoken().issuer(links, scope, email=_mail_from()))
    return _issuer_page(v2.issuer(links, scope, email=_mail_from()))


def issuer_of(badge: str) -> Response:
    row = badge_repository.by_slug(badge)
    if not _for_people():
        return _document(_spoken().issuer_of(_links(), row, email=_mail_from()))
    return _issuer_page(_issuer_for_people(row))


def _issuer_page(profile: dict[str, Any]) -> Response:
    return _page(
        "public/issuer.html",
        issuer={"description": None, **profile},
        json_url=_as_json(profile["id"]),
    )


def badges() -> Response:
    number, size = _number("page", LARGEST_PAGE), _number("count", PageSize.PUBLIC_LARGEST)
    page = Page(number, size) if number and size else None
    links, found = _links(), public.badges(archived=_archived(), page=page)
    body: dict[str, Any] = {
        "badgelist": [{"location": links.badge(row)} for row in found.rows],
    }
    if page:
        body["pageData"] = {"page": page.number, "count": page.size, "total": found.total}
    return _document(body)


def _number(parameter: str, largest: int) -> int:
    """Return a parameter as badgekit-api reads numbers, by its leading digits; 0 if it has none."""
    found = re.match(r"\s*(\d{1,18})", request().argument(parameter) or "", re.ASCII)
    return min(int(found[1]), largest) if found else 0


def _archived() -> bool | None:
    value = request().argument("archived") or ""
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
    return redirect(url, 301, FOR_ALL_SITES)


def image_of_badge(id: str) -> Response:
    """Answer at the address that the original web app gave pictures; it may show another later."""
    found = sharing.picture(id)
    if found is not None and found.key:
        return _stored(found.key)
    url = web_address(found.url) if found else None
    return redirect(url, 302, {**FOR_A_WHILE, **FOR_ALL_SITES}) if url else image_by_default()


def image_by_default() -> Response:
    from chalicelib.imaging import builtin
    from chalicelib.openbadges import default_image

    return redirect(builtin.link(default_image.FILE), 302, {**FOR_A_WHILE, **FOR_ALL_SITES})


def _stored(key: str) -> Response:
    """Send the client to a picture of ours."""
    from chalicelib.imaging import store

    return redirect(store.link(key), 302, {**FOR_A_WHILE, **FOR_ALL_SITES})

"""Who gets which document: pages, Open Badges 2.0 or 1.0, and the headers that they have.

Each URL serves people and programs. Browsers and link previews get a page. Programs get Open
Badges 2.0, except those of badgekit-api's clients: its own addresses keep what it served there.
"""

from __future__ import annotations

import enum
from typing import Any

from chalice.app import Response

from chalicelib.data.models import System
from chalicelib.web import negotiation
from chalicelib.web.negotiation import Wants
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, json_response

# A revocation must show at once, so caches must revalidate.
NO_CACHE = {"Cache-Control": "no-cache", "Vary": negotiation.VARY}

# Shorter than the lifetime of links to the bucket.
FIVE_MINUTES = {"Cache-Control": "public, max-age=300"}


class Address(enum.Enum):
    """Kinds of addresses; the value is what the clients that get Open Badges 1.0 there want.

    Clients of badgekit-api send no `Accept`, or `*/*`, as curl and most libraries do. So do
    verifiers, which begin with an assertion.
    """

    ASSERTION = frozenset({Wants.NOTHING_SAID})
    ORIGINAL = frozenset({Wants.NOTHING_SAID, Wants.ANYTHING})  # a badge or issuer by its slugs
    PERMANENT = frozenset[Wants]()  # what 2.0 documents name; badgekit-api had none


def wants_page() -> bool:
    """Return whether to return a page."""
    return request().wants_html


def version(address: Address) -> Any:
    """Return the module that makes the documents for the client at this kind of address."""
    from chalicelib.openbadges import v1, v2  # imported here: the front page does not need them

    return v1 if request().wants in address.value else v2


def document(body: dict[str, Any], status: int = 200) -> Response:
    """Return a document, as JSON-LD if the client asks for it and the document is that."""
    is_json_ld = request().wants is Wants.JSON_LD and "@context" in body
    kind = {"Content-Type": "application/ld+json"} if is_json_ld else {}
    return json_response(body, status, {**NO_CACHE, **kind}, ascii_only=True)


def page(
    template: str, status: int = 200, *, system: System | None = None, **context: Any
) -> Response:
    """Return a page at a URL that serves documents, too.

    Parameters
    ----------
    template : str
        The template.
    status : int
        The HTTP status.
    system : System, optional
        The system whose page it is, with its image; by default the deployment's.
    **context : Any
        What the template shows.
    """
    from chalicelib.openbadges import brands
    from chalicelib.web import templates

    brand = brands.of(system) if system else None
    text = templates.render(template, brand, **context)
    return html_response(text, status, {"Vary": negotiation.VARY})

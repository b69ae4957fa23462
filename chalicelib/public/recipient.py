"""The check on an award's page: does the award belong to an address?"""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.awards import lookup
from chalicelib.domain.badges import public
from chalicelib.public import views
from chalicelib.web import form
from chalicelib.web.responses import redirect
from chalicelib.web.urls import href, segment

LARGEST_FORM = 4096  # bytes: a form with one address


def back(slug: str) -> Response:
    """Redirect to the award's page: the form's address, copied or opened again, has no page."""
    return redirect(href(f"/public/awards/{segment(slug)}"))


def check(slug: str) -> Response:
    """Show the page of an award, with whether it belongs to the address in the form.

    The address is in the body, so that it is in no log and in no history.
    """
    award, email = public.assertion(slug), form.read(LARGEST_FORM).text("email")
    return views.award_page(award, checked=email, belongs=lookup.belongs_to(award, email))

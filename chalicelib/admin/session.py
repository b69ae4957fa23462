"""Who is signed in, and views that are not for everybody."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from chalice.app import Response

from chalicelib import times, tokens
from chalicelib.admin import cookies, csrf, keys, permissions
from chalicelib.admin.permissions import Permission, Person
from chalicelib.http import href, html_answer, redirect, request

COOKIE = "session"
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Visit:
    """A request of somebody who is signed in.

    Parameters
    ----------
    person : Person
        Who it is.
    cookie : str
        What says so.
    """

    person: Person
    cookie: str

    @property
    def csrf(self) -> str:
        """The token for the forms of the page."""
        return csrf.token(self.cookie)

    def may(self, permission: Permission) -> bool:
        """Tell whether the person has a permission."""
        return permissions.may(self.person, permission)


def started(email: str) -> dict[str, str]:
    """Return the header that signs an address in."""
    claims = {"email": email, "exp": times.unix(times.now() + LASTS)}
    token = tokens.sign(claims, keys.derived("session"))
    return cookies.written(COOKIE, token, int(LASTS.total_seconds()))


def ended() -> dict[str, str]:
    """Return the header that signs out."""
    return cookies.written(COOKIE, "", 0)


def current() -> Visit | None:
    """Return who is signed in and still has access, or None."""
    cookie = cookies.read(COOKIE)
    claims = cookie and tokens.claims(cookie, [keys.derived("session")])
    if not cookie or not claims or claims["exp"] <= times.unix(times.now()):
        return None
    person = permissions.person(claims["email"])
    return Visit(person, cookie) if person else None


def restricted(
    permission: Permission,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Make a view one for people with a permission; it gets their visit as its first argument.

    Whoever is not signed in is asked to, whoever has no permission is told whom to ask. A form
    must have been sent from one of our own pages.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(view)
        def wrapper(**arguments: str) -> Response:
            visit = current()
            if visit is None:
                return redirect(href("/signin"))
            if request().method == "POST":
                csrf.checked_form(visit.cookie)
            if not visit.may(permission):
                from chalicelib import pages

                return html_answer(pages.render("admin/no-access.html", visit=visit), 403)
            return view(visit, **arguments)

        return wrapper

    return decorate

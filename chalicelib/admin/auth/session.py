"""Sessions: who is signed in, and the place they work in."""

from __future__ import annotations

import functools
from datetime import timedelta

from chalicelib import times, tokens
from chalicelib.admin.auth import cookies, csrf, keys, permissions, workplace
from chalicelib.admin.auth.permissions import Permission, Person
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.web.form import Form

COOKIE = "session"
LASTS = timedelta(days=7)


class Visit:
    """A request of somebody who is signed in.

    Parameters
    ----------
    person : Person
        Who it is.
    cookie : str
        What says so.
    form : Form
        What they sent; empty unless they sent a form.
    """

    def __init__(self, person: Person, cookie: str) -> None:
        self.person = person
        self.cookie = cookie
        self.form = Form({})

    @property
    def csrf(self) -> str:
        """The token for the forms of the page."""
        return csrf.token(self.cookie)

    @functools.cached_property
    def scope(self) -> Scope | None:
        """The place that they work as, or None when there is none that they may enter."""
        return workplace.current(self.person)

    def may(self, permission: Permission | str, place: Place | None = None) -> bool:
        """Tell whether the person has a permission; in the place that they work as, unless told."""
        wanted = Permission(permission)
        if place is None and wanted in permissions.IN_PLACES and self.scope:
            place = self.scope.place
        return permissions.may(self.person, wanted, place)

    def may_do(self, permission: Permission | str, thing: Badge | Draft) -> bool:
        """Tell whether the person may do something to a badge or draft, wherever that is."""
        return self.may(permission, workplace.place_of(thing))


def start(email: str) -> dict[str, str]:
    """Return the header that signs an address in."""
    claims = {"email": email, "exp": times.unix(times.now() + LASTS)}
    token = tokens.sign(claims, keys.derive_key("session"))
    return cookies.set_cookie(COOKIE, token, int(LASTS.total_seconds()))


def end() -> dict[str, str]:
    """Return the header that signs out."""
    return cookies.set_cookie(COOKIE, "", 0)


def current() -> Visit | None:
    """Return who is signed in and still has access, or None."""
    cookie = cookies.read(COOKIE)
    claims = cookie and tokens.claims(cookie, [keys.derive_key("session")])
    if not cookie or not claims or claims["exp"] <= times.unix(times.now()):
        return None
    person = permissions.person(claims["email"])
    return Visit(person, cookie) if person else None

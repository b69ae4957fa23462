"""Sessions: who is signed in, and their current place."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib import config, times, tokens
from chalicelib.admin.auth import cookies, csrf, keys, permissions, workplace
from chalicelib.admin.auth.permissions import Permission, Person
from chalicelib.data.models import Badge, Draft
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.web.form import Form

if TYPE_CHECKING:
    from chalicelib.domain.workspace.attention import Attention

COOKIE = "session"
CHECKLIST = "checklist"  # a cookie that holds one of the following
GUIDED, DISMISSED = "guided", "dismissed"
LASTS = timedelta(days=7)


class Visit:
    """A request of a signed-in user.

    The attribute `form` holds the form of the request; it is empty without one.

    Parameters
    ----------
    person : Person
        The user.
    cookie : str
        The session cookie.
    """

    def __init__(self, person: Person, cookie: str) -> None:
        self.person = person
        self.cookie = cookie
        self.form = Form({})

    @property
    def csrf(self) -> str:
        """The CSRF token of the page's forms."""
        return csrf.token(self.cookie)

    @functools.cached_property
    def scope(self) -> Scope | None:
        """The current place, or None when there is none that the user can enter."""
        return workplace.current(self.person)

    @functools.cached_property
    def attention(self) -> Attention:
        """What waits for the user in the current place, and failed in any of the user's places."""
        from chalicelib.domain.jobs import activity
        from chalicelib.domain.workspace import attention

        reviews = self.may(Permission.REVIEW) and not config.settings().optional("OPENBADGER_URL")
        seen = (
            activity.Filters(badges=self.active_badges)
            if self.may(Permission.SEE_ACTIVITY)
            else None
        )
        return attention.count(self.scope if reviews else None, seen)

    @functools.cached_property
    def active_badges(self) -> Any:
        """The query for the ids of the badges whose activity the user may see; None for all."""
        return workplace.badges_with(self.person, Permission.SEE_ACTIVITY)

    @property
    def is_guided(self) -> bool:
        """Whether the user came from the checklist, and pages lead back to it."""
        return cookies.read(CHECKLIST) == GUIDED

    def may(self, permission: Permission | str, place: Place | None = None) -> bool:
        """Return whether the user has a permission, by default in the current place."""
        wanted = Permission(permission)
        if place is None and wanted in permissions.IN_PLACES and self.scope:
            place = self.scope.place
        return permissions.may(self.person, wanted, place)

    def may_do(self, permission: Permission | str, thing: Badge | Draft) -> bool:
        """Return whether the user has a permission in the place of a badge or draft."""
        return self.may(permission, workplace.place_of(thing))


def start(email: str) -> dict[str, str]:
    """Return the header that starts a session for an email address."""
    claims = {"email": email, "exp": times.unix(times.now() + LASTS)}
    token = tokens.sign(claims, keys.derive_key("session"))
    return cookies.set_cookie(COOKIE, token, int(LASTS.total_seconds()))


def end() -> dict[str, str]:
    """Return the header that ends the session."""
    return cookies.set_cookie(COOKIE, "", 0)


def current() -> Visit | None:
    """Return the visit of the signed-in user, or None without a session or access."""
    cookie = cookies.read(COOKIE)
    claims = cookie and tokens.claims(cookie, [keys.derive_key("session")])
    if not cookie or not claims or claims["exp"] <= times.unix(times.now()):
        return None
    person = permissions.person(claims["email"])
    return Visit(person, cookie) if person else None

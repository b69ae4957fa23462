"""Users of a place, and what they may do there. Nobody edits their own."""

from __future__ import annotations

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import owners
from chalicelib.admin.settings.paths import path_of
from chalicelib.admin.shell import lookup, responses
from chalicelib.data.models import Grant
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Scope, missing
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import NotAuthorized
from chalicelib.i18n import gettext
from chalicelib.web.form import Form


def show(visit: Visit, scope: Scope) -> Response:
    """Show who may do what here, and whose rights come from around."""
    return _list(visit, scope, "", Rights(), {})


def _list(
    visit: Visit, scope: Scope, email: str, rights: Rights, problems: Mapping[str, str]
) -> Response:
    inherited = [(outer, accounts.at(outer.place)) for outer in _around(scope)]
    return owners.page(
        visit, "users", scope, 400 if problems else 200, grants=accounts.at(scope.place),
        inherited=[one for one in inherited if one[1]], email=email, rights=rights,
        problems=problems, is_own=lambda grant: _is_own(visit, grant.account.email),
        rights_of=accounts.rights_of,
    )  # fmt: skip


def _around(scope: Scope) -> list[Scope]:
    outer = [Scope(scope.system)] if scope.issuer else []
    return [*outer, Scope(scope.system, scope.issuer)] if scope.program else outer


def _is_own(visit: Visit, email: str) -> bool:
    return email_addresses.key(email) == email_addresses.key(visit.person.email)


def _refuse_own(visit: Visit, email: str) -> None:
    """Refuse to change the visitor's own rights.

    Raises
    ------
    NotAuthorized
    """
    if _is_own(visit, email):
        raise NotAuthorized(gettext("Nobody changes their own permissions. Ask somebody else to."))


def _rights(form: Form) -> Rights:
    return Rights(form.flag("draft"), form.flag("publish"), form.flag("review"))


def add(visit: Visit, scope: Scope) -> Response:
    """Give somebody rights here."""
    email, rights = visit.form.text("email"), _rights(visit.form)
    problems = {}
    if not email_addresses.is_address(email):
        problems["email"] = gettext("Enter one e-mail address, such as name@example.org.")
    if not any(rights):
        problems["draft"] = gettext("Choose at least one permission.")
    if problems:
        return _list(visit, scope, email, rights, problems)
    _refuse_own(visit, email)
    accounts.allow(email, scope.place, rights)
    return responses.to(f"{path_of(scope)}/users", "user-added")


def _find(scope: Scope, account: str) -> Grant:
    """Return what an account was granted in exactly this place.

    Raises
    ------
    NotFound
        If that is nothing.
    """
    number = lookup.number(account, "user")
    for grant in accounts.at(scope.place):
        if grant.account_id == number:
            return grant
    raise missing("user", "id", number)


def ask(visit: Visit, scope: Scope, account: str) -> Response:
    """Ask what somebody is to be allowed here."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    return _ask(visit, scope, grant, accounts.rights_of(grant), {})


def _ask(
    visit: Visit, scope: Scope, grant: Grant, rights: Rights, problems: Mapping[str, str]
) -> Response:
    status = 400 if problems else 200
    return owners.page(visit, "user", scope, status, grant=grant, rights=rights, problems=problems)


def change(visit: Visit, scope: Scope, account: str) -> Response:
    """Give somebody other rights here."""
    grant, rights = _find(scope, account), _rights(visit.form)
    _refuse_own(visit, grant.account.email)
    if not any(rights):
        words = gettext("Choose at least one permission, or remove the user.")
        return _ask(visit, scope, grant, rights, {"draft": words})
    accounts.allow(grant.account.email, scope.place, rights)
    return responses.to(f"{path_of(scope)}/users", "user-changed")


def remove(visit: Visit, scope: Scope, account: str) -> Response:
    """Take away what somebody was granted here."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    accounts.forbid(grant.account.email, scope.place)
    return responses.to(f"{path_of(scope)}/users", "user-removed")

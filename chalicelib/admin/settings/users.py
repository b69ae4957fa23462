"""Users of a place and their permissions. No one changes their own permissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import invitations, owners, wording
from chalicelib.admin.settings.invitations import Outcome
from chalicelib.admin.shell import confirm, lookup, responses
from chalicelib.admin.shell.confirm import Question
from chalicelib.admin.shell.settings_paths import path_of
from chalicelib.data.models import Consumer, Grant
from chalicelib.domain.owners import accounts, consumers
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Scope, missing
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import NotAuthorized
from chalicelib.i18n import gettext
from chalicelib.web.form import Form
from chalicelib.web.request import request
from chalicelib.web.templates import isolated
from chalicelib.web.urls import href

ADDED = {
    Outcome.SENT: "user-added",
    Outcome.TOO_SOON: "user-added-again",
    Outcome.TOO_MANY: "user-added-beyond",
    Outcome.FAILED: "user-added-uninvited",
}
INVITED = {
    Outcome.SENT: "user-invited",
    Outcome.TOO_SOON: "user-invited-before",
    Outcome.TOO_MANY: "user-beyond",
    Outcome.FAILED: "user-uninvited",
}


def show(visit: Visit, scope: Scope) -> Response:
    """Show the users of a place, and those whose permissions are inherited."""
    return _list(visit, scope, "", Rights(), {})


def _list(
    visit: Visit, scope: Scope, email: str, rights: Rights, problems: Mapping[str, str]
) -> Response:
    grants = accounts.grants_at(scope.place)
    inherited = [(outer, accounts.grants_at(outer.place)) for outer in _outer_scopes(scope)]
    return owners.page(
        visit, "users", scope, 400 if problems else 200, grants=grants, named=_changed(grants),
        inherited=[one for one in inherited if one[1]], email=email, rights=rights,
        problems=problems, is_own=lambda grant: _is_own(visit, grant.account.email),
        rights_of=accounts.rights_of,
    )  # fmt: skip


def _changed(grants: Iterable[Grant]) -> str | None:
    """Return the address of the user that the page's notice is about."""
    changed = request().argument("user")
    emails = (one.account.email for one in grants if str(one.account_id) == changed)
    return next(emails, None)


def _outer_scopes(scope: Scope) -> list[Scope]:
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
        raise NotAuthorized(gettext("You can’t change your own permissions. Ask another manager."))


def _refuse_more_than_own(visit: Visit, scope: Scope) -> None:
    """Refuse to grant rights that also hold where the visitor has fewer.

    Rights in a place hold in everything within it. A visitor who may not publish in some part of it
    could otherwise get there by a second address.

    Raises
    ------
    NotAuthorized
    """
    words = gettext(
        "Permissions here also apply to issuers or programs in which you can’t publish. "
        "Ask an administrator to grant them."
    )
    owners.refuse_held_back(visit, scope, words)


def _refuse_to_uncover(visit: Visit, scope: Scope, grant: Grant) -> None:
    """Refuse to remove a user whose inherited rights would then hold where the visitor has fewer.

    Raises
    ------
    NotAuthorized
    """
    outer = [accounts.grants_at(one.place) for one in _outer_scopes(scope)]
    if any(one.account_id == grant.account_id for grants in outer for one in grants):
        words = gettext(
            "Without these permissions, the user’s inherited permissions would apply, also to "
            "programs in which you can’t publish. Ask an administrator to remove them."
        )
        owners.refuse_held_back(visit, scope, words)


def _rights(form: Form) -> Rights:
    return Rights(**{right: form.flag(right) for right in Rights._fields})


def add(visit: Visit, scope: Scope) -> Response:
    """Grant a user permissions in a place, and email an invitation."""
    email, rights = visit.form.text("email"), _rights(visit.form)
    problems = {}
    if not email_addresses.is_address(email):
        problems["email"] = email_addresses.hint(email)
    if not any(rights):
        problems["draft"] = gettext("Choose at least one permission.")
    if problems:
        return _list(visit, scope, email, rights, problems)
    _refuse_own(visit, email)
    _refuse_more_than_own(visit, scope)
    grant = accounts.allow(email, scope.place, rights)
    outcome = invitations.invite(grant, scope, visit.person.email)
    return responses.to(f"{path_of(scope)}/users", ADDED[outcome], user=grant.account_id)


def invite(visit: Visit, scope: Scope, account: str) -> Response:
    """Email an invitation to a user, perhaps again."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    outcome = invitations.invite(grant, scope, visit.person.email)
    return responses.to(f"{path_of(scope)}/users", INVITED[outcome], user=grant.account_id)


def _find(scope: Scope, account: str) -> Grant:
    """Return the grant of an account for exactly this place.

    Raises
    ------
    NotFound
        If there is none.
    """
    number = lookup.parse_id(account, "user")
    for grant in accounts.grants_at(scope.place):
        if grant.account_id == number:
            return grant
    raise missing("user", "id", number)


def ask(visit: Visit, scope: Scope, account: str) -> Response:
    """Show the form to change the permissions of a user."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    return _ask(visit, scope, grant, accounts.rights_of(grant), {})


def _ask(
    visit: Visit, scope: Scope, grant: Grant, rights: Rights, problems: Mapping[str, str]
) -> Response:
    return owners.page(
        visit, "user", scope, 400 if problems else 200, grant=grant, rights=rights,
        problems=problems, keys=_keys(scope, grant), ticked=visit.form.texts("keys"),
    )  # fmt: skip


def _keys(scope: Scope, grant: Grant) -> list[Consumer]:
    """Return the API keys that a user made by the rights of a grant: those of a system."""
    return [] if scope.issuer else consumers.made_by(scope.system, grant.account.email)


def _delete_keys(visit: Visit, scope: Scope, grant: Grant) -> None:
    """Delete those keys of the user that were selected on the page."""
    if (keys := visit.form.texts("keys")) and not scope.issuer:
        consumers.delete_made_by(scope.system, grant.account.email, keys)


def change(visit: Visit, scope: Scope, account: str) -> Response:
    """Change the permissions of a user in a place."""
    grant, rights = _find(scope, account), _rights(visit.form)
    _refuse_own(visit, grant.account.email)
    _refuse_more_than_own(visit, scope)
    if not any(rights):
        words = gettext("Choose at least one permission, or remove the user.")
        return _ask(visit, scope, grant, rights, {"draft": words})
    accounts.allow(grant.account.email, scope.place, rights)
    _delete_keys(visit, scope, grant)
    return responses.to(f"{path_of(scope)}/users", "user-changed", user=grant.account_id)


def ask_to_remove(visit: Visit, scope: Scope, account: str) -> Response:
    """Ask before a user is removed, and which of the user's API keys to delete too."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    _refuse_to_uncover(visit, scope, grant)
    email, name, users = grant.account.email, scope.innermost.name, href(f"{path_of(scope)}/users")
    one = f"{users}/{grant.account_id}"
    warning = gettext(
        "The user loses these permissions in %(name)s at once. What the user made stays, and you "
        "can add the user again."
    )
    question = Question(
        title=gettext("Remove %(email)s from %(name)s?") % {"email": isolated(email), "name": isolated(name)},
        facts=[
            (gettext("User"), email),
            (gettext("Permissions"), wording.rights(accounts.rights_of(grant))),
        ],
        warning=warning % {"name": isolated(name)}, button=gettext("Remove user"),
        action=f"{one}/delete", back=one, section="settings",
        trail=[(href(path_of(scope)), name), (users, gettext("Users"))],
    )  # fmt: skip
    keys = _keys(scope, grant)
    return confirm.ask(visit, question, "user-remove", keys=keys, ticked=(), path_of=path_of)


def remove(visit: Visit, scope: Scope, account: str) -> Response:
    """Remove a user from a place."""
    grant = _find(scope, account)
    _refuse_own(visit, grant.account.email)
    _refuse_to_uncover(visit, scope, grant)
    accounts.forbid(grant.account.email, scope.place)
    _delete_keys(visit, scope, grant)
    return responses.to(f"{path_of(scope)}/users", "user-removed")

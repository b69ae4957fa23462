"""Settings of systems, issuers and programs: list, create, change and delete them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Response

from chalicelib import config, signing_secrets
from chalicelib.admin.auth import permissions, workplace
from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.settings import owner_form
from chalicelib.admin.shell import responses
from chalicelib.admin.shell.settings_paths import path_of
from chalicelib.data.models import Image, Owner
from chalicelib.domain.owners import issuer_profiles, owners
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.workspace import profiles
from chalicelib.domain.workspace.profiles import ProfileChanged
from chalicelib.errors import Conflict, NotAuthorized
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.openbadges.links import Links
from chalicelib.registry import reading


def show(visit: Visit, scope: Scope) -> Response:
    """Redirect to the settings of the current place."""
    return responses.to(path_of(scope))


def picture_of(owner: Owner | None) -> str | None:
    """Return the address of the image of a system, issuer or program, or None."""
    image: Image | None = owner.image if owner else None
    return Links(config.settings().url("")).image(image) if image else None


def page(
    visit: Visit, template: str, scope: Scope | None, status: int = 200, **more: Any
) -> Response:
    """Return a page of settings."""
    known = {
        "scope": scope,
        "path_of": path_of,
        "picture_of": picture_of,
        "elsewhere": reading.url(),
        "named": scope.innermost.name if scope else None,
        "short_secrets": _short_secrets(visit),
    }
    return responses.page(visit, template, status, **{**known, **more})


def _short_secrets(visit: Visit) -> list[str]:
    """Return the names of short secrets for those who can have them changed, and nothing for others."""
    if not visit.may(Permission.ADMINISTER):
        return []
    return signing_secrets.short(config.settings().secrets())


KEPT_ELSEWHERE = _("Systems, issuers, and programs are managed by the BadgeKit API at %(url)s.")


def refuse_elsewhere(words: str = KEPT_ELSEWHERE) -> None:
    """Refuse a change if another BadgeKit API stores systems, issuers and programs.

    Raises
    ------
    NotAuthorized
    """
    if url := reading.url():
        raise NotAuthorized(gettext(words) % {"url": url})


def refuse_held_back(visit: Visit, scope: Scope, words: str) -> None:
    """Refuse what reaches into all of a place, for a visitor who may not publish in a part of it.

    Raises
    ------
    NotAuthorized
    """
    if not permissions.may_throughout(visit.person, Permission.PUBLISH, scope.place):
        raise NotAuthorized(words)


def show_systems(visit: Visit) -> Response:
    """Show all systems, and what was read of them from another BadgeKit API."""
    status = reading.status() if reading.url() else None
    return page(
        visit, "systems", None,
        systems=profiles.systems(), Scope=Scope, reading=status, is_gone=_is_gone(status),
    )  # fmt: skip


def read(visit: Visit) -> Response:
    """Read systems, issuers, programs and badges from the other BadgeKit API."""
    return responses.to("/settings/systems", "reading" if reading.request() else "reading-already")


def show_inner(visit: Visit, scope: Scope) -> Response:
    """Show the issuers of a system, or the programs of an issuer."""
    if scope.issuer:
        inner = [Scope(scope.system, scope.issuer, one) for one in profiles.programs(scope.issuer)]
    else:
        inner = [Scope(scope.system, one) for one in profiles.issuers(scope.system)]
    status = reading.status() if reading.url() else None
    return page(visit, "inner-places", scope, inner=inner, is_gone=_is_gone(status))


def _is_gone(status: reading.Status | None) -> Callable[[Owner], bool]:
    """Return the test whether the other API no longer listed an owner when it was last read."""
    since = status.started if status else None
    return lambda owner: since is not None and owner.listed is not None and owner.listed < since


def ask_for_system(visit: Visit) -> Response:
    """Show the form for a new system."""
    return _ask(visit, None, {}, {})


def ask_for_inner(visit: Visit, scope: Scope) -> Response:
    """Show the form for a new issuer or program."""
    return _ask(visit, scope, {}, {})


def _ask(
    visit: Visit, scope: Scope | None, values: Mapping[str, str], problems: Mapping[str, str]
) -> Response:
    status = 400 if problems else 200
    return page(visit, "place-new", scope, status, values=values, problems=problems)


def create_system(visit: Visit) -> Response:
    """Create a system, and make it the current place."""
    return _create(visit, None)


def create_inner(visit: Visit, scope: Scope) -> Response:
    """Create an issuer or program."""
    return _create(visit, scope)


def _create(visit: Visit, scope: Scope | None) -> Response:
    refuse_elsewhere()
    values = owner_form.read(visit.form, new=True)
    problems, picture = owner_form.validate(values, visit.form)
    if problems:
        return _ask(visit, scope, values, problems)
    data = owner_form.as_data(values)
    try:
        if scope is None:
            made = Scope(owners.create_system(data, picture))
        elif scope.issuer is None:
            made = Scope(scope.system, owners.create_issuer(scope.system, data, picture))
        else:
            program = owners.create_program(scope.issuer, data, picture)
            made = Scope(scope.system, scope.issuer, program)
    except Conflict:
        taken = gettext("This short name is already taken. Choose another one.")
        return _ask(visit, scope, values, {"slug": taken})
    headers = workplace.set_cookie(made.place) if scope is None else None
    return responses.to(path_of(made), "place-created", headers)


def show_profile(visit: Visit, scope: Scope) -> Response:
    """Show the form for the profile of a place."""
    owner = scope.innermost
    return _profile(visit, scope, profiles.values_of(owner), profiles.digest(owner), {})


def _profile(
    visit: Visit, scope: Scope, values: Mapping[str, str], base: str, problems: Mapping[str, str]
) -> Response:
    public = Links(config.settings().url("")).profile(issuer_profiles.of(scope))
    return page(
        visit, "place-profile", scope, 400 if problems else 200,
        values=values, base=base, problems=problems, public=public,
    )  # fmt: skip


def save_profile(visit: Visit, scope: Scope) -> Response:
    """Change the profile of a place."""
    refuse_elsewhere()
    form, base = visit.form, visit.form.text("base")
    values = owner_form.read(form, new=False)
    problems, picture = owner_form.validate(values, form)
    if problems:
        return _profile(visit, scope, values, base, problems)
    try:
        data = owner_form.as_data(values)
        profiles.save(scope.innermost, data, base, picture)
    except ProfileChanged as conflict:
        return page(
            visit, "place-conflict", scope, 409,
            theirs=conflict.theirs, yours=values, base=conflict.base,
        )  # fmt: skip
    return responses.to(path_of(scope), "saved")


def ask_to_delete(visit: Visit, scope: Scope) -> Response:
    """Show what is deleted with a place, and ask for confirmation."""
    _refuse_partly(visit, scope)
    return _confirm_delete(visit, scope, {})


def _refuse_partly(visit: Visit, scope: Scope) -> None:
    """Refuse to delete an issuer with programs that the visitor is kept out of.

    Their badges would belong to the system then, and so be open to its publishers.

    Raises
    ------
    NotAuthorized
    """
    words = gettext(
        "You can’t publish in some of its programs, which would be deleted, too. Ask an "
        "administrator to delete it."
    )
    refuse_held_back(visit, scope, words)


def _confirm_delete(visit: Visit, scope: Scope, problems: Mapping[str, str]) -> Response:
    going = profiles.contents(scope)
    status = 400 if problems else 200
    return page(visit, "place-delete", scope, status, going=going, problems=problems)


def delete(visit: Visit, scope: Scope) -> Response:
    """Delete a place and all in it; its badges stay."""
    refuse_elsewhere()
    _refuse_partly(visit, scope)
    owner = scope.innermost
    if " ".join(visit.form.text("name").split()) != " ".join(owner.name.split()):
        words = gettext("Type the name exactly as shown above.")
        return _confirm_delete(visit, scope, {"name": words})
    owners.delete(owner)
    if scope.program:
        outer = path_of(Scope(scope.system, scope.issuer))
        return responses.to(f"{outer}/programs", "program-deleted")
    if scope.issuer:
        return responses.to(f"{path_of(Scope(scope.system))}/issuers", "issuer-deleted")
    if visit.may(Permission.ADMINISTER):
        return responses.to("/settings/systems", "system-deleted")
    return responses.to("/directory", "system-deleted")

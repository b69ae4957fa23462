"""Issuer profiles: what Open Badges documents say about a system, issuer or program.

A profile has a public id, which never changes. It outlives its owner: what the profile of a deleted
owner showed is kept, and the badges that it published go on naming it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from peewee import JOIN

from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, FormerOwner, Image, Issuer, Owner, Program, System
from chalicelib.domain.owners.places import Scope, missing


class Profile(NamedTuple):
    """What documents and pages say about the issuer of a badge.

    Parameters
    ----------
    public_id : str or None
        Names it in documents; None for an owner that an earlier version created a moment ago.
    name, url, description, email, image
        Its own, or those of the owner around it.
    scope : Scope or None
        Where it is; None if it was deleted.
    """

    public_id: str | None
    name: str
    url: str
    description: str | None
    email: str | None
    image: Image | None
    scope: Scope | None = None


def of(scope: Scope) -> Profile:
    """Return the profile of a place; what it lacks comes from the owner around it, as in badgekit-api."""
    around = [owner for owner in (scope.program, scope.issuer, scope.system) if owner]

    def first(name: str) -> Any:
        return next((value for owner in around if (value := getattr(owner, name))), None)

    return Profile(
        scope.innermost.public_id, first("name") or "", first("url") or "", first("description"),
        first("email"), first("image"), scope,
    )  # fmt: skip


@transactional
def of_badge(badge: Badge) -> Profile | None:
    """Return the profile of the owner that published a badge, even if it was deleted since.

    None if it is unknown, as for a badge whose system was deleted by a version before 0.3.
    """
    if badge.former_owner and (former := _former(badge.former_owner)):
        return former
    scope = scope_of(badge)
    return of(scope) if scope else None


def scope_of(badge: Badge) -> Scope | None:
    """Return the place that a badge belongs to, or None if its system was deleted."""
    return Scope(badge.system, badge.issuer, badge.program) if badge.system else None


@transactional
def find(public_id: str) -> Profile:
    """Return a profile by its public id.

    Raises
    ------
    NotFound
        If there is none.
    """
    scope = _scope(public_id)
    found = of(scope) if scope else _former(public_id)
    if found is None:
        raise missing("issuer", "id", public_id)
    return found


def _scope(public_id: str) -> Scope | None:
    """Return where the owner with a public id is, or None if there is none."""
    if system := System.get_or_none(System.public_id == public_id):
        return Scope(system)
    issuers: Any = Issuer.select(Issuer, System).join(System)
    if issuer := issuers.where(Issuer.public_id == public_id).first():
        return Scope(issuer.system, issuer)
    programs: Any = Program.select(Program, Issuer, System).join(Issuer).join(System)
    if program := programs.where(Program.public_id == public_id).first():
        return Scope(program.issuer.system, program.issuer, program)
    return None


def _former(public_id: str) -> Profile | None:
    query: Any = FormerOwner.select(FormerOwner, Image).join(Image, JOIN.LEFT_OUTER)
    row = query.where(FormerOwner.public_id == public_id).first()
    return row and Profile(public_id, row.name, row.url, row.description, row.email, row.image)


@transactional
def keep_before_delete(owner: Owner) -> None:
    """Keep the profiles of an owner that is about to be deleted, and of all owners within.

    Their badges go on naming them.
    """
    for level, scope in _within(owner):
        profile = of(scope)
        if profile.public_id is None:
            continue
        FormerOwner.create(
            public_id=profile.public_id, name=profile.name, url=profile.url,
            description=profile.description, email=profile.email, image=profile.image,
        )  # fmt: skip
        published = [level == scope.innermost.id, Badge.former_owner.is_null()]
        inner: Any = {Badge.system: [Badge.issuer, Badge.program], Badge.issuer: [Badge.program]}
        published += [column.is_null() for column in inner.get(level, ())]
        Badge.update(former_owner=profile.public_id).where(*published).execute()


def _within(owner: Owner) -> Iterator[tuple[Any, Scope]]:
    """Yield an owner and all owners within, each with the badges' column that names it."""
    if isinstance(owner, System):
        yield Badge.system, Scope(owner)
        for issuer in Issuer.select().where(Issuer.system == owner):
            yield from _within(issuer)
    elif isinstance(owner, Issuer):
        yield Badge.issuer, Scope(owner.system, owner)
        for program in Program.select().where(Program.issuer == owner):
            yield from _within(program)
    elif isinstance(owner, Program):
        yield Badge.program, Scope(owner.issuer.system, owner.issuer, owner)

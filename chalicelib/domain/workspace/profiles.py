"""Profiles of systems, issuers and programs as people edit them.

Two people may edit the same profile: a form carries a digest of what it showed, and saving fails if
the profile has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.data.connection import transactional
from chalicelib.data.models import (
    Badge,
    Consumer,
    Draft,
    Grant,
    Issuer,
    Owner,
    Program,
    System,
    Webhook,
)
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, owners, places
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.shared import digests
from chalicelib.errors import Conflict

MEMBERS = ("name", "url", "description", "email")


class ProfileChanged(Conflict):
    """The profile was changed by someone else since it was shown.

    Parameters
    ----------
    theirs : Mapping[str, str]
        Its values now.
    base : str
        The digest to send to overwrite them.
    """

    def __init__(self, theirs: Mapping[str, str], base: str) -> None:
        super().__init__("Someone else changed this first")
        self.theirs = theirs
        self.base = base


class Contents(NamedTuple):
    """How many rows are deleted with a system, issuer or program; its badges stay."""

    issuers: int
    programs: int
    drafts: int
    permissions: int
    consumers: int
    webhooks: int
    badges: int


def values_of(owner: Owner) -> dict[str, str]:
    """Return the values of a profile, as a form shows them."""
    return {name: getattr(owner, name) or "" for name in MEMBERS}


def digest(owner: Owner) -> str:
    """Return the digest of a profile as it is now, which `save` compares."""
    return digests.digest([values_of(owner), getattr(owner, "image_id", None)])


@transactional
def save(
    owner: Owner, values: Mapping[str, Any], base_: str, picture: images.Picture | None = None
) -> None:
    """Change a profile.

    Parameters
    ----------
    owner : Owner
        The system, issuer or program.
    values : Mapping[str, Any]
        New values; null removes an optional one.
    base_ : str
        Its digest when it was shown.
    picture : Picture, optional
        A new image.

    Raises
    ------
    ValidationError
    NotFound
        If it was deleted meanwhile.
    ProfileChanged
        If someone else saved it since.
    """
    table = type(owner)
    table.update(name=table.name).where(table.id == owner.id).execute()  # locks the row
    now = table.get_or_none(table.id == owner.id)
    if now is None:
        raise places.missing(table._meta.name, "slug", owner.slug)
    differs = any(values_of(now)[name] != (values[name] or "") for name in MEMBERS)
    if digest(now) != base_ and (differs or picture is not None):
        raise ProfileChanged(values_of(now), digest(now))
    owners.update(now, values, picture)


@transactional
def contents(scope: Scope) -> Contents:
    """Return how many rows are deleted with a place."""
    level, owner = scope.level, scope.innermost
    issuers = programs = consumers = webhooks = 0
    if level == "system":
        issuers = Issuer.select().where(Issuer.system == owner).count()
        programs = Program.select().join(Issuer).where(Issuer.system == owner).count()
        consumers = Consumer.select().where(Consumer.system == owner).count()
        webhooks = Webhook.select().where(Webhook.system == owner).count()
    elif level == "issuer":
        programs = Program.select().where(Program.issuer == owner).count()
    return Contents(
        issuers=issuers,
        programs=programs,
        drafts=Draft.select().where(drafts.inside(scope)).count(),
        permissions=Grant.select().where(*accounts.within(scope.place)).count(),
        consumers=consumers,
        webhooks=webhooks,
        badges=Badge.select().where(badges.inside(scope)).count(),
    )


@transactional
def issuers(system: System) -> list[Issuer]:
    """Return all issuers of a system with their images, by name."""
    return sorted(owners.issuers(system).rows, key=lambda one: one.name.lower())


@transactional
def programs(issuer: Issuer) -> list[Program]:
    """Return all programs of an issuer with their images, by name."""
    return sorted(owners.programs(issuer).rows, key=lambda one: one.name.lower())


@transactional
def systems() -> list[System]:
    """Return all systems with their images, by name."""
    return sorted(owners.systems().rows, key=lambda one: one.name.lower())

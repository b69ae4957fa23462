"""Profiles of systems, issuers and programs as people edit them, and what goes with one.

Two people may edit one profile: who saves says what it looked like, and is told when it no longer
does.
"""

from __future__ import annotations

import re
import unicodedata
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
from chalicelib.domain.shared.digests import digest
from chalicelib.errors import Conflict

MEMBERS = ("name", "url", "description", "email")


class ProfileChanged(Conflict):
    """Somebody else changed a profile since it was shown.

    Parameters
    ----------
    theirs : Mapping[str, str]
        What it says now.
    base : str
        What to send with the next try, if it is to replace theirs.
    """

    def __init__(self, theirs: Mapping[str, str], base: str) -> None:
        super().__init__("Somebody else changed this meanwhile")
        self.theirs = theirs
        self.base = base


class Within(NamedTuple):
    """How much goes with a system, issuer or program that is deleted; its badges stay."""

    issuers: int
    programs: int
    drafts: int
    permissions: int
    consumers: int
    webhooks: int
    badges: int


def said(owner: Owner) -> dict[str, str]:
    """Return what a profile says, as a form shows it."""
    return {name: getattr(owner, name) or "" for name in MEMBERS}


def base(owner: Owner) -> str:
    """Return what says how a profile looks now; `save` wants it back."""
    return digest([said(owner), getattr(owner, "image_id", None)])


@transactional
def save(
    owner: Owner, values: Mapping[str, Any], base_: str, picture: images.Picture | None = None
) -> None:
    """Change a profile.

    Parameters
    ----------
    owner : Owner
        Whose.
    values : Mapping[str, Any]
        Its members; null takes away what is not required.
    base_ : str
        What it looked like when it was shown, by `base`.
    picture : Picture, optional
        A new image.

    Raises
    ------
    ValidationError
    NotFound
        If somebody deleted it meanwhile.
    ProfileChanged
        If somebody else saved since.
    """
    table = type(owner)
    table.update(name=table.name).where(table.id == owner.id).execute()  # nobody else, from now on
    now = table.get_or_none(table.id == owner.id)
    if now is None:
        raise places.missing(table._meta.name, "slug", owner.slug)
    differs = any(said(now)[name] != (values[name] or "") for name in MEMBERS)
    if base(now) != base_ and (differs or picture is not None):
        raise ProfileChanged(said(now), base(now))
    owners.update(now, values, picture)


def proposed_slug(name: str) -> str:
    """Return a slug made of a name, as far as it has letters and digits that addresses take."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:255]


@transactional
def within(scope: Scope) -> Within:
    """Return how much goes with a place that is deleted."""
    level, owner = scope.level, scope.innermost
    issuers = programs = consumers = webhooks = 0
    if level == "system":
        issuers = Issuer.select().where(Issuer.system == owner).count()
        programs = Program.select().join(Issuer).where(Issuer.system == owner).count()
        consumers = Consumer.select().where(Consumer.system == owner).count()
        webhooks = Webhook.select().where(Webhook.system == owner).count()
    elif level == "issuer":
        programs = Program.select().where(Program.issuer == owner).count()
    return Within(
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

"""Systems, issuers and programs: the three levels that own badges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from peewee import JOIN, IntegrityError

from chalicelib.badges import images, validation
from chalicelib.badges.validation import Field
from chalicelib.data.connection import transactional
from chalicelib.data.models import Image, Issuer, Owner, Program, System
from chalicelib.errors import Conflict, NotFound

T = TypeVar("T", bound=Owner)

# badgekit-api 0.2.22: app/models/system.js (issuers and programs are alike)
OWNER = (
    Field("slug", validation.text(1, 255), required=True),
    Field("name", validation.text(1, 255), required=True),
    Field("url", validation.url, required=True),
    Field("description", validation.text(0, 255)),
    Field("email", validation.email),
)


@dataclass(frozen=True)
class Scope:
    """A place that badges live in: a system, perhaps an issuer of it, perhaps its program."""

    system: System
    issuer: Issuer | None = None
    program: Program | None = None


def missing(model: str, field: str, value: object) -> NotFound:
    """Return the error for something that is not there, in badgekit-api's words."""
    return NotFound(
        f"Could not find {model} field: `{field}`, value: `{value}`",
        reason=f"There is no {model} “{value}” here. Once there is, retry.",
    )


@transactional
def system(slug: str) -> System:
    """Return a system with its image.

    Raises
    ------
    NotFound
        If there is none of that slug.
    """
    row: System | None = (
        System.select(System, Image)
        .join(Image, JOIN.LEFT_OUTER)
        .where(System.slug == slug)
        .get_or_none()
    )
    if row is None:
        raise missing("system", "slug", slug)
    return row


@transactional
def scope(
    system_slug: str, issuer_slug: str | None = None, program_slug: str | None = None
) -> Scope:
    """Return the place that a path names.

    Raises
    ------
    NotFound
        If one of its levels is not there; the first missing one is named.
    """
    owner = system(system_slug)
    if issuer_slug is None:
        return Scope(owner)
    issuer: Issuer | None = (
        Issuer.select(Issuer, Image)
        .join(Image, JOIN.LEFT_OUTER)
        .where(Issuer.system == owner, Issuer.slug == issuer_slug)
        .get_or_none()
    )
    if issuer is None:
        raise missing("issuer", "slug", issuer_slug)
    if program_slug is None:
        return Scope(owner, issuer)
    program: Program | None = (
        Program.select(Program, Image)
        .join(Image, JOIN.LEFT_OUTER)
        .where(Program.issuer == issuer, Program.slug == program_slug)
        .get_or_none()
    )
    if program is None:
        raise missing("program", "slug", program_slug)
    return Scope(owner, issuer, program)


@transactional
def systems() -> list[System]:
    """Return all systems in order of creation."""
    return list(System.select(System, Image).join(Image, JOIN.LEFT_OUTER).order_by(System.id))


@transactional
def issuers(owner: System) -> list[Issuer]:
    """Return a system's issuers in order of creation."""
    return list(
        Issuer.select(Issuer, Image)
        .join(Image, JOIN.LEFT_OUTER)
        .where(Issuer.system == owner)
        .order_by(Issuer.id)
    )


@transactional
def programs(owner: Issuer) -> list[Program]:
    """Return an issuer's programs in order of creation."""
    return list(
        Program.select(Program, Image)
        .join(Image, JOIN.LEFT_OUTER)
        .where(Program.issuer == owner)
        .order_by(Program.id)
    )


@transactional
def create_system(data: Mapping[str, Any], picture: images.Picture | None = None) -> System:
    """Create a system.

    Parameters
    ----------
    data : Mapping[str, Any]
        ``slug``, ``name``, ``url``, and perhaps ``description`` and ``email``.
    picture : Picture, optional
        Its image.

    Raises
    ------
    ValidationError, Conflict
    """
    return _create("system", data, picture, lambda values: System.create(**values))


@transactional
def create_issuer(
    owner: System, data: Mapping[str, Any], picture: images.Picture | None = None
) -> Issuer:
    """Create an issuer within a system (see `create_system`)."""
    return _create("issuer", data, picture, lambda values: Issuer.create(system=owner, **values))


@transactional
def create_program(
    owner: Issuer, data: Mapping[str, Any], picture: images.Picture | None = None
) -> Program:
    """Create a program within an issuer (see `create_system`)."""
    return _create("program", data, picture, lambda values: Program.create(issuer=owner, **values))


def _create(
    model: str,
    data: Mapping[str, Any],
    picture: images.Picture | None,
    insert: Callable[[dict[str, Any]], T],
) -> T:
    validation.check(data, OWNER)
    values = {
        field.name: str(data[field.name]) for field in OWNER if data.get(field.name) is not None
    }
    try:
        return insert({**values, "image": images.keep(picture)})
    except IntegrityError as problem:
        raise Conflict(f"{model} with that `slug` already exists", details=values) from problem

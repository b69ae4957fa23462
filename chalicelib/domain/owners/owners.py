"""Systems, issuers and programs: the three levels that own badges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from peewee import JOIN, Case, IntegrityError

from chalicelib import config, texts
from chalicelib.data.compiled_queries import CompiledQuery, all_columns, instance, parameter
from chalicelib.data.connection import transactional
from chalicelib.data.models import Image, Issuer, Owner, Program, System
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, addresses, issuer_profiles
from chalicelib.domain.owners.places import Place, Scope, missing
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import Conflict

T = TypeVar("T", bound=Owner)

# badgekit-api 0.2.22: app/models/system.js (issuers and programs are alike)
OWNER = (
    Field("slug", validation.slug(1), required=True),
    Field("name", validation.Line(1, 255), required=True),
    Field("url", validation.url, required=True),
    Field("description", validation.text(0, 255)),
    Field("email", validation.email),
)


def _levels(depth: int) -> CompiledQuery:
    """Return the query for a system, its issuer and its program, down to `depth`."""

    def build() -> Any:
        images = [Image.alias() for _ in range(depth)]
        tables = (System, Issuer, Program)[:depth]
        selected = [
            column
            for table, image in zip(tables, images, strict=True)
            for column in (
                all_columns(table, table._meta.name),
                all_columns(image, f"{table._meta.name}_image"),
            )
        ]
        query = System.select(*selected)
        if depth > 1:
            query = query.join(Issuer, on=(Issuer.system == System.id))
        if depth > 2:
            query = query.join(Program, on=(Program.issuer == Issuer.id))
        for table, image in zip(tables, images, strict=True):
            query = query.switch(table).join(
                image, JOIN.LEFT_OUTER, on=(table.image == image.id), attr="picture"
            )
            query = query.where(table.slug_key == parameter(table._meta.name))
        return query

    return CompiledQuery(build)


_LEVELS = {depth: _levels(depth) for depth in (1, 2, 3)}


def system(slug: str) -> System:
    """Return a system with its image.

    Raises
    ------
    NotFound
        If there is no system with that slug.
    """
    return scope(slug).system


@transactional
def scope(
    system_slug: str, issuer_slug: str | None = None, program_slug: str | None = None
) -> Scope:
    """Return the place with these slugs, in one statement.

    Raises
    ------
    NotFound
        If one of its levels does not exist; the first missing one is named.
    """
    slugs = {"system": system_slug, "issuer": issuer_slug, "program": program_slug}
    named = {level: slug for level, slug in slugs.items() if slug is not None}
    rows = _LEVELS[len(named)](**{level: texts.key(slug) for level, slug in named.items()})
    if not rows:
        *outer, innermost = named
        if outer:  # is this level missing, or an outer one?
            scope(*(named[level] for level in outer))
        raise missing(innermost, "slug", named[innermost])
    owners: Any = [from_row(table, rows[0]) for table in (System, Issuer, Program)[: len(named)]]
    return Scope(*owners)


def from_row(table: type[T], row: Any) -> T | None:
    """Return the owner of one kind that a row of a compiled query holds, with its image."""
    name = table._meta.name
    owner: Any = instance(table, getattr(row, name))
    if owner is not None:
        owner.image = instance(Image, getattr(row, f"{name}_image"))
        owner._dirty.clear()
    found: T | None = owner
    return found


def _with_images(table: type[T]) -> Any:
    return table.select(table, Image).join(Image, JOIN.LEFT_OUTER).order_by(table.id)


@transactional
def systems(page: Page | None = None) -> Listed[System]:
    """Return all systems in order of creation, or a page of them."""
    return listed(_with_images(System), page)


@transactional
def of_deployment() -> System | None:
    """Return the system that `OPENBADGER_SYSTEM` names, or else the only one, with its image.

    None if there is no system yet, or several others.
    """
    own = config.settings().optional("OPENBADGER_SYSTEM") or ""
    own_first = Case(None, [(System.called(own), 0)], 1)
    joined = System.select(System, Image).join(Image, JOIN.LEFT_OUTER)
    rows: list[System] = list(joined.order_by(own_first, System.id).limit(2))
    is_clear = len(rows) == 1 or (rows and texts.same(rows[0].slug, own))
    return rows[0] if is_clear else None


@transactional
def issuers(owner: System, page: Page | None = None) -> Listed[Issuer]:
    """Return a system's issuers in order of creation, or a page of them."""
    return listed(_with_images(Issuer).where(Issuer.system == owner), page)


@transactional
def programs(owner: Issuer, page: Page | None = None) -> Listed[Program]:
    """Return an issuer's programs in order of creation, or a page of them."""
    return listed(_with_images(Program).where(Program.issuer == owner), page)


@transactional
def issuers_by_system(these: Sequence[System]) -> dict[int, list[Issuer]]:
    """Return the issuers of each system by the system's id, in order, in one statement."""
    found: dict[int, list[Issuer]] = defaultdict(list)
    for row in _with_images(Issuer).where(Issuer.system.in_([one.id for one in these])):
        found[row.system_id].append(row)
    return found


@transactional
def programs_by_issuer(these: Sequence[Issuer]) -> dict[int, list[Program]]:
    """Return the programs of each issuer by the issuer's id, in order, in one statement."""
    found: dict[int, list[Program]] = defaultdict(list)
    for row in _with_images(Program).where(Program.issuer.in_([one.id for one in these])):
        found[row.issuer_id].append(row)
    return found


@transactional
def all_scopes() -> list[Scope]:
    """Return all places, without images: each system, and in it its issuers with their programs."""
    programs: dict[int, list[Program]] = defaultdict(list)
    for program in Program.select().order_by(Program.name):
        programs[program.issuer_id].append(program)
    issuers: dict[int, list[Issuer]] = defaultdict(list)
    for issuer in Issuer.select().order_by(Issuer.name):
        issuers[issuer.system_id].append(issuer)
    found = []
    for system in System.select().order_by(System.name):
        found.append(Scope(system))
        for issuer in issuers[system.id]:
            found.append(Scope(system, issuer))
            found += [Scope(system, issuer, program) for program in programs[issuer.id]]
    return found


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
def create_first_system(slug: str, url: str, email: str | None = None) -> System | None:
    """Create a system if there is none, so that the first person to sign in has a place.

    Parameters
    ----------
    slug : str
        Its slug, from which its name is made.
    url, email : str
        Its website and e-mail address.

    Returns
    -------
    System or None
        The new one; None if there was any system already.

    Raises
    ------
    ValidationError, Conflict
    """
    if System.select().exists():
        return None
    name = slug.replace("-", " ").title()
    return create_system({"slug": slug, "name": name, "url": url, "email": email})


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
        raise _taken(model, values) from problem


@transactional
def update(owner: Owner, data: Mapping[str, Any], picture: images.Picture | None = None) -> None:
    """Change the members of a system, issuer or program that are sent.

    Parameters
    ----------
    owner : Owner
        The system, issuer or program.
    data : Mapping[str, Any]
        New values; null removes an optional one.
    picture : Picture, optional
        A new image.

    Raises
    ------
    ValidationError, Conflict
    NotFound
        If its slug is sent, and it was deleted meanwhile.
    """
    validation.check(data, OWNER, partial=True)
    for field in OWNER:
        if field.name in data:
            setattr(owner, field.name, validation.as_text(data[field.name]))
    if picture is not None:
        owner.image = images.keep(picture, owner.image)
    if not owner.dirty_fields:
        return
    before = _place(_locked(owner)) if "slug" in data else None
    if before is not None and owner.slug != before.own_slug:
        addresses.keep_within(owner)
    try:
        owner.save(only=owner.dirty_fields)
    except IntegrityError as problem:
        details = {name: getattr(owner, name) for name in ("id", "slug", "name", "url")}
        raise _taken(owner._meta.name, details) from problem
    if before is not None and owner.slug != before.own_slug:
        accounts.move_grants(before, owner.slug)


def _locked(owner: T) -> T:
    """Lock an owner's system, and return the owner as it is now.

    Others that rename or delete an owner in that system wait, so that no name is missed that an
    owner had in between.

    Raises
    ------
    NotFound
        If it was deleted meanwhile.
    """
    System.update(slug=System.slug).where(System.id == _system_of(owner)).execute()
    now: T | None = type(owner).get_or_none(type(owner).id == owner.id)
    if now is None:
        raise missing(owner._meta.name, "slug", owner.slug)
    return now


def _system_of(owner: Owner) -> Any:
    """Return the id of an owner's system, or a query for it."""
    if isinstance(owner, Program):
        return Issuer.select(Issuer.system).where(Issuer.id == owner.issuer_id)
    return owner.system_id if isinstance(owner, Issuer) else owner.id


def _place(owner: Owner) -> Place:
    """Return the place of an owner."""
    if isinstance(owner, Program):
        return Place(owner.issuer.system.slug, owner.issuer.slug, owner.slug)
    if isinstance(owner, Issuer):
        return Place(owner.system.slug, owner.slug)
    return Place(owner.slug)


def _taken(model: str, details: Mapping[str, Any]) -> Conflict:
    return Conflict(f"{model} with that `slug` already exists", details=dict(details))


@transactional
def delete(owner: Owner) -> None:
    """Delete a system, issuer or program and all in it; its badges stay without that owner.

    Documents of badges that were awarded go on naming it.

    Raises
    ------
    NotFound
        If it was deleted meanwhile.
    """
    now = _locked(owner)
    accounts.delete_grants(_place(now))
    addresses.keep_within(now)
    issuer_profiles.keep_before_delete(type(now).get_by_id(now.id))  # with an id in any case
    now.delete_instance()

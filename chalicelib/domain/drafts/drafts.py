"""Drafts and templates of badges: find, create, save, copy and delete them.

A draft's content is one document (see `chalicelib.domain.drafts.content`). Two people may edit the
same draft: each save carries a digest of the section as it was shown, and is refused if the section
has changed since. A published draft stays as an unlisted row, so that links to it keep working.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from peewee import JOIN

from chalicelib import texts, times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, DraftLabel, Image, Issuer, Program, System
from chalicelib.domain.badges.field_kinds import MOST, NO_PICTURE
from chalicelib.domain.badges.fields import SECTIONS, VISUAL
from chalicelib.domain.drafts import content as draft_content
from chalicelib.domain.drafts.content import Content
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.owners.places import missing as not_found
from chalicelib.domain.shared import slugs
from chalicelib.domain.shared.digests import digest
from chalicelib.domain.shared.pagination import Listed
from chalicelib.errors import Conflict, NotFound, ValidationError

DRAFT, TEMPLATE, PUBLISHED = "draft", "template", "published"
LISTED = (DRAFT, TEMPLATE)
_LEVELS: dict[str, Any] = {"system": Draft.system, "issuer": Draft.issuer, "program": Draft.program}


class EditConflict(Conflict):
    """The same section of a draft was saved by someone else since it was shown.

    Parameters
    ----------
    section : str
        The section.
    theirs : Content
        Its current values.
    yours : Content
        The values that were sent.
    base : str
        The digest to send to replace the current values.
    author : str
        Who saved last.
    """

    def __init__(
        self, section: str, theirs: Content, yours: Content, base: str, author: str
    ) -> None:
        super().__init__("Someone else changed this first")
        self.section = section
        self.theirs = theirs
        self.yours = yours
        self.base = base
        self.author = author


def _query() -> Any:
    """Return the query for drafts with their owners and images."""
    return (
        Draft.select(Draft, System, Issuer, Program, Image)
        .join(System)
        .switch(Draft)
        .join(Issuer, JOIN.LEFT_OUTER)
        .switch(Draft)
        .join(Program, JOIN.LEFT_OUTER)
        .switch(Draft)
        .join(Image, JOIN.LEFT_OUTER)
    )


@transactional
def find(number: int) -> Draft:
    """Return a draft or template, even a published one, with its owners and image.

    Raises
    ------
    NotFound
        If no draft has this id.
    """
    draft: Draft | None = _query().where(Draft.id == number).get_or_none()
    if draft is None:
        raise not_found("draft", "id", number)
    return draft


@transactional
def by_slug(slug: str) -> Draft:
    """Return a template by the slug that it is shared under, with its owners and image.

    Raises
    ------
    NotFound
        If no template has this slug; drafts are not shared.
    """
    draft: Draft | None = _query().where(Draft.slug == slug, Draft.status == TEMPLATE).get_or_none()
    if draft is None:
        raise not_found("template", "slug", slug)
    return draft


def scope_of(draft: Draft) -> Scope:
    """Return the place that a draft belongs to."""
    return Scope(draft.system, draft.issuer, draft.program)


def inside(where: Scope) -> Any:
    """Return the condition for drafts and templates in this place and every place inside it."""
    return (_LEVELS[where.level] == where.innermost.id) & Draft.status.in_(LISTED)


def content(draft: Draft) -> Content:
    """Return a draft's content: a whole document, with a value for every member."""
    return draft_content.completed(json.loads(draft.content))


def section(draft: Draft, name: str) -> Content:
    """Return the content of one section; for the visual section, the id of the image."""
    if name == VISUAL:
        return {"image": draft.image_id}
    whole = content(draft)
    return {member: whole[member] for member in draft_content.MEMBERS[name]}


def alt(draft: Draft) -> str:
    """Return the alternative text of a draft's image, or an empty text."""
    return images.alt(draft.image)


def base(draft: Draft, name: str) -> str:
    """Return the digest of a section as it is now, which `save` compares with."""
    return digest(section(draft, name))


@transactional
def create(
    scope: Scope,
    author: str,
    content: Mapping[str, Any] | None = None,
    *,
    status: str = DRAFT,
    image: Image | None = None,
) -> Draft:
    """Create a draft or template.

    Parameters
    ----------
    scope : Scope
        The place that its badge will belong to.
    author : str
        Who creates it.
    content : Mapping[str, Any], optional
        Values by the names of fields (see `chalicelib.domain.badges.fields`).
    status : str
        `DRAFT` or `TEMPLATE`.
    image : Image, optional
        Its image.

    Raises
    ------
    ValidationError
        If it holds something that cannot be published.
    """
    whole = draft_content.completed(content or {})
    for name in SECTIONS:
        _raise_for(draft_content.problems(name, whole))
    return insert(scope, author, whole, status, image)


def _raise_for(problems: Mapping[str, str]) -> None:
    if problems:
        raise ValidationError([{"field": name, "message": code} for name, code in problems.items()])


def insert(scope: Scope, author: str, whole: Content, status: str, image: Image | None) -> Draft:
    """Insert a draft or template with a whole document, in the current transaction."""
    draft = Draft.create(
        slug=slugs.random_slug(),
        status=status,
        system=scope.system,
        issuer=scope.issuer,
        program=scope.program,
        image=image,
        author=author,
        **_columns(whole),
    )
    _index_labels(draft, whole)
    return find(draft.id)


def _columns(whole: Content) -> dict[str, Any]:
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return {"name": whole["name"], "content": text}


def _index_labels(draft: Draft, whole: Content) -> None:
    """Store the labels by which lists find a draft."""
    DraftLabel.delete().where(DraftLabel.draft == draft).execute()
    rows = [
        {"draft": draft, "kind": kind, "label": label}
        for kind, name in (("tag", "tags"), ("category", "categories"))
        for label in whole[name]
    ]
    if rows:
        DraftLabel.insert_many(rows).execute()


@transactional
def save(number: int, name: str, values: Mapping[str, Any], base: str, author: str) -> Draft:
    """Save a section of a draft.

    Parameters
    ----------
    number : int
        The draft's id.
    name : str
        The section; for the image see `set_image`.
    values : Mapping[str, Any]
        All of its members.
    base : str
        The digest of the section as it was shown (see `base`).
    author : str
        Who saves.

    Raises
    ------
    NotFound
        If the draft has been deleted or published.
    ValidationError
        With a code for each bad field.
    EditConflict
        If someone else has saved the same section since.
    """
    yours = draft_content.read(name, values)
    _raise_for(draft_content.problems(name, yours))
    draft = lock(number)
    theirs = section(draft, name)
    if theirs == yours:  # also when a save is repeated because its response was lost
        return draft
    _check_base(draft, name, base, yours)
    whole = {**content(draft), **yours}
    Draft.update(**_columns(whole), author=author, updated=times.now()).where(
        Draft.id == draft.id
    ).execute()
    _index_labels(draft, whole)
    return find(draft.id)


@transactional
def set_image(number: int, picture: images.Picture, base: str, author: str) -> Draft:
    """Set a draft's image and its alternative text (see `save`)."""
    _refuse_alt(picture.alt)
    draft = lock(number)
    if draft.image is not None and images.picture(draft.image) == picture:
        return draft  # the save is repeated because its response was lost
    _check_base(draft, VISUAL, base, {"image": None})
    return _replace_image(draft, picture, author)


@transactional
def set_alt(number: int, words: str, base: str, author: str) -> Draft:
    """Set the alternative text of a draft's image; `base` is the visual section's (see `save`)."""
    words = draft_content.alt(words)
    _refuse_alt(words)
    draft = lock(number)
    if words == alt(draft):  # also when a save is repeated because its response was lost
        return draft
    _check_base(draft, VISUAL, base, {"image": draft.image_id})
    if draft.image is None:
        raise ValidationError([{"field": "image", "message": NO_PICTURE}])
    return _replace_image(draft, replace(images.picture(draft.image), alt=words or None), author)


@transactional
def clear_image(number: int, base: str, author: str) -> Draft:
    """Remove a draft's image (see `save`)."""
    draft = lock(number)
    if draft.image_id is None:
        return draft
    _check_base(draft, VISUAL, base, {"image": None})
    return _replace_image(draft, None, author)


def _refuse_alt(alt: str | None) -> None:
    code = draft_content.alt_problem(alt or "")
    _raise_for({"alt": code} if code else {})


def _replace_image(draft: Draft, picture: images.Picture | None, author: str) -> Draft:
    """Point a locked draft to a new image row; image rows never change."""
    image = images.keep(picture)
    Draft.update(image=image, author=author, updated=times.now()).where(
        Draft.id == draft.id
    ).execute()
    return find(draft.id)


def _check_base(draft: Draft, name: str, sent: str, yours: Content) -> None:
    """Raise `EditConflict` if a section has changed since it was shown."""
    theirs = section(draft, name)
    now = digest(theirs)
    if now != sent:
        raise EditConflict(name, theirs, yours, now, draft.author)


def lock(number: int, *, even_published: bool = False) -> Draft:
    """Lock a draft for the current transaction and return it as it is now.

    Raises
    ------
    NotFound
        If it has been deleted, or published and `even_published` is not set.
    """
    Draft.update(status=Draft.status).where(Draft.id == number).execute()
    draft = find(number)
    if draft.status == PUBLISHED and not even_published:
        raise NotFound("This draft was published in the meantime and can no longer be edited.")
    return draft


@transactional
def missing(draft: Draft) -> list[tuple[str, str]]:
    """Return what publishing needs and the draft lacks: pairs of section and field."""
    whole = content(draft)
    support = len(support_badges(draft)) if whole["milestone"]["isMilestone"] else 0
    return draft_content.missing(whole, pictured=draft.image_id is not None, support=support)


@transactional
def support_badges(draft: Draft) -> list[Badge]:
    """Return the support badges of a draft's milestone that exist."""
    return _chosen(draft, content(draft)["milestone"]["supportBadges"])


def _badges_of_system(draft: Draft) -> Any:
    """Return the query for the badges that can support a draft's milestone, by name."""
    return (
        Badge.select()
        .where(Badge.system == draft.system_id, Badge.live())
        .order_by(Badge.name, Badge.id)
    )


def _chosen(draft: Draft, slugs: list[str]) -> list[Badge]:
    wanted = [texts.key(slug) for slug in slugs[:MOST]]
    return list(_badges_of_system(draft).where(Badge.slug_key.in_(wanted))) if wanted else []


@transactional
def support_candidates(draft: Draft, chosen: list[str], search: str, most: int) -> Listed[Badge]:
    """Return the badges that can be chosen as a milestone's support badges, by name.

    Parameters
    ----------
    draft : Draft
        The draft with the milestone.
    chosen : list[str]
        Slugs of the badges chosen so far, which are always included.
    search : str
        Text that the names of the others must contain.
    most : int
        How many others to return.

    Returns
    -------
    Listed[Badge]
        The badges; `total` counts all candidates, whatever the search.
    """
    current = _badges_of_system(draft).where(Badge.with_archived(False))
    found = {badge.id: badge for badge in _chosen(draft, chosen)}
    others = current.where(Badge.name.contains(search)) if search else current
    others = others.where(Badge.id.not_in(list(found))) if found else others
    rows = [*found.values(), *others.limit(most)]
    return Listed(sorted(rows, key=lambda one: (one.name.lower(), one.id)), current.count())


@transactional
def copy(draft: Draft, scope: Scope, author: str, status: str = DRAFT) -> Draft:
    """Create another draft or template with the same content and image."""
    return insert(scope, author, content(draft), status, draft.image)


@transactional
def delete(draft: Draft) -> None:
    """Delete a draft or template; a published one stays as a record.

    Raises
    ------
    NotFound
        If it has already been deleted or published.
    """
    lock(draft.id)
    Draft.delete().where(Draft.id == draft.id).execute()

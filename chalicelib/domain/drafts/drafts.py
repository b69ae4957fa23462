"""Drafts of badges and templates for them, until they are published.

What a draft says is one document (see `chalicelib.domain.drafts.content`). Two people may edit one:
who saves says what the section looked like that they changed, and is told when it no longer does.
A draft that was published stays as a row, unlisted, so that its number goes on leading somewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from peewee import JOIN

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, DraftLabel, Image, Issuer, Program, System
from chalicelib.domain.drafts import content as draft_content
from chalicelib.domain.drafts.content import Content
from chalicelib.domain.images import images
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.owners.places import missing as not_found
from chalicelib.domain.shared import slugs
from chalicelib.domain.shared.pagination import Listed
from chalicelib.errors import Conflict, NotFound, ValidationError

DRAFT, TEMPLATE, PUBLISHED = "draft", "template", "published"
LISTED = (DRAFT, TEMPLATE)
_LEVELS: dict[str, Any] = {"system": Draft.system, "issuer": Draft.issuer, "program": Draft.program}


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same section of a draft since it was shown.

    Parameters
    ----------
    section : str
        Which one.
    theirs : Content
        What is there now.
    yours : Content
        What was sent.
    base : str
        What to send with the next try, if it is to replace theirs.
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


def _loaded() -> Any:
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
    """Return a draft or template with its owners and image; one that was published, too.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    draft: Draft | None = _loaded().where(Draft.id == number).get_or_none()
    if draft is None:
        raise not_found("draft", "id", number)
    return draft


@transactional
def by_slug(slug: str) -> Draft:
    """Return a template by the id that it is shared by, with its owners and image.

    Raises
    ------
    NotFound
        If there is none; drafts are not shared.
    """
    draft: Draft | None = (
        _loaded().where(Draft.slug == slug, Draft.status == TEMPLATE).get_or_none()
    )
    if draft is None:
        raise not_found("template", "slug", slug)
    return draft


def scope_of(draft: Draft) -> Scope:
    """Return where a draft is."""
    return Scope(draft.system, draft.issuer, draft.program)


def inside(where: Scope) -> Any:
    """Return the condition for drafts and templates of this place, or of a place within it."""
    return (_LEVELS[where.level] == where.innermost.id) & Draft.status.in_(LISTED)


def content(draft: Draft) -> Content:
    """Return what a draft says: the whole document, with something for every member."""
    return draft_content.completed(json.loads(draft.content))


def section(draft: Draft, name: str) -> Content:
    """Return what one section of a draft says; of the visual one it is the picture's id."""
    if name == draft_content.VISUAL:
        return {"image": draft.image_id}
    whole = content(draft)
    return {member: whole[member] for member in draft_content.MEMBERS[name]}


def alt(draft: Draft) -> str:
    """Return what a draft's picture shows, in words; an empty text when nobody said."""
    return images.alt(draft.image)


def base(draft: Draft, name: str) -> str:
    """Return what says how a section of a draft looks now; `save` wants it back."""
    return draft_content.digest(section(draft, name))


@transactional
def create(
    scope: Scope,
    author: str,
    content: Mapping[str, Any] | None = None,
    *,
    status: str = DRAFT,
    image: Image | None = None,
) -> Draft:
    """Begin a draft or template.

    Parameters
    ----------
    scope : Scope
        Where its badge will belong.
    author : str
        Who begins it.
    content : Mapping[str, Any], optional
        What is known of it, in the members of badgekit-api's badges (and ``multiClaimCode`` and
        ``milestone``).
    status : str
        `DRAFT` or `TEMPLATE`.
    image : Image, optional
        Its picture.

    Raises
    ------
    ValidationError
        If it holds what could not be published.
    """
    whole = draft_content.completed(content or {})
    for name in draft_content.SECTIONS:
        _refuse(draft_content.problems(name, whole))
    return insert(scope, author, whole, status, image)


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise ValidationError([{"field": name, "message": code} for name, code in problems.items()])


def insert(scope: Scope, author: str, whole: Content, status: str, image: Image | None) -> Draft:
    """Begin a draft or template with a whole document, in the transaction under way."""
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
    _label(draft, whole)
    return find(draft.id)


def _columns(whole: Content) -> dict[str, Any]:
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return {"name": whole["name"], "content": text}


def _label(draft: Draft, whole: Content) -> None:
    """Keep what lists find a draft by."""
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
        Which section; for the picture see `set_image`.
    values : Mapping[str, Any]
        All of its members.
    base : str
        What the section looked like when it was shown, by `base`.
    author : str
        Who saves.

    Raises
    ------
    NotFound
        If it was deleted or published meanwhile.
    ValidationError
        With a code for each bad field.
    ChangedMeanwhile
        If somebody else saved the same section since.
    """
    yours = draft_content.read(name, values)
    _refuse(draft_content.problems(name, yours))
    draft = locked(number)
    theirs = section(draft, name)
    if theirs == yours:  # also when it was saved a moment ago, and nobody heard of it
        return draft
    _compare(draft, name, base, yours)
    whole = {**content(draft), **yours}
    Draft.update(**_columns(whole), author=author, updated=times.now()).where(
        Draft.id == draft.id
    ).execute()
    _label(draft, whole)
    return find(draft.id)


@transactional
def set_image(number: int, picture: images.Picture, base: str, author: str) -> Draft:
    """Give a draft a picture, with what it shows in words (see `save`)."""
    _refuse_alt(picture.alt)
    draft = locked(number)
    if draft.image is not None and images.picture(draft.image) == picture:
        return draft  # it was saved a moment ago, and nobody heard of it
    _compare(draft, draft_content.VISUAL, base, {"image": None})
    return _pictured(draft, picture, author)


@transactional
def set_alt(number: int, words: str, base: str, author: str) -> Draft:
    """Say in words what a draft's picture shows; `base` is that of the visual section (see `save`)."""
    words = draft_content.alt(words)
    _refuse_alt(words)
    draft = locked(number)
    if words == alt(draft):  # also when it was saved a moment ago, and nobody heard of it
        return draft
    _compare(draft, draft_content.VISUAL, base, {"image": draft.image_id})
    if draft.image is None:
        raise ValidationError([{"field": "image", "message": draft_content.NO_PICTURE}])
    return _pictured(draft, replace(images.picture(draft.image), alt=words or None), author)


@transactional
def clear_image(number: int, base: str, author: str) -> Draft:
    """Take a draft's picture away (see `save`)."""
    draft = locked(number)
    if draft.image_id is None:
        return draft
    _compare(draft, draft_content.VISUAL, base, {"image": None})
    return _pictured(draft, None, author)


def _refuse_alt(alt: str | None) -> None:
    code = draft_content.alt_problem(alt or "")
    _refuse({"alt": code} if code else {})


def _pictured(draft: Draft, picture: images.Picture | None, author: str) -> Draft:
    """Give a locked draft a picture of its own; rows of pictures never change."""
    image = images.keep(picture)
    Draft.update(image=image, author=author, updated=times.now()).where(
        Draft.id == draft.id
    ).execute()
    return find(draft.id)


def _compare(draft: Draft, name: str, sent: str, yours: Content) -> None:
    """Raise `ChangedMeanwhile` when a section does not look any more as it did."""
    theirs = section(draft, name)
    now = draft_content.digest(theirs)
    if now != sent:
        raise ChangedMeanwhile(name, theirs, yours, now, draft.author)


def locked(number: int, *, even_published: bool = False) -> Draft:
    """Return a draft as it is now, and stays while the transaction under way lasts.

    Raises
    ------
    NotFound
        If it was deleted meanwhile, or published unless that one is wanted, too.
    """
    Draft.update(status=Draft.status).where(Draft.id == number).execute()
    draft = find(number)
    if draft.status == PUBLISHED and not even_published:
        raise NotFound("This draft was published in the meantime and can no longer be edited.")
    return draft


@transactional
def missing(draft: Draft) -> list[tuple[str, str]]:
    """Return where something is missing that publishing needs: pairs of section and field."""
    whole = content(draft)
    support = len(support_badges(draft)) if whole["milestone"]["isMilestone"] else 0
    return draft_content.missing(whole, pictured=draft.image_id is not None, support=support)


@transactional
def support_badges(draft: Draft) -> list[Badge]:
    """Return the support badges of a draft's milestone, as far as there are any such badges."""
    return _chosen(draft, content(draft)["milestone"]["supportBadges"])


def _of_system(draft: Draft) -> Any:
    """Return the query for the badges that may support a draft's milestone, by name."""
    return (
        Badge.select()
        .where(Badge.system == draft.system_id, Badge.live())
        .order_by(Badge.name, Badge.id)
    )


def _chosen(draft: Draft, slugs: list[str]) -> list[Badge]:
    wanted = slugs[: draft_content.MOST]
    return list(_of_system(draft).where(Badge.slug.in_(wanted))) if wanted else []


@transactional
def candidates(draft: Draft, chosen: list[str], search: str, most: int) -> Listed[Badge]:
    """Return the badges to choose a milestone's support badges from, by name.

    Parameters
    ----------
    draft : Draft
        Whose milestone.
    chosen : list[str]
        Slugs of those that were chosen; they are always among them.
    search : str
        What the names of the others hold.
    most : int
        How many others.

    Returns
    -------
    Listed[Badge]
        The badges; `total` is how many there are to choose from without a search.
    """
    current = _of_system(draft).where(Badge.with_archived(False))
    found = {badge.id: badge for badge in _chosen(draft, chosen)}
    others = current.where(Badge.name.contains(search)) if search else current
    others = others.where(Badge.id.not_in(list(found))) if found else others
    rows = [*found.values(), *others.limit(most)]
    return Listed(sorted(rows, key=lambda one: (one.name.lower(), one.id)), current.count())


@transactional
def copy(draft: Draft, scope: Scope, author: str, status: str = DRAFT) -> Draft:
    """Begin another draft or template with what one says, and its picture."""
    return insert(scope, author, content(draft), status, draft.image)


@transactional
def delete(draft: Draft) -> None:
    """Delete a draft or template; one that was published stays as a record.

    Raises
    ------
    NotFound
        If somebody deleted or published it meanwhile.
    """
    locked(draft.id)
    Draft.delete().where(Draft.id == draft.id).execute()

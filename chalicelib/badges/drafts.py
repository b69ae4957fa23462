"""Drafts of badges and templates for them, until they are published."""

from __future__ import annotations

from typing import Any

from peewee import JOIN

from chalicelib.badges.owners import missing
from chalicelib.data.connection import transactional
from chalicelib.data.models import Draft, Image, Issuer, Program, System

DRAFT, TEMPLATE, PUBLISHED = "draft", "template", "published"


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
    """Return a draft or template with its owners and image.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    draft: Draft | None = _loaded().where(Draft.id == number).get_or_none()
    if draft is None:
        raise missing("draft", "id", number)
    return draft

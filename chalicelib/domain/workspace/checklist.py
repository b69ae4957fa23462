"""How far the first steps in a place are: what the checklist of an empty system asks.

Everything is read from the data, so a step counts no matter where, how or by whom it was done.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib import config
from chalicelib.data.connection import transactional
from chalicelib.data.models import Badge, Draft, System
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import drafts
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.places import Scope


class Progress(NamedTuple):
    """What has been done in a place, and in all places within.

    Parameters
    ----------
    named : bool
        Whether the system has a logo, or a profile that a person has filled in.
    draft : Draft or None
        The latest draft: its id and name.
    badge : Badge or None
        The latest badge that can be issued: its slug and name.
    issued : bool
        Whether any badge has been issued.
    invited : bool
        Whether anyone else has permissions.
    """

    named: bool
    draft: Draft | None
    badge: Badge | None
    issued: bool
    invited: bool


@transactional
def progress(scope: Scope, email: str) -> Progress:
    """Return what has been done in a place; `email` is the person who asks."""
    mine: Any = Draft.select(Draft.id, Draft.name).where(
        drafts.inside(scope), Draft.status == drafts.DRAFT
    )
    published: Any = Badge.select(Badge.id, Badge.slug, Badge.name).where(badges.inside(scope))
    current = published.where(Badge.with_archived(False))
    return Progress(
        is_named(scope.system),
        mine.order_by(Draft.id.desc()).first(),
        current.order_by(Badge.id.desc()).first(),
        published.where(Badge.given > 0).exists(),
        accounts.has_others(scope.place, email),
    )


def is_named(system: System) -> bool:
    """Return whether a person has given a system its name or logo.

    A system that was created with the deployment has a name made of its slug, and the deployment's
    own address as its website.
    """
    made_of_slug = system.slug.replace("-", " ").lower()
    is_untouched = (
        config.settings().own_path(f"{system.url}/") is not None
        and system.name.lower() == made_of_slug
    )
    return system.image is not None or not is_untouched

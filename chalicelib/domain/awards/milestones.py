"""Milestones: a badge awarded, or applied for, when enough other badges have been earned.

A milestone is looked at when one of its support badges is awarded, as in badgekit-api.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import fn

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, Milestone, MilestoneBadge, System
from chalicelib.domain.applications import applications
from chalicelib.domain.badges import catalog
from chalicelib.domain.badges.catalog import MilestoneView
from chalicelib.domain.events import events
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared import validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field
from chalicelib.errors import ValidationError

ISSUE, QUEUE_APPLICATION = "issue", "queue-application"
MOST_SUPPORT = 1000

# badgekit-api 0.2.22: app/models/milestone.js
MILESTONE = (
    Field("primaryBadgeId", validation.integer, required=True),
    Field("numberRequired", validation.integer, required=True),
    Field("action", validation.one_of(ISSUE, QUEUE_APPLICATION)),
)


@transactional
def create(system: System, data: Mapping[str, Any]) -> Milestone:
    """Make a milestone.

    Parameters
    ----------
    system : System
        Whose it is; its badges may be anywhere within.
    data : Mapping[str, Any]
        ``primaryBadgeId``, ``numberRequired``, ``supportBadges`` (ids), and perhaps ``action``:
        ``issue`` (what happens without one, too) or ``queue-application``.

    Raises
    ------
    ValidationError
        Also for badges that are not this system's.
    """
    validation.check(data, MILESTONE)
    if "supportBadges" not in data:
        raise ValidationError([{"field": "supportBadges", "value": ""}])
    support = _support(system, data)
    (primary,) = _badges(system, [int(data["primaryBadgeId"])], "primaryBadgeId")
    milestone = Milestone.create(
        system=system,
        primary_badge=primary,
        number_required=int(data["numberRequired"]),
        action=data.get("action"),
    )
    _add(milestone, support)
    return milestone


@transactional
def update(milestone: Milestone, data: Mapping[str, Any]) -> None:
    """Change what is sent of a milestone; support badges, when sent, replace those it had.

    Raises
    ------
    ValidationError
    """
    validation.check(data, MILESTONE, partial=True)
    system = milestone.system
    lock(system.id)
    if "primaryBadgeId" in data:
        wanted = [int(data["primaryBadgeId"])]
        (milestone.primary_badge_id,) = _badges(system, wanted, "primaryBadgeId")
    if "numberRequired" in data:
        milestone.number_required = int(data["numberRequired"])
    if "action" in data:
        milestone.action = data["action"]
    milestone.save()
    if "supportBadges" in data:
        support = _support(system, data)
        MilestoneBadge.delete().where(MilestoneBadge.milestone == milestone).execute()
        _add(milestone, support)


def _support(system: System, data: Mapping[str, Any]) -> list[int]:
    wanted = data["supportBadges"]
    if (
        not isinstance(wanted, list)
        or len(wanted) > MOST_SUPPORT
        or any(one is None or validation.integer(one) for one in wanted)
    ):
        raise _bad("supportBadges", "Unexpected value or invalid argument")
    return _badges(system, list(dict.fromkeys(int(one) for one in wanted)), "supportBadges")


def _badges(system: System, wanted: list[int], field: str) -> list[int]:
    """Return ids of badges, all of which are this system's."""
    if not wanted:
        return []
    known = {
        row.id
        for row in Badge.select(Badge.id).where(
            Badge.id.in_(wanted), Badge.system == system, Badge.live()
        )
    }
    if unknown := [str(one) for one in wanted if one not in known]:
        raise _bad(field, f"There is no badge with the id {', '.join(unknown)} in this system")
    return wanted


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"message": message, "field": field, "value": ""}])


def _add(milestone: Milestone, badges: Iterable[int]) -> None:
    rows = [{"milestone": milestone, "badge": badge} for badge in badges]
    if rows:
        MilestoneBadge.insert_many(rows).execute()


@transactional
def add_badge(milestone: Milestone, data: Mapping[str, Any]) -> None:
    """Let one more badge count towards a milestone; one that does already may be added again.

    Raises
    ------
    ValidationError
        If it is no badge of the system.
    """
    validation.check(data, _BADGE_ID)
    (badge,) = _badges(milestone.system, [int(data["badgeId"])], "badgeId")
    there = MilestoneBadge.select().where(
        MilestoneBadge.milestone == milestone, MilestoneBadge.badge == badge
    )
    lock(milestone.system_id)
    if not there.exists():
        _add(milestone, [badge])


@transactional
def remove_badge(milestone: Milestone, data: Mapping[str, Any]) -> None:
    """Let a badge no longer count towards a milestone.

    Raises
    ------
    ValidationError
        If no badge is named.
    """
    validation.check(data, _BADGE_ID)
    lock(milestone.system_id)
    MilestoneBadge.delete().where(
        MilestoneBadge.milestone == milestone, MilestoneBadge.badge == int(data["badgeId"])
    ).execute()


_BADGE_ID = (Field("badgeId", validation.integer, required=True),)


@transactional
def of(system: System, page: Page | None = None) -> Listed[MilestoneView]:
    """Return the milestones of a system in order of creation, or a page of them."""
    found = listed(
        Milestone.select().where(Milestone.system == system).order_by(Milestone.id), page
    )
    return Listed(catalog.milestones(found.rows), found.total)


@transactional
def find(system: System, number: str) -> Milestone:
    """Return a milestone of a system by its id, as it stands in a path.

    Raises
    ------
    NotFound
        If there is none.
    """
    found: Milestone | None = None
    if validation.integer(number) is None:
        found = Milestone.get_or_none(Milestone.system == system, Milestone.id == int(number))
    if found is None:
        raise missing("milestone", "id", number)
    found.system = system
    return found


@transactional
def shown(milestone: Milestone) -> MilestoneView:
    """Return a milestone to be shown.

    Raises
    ------
    NotFound
        If it went with its badge meanwhile.
    """
    if found := catalog.milestones([milestone]):
        return found[0]
    raise missing("milestone", "id", milestone.id)


@transactional
def delete(milestone: Milestone) -> None:
    """Delete a milestone; what was awarded for it stays."""
    milestone.delete_instance()


@transactional
def reached(badge: Badge, keys: Iterable[str]) -> list[tuple[Milestone, list[str]]]:
    """Return the milestones that a badge supports, each with the addresses that have reached it.

    They are locked since before the award (see `lock`), so that nobody misses anything.

    Parameters
    ----------
    badge : Badge
        What was awarded just now.
    keys : Iterable[str]
        To whom, by `addresses.key`.
    """
    supported = {
        row.id: row
        for row in Milestone.select()
        .join(MilestoneBadge)
        .where(MilestoneBadge.badge == badge)
        .order_by(Milestone.id)
    }
    if not supported:
        return []
    has = fn.COUNT(fn.DISTINCT(Award.badge))
    rows: Any = (
        MilestoneBadge.select(MilestoneBadge.milestone, Award.email_key, has)
        .join(Award, on=(Award.badge == MilestoneBadge.badge))
        .where(
            MilestoneBadge.milestone.in_(list(supported)),
            Award.email_key.in_(list(keys)),
            Award.revoked.is_null(),
        )
        .group_by(MilestoneBadge.milestone, Award.email_key)
        .order_by(MilestoneBadge.milestone, Award.email_key)
        .tuples()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, key, count in rows:
        if count >= supported[number].number_required:
            found[number].append(key)
    return [(milestone, found[number]) for number, milestone in supported.items() if found[number]]


def lock(system_id: int | None) -> None:
    """Keep others from reaching and changing a system's milestones until the transaction ends.

    Of two awards at once each would miss the other, and nobody would reach what both do. All are
    locked, and before any badge, since the badge of one may support another one.
    """
    Milestone.update(number_required=Milestone.number_required).where(
        Milestone.system == system_id
    ).execute()


def origin(milestone: Milestone, key: str) -> str:
    """Return what names the one time that an address reached a milestone."""
    digest = hashlib.sha256(f"{milestone.id}:{key}".encode()).hexdigest()
    return f"milestone:{milestone.id}:{digest}"


def queue_applications(badge: Badge, origins: Mapping[str, str]) -> None:
    """Have learners apply for a milestone's badge, each once, in the transaction under way.

    Parameters
    ----------
    badge : Badge
        The badge.
    origins : Mapping[str, str]
        The learners' addresses, and what names the one time of each.
    """
    applications.create_all(badge, events.record_milestones(badge, origins))

"""Milestones: a badge awarded, or applied for, when enough other badges have been earned.

A milestone is evaluated when one of its support badges is awarded, as in badgekit-api.
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
from chalicelib.domain.badges.details import MilestoneView
from chalicelib.domain.events import events
from chalicelib.domain.owners.places import missing
from chalicelib.domain.shared import origins, validation
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
    """Create a milestone.

    Parameters
    ----------
    system : System
        The system it belongs to; its badges may belong to any issuer or program of the system.
    data : Mapping[str, Any]
        ``primaryBadgeId``, ``numberRequired``, ``supportBadges`` (ids), and optionally ``action``:
        ``issue`` (the default) or ``queue-application``.

    Raises
    ------
    ValidationError
        Also for badges of other systems.
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
    """Change the members of a milestone that are sent; support badges are replaced as a whole.

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
    """Return these ids if all are of badges of this system."""
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
    """Add a support badge to a milestone; adding it again changes nothing.

    Raises
    ------
    ValidationError
        If it is not a badge of the system.
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
    """Remove a support badge from a milestone.

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
def of_system(system: System, page: Page | None = None) -> Listed[MilestoneView]:
    """Return the milestones of a system in order of creation, or a page of them."""
    found = listed(
        Milestone.select().where(Milestone.system == system).order_by(Milestone.id), page
    )
    return Listed(catalog.milestones(found.rows), found.total)


@transactional
def find(system: System, number: str) -> Milestone:
    """Return a milestone of a system by its id from a path.

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
def view(milestone: Milestone) -> MilestoneView:
    """Return the view of a milestone.

    Raises
    ------
    NotFound
        If it was deleted with its badge meanwhile.
    """
    if found := catalog.milestones([milestone]):
        return found[0]
    raise missing("milestone", "id", milestone.id)


@transactional
def delete(milestone: Milestone) -> None:
    """Delete a milestone; the awards for it stay."""
    milestone.delete_instance()


@transactional
def reached(badge: Badge, keys: Iterable[str]) -> list[tuple[Milestone, list[str]]]:
    """Return the milestones that a badge counts towards, with the addresses that reached each.

    They are locked before the award (see `lock`), so that concurrent awards are seen.

    Parameters
    ----------
    badge : Badge
        The badge that was just awarded.
    keys : Iterable[str]
        The keys of the recipients' addresses (see `email_addresses.key`).
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
    """Lock a system's milestones until the transaction ends.

    Without the lock two concurrent awards would not see each other, and a milestone that both
    complete together would not be reached. All milestones are locked, and before any badge, since
    the badge of one milestone may count towards another.
    """
    Milestone.update(number_required=Milestone.number_required).where(
        Milestone.system == system_id
    ).execute()


def origin(milestone: Milestone, key: str) -> str:
    """Return the origin of the one award that an address gets for a milestone."""
    digest = hashlib.sha256(f"{milestone.id}:{key}".encode()).hexdigest()
    return f"{origins.MILESTONE}{milestone.id}:{digest}"


def queue_applications(badge: Badge, origins: Mapping[str, str]) -> None:
    """Queue one application of each learner for a milestone's badge, in the current transaction.

    Parameters
    ----------
    badge : Badge
        The badge.
    origins : Mapping[str, str]
        The learners' addresses, each with the origin of its application (see `origin`).
    """
    applications.create_all(badge, events.record_milestones(badge, origins))

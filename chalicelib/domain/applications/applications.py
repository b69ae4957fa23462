"""Applications: a learner applies for a badge and submits evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import times
from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import Application, Badge, Evidence
from chalicelib.domain.badges import badges
from chalicelib.domain.owners.places import Scope, missing
from chalicelib.domain.shared import email_addresses, origins, slugs, validation
from chalicelib.domain.shared.pagination import Listed, Page, listed
from chalicelib.domain.shared.validation import Field

# badgekit-api 0.2.22: app/models/application.js and evidence.js
APPLICATION = (
    Field("learner", validation.email, required=True),
    Field("assignedTo", validation.email),
    Field("assignedExpiration", validation.date),
    Field("processed", validation.date),
)
EVIDENCE = (
    Field("url", validation.link(2083)),
    Field("mediaType", validation.Line(0, validation.LONGEST_TEXT)),
    Field("reflection", validation.text(0)),
)
MEDIA_TYPES = ("image", "link")


@transactional
def create(badge: Badge, data: Mapping[str, Any]) -> Application:
    """Create an application for a badge.

    Parameters
    ----------
    badge : Badge
        The badge applied for.
    data : Mapping[str, Any]
        ``learner``, optionally ``assignedTo``, ``assignedExpiration`` and a list of ``evidence``;
        ``slug`` and ``processed`` are ignored, as in badgekit-api.

    Raises
    ------
    ValidationError
    """
    validation.check(data, APPLICATION[:3])
    evidence = _evidence(data)
    application = Application.create(
        slug=slugs.random_slug(),
        badge=badge,
        learner=data["learner"],
        learner_key=email_addresses.key(data["learner"]),
        assigned_to=data.get("assignedTo"),
        assigned_expiration=_moment(data.get("assignedExpiration")),
    )
    _add_evidence(application, evidence)
    return application


@transactional
def create_all(badge: Badge, learners: Iterable[str]) -> None:
    """Create an application of each learner, without evidence."""
    now = times.now()
    rows = [
        {
            "slug": slugs.random_slug(), "badge": badge, "learner": learner,
            "learner_key": email_addresses.key(learner), "created": now,
        }
        for learner in learners
    ]  # fmt: skip
    bulk.insert(Application, rows)


@transactional
def update(application: Application, data: Mapping[str, Any]) -> None:
    """Change the members that are sent; evidence is replaced as a whole.

    Raises
    ------
    ValidationError
    """
    validation.check(data, APPLICATION, partial=True)
    if data.get("learner") is not None:
        application.learner = data["learner"]
        application.learner_key = email_addresses.key(data["learner"])
    if "assignedTo" in data:
        application.assigned_to = data["assignedTo"]
    if "assignedExpiration" in data:
        application.assigned_expiration = _moment(data["assignedExpiration"])
    if "processed" in data:
        application.processed = _moment(data["processed"])
    application.save()
    if data.get("evidence") is not None:
        evidence = _evidence(data)
        Evidence.delete().where(Evidence.application == application).execute()
        _add_evidence(application, evidence)


def _moment(value: Any) -> Any:
    return None if value is None else validation.as_moment(value)


def _evidence(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    evidence = validation.objects(data, "evidence")
    for item in evidence:
        validation.check(item, EVIDENCE)
    return evidence


def _add_evidence(application: Application, evidence: Iterable[Mapping[str, Any]]) -> None:
    rows = [
        {
            "application": application,
            "url": item.get("url"),
            "media_type": _media_type(item.get("mediaType")),
            "reflection": item.get("reflection"),
        }
        for item in evidence
    ]
    if rows:
        Evidence.insert_many(rows).execute()


def _media_type(value: Any) -> str | None:
    """Return a media type as it is kept: unknown ones are empty, as in badgekit-api."""
    return value if value is None or value in MEDIA_TYPES else ""


@transactional
def find(badge: Badge, slug: str) -> Application:
    """Return an application for a badge.

    Raises
    ------
    NotFound
        If this badge has no such application.
    """
    application: Application | None = (
        Application.select()
        .where(Application.badge == badge, Application.slug == slug)
        .get_or_none()
    )
    if application is None:
        raise missing("application", "slug", slug)
    application.badge = badge
    return application


@transactional
def by_slug(slug: str) -> Application:
    """Return an application with its badge and the badge's owners, in one statement.

    Raises
    ------
    NotFound
        If there is no such application.
    """
    application = badges.with_badge(Application, slug)
    if application is None:
        raise missing("application", "slug", slug)
    return application


@transactional
def inside(
    where: Scope,
    *,
    processed: bool | None = None,
    learner: str | None = None,
    page: Page | None = None,
) -> Listed[Application]:
    """Return the applications for the badges in a scope, by badge, and then in order of creation.

    Parameters
    ----------
    where : Scope
        The system, issuer or program.
    processed : bool, optional
        Whether to list processed applications or the others; all by default.
    learner : str, optional
        The address of the only learner to list.
    page : Page, optional
        Which page to return; all by default.
    """
    query = Application.select().join(Badge).where(badges.inside(where))
    return _listed(query, processed, learner, page)


@transactional
def of_badge(
    badge: Badge,
    *,
    processed: bool | None = None,
    learner: str | None = None,
    page: Page | None = None,
) -> Listed[Application]:
    """Return the applications for a badge in order of creation (see `inside`)."""
    query = Application.select().where(Application.badge == badge)
    return _listed(query, processed, learner, page)


def _listed(
    query: Any, processed: bool | None, learner: str | None, page: Page | None
) -> Listed[Application]:
    if processed is not None:
        query = query.where(Application.processed.is_null(not processed))
    if learner is not None:
        query = query.where(Application.learner_key == email_addresses.key(learner))
    return listed(query.order_by(Application.badge, Application.id), page)


@transactional
def delete(application: Application) -> None:
    """Delete an application with its evidence and reviews."""
    application.delete_instance()


@transactional
def evidence(ids: Iterable[int]) -> dict[int, list[Evidence]]:
    """Return the evidence of each application by its id, in one statement."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    rows = Evidence.select().where(Evidence.application.in_(list(ids))).order_by(Evidence.id)
    for row in rows:
        found[row.application_id].append(row)
    return found


def origin(slug: str) -> str:
    """Return the origin of the award that results from the application of this slug."""
    return f"{origins.APPLICATION}{slug}"


@transactional
def mark_processed(application: Application) -> None:
    """Mark an application as processed, unless it is already."""
    Application.update(processed=times.now()).where(
        Application.id == application.id, Application.processed.is_null()
    ).execute()

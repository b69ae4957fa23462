"""The embedded registry: badges live in our own tables."""

from __future__ import annotations

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, Draft
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, lookup
from chalicelib.domain.badges import badges
from chalicelib.domain.drafts import publishing
from chalicelib.domain.events.payloads import (
    AwardPayload,
    BadgeReference,
    IssuePayload,
    ReviewPayload,
    RevocationPayload,
)
from chalicelib.domain.owners.places import missing


class EmbeddedRegistry:
    """See `chalicelib.registry.Registry`."""

    def award(self, payload: ReviewPayload) -> tuple[Award, bool]:
        def work() -> tuple[Award, bool]:
            # Its slug says which badge it is for, whatever that was called when it was reviewed.
            application = applications.by_slug(payload.application)
            if application.processed is not None:
                # Answered before, perhaps by an award that the earner had already; one that was
                # revoked since does not come back because somebody edits a review.
                known = lookup.latest(application.badge, application.learner)
                if known is not None:
                    return known, False
            award, new = awards.give(
                application.badge, application.learner, origin=applications.origin(application.slug)
            )
            applications.mark_processed(application)
            return award, new

        return transact(work)

    def record(self, payload: AwardPayload) -> Award:
        def work() -> Award:
            award, _ = awards.record(
                payload.uid,
                _badge(payload.badge),
                payload.email,
                comment=payload.comment,
                issued_on=payload.issued_on,
            )
            return award

        return transact(work)

    def revoke(self, payload: RevocationPayload) -> Award:
        def work() -> Award:
            badge = _badge(payload.badge) if payload.badge else None
            return awards.record_revocation(payload.uid, badge, payload.email, payload.reason)

        return transact(work)

    def publish(self, draft: Draft) -> Badge:
        return publishing.publish(draft.id)

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        def work() -> tuple[Award, bool]:
            # Its id says which badge it is, whatever that is called by now.
            badge = badges.by_id(payload.badge_id)
            award, _ = awards.give(badge, payload.email, origin=origin, comment=payload.comment)
            return award, award.origin == origin

        return transact(work)

    def take_back(self, award: Award, reason: str | None) -> bool:
        return awards.revoke(award, reason)

    def archive(self, badge: Badge, archived: bool) -> None:
        badges.archive(badge, archived)


def _badge(reference: BadgeReference) -> Badge:
    badge = badges.by_slug(reference.slug)
    _check(reference, badge)
    return badge


def _check(reference: BadgeReference, badge: Badge) -> None:
    """Raise `NotFound` when a payload names another badge, or its badge within other owners."""
    if reference.slug.lower() != badge.slug.lower():
        raise missing("badge", "slug", reference.slug)
    for level in ("system", "issuer", "program"):
        wanted, owner = getattr(reference, level), getattr(badge, level)
        if wanted and (owner is None or owner.slug.lower() != wanted.lower()):
            raise missing(level, "slug", wanted)

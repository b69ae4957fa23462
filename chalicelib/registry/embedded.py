"""The embedded registry: badges live in our own tables."""

from __future__ import annotations

from chalicelib import texts
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
from chalicelib.registry import recording
from chalicelib.registry.claim_codes import ClaimCodes, EmbeddedCodes


class EmbeddedRegistry:
    """Badges in our own tables (see `chalicelib.registry.Registry`)."""

    codes: ClaimCodes = EmbeddedCodes()

    def award(self, payload: ReviewPayload, *, automatic: bool = False) -> tuple[Award, bool]:
        def work() -> tuple[Award, bool]:
            # The application's slug identifies the badge, even if it was renamed since the review.
            application = applications.by_slug(payload.application)
            if application.processed is not None:
                # It was processed before, perhaps because the earner already had the award.
                # Editing the review must not bring back an award that was revoked since.
                known = lookup.latest(application.badge, application.learner)
                if known is not None:
                    return known, False
            award, new = awards.give(
                application.badge,
                application.learner,
                origin=applications.origin(application.slug),
                adoptable=True if automatic else None,
            )
            applications.mark_processed(application)
            return award, new

        return transact(work)

    def record_award(self, payload: AwardPayload) -> Award:
        return recording.record_award(payload, _badge)

    def record_revocation(self, payload: RevocationPayload) -> Award:
        return recording.record_revocation(payload, _badge)

    def publish(self, draft: Draft) -> Badge:
        return publishing.publish(draft.id)

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        def work() -> tuple[Award, bool]:
            # The id identifies the badge, even if it was renamed since the request.
            badge = badges.by_id(payload.badge_id)
            award, _ = awards.give(
                badge,
                payload.email,
                origin=origin,
                comment=payload.narrative,
                note=payload.note,
            )
            return award, award.origin == origin

        return transact(work)

    def revoke(self, award: Award, reason: str | None) -> bool:
        return awards.revoke(award, reason)

    def archive(self, badge: Badge, archived: bool) -> None:
        badges.archive(badge, archived)


def _badge(reference: BadgeReference) -> Badge:
    badge = badges.by_slug(reference.slug)
    _check(reference, badge)
    return badge


def _check(reference: BadgeReference, badge: Badge) -> None:
    """Raise `NotFound` if a webhook names another badge, or the badge with other owners."""
    if not texts.same(reference.slug, badge.slug):
        raise missing("badge", "slug", reference.slug)
    for level in ("system", "issuer", "program"):
        wanted, owner = getattr(reference, level), getattr(badge, level)
        if wanted and (owner is None or not texts.same(owner.slug, wanted)):
            raise missing(level, "slug", wanted)

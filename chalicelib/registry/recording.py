"""Records awards and revocations that a webhook reported; both registries share it.

They only differ in how they find the row of the badge that the webhook names.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import mirrored
from chalicelib.domain.events.payloads import AwardPayload, BadgeReference, RevocationPayload

BadgeOf = Callable[[BadgeReference], Badge]


def record_award(payload: AwardPayload, badge_of: BadgeOf) -> Award:
    """Record an award in one transaction (see `chalicelib.registry.Registry.record_award`).

    Parameters
    ----------
    payload : AwardPayload
        The award as the webhook reported it.
    badge_of : BadgeOf
        Returns the row of the badge that a webhook names.
    """

    def work() -> Award:
        award, _ = mirrored.record(
            payload.uid,
            badge_of(payload.badge),
            payload.email,
            comment=payload.comment,
            issued_on=payload.issued_on,
        )
        return award

    return transact(work)


def record_revocation(payload: RevocationPayload, badge_of: BadgeOf) -> Award:
    """Record a revocation in one transaction (see `Registry.record_revocation`)."""

    def work() -> Award:
        badge = badge_of(payload.badge) if payload.badge else None
        return mirrored.record_revocation(payload.uid, badge, payload.email, payload.reason)

    return transact(work)

"""Registries: where published badges live, in this deployment or in another BadgeKit API.

The pipeline uses one `Registry` without knowing which. Both keep every known award in our own
tables, so that assertions, baked badges and mails work the same way.

recording       Records awards and revocations that a webhook reported
claim_codes     Claim codes as the admin UI handles them, and those of the embedded registry
embedded        The embedded registry: badges live in our own tables
api_client      A client of another BadgeKit API: signed requests, errors in words
mirror          Local rows for badges and awards that live in another BadgeKit API
listing         Makes local rows what another BadgeKit API lists now
reading         Reads all systems, issuers, programs and badges from another BadgeKit API
remote_codes    Claim codes of badges that live in another BadgeKit API
remote_publish  Publishes a draft in another BadgeKit API
remote          The remote registry: badges live in another BadgeKit API
"""

from __future__ import annotations

from typing import Protocol

from chalicelib import config
from chalicelib.data.models import Award, Badge, Draft
from chalicelib.domain.events.payloads import (
    AwardPayload,
    IssuePayload,
    ReviewPayload,
    RevocationPayload,
)
from chalicelib.registry.claim_codes import ClaimCodes


class Registry(Protocol):
    """What the pipeline and the admin pages need of a registry.

    Every method can be retried.

    Parameters
    ----------
    codes : ClaimCodes
        The claim codes of badges.
    """

    codes: ClaimCodes

    def award(self, payload: ReviewPayload, *, automatic: bool = False) -> tuple[Award, bool]:
        """Award the badge of an approved application, and mark the application processed.

        Parameters
        ----------
        payload : ReviewPayload
            The review.
        automatic : bool
            Whether no person asked for it, so that a site which awards the badge itself, because
            it was told of the review, finds its award here (see `domain/awards/adoption.py`).

        Returns
        -------
        tuple[Award, bool]
            The award, and whether this call created it.

        Raises
        ------
        NotFound, Conflict, ValidationError
            If it can never be awarded.
        Unavailable
            If it cannot be awarded now.
        """

    def record_award(self, payload: AwardPayload) -> Award:
        """Record an award that a webhook reported."""

    def record_revocation(self, payload: RevocationPayload) -> Award:
        """Record the revocation of an award that a webhook reported."""

    def publish(self, draft: Draft) -> Badge:
        """Publish a draft as a badge, with its claim code and its milestone.

        Returns
        -------
        Badge
            The new badge, or the existing one if the draft was already published.

        Raises
        ------
        NotFound, Conflict, ValidationError, NotAuthorized
            If it cannot be published; `publishing.NameTaken` if the name is taken.
        Unavailable
            If it cannot be published now. Publishing it again does not create a second badge.
        """

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        """Award a badge to an address at the request of a user of this deployment.

        Parameters
        ----------
        payload : IssuePayload
            The request.
        origin : str
            Identifies the request, which is fulfilled once, however often this is called.

        Returns
        -------
        tuple[Award, bool]
            The award, and whether it was created for this request; if not, the address already
            had the badge.

        Raises
        ------
        NotFound, Conflict, ValidationError
            If it can never be awarded.
        Unavailable
            If it cannot be awarded now.
        """

    def revoke(self, award: Award, reason: str | None) -> bool:
        """Revoke an award at the request of a user of this deployment, and notify its earner.

        Returns
        -------
        bool
            Whether this call revoked it; false if it was revoked before.

        Raises
        ------
        Conflict, NotAuthorized, Unavailable
            If the registry cannot revoke it.
        """

    def archive(self, badge: Badge, archived: bool) -> None:
        """Archive a badge, so that it is no longer awarded, or restore it.

        Raises
        ------
        NotFound, Conflict, NotAuthorized
            If it cannot be archived.
        Unavailable
            If it cannot be archived now.
        """


def registry() -> Registry:
    """Return the registry that the settings name."""
    url = config.settings().optional("OPENBADGER_URL")
    if url:
        from chalicelib.registry.remote import RemoteRegistry

        return RemoteRegistry(url)
    from chalicelib.registry.embedded import EmbeddedRegistry

    return EmbeddedRegistry()

"""Registries: where published badges live, in this deployment or in another BadgeKit API.

The pipeline speaks to one `Registry`, whichever it is. Both keep every award they know of in our
own tables, so that assertions, baked badges and mails work alike.
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


class Registry(Protocol):
    """What is asked of the place where badges live. Every verb may be called again."""

    def award(self, payload: ReviewPayload) -> tuple[Award, bool]:
        """Award the badge of an approved application, and mark the application processed.

        Returns
        -------
        tuple[Award, bool]
            The award, and whether this call made it.

        Raises
        ------
        NotFound, Conflict, ValidationError
            If that cannot be done, ever.
        Unavailable
            If it cannot be done now.
        """

    def record(self, payload: AwardPayload) -> Award:
        """Write down an award that was heard of."""

    def revoke(self, payload: RevocationPayload) -> Award:
        """Write down that an award was revoked."""

    def publish(self, draft: Draft) -> Badge:
        """Make a badge of a draft, with its claim code and its milestone.

        Returns
        -------
        Badge
            The badge; the one that was made before, when the draft was published already.

        Raises
        ------
        NotFound, Conflict, ValidationError, NotAuthorized
            If that cannot be done; a name that is taken is told as `releases.NameTaken`.
        Unavailable
            If it cannot be done now; the draft can be published again, and no second badge is made.
        """

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        """Award a badge to an address, as somebody here wishes; its comment goes with it.

        Parameters
        ----------
        payload : IssuePayload
            What is wished.
        origin : str
            Names the wish, which is answered once, however often this is called.

        Returns
        -------
        tuple[Award, bool]
            The award, and whether it was made for this wish; else the address had the badge.

        Raises
        ------
        NotFound, Conflict, ValidationError
            If that cannot be done, ever.
        Unavailable
            If it cannot be done now.
        """

    def take_back(self, award: Award, reason: str | None) -> bool:
        """Revoke an award, as somebody here wishes; its earner is told.

        Returns
        -------
        bool
            Whether it counted until now.

        Raises
        ------
        Conflict, NotAuthorized, Unavailable
            If it cannot be revoked where it lives.
        """

    def archive(self, badge: Badge, archived: bool) -> None:
        """Archive a badge, so that nobody is awarded it any more, or restore it.

        Raises
        ------
        NotFound, Conflict, NotAuthorized
            If that cannot be done.
        Unavailable
            If it cannot be done now.
        """


def registry() -> Registry:
    """Return the registry that the settings name."""
    url = config.settings().optional("OPENBADGER_URL")
    if url:
        from chalicelib.registry.remote import RemoteRegistry

        return RemoteRegistry(url)
    from chalicelib.registry.embedded import EmbeddedRegistry

    return EmbeddedRegistry()

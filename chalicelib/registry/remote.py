"""The remote registry: badges live in another BadgeKit API.

Source: badgekit-api 0.2.22, `docs/authorization.md`, `docs/issuing.md`. A second award to
an address is answered with 409 and the URL of the first award's assertion, so retries are safe.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib import times
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, Draft
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, earner_mails, mirrored
from chalicelib.domain.badges import badges
from chalicelib.domain.events import events
from chalicelib.domain.events.payloads import (
    AwardPayload,
    IssuePayload,
    ReviewPayload,
    RevocationPayload,
)
from chalicelib.domain.jobs import kinds
from chalicelib.domain.shared import validation
from chalicelib.errors import Conflict, NotFound, Unavailable
from chalicelib.registry import mirror, recording, remote_publish
from chalicelib.registry.api_client import ApiClient, badge_path, reference_to, segment
from chalicelib.registry.claim_codes import ClaimCodes
from chalicelib.registry.remote_codes import RemoteCodes

LISTS = ("criteria", "alignments", "categories", "tags")


class RemoteRegistry:
    """A client of another BadgeKit API (see `chalicelib.registry.Registry`).

    Parameters
    ----------
    url : str
        The API's base URL, which may have a path.
    """

    def __init__(self, url: str) -> None:
        self._api = ApiClient(url)
        self.codes: ClaimCodes = RemoteCodes(self._api)

    def award(self, payload: ReviewPayload, *, automatic: bool = False) -> tuple[Award, bool]:
        origin = applications.origin(payload.application)
        known = awards.by_origin(origin)
        if known is not None:
            self._mark_processed(payload)
            return known, False
        response = self._api.call(
            "POST",
            f"{badge_path(payload.badge)}/instances",
            {"email": payload.learner},
            allowed=(201, 409),
        )
        uid, issued_on = _instance(response)
        by_api = earner_mails.answered(response)

        def work() -> tuple[Award, bool]:
            badge = self._mirror(payload.badge.content)
            award, new = mirrored.record(
                uid,
                badge,
                payload.learner,
                origin=origin,
                issued_on=issued_on,
                adoptable=False if automatic else None,  # sites call the other API
            )
            if new:
                _follow_up(award, badge, by_api)
            return award, new or (_is_new(response) and award.origin == origin)

        result = transact(work)
        self._mark_processed(payload)
        return result

    def record_award(self, payload: AwardPayload) -> Award:
        # Requested before the transaction, which must not wait for the other API.
        content = self._badge_of_assertion(payload.uid) if payload.of_milestone else None
        return recording.record_award(
            payload, lambda reference: self._mirror(content or reference.content)
        )

    def record_revocation(self, payload: RevocationPayload) -> Award:
        return recording.record_revocation(payload, lambda badge: self._mirror(badge.content))

    def publish(self, draft: Draft) -> Badge:
        return remote_publish.publish(self._api, draft.id)

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        known = awards.by_origin(origin)
        if known is not None:
            return known, True
        body = {"email": payload.email}
        if payload.narrative:  # not the note, as that API publishes what it gets
            body["comment"] = payload.narrative
        path = f"{badge_path(payload.badge)}/instances"
        response = self._api.call("POST", path, body, allowed=(201, 409))
        uid, issued_on = _instance(response)
        by_api = earner_mails.answered(response)

        def work() -> tuple[Award, bool]:
            badge = self._mirror(payload.badge.content)
            award, new = mirrored.record(
                uid,
                badge,
                payload.email,
                origin=origin,
                comment=payload.narrative,
                note=payload.note,
                issued_on=issued_on,
            )
            if new:
                _follow_up(award, badge, by_api)
            # The API's webhook may have come before its answer.
            return award, new or (_is_new(response) and award.origin == origin)

        return transact(work)

    def revoke(self, award: Award, reason: str | None) -> bool:
        if award.revoked is not None:
            return False
        by_api = False
        if award.badge is not None:
            path = f"{badge_path(reference_to(award.badge))}/instances/{segment(award.email)}"
            with contextlib.suppress(NotFound):  # already deleted there
                there = self._api.call("GET", path).get("instance")
                # The address may have a newer award of this badge, which stays.
                if isinstance(there, dict) and there.get("slug") == award.slug:
                    # An API that emails the earner says why; badgekit-api takes no reason.
                    by_api = earner_mails.answered({"instance": there})
                    body = {"reason": reason} if by_api and reason else None
                    self._api.call("DELETE", path, body)

        def work() -> bool:
            if by_api:
                earner_mails.add(kinds.REVOCATION_MAIL, award, by_api=True)
            return awards.revoke(award, reason)

        return transact(work)

    def archive(self, badge: Badge, archived: bool) -> None:
        path = badge_path(reference_to(badge))
        there = self._api.call("GET", path).get("badge")
        if not isinstance(there, dict):
            raise Unavailable("The BadgeKit API returned something other than a badge")
        # The API deletes those that are not sent again.
        lists = {name: there.get(name) or [] for name in LISTS}
        self._api.call("PUT", path, {**lists, "archived": archived})
        badges.archive(badge, archived)

    def _mirror(self, content: Mapping[str, Any]) -> Badge:
        """Return our row of a badge, made or completed from its JSON."""
        return mirror.badge({**content, "imageUrl": self._api.image_url(content.get("imageUrl"))})

    def _mark_processed(self, payload: ReviewPayload) -> None:
        if not payload.processed:
            path = f"{badge_path(payload.badge)}/applications/{segment(payload.application)}"
            with contextlib.suppress(NotFound):  # deleted there: nothing left to mark
                self._api.call("PUT", path, {"processed": times.iso(times.now())}, allowed=(200,))

    def _badge_of_assertion(self, uid: str) -> Mapping[str, Any] | None:
        """Return the badge that an assertion names, or None if the assertion no longer exists."""
        try:
            assertion = self._api.call("GET", f"/public/assertions/{segment(uid)}")
            public = urlsplit(str(assertion.get("badge"))).path
            _, found, path = public.rpartition("/public/systems/")
            if not found:
                return None
            content = self._api.call("GET", f"/systems/{path}").get("badge")
        except NotFound:
            return None
        return content if isinstance(content, dict) else None


def _follow_up(award: Award, badge: Badge, by_api: bool) -> None:
    """Record what follows from a new award, in the current transaction."""
    if by_api:
        earner_mails.add(kinds.AWARD_MAIL, award, by_api=True)
    events.record_awards([award], badge)


def _is_new(response: Mapping[str, Any]) -> bool:
    """Return whether an award was created, rather than found existing."""
    return isinstance(response.get("instance"), dict)


def _instance(response: Mapping[str, Any]) -> tuple[str, Any]:
    """Return slug and time of an award, whether the request created it or found it existing."""
    instance, details = response.get("instance"), response.get("details")
    if isinstance(instance, dict) and isinstance(instance.get("slug"), str):
        issued_on = instance.get("issuedOn")
        when = None if validation.date(issued_on) else validation.as_moment(issued_on)
        return instance["slug"], when
    if isinstance(details, dict) and isinstance(details.get("assertionUrl"), str):
        return urlsplit(details["assertionUrl"]).path.rstrip("/").rsplit("/", 1)[-1], None
    message = response.get("message")
    raise Conflict(f"The BadgeKit API did not award the badge: {message}")

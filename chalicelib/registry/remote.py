"""The remote registry: a client of another BadgeKit API.

Source: badgekit-api 0.2.22, `docs/authorization.md`, `docs/issuing.md`. A second award to
an address is answered with 409 and the URL of the first award's assertion, so retries are safe.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from chalicelib import config, limits, times, tokens
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, Draft
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.events import events
from chalicelib.domain.events.payloads import (
    AwardPayload,
    BadgeReference,
    IssuePayload,
    ReviewPayload,
    RevocationPayload,
)
from chalicelib.domain.shared import validation
from chalicelib.errors import Conflict, NotAuthorized, NotFound, Unavailable, ValidationError
from chalicelib.net import messages
from chalicelib.registry import mirror, recording, remote_publish

if TYPE_CHECKING:
    import requests

SECONDS = (3.05, 10)  # to connect, to respond
TOKEN_SECONDS = 60
LISTS = ("criteria", "alignments", "categories", "tags")


class RemoteRegistry:
    """A client of another BadgeKit API (see `chalicelib.registry.Registry`).

    Parameters
    ----------
    url : str
        The API's base URL, which may have a path.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def award(self, payload: ReviewPayload, *, automatic: bool = False) -> tuple[Award, bool]:
        origin = applications.origin(payload.application)
        known = awards.by_origin(origin)
        if known is not None:
            self._mark_processed(payload)
            return known, False
        response = self._call(
            "POST",
            f"{_path(payload.badge)}/instances",
            {"email": payload.learner},
            allowed=(201, 409),
        )
        uid, issued_on = _instance(response)

        def work() -> tuple[Award, bool]:
            badge = mirror.badge(payload.badge.content)
            award, new = awards.record(
                uid,
                badge,
                payload.learner,
                origin=origin,
                issued_on=issued_on,
                adoptable=False if automatic else None,  # sites call the other API
            )
            if new:
                events.record_awards([award], badge)
            return award, new

        result = transact(work)
        self._mark_processed(payload)
        return result

    def record_award(self, payload: AwardPayload) -> Award:
        # Requested before the transaction, which must not wait for the other API.
        content = self._badge_of_assertion(payload.uid) if payload.of_milestone else None
        return recording.record_award(payload, lambda reference: _mirrored(reference, content))

    def record_revocation(self, payload: RevocationPayload) -> Award:
        return recording.record_revocation(payload, _mirrored)

    def publish(self, draft: Draft) -> Badge:
        return remote_publish.publish(self._call, draft.id)

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        known = awards.by_origin(origin)
        if known is not None:
            return known, True
        body = {"email": payload.email}
        if payload.comment:
            body["comment"] = payload.comment
        path = f"{_path(payload.badge)}/instances"
        uid, issued_on = _instance(self._call("POST", path, body, allowed=(201, 409)))

        def work() -> tuple[Award, bool]:
            badge = mirror.badge(payload.badge.content)
            award, new = awards.record(
                uid,
                badge,
                payload.email,
                origin=origin,
                comment=payload.comment,
                issued_on=issued_on,
            )
            if new:
                events.record_awards([award], badge)
            return award, new

        return transact(work)

    def revoke(self, award: Award, reason: str | None) -> bool:
        if award.revoked is not None:
            return False
        if award.badge is not None:
            path = f"{_path(_reference(award.badge))}/instances/{quote(award.email, safe='')}"
            with contextlib.suppress(NotFound):  # already deleted there
                there = self._call("GET", path).get("instance")
                # The address may have a newer award of this badge, which stays.
                if isinstance(there, dict) and there.get("slug") == award.slug:
                    self._call("DELETE", path)
        return awards.revoke(award, reason)

    def archive(self, badge: Badge, archived: bool) -> None:
        path = _path(_reference(badge))
        there = self._call("GET", path).get("badge")
        if not isinstance(there, dict):
            raise Unavailable("The BadgeKit API returned something other than a badge")
        # The API deletes those that are not sent again.
        lists = {name: there.get(name) or [] for name in LISTS}
        self._call("PUT", path, {**lists, "archived": archived})
        badges.archive(badge, archived)

    def _mark_processed(self, payload: ReviewPayload) -> None:
        if not payload.processed:
            path = f"{_path(payload.badge)}/applications/{quote(payload.application, safe='')}"
            with contextlib.suppress(NotFound):  # deleted there: nothing left to mark
                self._call("PUT", path, {"processed": times.iso(times.now())}, allowed=(200,))

    def _badge_of_assertion(self, uid: str) -> Mapping[str, Any] | None:
        """Return the badge that an assertion names, or None if the assertion no longer exists."""
        try:
            assertion = self._call("GET", f"/public/assertions/{quote(uid, safe='')}")
            public = urlsplit(str(assertion.get("badge"))).path
            _, found, path = public.rpartition("/public/systems/")
            if not found:
                return None
            content = self._call("GET", f"/systems/{path}").get("badge")
        except NotFound:
            return None
        return content if isinstance(content, dict) else None

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        allowed: tuple[int, ...] = (200,),
    ) -> dict[str, Any]:
        """Send one signed request and return the JSON object of the response."""
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        claims: dict[str, Any] = {
            "key": "master",
            "exp": int(time.time()) + TOKEN_SECONDS,
            "method": method,
            "path": urlsplit(self._url).path + path,
        }
        if body is not None:
            claims["body"] = tokens.body_claim(content)
        secret = config.settings().text("OPENBADGER_SECRET")
        headers = {
            "Authorization": tokens.header(tokens.sign(claims, secret)),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        send = _by_courier if messages.courier() else _directly
        status, text = send(method, self._url + path, content, headers)
        try:
            result = json.loads(text)
        except ValueError as problem:
            raise Unavailable("The BadgeKit API is not responding") from problem
        if not isinstance(result, dict):
            raise Unavailable("The BadgeKit API returned an unexpected response")
        if status not in allowed:
            raise _error_of(status, result)
        return result


def _directly(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a request and return the status and body of the response."""
    import requests

    try:
        response = requests.request(
            method,
            url,
            data=content,
            headers=headers,
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        )
        return response.status_code, _content(response)
    except requests.RequestException as problem:
        raise Unavailable("The BadgeKit API is not responding") from problem


def _by_courier(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a request through the courier, which only reaches public addresses."""
    from chalicelib.net import client

    try:
        response = client.request(
            method, url, body=content, headers=headers, limit=limits.FETCHED, seconds=SECONDS[1]
        )
    except client.Refused as problem:  # its operators may fix it
        raise Unavailable(f"The BadgeKit API cannot be reached: {problem.message}") from problem
    return response.status, response.content


def _content(response: requests.Response) -> bytes:
    """Return the body of a response, within the limits of time and size."""
    import requests

    content, until = b"", time.monotonic() + SECONDS[1]
    with response:
        while piece := response.raw.read1(limits.FETCHED, decode_content=True):
            content += piece
            if len(content) > limits.FETCHED or time.monotonic() > until:
                raise requests.Timeout("the response is too large or too slow")
    return content


def _path(badge: BadgeReference) -> str:
    """Return the badge's path in the API, below the owners that the webhook names."""
    system = badge.system or config.settings().text("OPENBADGER_SYSTEM")
    levels = [("systems", system), ("issuers", badge.issuer), ("programs", badge.program)]
    owners = "".join(f"/{name}/{quote(slug, safe='')}" for name, slug in levels if slug)
    return f"{owners}/badges/{quote(badge.slug, safe='')}"


def _reference(badge: Badge) -> BadgeReference:
    slugs = {
        level: owner.slug if (owner := getattr(badge, level)) else None
        for level in ("system", "issuer", "program")
    }
    return BadgeReference(badge.slug, badge.name, **slugs, content={})


def _mirrored(reference: BadgeReference, content: Mapping[str, Any] | None = None) -> Badge:
    """Return our row of the badge that a webhook names, made or completed from its content."""
    return mirror.badge(content or reference.content)


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


def _error_of(status: int, response: Mapping[str, Any]) -> Exception:
    message = f"The BadgeKit API returned {status}: {str(response.get('message'))[:300]}"
    if status >= 500 or status == 429:
        return Unavailable(message)
    if status == 404:
        return NotFound(message)
    if status == 403:
        return NotAuthorized(f"{message} (check OPENBADGER_SECRET)")
    if status == 400:
        return ValidationError([{"field": "request", "message": message}])
    return Conflict(message)

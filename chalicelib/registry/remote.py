"""The remote registry: a client of another BadgeKit API.

Source: badgekit-api 0.2.22, `docs/authorization.md`, `docs/issuing.md`. A second award to an
address is answered 409 with the URL of the first one's assertion, which makes asking again safe.
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
from chalicelib.registry import mirror, remote_publish

if TYPE_CHECKING:
    import requests

SECONDS = (3.05, 10)  # to connect, to answer
TOKEN_SECONDS = 60
LISTS = ("criteria", "alignments", "categories", "tags")


class RemoteRegistry:
    """See `chalicelib.registry.Registry`.

    Parameters
    ----------
    url : str
        Where the API is, perhaps with a path before its own.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def award(self, payload: ReviewPayload) -> tuple[Award, bool]:
        origin = applications.origin(payload.application)
        known = awards.by_origin(origin)
        if known is not None:
            self._mark_processed(payload)
            return known, False
        answer = self._call(
            "POST",
            f"{_path(payload.badge)}/instances",
            {"email": payload.learner},
            allowed=(201, 409),
        )
        uid, issued_on = _instance(answer)

        def work() -> tuple[Award, bool]:
            badge = mirror.badge(payload.badge.content)
            award, new = awards.record(
                uid, badge, payload.learner, origin=origin, issued_on=issued_on
            )
            if new:
                events.record_awards([award], badge)
            return award, new

        result = transact(work)
        self._mark_processed(payload)
        return result

    def record(self, payload: AwardPayload) -> Award:
        content = payload.badge.content
        if payload.of_milestone:
            content = self._badge_of_assertion(payload.uid) or content

        def work() -> Award:
            award, _ = awards.record(
                payload.uid,
                mirror.badge(content),
                payload.email,
                comment=payload.comment,
                issued_on=payload.issued_on,
            )
            return award

        return transact(work)

    def revoke(self, payload: RevocationPayload) -> Award:
        def work() -> Award:
            badge = mirror.badge(payload.badge.content) if payload.badge else None
            return awards.record_revocation(payload.uid, badge, payload.email, payload.reason)

        return transact(work)

    def publish(self, draft: Draft) -> Badge:
        return remote_publish.publish(self._call, draft.id)

    def issue(self, payload: IssuePayload, origin: str) -> tuple[Award, bool]:
        known = awards.by_origin(origin)
        if known is not None:
            return known, True
        wish = {"email": payload.email}
        if payload.comment:
            wish["comment"] = payload.comment
        path = f"{_path(payload.badge)}/instances"
        uid, issued_on = _instance(self._call("POST", path, wish, allowed=(201, 409)))

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

    def take_back(self, award: Award, reason: str | None) -> bool:
        if award.revoked is not None:
            return False
        if award.badge is not None:
            path = f"{_path(_reference(award.badge))}/instances/{quote(award.email, safe='')}"
            with contextlib.suppress(NotFound):  # it is gone there already
                there = self._call("GET", path).get("instance")
                # The address may have been awarded anew meanwhile: that one is not meant.
                if isinstance(there, dict) and there.get("slug") == award.slug:
                    self._call("DELETE", path)
        return awards.revoke(award, reason)

    def archive(self, badge: Badge, archived: bool) -> None:
        path = _path(_reference(badge))
        there = self._call("GET", path).get("badge")
        if not isinstance(there, dict):
            raise Unavailable("The BadgeKit API returned something other than a badge")
        # Whatever of these is not sent again is gone.
        lists = {name: there.get(name) or [] for name in LISTS}
        self._call("PUT", path, {**lists, "archived": archived})
        badges.archive(badge, archived)

    def _mark_processed(self, payload: ReviewPayload) -> None:
        if not payload.processed:
            path = f"{_path(payload.badge)}/applications/{quote(payload.application, safe='')}"
            with contextlib.suppress(NotFound):  # deleted there: then it is dealt with
                self._call("PUT", path, {"processed": times.iso(times.now())}, allowed=(200,))

    def _badge_of_assertion(self, uid: str) -> Mapping[str, Any] | None:
        """Return the badge that an award is really of, or None when its assertion is gone."""
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
        """Send one signed request; return the JSON object that it is answered with."""
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
            raise _refusal(status, result)
        return result


def _directly(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Send a request and return status and body of the answer."""
    import requests

    try:
        answer = requests.request(
            method,
            url,
            data=content,
            headers=headers,
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        )
        return answer.status_code, _content(answer)
    except requests.RequestException as problem:
        raise Unavailable("The BadgeKit API is not responding") from problem


def _by_courier(
    method: str, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Do the same where functions are not let out; then the API must have a public address."""
    from chalicelib.net import client

    try:
        answer = client.request(
            method, url, body=content, headers=headers, limit=limits.FETCHED, seconds=SECONDS[1]
        )
    except client.Refused as problem:  # its operators may mend it
        raise Unavailable(f"The BadgeKit API cannot be reached: {problem.message}") from problem
    return answer.status, answer.content


def _content(answer: requests.Response) -> bytes:
    """Return the body of an answer, within one time limit and one size."""
    import requests

    content, until = b"", time.monotonic() + SECONDS[1]
    with answer:
        while piece := answer.raw.read1(limits.FETCHED, decode_content=True):
            content += piece
            if len(content) > limits.FETCHED or time.monotonic() > until:
                raise requests.Timeout("the answer does not end")
    return content


def _path(badge: BadgeReference) -> str:
    """Return the API's path of a badge, within the owners that the webhook names."""
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


def _instance(answer: Mapping[str, Any]) -> tuple[str, Any]:
    """Return slug and time of an award from the answer that made it, or that says who did."""
    instance, details = answer.get("instance"), answer.get("details")
    if isinstance(instance, dict) and isinstance(instance.get("slug"), str):
        issued_on = instance.get("issuedOn")
        when = None if validation.date(issued_on) else validation.as_moment(issued_on)
        return instance["slug"], when
    if isinstance(details, dict) and isinstance(details.get("assertionUrl"), str):
        return urlsplit(details["assertionUrl"]).path.rstrip("/").rsplit("/", 1)[-1], None
    message = answer.get("message")
    raise Conflict(f"The BadgeKit API did not award the badge: {message}")


def _refusal(status: int, answer: Mapping[str, Any]) -> Exception:
    message = f"The BadgeKit API returned {status}: {str(answer.get('message'))[:300]}"
    if status >= 500 or status == 429:
        return Unavailable(message)
    if status == 404:
        return NotFound(message)
    if status == 403:
        return NotAuthorized(f"{message} (check OPENBADGER_SECRET)")
    if status == 400:
        return ValidationError([{"field": "request", "message": message}])
    return Conflict(message)

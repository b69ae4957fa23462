"""The user API, with which other programs add and remove users and their permissions.

Source: BadgeKit's web app, `POST` and `DELETE /api/user`. The body repeats the claims of its token.
Responses are the original's; errors are plain sentences. The right to award only is of this
deployment: to change a user's three flags leaves it as it is, to remove the user takes it away.
"""

from __future__ import annotations

import contextlib
import html
import json
import time
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from chalicelib import config, tokens
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from chalicelib.domain.shared import email_addresses, validation
from chalicelib.errors import InvalidContent, NotFound, TooLarge
from chalicelib.web import form_parser
from chalicelib.web.request import request

LIMIT = 16 * 1024  # bytes of a body
PERMISSIONS = ("canDraft", "canPublish", "canReview")
JSON = "application/json; charset=utf-8"


class _Refused(Exception):
    """A refused request, with the reason in a sentence."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


def add() -> Response:
    """Grant a user permissions in a place, replacing those they had there."""
    return _answered(_add)


def remove() -> Response:
    """Remove a user from a place."""
    return _answered(_remove)


def _answered(verb: Any) -> Response:
    try:
        body = _body()
        _verify(body)
        answer: Response = verb(body)
        return answer
    except _Refused as refused:
        # The sentence may repeat what was sent, which a browser would render as HTML.
        text = html.escape(str(refused), quote=False)
        return Response(text, {"Content-Type": "text/html; charset=utf-8"}, refused.status)


def _body() -> Mapping[str, Any]:
    try:
        body = request().body(LIMIT)
        if request().media_type == "application/x-www-form-urlencoded":
            return form_parser.urlencoded(body)
        return validation.json_object(body) if body else {}
    except (InvalidContent, TooLarge) as problem:
        raise _Refused(problem.message, problem.status) from problem


def _verify(body: Mapping[str, Any]) -> None:
    """Compare a body with its token, in the original's order and words."""
    claims = _claims(body.get("auth"))
    prn = claims.get("prn")
    repeated = prn if isinstance(prn, dict) else {}
    for name in ("email", "context", "permissions"):
        if repeated.get(name) != body.get(name) or not _same_kinds(repeated, body, name):
            given, expected = _shown(repeated, name), _shown(body, name)
            raise _Refused(f"`prn.{name}` mismatch: given {given}, expected {expected}")
    method, expiry = claims.get("method"), claims.get("exp")
    if method != request().method:
        raise _Refused(
            f"`method` mismatch: given {_shown(claims, 'method')}, expected {request().method}"
        )
    if isinstance(expiry, bool) or not isinstance(expiry, (int, float)) or not expiry:
        raise _Refused("Token must have exp (expiration) set")
    if not expiry >= time.time():  # not `<`, because it may be NaN
        raise _Refused("Token has expired")


def _claims(token: Any) -> Mapping[str, Any]:
    if not token:
        raise _Refused("missing mandatory `auth` param")
    if not isinstance(token, str) or token.count(".") != 2:
        raise _Refused("error decoding JWT: Not enough or too many segments")
    claims = tokens.claims(token, [config.settings().text("API_SECRET")])
    if claims is None:
        raise _Refused("error decoding JWT: Signature verification failed")
    return claims


def _same_kinds(claims: Mapping[str, Any], body: Mapping[str, Any], name: str) -> bool:
    """Return whether two values are equal in JSON, where true and 1 differ."""
    mine, theirs = claims.get(name), body.get(name)
    return json.dumps(mine, sort_keys=True) == json.dumps(theirs, sort_keys=True)


def _shown(content: Mapping[str, Any], name: str) -> str:
    """Return a member as JavaScript converts it to a string."""
    if name not in content:
        return "undefined"
    value = content[name]
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text[:200].encode("utf-8", "replace").decode("utf-8")


def _email(body: Mapping[str, Any]) -> str:
    email = body.get("email")
    if not isinstance(email, str) or not email_addresses.is_address(email):
        raise _Refused("`email` must be an e-mail address", 400)
    return email


def _place(body: Mapping[str, Any]) -> Place:
    context = body.get("context")
    slugs = [
        context.get(level) or None if isinstance(context, dict) else None
        for level in ("system", "issuer", "program")
    ]
    for slug in slugs:
        if slug is not None and (not isinstance(slug, str) or validation.slug(1)(slug)):
            raise _Refused("`context` must hold slugs", 400)
    system, issuer, program = slugs
    if not isinstance(system, str) or (program is not None and issuer is None):
        raise _Refused("`context` must name a system, and the issuer of a program", 400)
    return Place(system, issuer, program)


def _rights(body: Mapping[str, Any]) -> Rights:
    sent = body.get("permissions")
    permissions = sent if isinstance(sent, dict) else {}
    return Rights(*(bool(validation.as_flag(permissions.get(name))) for name in PERMISSIONS))


def _add(body: Mapping[str, Any]) -> Response:
    email, place, rights = _email(body), _place(body), _rights(body)
    grant = accounts.allow(email, place, rights, keep_award=True)
    user = {
        "accountId": grant.account_id,
        **place._asdict(),
        **dict(zip(PERMISSIONS, rights[: len(PERMISSIONS)], strict=True)),
        "email": email,
    }
    return Response(json.dumps({"user": user}, separators=(",", ":")), {"Content-Type": JSON}, 200)


def _remove(body: Mapping[str, Any]) -> Response:
    email, place = _email(body), _place(body)
    if accounts.find(email) is None:
        raise _Refused("Not Found", 404)
    with contextlib.suppress(NotFound):  # there was nothing to remove
        accounts.forbid(email, place)
    return Response("OK", {"Content-Type": "text/plain"}, 200)

"""Who may call the API: the master secret's holder, by a token made for exactly this request.

Source: badgekit-api 0.2.22, `docs/authorization.md` and `app/lib/middleware.js`, with its wordings.
Every refusal is 403. Unlike the original only HS256 is accepted, and only SHA-256 for bodies.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from chalicelib import config, tokens
from chalicelib.errors import NotAuthorized
from chalicelib.http import Request

MASTER = "master"
SECONDS_NOT_MILLISECONDS = 1e11


def authorize(request: Request, body: bytes) -> None:
    """Let a request pass only with a valid token for its method, path, query and body.

    Raises
    ------
    NotAuthorized
        For every other request.
    """
    try:
        token = tokens.from_header(request.headers.get("authorization"))
    except NotAuthorized as problem:
        raise NotAuthorized("Missing valid Authorization header") from problem
    unverified = tokens.unverified(token)
    if "key" in unverified and unverified["key"] != MASTER:
        raise NotAuthorized("Could not find consumer for API key")
    claims = tokens.claims(token, [config.settings().text("OPENBADGER_SECRET")])
    if claims is None:
        raise NotAuthorized("Invalid token signature")
    _check_times(claims)
    _check_method(claims, request.method)
    _check_path(claims, request)
    if "key" not in claims:
        raise NotAuthorized("Missing JWT claim: key")
    if request.method in ("POST", "PUT", "PATCH") or body:
        _check_body(claims, body)


def _check_times(claims: Mapping[str, Any]) -> None:
    expires = claims.get("exp")
    if expires is None:
        return
    if isinstance(expires, bool) or not isinstance(expires, (int, float)):
        raise NotAuthorized("The JWT claim exp must be a number")
    seconds = expires / 1000 if expires > SECONDS_NOT_MILLISECONDS else expires
    now = time.time()
    if seconds < now:
        raise NotAuthorized(f"Token is expired (token expiry: {expires}, server time: {int(now)})")


def _check_method(claims: Mapping[str, Any], method: str) -> None:
    claimed = claims.get("method")
    if claimed is None:
        raise NotAuthorized("Missing JWT claim: method")
    if not isinstance(claimed, str) or claimed.upper() != method:
        raise NotAuthorized(
            f'`method` does not match: using "{claimed}" token for "{method}" request'
        )


def _check_path(claims: Mapping[str, Any], request: Request) -> None:
    claimed = claims.get("path")
    if claimed is None:
        raise NotAuthorized("Missing JWT claim: path")
    # API Gateway hands over a decoded path and a parsed query without its order.
    path, _, query = claimed.partition("?") if isinstance(claimed, str) else ("", "", "")
    pairs = parse_qsl(query, keep_blank_values=True)
    if unquote(path) != request.path or sorted(pairs) != sorted(request.query):
        raise NotAuthorized(
            f'`path` does not match: trying to use token for "{claimed}" on "{request.path}"'
        )


def _check_body(claims: Mapping[str, Any], body: bytes) -> None:
    claimed = claims.get("body")
    if not isinstance(claimed, dict):
        raise NotAuthorized("Missing JWT claim: body")
    for member in ("alg", "hash"):
        if not isinstance(claimed.get(member), str):
            raise NotAuthorized(f"Missing JWT claim: body.{member}")
    if claimed["alg"].lower() != "sha256":
        raise NotAuthorized(
            f"Could not calculate hash, unsupported algorithm: {claimed['alg'][:20]}"
        )
    if not tokens.covers(claimed, body):
        raise NotAuthorized("Computed hash does not match given hash")

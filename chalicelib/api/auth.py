"""Authorization of API requests by a token that is valid for exactly one request.

The master secret allows everything. A consumer's key allows what is within its own system, except
managing consumers and the webhook, and what is reserved for administrators: to rename or delete the
system itself (`domain/owners/reserved.py`).

Source: badgekit-api 0.2.22, `docs/authorization.md` and `app/lib/middleware.js`, with its wordings.
Every refusal is 403. Unlike the original only HS256 is accepted, and only SHA-256 for bodies.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, unquote

from chalicelib import config, tokens
from chalicelib.domain.owners import reserved
from chalicelib.domain.owners.reserved import Act
from chalicelib.domain.shared import validation
from chalicelib.errors import NotAuthorized
from chalicelib.web.request import Request

SECONDS_NOT_MILLISECONDS = 1e11
# badgekit-api compared milliseconds with seconds, so such tokens never expired. Clients that send
# them never had to set their clocks.
LEEWAY_MILLISECONDS = 600_000
_NUMBER = r"[0-9]{1,20}(?:\.[0-9]{1,20})?"
LONGEST_KEY = 255
MASTER = "master"


def authorize(
    request: Request,
    body: bytes,
    segments: Sequence[str],
    *,
    has_body: bool,
    master_only: bool = False,
) -> bool:
    """Raise unless a request has a valid token for its method, path, query and body.

    Parameters
    ----------
    request : Request
        The request.
    body : bytes
        Its body.
    segments : Sequence[str]
        The segments of its path, each decoded, so that `%2F` does not separate segments.
    has_body : bool
        Whether the token must cover the body, even an empty one.
    master_only : bool
        Whether consumers are refused.

    Returns
    -------
    bool
        Whether a consumer's key was used, not the master secret.

    Raises
    ------
    NotAuthorized
        If it has not.
    """
    try:
        token = tokens.from_header(request.headers.get("authorization"))
    except NotAuthorized as problem:
        raise NotAuthorized("Missing valid Authorization header") from problem
    try:
        unverified = tokens.unverified(token)
    except NotAuthorized as problem:
        raise NotAuthorized("Could not decode JWT") from problem
    secret = _secret(unverified.get("key", MASTER), segments, master_only=master_only)
    claims = tokens.claims(token, [secret])
    if claims is None:
        raise NotAuthorized("Invalid token signature")
    _check_times(claims)
    _check_method(claims, request.method)
    _check_path(claims, request, segments)
    if "key" not in claims:
        raise NotAuthorized("Missing JWT claim: key")
    if has_body or (request.method == "POST" and "body" in claims):
        _check_body(claims, body)
    return bool(claims["key"] != MASTER)


def _secret(key: object, segments: Sequence[str], *, master_only: bool) -> str:
    """Return the secret that signs tokens of a key, if the key is valid for this path."""
    if key == MASTER:
        return config.settings().text("OPENBADGER_SECRET")
    from chalicelib.domain.owners import consumers  # most tokens are the master's

    is_key = isinstance(key, str) and not validation.text(1, LONGEST_KEY)(key)
    found = consumers.secret(str(key)) if is_key else None
    if found is None:
        raise NotAuthorized("Could not find consumer for API key")
    secret, system = found
    if master_only or segments[1:2] != ["systems"] or len(segments) < 3:
        raise _not_allowed()
    if segments[2] != system:  # exactly, as in the original: databases fold more than Python does
        raise NotAuthorized("This API key belongs to another system")
    return secret


def _not_allowed() -> NotAuthorized:
    return NotAuthorized("This API key does not allow this")


# What views do to systems, issuers and programs as a whole.
_ACTS = {
    f"systems:{verb}_{level}": (act, level)
    for verb, act in (("create", Act.CREATE), ("update", Act.RENAME), ("delete", Act.DELETE))
    for level in ("system", "issuer", "program")
}


def takes_master(view: str) -> bool:
    """Return whether a view refuses consumers, some only if the body has another slug."""
    return view in _ACTS and reserved.is_reserved(*_ACTS[view])


def refuse_reserved(view: str, data: Mapping[str, Any], slug: str | None) -> None:
    """Refuse a consumer what is reserved for administrators.

    Parameters
    ----------
    view : str
        The view, as the table of routes names it.
    data : Mapping[str, Any]
        The body.
    slug : str or None
        The slug of the system, as the path has it. Clients send it back with what they change.

    Raises
    ------
    NotAuthorized
    """
    if takes_master(view):
        sent = validation.as_text(data.get("slug"))
        if _ACTS[view][0] is not Act.RENAME or sent not in (None, slug):
            raise _not_allowed()


def _check_times(claims: Mapping[str, Any]) -> None:
    expires = claims.get("exp")
    if expires is None:
        return
    if isinstance(expires, str) and re.fullmatch(_NUMBER, expires):
        expires = float(expires)
    if isinstance(expires, bool) or not isinstance(expires, (int, float)):
        raise NotAuthorized("The JWT claim exp must be a number")
    now = time.time()
    is_milliseconds = expires > SECONDS_NOT_MILLISECONDS
    # Compared as it is, because it may be NaN, or an integer that no float holds.
    if not expires >= (now * 1000 - LEEWAY_MILLISECONDS if is_milliseconds else now):
        shown = f"token expiry: {claims['exp']}, server time: {int(now)}"
        raise NotAuthorized(f"Token is expired ({shown})")


def _check_method(claims: Mapping[str, Any], method: str) -> None:
    claimed = _text(claims, "method")
    if claimed.upper() != method:
        raise NotAuthorized(
            f'`method` does not match: using "{claimed}" token for "{method}" request'
        )


def _check_path(claims: Mapping[str, Any], request: Request, segments: Sequence[str]) -> None:
    claimed = _text(claims, "path")
    path, _, query = claimed.partition("?")
    named = [unquote(part) for part in path.split("/")]
    pairs = parse_qsl(query, keep_blank_values=True)
    if named != list(segments) or _by_name(pairs) != _by_name(request.query):
        raise NotAuthorized(
            f'`path` does not match: trying to use token for "{claimed}" on "{request.path}"'
        )


def _by_name(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Sort a query by its names, and keep the order of values with the same name.

    API Gateway passes a parsed query, which has no order across names.
    """
    return sorted(pairs, key=itemgetter(0))


def _text(claims: Mapping[str, Any], name: str) -> str:
    claimed = claims.get(name.rpartition(".")[2])
    if claimed is None:
        raise NotAuthorized(f"Missing JWT claim: {name}")
    if not isinstance(claimed, str) or validation.text()(claimed):
        raise NotAuthorized(f"The JWT claim {name} must be a string")
    return claimed


def _check_body(claims: Mapping[str, Any], body: bytes) -> None:
    claimed = claims.get("body")
    if not isinstance(claimed, dict):
        raise NotAuthorized("Missing JWT claim: body")
    algorithm, _ = _text(claimed, "body.alg"), _text(claimed, "body.hash")
    if algorithm.lower() != "sha256":
        raise NotAuthorized(f"Could not calculate hash, unsupported algorithm: {algorithm[:20]}")
    if not tokens.covers(claimed, body):
        raise NotAuthorized("Computed hash does not match given hash")

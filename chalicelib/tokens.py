"""HS256 JSON Web Tokens, also in BadgeKit's `Authorization` header.

Only HS256 is accepted, whatever algorithm a token's header names. Several secrets may be valid at
once, so that they can be rotated. Callers check the claims themselves.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Any

from chalicelib.errors import NotAuthorized

_HEADER = re.compile(r'JWT token="([^"]{1,8192})"')
# Errors that PyJWT does not wrap: invalid Unicode, JSON nested deeper than Python parses.
_UNREADABLE = (ValueError, RecursionError)


def sign(claims: dict[str, Any], secret: str) -> str:
    """Return a token with these claims."""
    import jwt

    return jwt.encode(claims, secret, algorithm="HS256")


def is_secret(text: str) -> bool:
    """Return whether a text can sign tokens (PyJWT refuses texts that look like public keys)."""
    import jwt

    try:
        sign({}, text)
    except (*_UNREADABLE, jwt.PyJWTError):
        return False
    return True


def claims(token: str, secrets: Iterable[str]) -> dict[str, Any] | None:
    """Return the claims of a token, or None unless one of the secrets signed it.

    Times are not checked: some of BadgeKit's clients send `exp` in milliseconds.
    """
    import jwt

    for secret in secrets:
        try:
            return jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                options={
                    "verify_exp": False, "verify_nbf": False, "verify_iat": False,
                    "verify_aud": False, "verify_iss": False, "verify_sub": False,
                    "verify_jti": False,
                },
            )  # fmt: skip
        except (*_UNREADABLE, jwt.PyJWTError):  # also for an unusable secret
            continue
    return None


def unverified(token: str) -> dict[str, Any]:
    """Return the claims of a token without checking its signature (to look up its secret).

    Raises
    ------
    NotAuthorized
        If it is not a token.
    """
    import jwt

    try:
        content = jwt.decode(token, options={"verify_signature": False})
    except (*_UNREADABLE, jwt.PyJWTError) as problem:
        raise NotAuthorized("The token cannot be read") from problem
    return content


def from_header(authorization: str | None) -> str:
    """Return the token of ``Authorization: JWT token="…"``.

    Raises
    ------
    NotAuthorized
        If the header is missing or has another format.
    """
    if not authorization:
        raise NotAuthorized("Missing Authorization header")
    found = _HEADER.fullmatch(authorization.strip())
    if not found:
        raise NotAuthorized('The Authorization header must be: JWT token="…"')
    return found[1]


def header(token: str) -> str:
    """Return the value of the Authorization header for a token."""
    return f'JWT token="{token}"'


def body_claim(body: bytes) -> dict[str, str]:
    """Return the claim `body`, which binds a token to a body, in BadgeKit's format."""
    return {"alg": "sha256", "hash": hashlib.sha256(body).hexdigest()}


def covers(claim: object, body: bytes) -> bool:
    """Return whether the claim `body` of a token matches these bytes."""
    if not isinstance(claim, dict):
        return False
    algorithm, digest = claim.get("alg"), claim.get("hash")
    if not isinstance(algorithm, str) or not isinstance(digest, str):
        return False
    if algorithm.lower() != "sha256" or not digest.isascii():
        return False
    return hmac.compare_digest(digest, hashlib.sha256(body).hexdigest())

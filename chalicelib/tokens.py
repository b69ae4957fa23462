"""HS256 JSON Web Tokens, also in BadgeKit's `Authorization` header.

Exactly HS256 is accepted, whatever a token claims; several secrets may be good at once, while one
is being replaced. What the claims must say is decided by whoever asks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Any

from chalicelib.errors import NotAuthorized

_HEADER = re.compile(r'JWT token="([^"]{1,8192})"')
# What PyJWT lets through: text that is no Unicode, JSON nested deeper than Python reads.
_UNREADABLE = (ValueError, RecursionError)


def sign(claims: dict[str, Any], secret: str) -> str:
    """Return a token with these claims."""
    import jwt

    return jwt.encode(claims, secret, algorithm="HS256")


def is_secret(text: str) -> bool:
    """Tell whether a text can sign tokens: one that looks like a public key must not."""
    import jwt

    try:
        sign({}, text)
    except (*_UNREADABLE, jwt.PyJWTError):
        return False
    return True


def claims(token: str, secrets: Iterable[str]) -> dict[str, Any] | None:
    """Return what a token claims, or None when none of the secrets signed it.

    Times are not looked at: BadgeKit's clients write `exp` in milliseconds too.
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
        except (*_UNREADABLE, jwt.PyJWTError):  # also a secret that is none for HS256
            continue
    return None


def unverified(token: str) -> dict[str, Any]:
    """Return what a token claims before anything is known about it (to find out whose it is).

    Raises
    ------
    NotAuthorized
        If it is no token at all.
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
        If the header is missing or of another form.
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
    """Return the claim that binds a token to a body, as BadgeKit writes it."""
    return {"alg": "sha256", "hash": hashlib.sha256(body).hexdigest()}


def covers(claim: object, body: bytes) -> bool:
    """Tell whether the claim `body` of a token is about exactly these bytes."""
    if not isinstance(claim, dict):
        return False
    algorithm, digest = claim.get("alg"), claim.get("hash")
    if not isinstance(algorithm, str) or not isinstance(digest, str):
        return False
    if algorithm.lower() != "sha256" or not digest.isascii():
        return False
    return hmac.compare_digest(digest, hashlib.sha256(body).hexdigest())

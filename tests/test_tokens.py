"""Tokens: HS256 and nothing else, one or more secrets, bound to bodies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import tokens
from chalicelib.errors import NotAuthorized

SECRET = "a-secret-that-is-longer-than-32-bytes"
OTHER = "another-secret-that-is-longer-than-32-bytes"
CLAIMS = {"key": "master", "exp": 1, "method": "GET", "path": "/systems"}


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: Any, content: Any, secret: str = SECRET, digest: Any = hashlib.sha256) -> str:
    """Return a token with any header, signed with an HMAC of any kind."""
    signed = f"{part(header)}.{part(content)}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def test_a_token_holds_its_claims() -> None:
    assert tokens.claims(tokens.sign(CLAIMS, SECRET), [SECRET]) == CLAIMS


def test_a_token_is_a_plain_json_web_token() -> None:
    token = tokens.sign({"a": 1}, SECRET)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header == {"alg": "HS256", "typ": "JWT"}
    assert tokens.claims(forged({"typ": "JWT", "alg": "HS256"}, CLAIMS), [SECRET]) == CLAIMS


def test_short_secrets_such_as_badgekit_s_work() -> None:
    assert tokens.claims(tokens.sign(CLAIMS, "yoursecret"), ["yoursecret"]) == CLAIMS


@pytest.mark.parametrize(
    "times",
    [{"exp": 1}, {"exp": 1402408977000}, {"nbf": 9e12}, {"iat": "yesterday"}, {"exp": None}],
)
def test_registered_claims_are_not_checked(times: dict[str, Any]) -> None:
    content = {**times, "aud": "x", "iss": ["y"], "sub": 7, "jti": 8}
    assert tokens.claims(forged({"alg": "HS256"}, content), [SECRET]) == content


# Secrets


def test_several_secrets_are_valid_during_a_rotation() -> None:
    for secret in (SECRET, OTHER):
        assert tokens.claims(tokens.sign(CLAIMS, secret), [SECRET, OTHER]) == CLAIMS
    assert tokens.claims(tokens.sign(CLAIMS, "an-unknown-third-one"), [SECRET, OTHER]) is None


def test_without_secrets_no_token_is_valid() -> None:
    assert tokens.claims(tokens.sign(CLAIMS, SECRET), []) is None


def test_an_empty_secret_makes_no_token_valid() -> None:
    assert tokens.claims(forged({"alg": "HS256"}, CLAIMS, secret=""), [""]) is None
    assert tokens.claims(tokens.sign(CLAIMS, SECRET), ["", SECRET]) == CLAIMS


def test_a_public_key_among_the_secrets_does_not_affect_the_others() -> None:
    key = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"
    assert tokens.claims(forged({"alg": "HS256"}, CLAIMS, secret=key), [key]) is None
    assert tokens.claims(tokens.sign(CLAIMS, SECRET), [key, SECRET]) == CLAIMS


@pytest.mark.parametrize("text", [SECRET, "yoursecret"])
def test_a_secret_is_a_text_that_can_sign(text: str) -> None:
    assert tokens.is_secret(text)


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----", "\ud800"]
)
def test_a_text_that_cannot_sign_is_no_secret(text: str) -> None:
    assert not tokens.is_secret(text)


# Algorithms


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None])
@pytest.mark.parametrize("signature", ["", part(b"anything")])
def test_unsigned_tokens_are_refused(algorithm: str | None, signature: str) -> None:
    token = f"{part({'typ': 'JWT', 'alg': algorithm})}.{part(CLAIMS)}.{signature}"
    assert tokens.claims(token, [SECRET]) is None


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("HS384", hashlib.sha384),
        ("HS512", hashlib.sha512),
        ("RS256", hashlib.sha256),  # a public key taken for a secret
        ("ES256", hashlib.sha256),
        ("PS256", hashlib.sha256),
        ("hs256", hashlib.sha256),
        (["HS256"], hashlib.sha256),
        ("HS256", hashlib.sha1),
        ("HS256", hashlib.sha512),
    ],
)
def test_other_algorithms_are_refused_even_with_a_valid_signature(
    algorithm: Any, digest: Any
) -> None:
    assert tokens.claims(forged({"alg": algorithm}, CLAIMS, digest=digest), [SECRET]) is None


def test_a_header_without_algorithm_is_refused() -> None:
    assert tokens.claims(forged({"typ": "JWT"}, CLAIMS), [SECRET]) is None


def test_a_key_in_the_token_s_header_is_not_used() -> None:
    own = "the-attackers-own-secret-of-32-bytes-and-more"
    jwk = {"kty": "oct", "k": part(own.encode())}
    token = forged({"alg": "HS256", "jwk": jwk, "kid": "../../dev/null"}, CLAIMS, secret=own)
    assert tokens.claims(token, [SECRET]) is None


# Tampering


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_changed_token_is_refused(which: int) -> None:
    parts = tokens.sign(CLAIMS, SECRET).split(".")
    others = tokens.sign({**CLAIMS, "key": "me"}, OTHER).split(".")
    parts[which] = others[which] if which else part({"alg": "HS256", "typ": "JWS"})
    assert tokens.claims(".".join(parts), [SECRET]) is None


@pytest.mark.parametrize("content", [[], "text", 7, None, True])
def test_claims_are_an_object(content: Any) -> None:
    token = forged({"alg": "HS256"}, content)
    assert tokens.claims(token, [SECRET]) is None
    with pytest.raises(NotAuthorized):
        tokens.unverified(token)


deep = b"[" * 100_000
HOSTILE = [
    "",
    ".",
    "..",
    "...",
    "a.b.c",
    "\ud800.\ud800.\ud800",
    "é.é.é",
    "\0.\0.\0",
    f"{part(deep)}.{part(CLAIMS)}.AA",
    f"{part({'alg': 'HS256'})}.{part(deep)}.AA",
    f"{part({'alg': 'HS256'})}.{part(b'1' * 5000)}.AA",
    f"{part({'alg': 'HS256'})}.{part(bytes([255]))}.AA",
    f"{part({'alg': 'HS256', 'b64': False})}.{part(CLAIMS)}.AA",
    f"{part({'alg': 'HS256', 'crit': ['x'], 'x': 1})}.{part(CLAIMS)}.AA",
    "." * 10_000,
]


@pytest.mark.parametrize("token", HOSTILE)
def test_malformed_tokens_are_refused(token: str) -> None:
    assert tokens.claims(token, [SECRET]) is None
    try:
        assert isinstance(tokens.unverified(token), dict)
    except NotAuthorized:
        return


@given(st.text() | st.lists(st.binary(max_size=60).map(part), max_size=4).map(".".join))
def test_any_text_is_refused(token: str) -> None:
    assert tokens.claims(token, [SECRET]) is None
    try:
        assert isinstance(tokens.unverified(token), dict)
    except NotAuthorized:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_claims_survive_a_round_trip(claims: dict[str, Any]) -> None:
    # PyJWT requires texts for these two when it signs, and accepts any value when it verifies.
    claims = {key: value for key, value in claims.items() if key not in ("iss", "sub")}
    token = tokens.sign(claims, SECRET)
    assert tokens.claims(token, [OTHER, SECRET]) == claims
    assert tokens.unverified(token) == claims


def test_claims_can_be_read_without_verification() -> None:
    assert tokens.unverified(tokens.sign(CLAIMS, "an-unknown-secret")) == CLAIMS
    assert tokens.unverified(f"{part({'alg': 'none'})}.{part(CLAIMS)}.") == CLAIMS


# The header


@pytest.mark.parametrize("header", ['JWT token="abc.def.ghi"', ' JWT token="abc.def.ghi" '])
def test_the_header_of_badgekit_is_read(header: str) -> None:
    assert tokens.from_header(header) == "abc.def.ghi"


def test_the_header_survives_a_round_trip() -> None:
    assert tokens.from_header(tokens.header("abc.def.ghi")) == "abc.def.ghi"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "JWT",
        "abc.def.ghi",
        "Bearer abc.def.ghi",
        "JWT abc.def.ghi",
        "JWT token=abc.def.ghi",
        "JWT token='abc.def.ghi'",
        'JWT token=""',
        'JWT token="abc',
        'JWT  token="abc"',
        'jwt token="abc"',
        'JWT token="a" token="b"',
        'JWT token="a", more="b"',
        'Basic JWT token="abc"',
        f'JWT token="{"x" * 8193}"',
    ],
)
def test_any_other_header_is_refused(header: str | None) -> None:
    with pytest.raises(NotAuthorized):
        tokens.from_header(header)


@given(st.text())
def test_any_header_is_read_or_refused(header: str) -> None:
    with pytest.raises(NotAuthorized):
        tokens.from_header(header)


# Bodies


@pytest.mark.parametrize("body", [b"", b'{"a":1}', "é".encode(), bytes(range(256))])
def test_a_claim_matches_its_body_and_no_other(body: bytes) -> None:
    claim = tokens.body_claim(body)
    assert claim == {"alg": "sha256", "hash": hashlib.sha256(body).hexdigest()}
    assert tokens.covers(claim, body)
    assert tokens.covers({**claim, "alg": "SHA256"}, body)
    assert not tokens.covers(claim, body + b" ")


@pytest.mark.parametrize(
    "claim",
    [
        None,
        {},
        [],
        "sha256",
        {"alg": "sha256"},
        {"alg": "sha256", "hash": None},
        {"alg": "sha256", "hash": ""},
        {"alg": "sha256", "hash": ["x"]},
        {"alg": None, "hash": hashlib.sha256(b"").hexdigest()},
        {"alg": "md5", "hash": hashlib.md5(b"").hexdigest()},
        {"alg": "sha1", "hash": hashlib.sha1(b"").hexdigest()},
        {"alg": "sha256", "hash": "é" * 64},
        {"alg": "sha256", "hash": hashlib.sha256(b"").hexdigest().upper()},
    ],
)
def test_other_claims_match_nothing(claim: object) -> None:
    assert not tokens.covers(claim, b"")


@given(json_values, st.binary())
def test_any_claim_can_be_checked(claim: Any, body: bytes) -> None:
    assert tokens.covers(claim, body) is False

"""A token allows exactly the request it was made for; everything else is 403."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import defaultdict
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode

import peewee
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from chalicelib import tokens
from chalicelib.api import auth
from chalicelib.errors import NotAuthorized
from chalicelib.web.request import Request
from tests.client import Answer, Client, event
from tests.conftest import SETTINGS, SQLITE
from tests.contract import recording
from tests.openbadges import examples
from tests.openbadges.examples import stored

SECRET = SETTINGS["OPENBADGER_SECRET"]
NOW = 1_400_000_000
BODY = b'{"slug":"x"}'
MEMBERS = ("key", "exp", "method", "path", "body")
# Settings of a test stay as they are while Hypothesis tries its examples.
same_settings = profile(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def engine() -> str:
    """One kind of database is enough: nothing here depends on it."""
    return SQLITE


@pytest.fixture
def api(app: Any, database: peewee.Database) -> Client:
    """The API over a database that knows Chicago and a system with an odd slug."""
    stored(examples.system())
    stored(examples.system(slug="a/b"))
    stored(examples.system(slug="a%2Fb"))
    return Client(app)


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(
    payload: Any, header: Any = None, secret: str | None = SECRET, digest: Any = hashlib.sha256
) -> str:
    """Return the Authorization header of a token with any header, payload and kind of HMAC."""
    signed = f"{part(header or {'typ': 'JWT', 'alg': 'HS256'})}.{part(payload)}"
    signature = (
        "" if secret is None else part(hmac.digest(secret.encode(), signed.encode(), digest))
    )
    return f'JWT token="{signed}.{signature}"'


def claims(method: str = "GET", path: str = "/systems/chicago", **more: Any) -> dict[str, Any]:
    """Return the claims of a good token; ``...`` leaves one out."""
    content = {"key": "master", "exp": int(time.time()) + 60, "method": method, "path": path}
    return {name: value for name, value in {**content, **more}.items() if value is not ...}


def send(
    api: Client,
    authorization: str | None,
    method: str = "GET",
    target: str = "/systems/chicago",
    body: bytes = b"",
) -> Answer:
    """Send a request whose path reaches the Lambda function as it was sent."""
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    sent = event(method, target, body, headers) | {"path": target.partition("?")[0]}
    answer = api.app(sent, None)
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


def refused(answer: Answer) -> str:
    """Return the message of an answer that must be a refusal."""
    assert (answer.status, answer.json["code"]) == (403, "NotAuthorized")
    message: str = answer.json["message"]
    return message


# The header


def test_a_token_for_the_request_lets_it_pass(api: Client) -> None:
    answer = send(api, forged(claims()))
    assert (answer.status, answer.json["system"]["slug"]) == (200, "chicago")


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer abc", "JWT token=abc", 'JWT token=""', 'Basic token="a.b.c"', "JWT"],
)
def test_without_a_token_nothing_passes(api: Client, authorization: str | None) -> None:
    assert refused(send(api, authorization)) == "Missing valid Authorization header"


@pytest.mark.parametrize(
    "token", ["abc", "a.b.c", "...", f"{part({'alg': 'HS256'})}.x.y", "\ud800"]
)
def test_what_is_no_token_is_refused(api: Client, token: str) -> None:
    assert refused(send(api, f'JWT token="{token}"')) == "Could not decode JWT"


@pytest.mark.parametrize("payload", [b"hello", b"[]", b"5", b"null", b'"text"', b"[" * 5000])
def test_a_signed_payload_that_is_no_object_is_refused(api: Client, payload: bytes) -> None:
    assert refused(send(api, forged(payload))) == "Could not decode JWT"


# Signatures


def test_the_signature_must_be_the_master_secret_s(api: Client) -> None:
    assert refused(send(api, forged(claims(), secret="wrong"))) == "Invalid token signature"
    assert refused(send(api, forged(claims(), secret=""))) == "Invalid token signature"
    assert refused(send(api, forged(claims(key=...), secret="wrong"))) == "Invalid token signature"


@pytest.mark.parametrize("key", ["whatever", "radical", "Master", "", None, 5, [], {}])
def test_only_the_master_key_is_known(api: Client, key: Any) -> None:
    assert refused(send(api, forged(claims(key=key)))) == "Could not find consumer for API key"


def test_a_key_must_be_claimed(api: Client) -> None:
    assert refused(send(api, forged(claims(key=...)))) == "Missing JWT claim: key"


@pytest.mark.parametrize(
    ("header", "secret", "digest"),
    [
        ({"typ": "JWT", "alg": "none"}, None, hashlib.sha256),
        ({"typ": "JWT", "alg": "none"}, SECRET, hashlib.sha256),
        ({"typ": "JWT", "alg": "HS512"}, SECRET, hashlib.sha512),
        ({"typ": "JWT", "alg": "HS384"}, SECRET, hashlib.sha384),
        ({"typ": "JWT", "alg": "RS256"}, SECRET, hashlib.sha256),
        ({"typ": "JWT"}, SECRET, hashlib.sha256),
        ({"typ": "JWT", "alg": "XX1"}, SECRET, hashlib.sha256),
    ],
    ids=lambda value: value.get("alg", "missing") if isinstance(value, dict) else "",
)
def test_only_hs256_is_taken(api: Client, header: Any, secret: str | None, digest: Any) -> None:
    refused(send(api, forged(claims(), header, secret, digest)))


def test_signatures_and_hashes_are_compared_in_constant_time(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[Any] = []
    compare = hmac.compare_digest

    def watched(one: Any, other: Any) -> bool:
        compared.append(one)
        compared.append(other)
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    header = forged(claims("POST", "/systems", body=tokens.body_claim(BODY)))
    send(api, header, "POST", "/systems", BODY)
    signature = header.rstrip('"').rpartition(".")[2]
    assert base64.urlsafe_b64decode(signature + "=") in compared
    assert hashlib.sha256(BODY).hexdigest() in compared


# Times


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: NOW + 0.5))


@pytest.mark.usefixtures("fixed_time")
@pytest.mark.parametrize(
    "expires",
    [
        ..., None, NOW + 1, NOW + 0.5, float("inf"), 10**400,
        (NOW + 1) * 1000, NOW * 1000 + 500, 4102444800000,
        (NOW - 599) * 1000, str(NOW + 1), f"{NOW}.5", str(NOW * 1000), str((NOW - 599) * 1000),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_token_is_good_until_it_expires_in_seconds_or_milliseconds(
    api: Client, expires: Any
) -> None:
    assert send(api, forged(claims(exp=expires))).status == 200


@pytest.mark.usefixtures("fixed_time")
@pytest.mark.parametrize(
    "expires",
    [
        0, -1, 1, NOW, NOW - 1, (NOW - 600) * 1000, -(10**400), float("-inf"),
        str(NOW), "0", str((NOW - 600) * 1000),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_token_that_expired_is_refused_with_both_times(api: Client, expires: Any) -> None:
    assert refused(send(api, forged(claims(exp=expires)))) == (
        f"Token is expired (token expiry: {expires}, server time: {NOW})"
    )


@pytest.mark.parametrize(
    "expires", ["soon", "-1", "1e12", "", "٣" * 10, "9" * 30, True, False, [], {}]
)
def test_an_expiry_that_is_no_number_is_refused(api: Client, expires: Any) -> None:
    message = refused(send(api, forged(claims(exp=expires))))
    assert message == "The JWT claim exp must be a number"


def test_not_a_number_is_no_time_that_never_comes(api: Client) -> None:
    assert "expired" in refused(send(api, forged(claims(exp=float("nan")))))


# Methods


@pytest.mark.parametrize("method", ["GET", "get", "Get"])
def test_methods_are_compared_without_regard_to_case(api: Client, method: str) -> None:
    assert send(api, forged(claims(method))).status == 200


def test_another_method_is_refused(api: Client) -> None:
    assert refused(send(api, forged(claims("PUT")))) == (
        '`method` does not match: using "PUT" token for "GET" request'
    )


@pytest.mark.parametrize("method", [5, True, ["GET"], {"GET": 1}, "", " GET", "GET\0", "\ud800"])
def test_a_method_that_is_none_is_refused(api: Client, method: Any) -> None:
    refused(send(api, forged(claims(method=method))))


@pytest.mark.parametrize("name", ["method", "path"])
@pytest.mark.parametrize("value", [..., None])
def test_method_and_path_must_be_claimed(api: Client, name: str, value: Any) -> None:
    message = refused(send(api, forged(claims(**{name: value}))))
    assert message == f"Missing JWT claim: {name}"


# Paths and queries

SAME = [
    ("/systems/chicago", "/systems/chicago"),
    ("/systems/chicago", "/systems/%63hicago"),
    ("/systems/%63hicago", "/systems/chicago"),
    ("/systems/chicago", "/systems/chicago/"),
    ("/systems/chicago", "//systems//chicago"),
    ("/systems/a%2Fb", "/systems/a%2Fb"),
    ("/systems/a%2fb", "/systems/a%2Fb"),
    ("/systems/a%252Fb", "/systems/a%252Fb"),
    ("/systems/chicago?", "/systems/chicago"),
    ("/systems/chicago?a=1&b=2", "/systems/chicago?b=2&a=1"),
    ("/systems/chicago?a=1&b=2&a=3", "/systems/chicago?b=2&a=1&a=3"),
    ("/systems/chicago?a=1%262&b", "/systems/chicago?a=1%262&b="),
    ("/systems/chicago?a=%C3%BC+%2B", "/systems/chicago?a=%c3%bc%20%2B"),
]


@pytest.mark.parametrize(("claimed", "target"), SAME)
def test_a_path_may_be_spelt_otherwise(api: Client, claimed: str, target: str) -> None:
    assert send(api, forged(claims(path=claimed)), target=target).status == 200


@pytest.mark.parametrize(
    ("claimed", "target"),
    [
        ("/not/the/right/path", "/systems/chicago"),
        ("/systems", "/systems/chicago"),
        ("/systems/chicago", "/systems"),
        ("/systems/CHICAGO", "/systems/chicago"),
        ("/systems/chicago", "/systems/CHICAGO"),
        ("/systems/chicago/", "/systems/chicago"),
        ("/systems/chicago/", "/systems/chicago/"),
        ("//systems/chicago", "/systems/chicago"),
        ("systems/chicago", "/systems/chicago"),
        ("http://localhost/systems/chicago", "/systems/chicago"),
        ("/systems/../systems/chicago", "/systems/chicago"),
        ("/systems/chicago#a", "/systems/chicago"),
        ("/systems/chicago\0", "/systems/chicago"),
        ("/systems/chicago ", "/systems/chicago"),
        ("", "/systems"),
        ("/systems/a/b", "/systems/a%2Fb"),
        ("/systems/a%252Fb", "/systems/a%2Fb"),
        ("/systems/a%2Fb", "/systems/a%252Fb"),
        ("/systems/chicago%2Fissuers", "/systems/chicago/issuers"),
        ("/systems%2Fchicago", "/systems/chicago"),
        ("%2Fsystems/chicago", "/systems/chicago"),
    ],
)
def test_another_path_is_refused(api: Client, claimed: str, target: str) -> None:
    message = refused(send(api, forged(claims(path=claimed)), target=target))
    assert message.startswith(f'`path` does not match: trying to use token for "{claimed}" on "')


@pytest.mark.parametrize(
    ("claimed", "sent"),
    [
        ("", "?a=1"),
        ("?a=1", ""),
        ("?a=", ""),
        ("?a=1", "?a=2"),
        ("?a=1", "?A=1"),
        ("?a=1", "?b=1"),
        ("?a=1", "?a=1&a=1"),
        ("?a=1&a=1", "?a=1"),
        ("?a=1&b=2", "?a=1"),
        ("?a=1", "?a=1&b="),
        ("?a=1&a=2", "?a=2&a=1"),
        ("?a=1&b=2", "?a=2&b=1"),
        ("?a=1%26b=2", "?a=1&b=2"),
        ("?a=1&b=2", "?a=1%26b=2"),
        ("?a=1;b=2", "?a=1&b=2"),
        ("%3Fa=1", "?a=1"),
    ],
)
def test_no_value_of_the_query_can_be_added_dropped_changed_or_put_before_another(
    api: Client, claimed: str, sent: str
) -> None:
    header = forged(claims(path=f"/systems/chicago{claimed}"))
    refused(send(api, header, target=f"/systems/chicago{sent}"))


@pytest.mark.parametrize("path", [5, True, ["/systems/chicago"], {}, "\ud800"])
def test_a_path_that_is_no_text_is_refused(api: Client, path: Any) -> None:
    assert refused(send(api, forged(claims(path=path)))) == "The JWT claim path must be a string"


def request(
    header: str, method: str = "GET", pairs: list[tuple[str, str]] | None = None
) -> Request:
    """Return a request as API Gateway hands it over, with its query parsed."""
    query: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs or []:
        query[name].append(value)
    context = {"httpMethod": method}
    return Request(
        {
            "requestContext": context,
            "headers": {"Authorization": header},
            "multiValueQueryStringParameters": query or None,
        },
        "/",
    )


def passes(authorization: str, method: str, segments: list[str], *args: Any, **kwargs: Any) -> bool:
    """Return whether a request passes; anything but a refusal is an error."""
    body = kwargs.pop("body", b"")
    try:
        sent = request(authorization, method, *args, **kwargs)
        has_body = bool(body) or method in ("POST", "PUT")
        auth.authorize(sent, body, segments, has_body=has_body)
    except NotAuthorized:
        return False
    return True


# Few letters, so that pairs of targets are often nearly the same.
LETTERS = st.text("ab/%2F?&=+# ;é\0", max_size=3)
TARGETS = st.tuples(
    st.lists(LETTERS, min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from(["a", "b", "a b", "&"]), LETTERS), max_size=3),
)


@same_settings
@given(claimed=TARGETS, sent=TARGETS | st.none())
@example(claimed=(["a/b"], []), sent=(["a", "b"], []))
@example(claimed=(["a"], [("a", "1"), ("a", "2")]), sent=(["a"], [("a", "2"), ("a", "1")]))
def test_a_token_passes_for_its_own_target_and_for_no_other(claimed: Any, sent: Any) -> None:
    segments, pairs = claimed
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    target = f"{path}?{urlencode(pairs)}" if pairs else path
    sent_segments, sent_pairs = sent or claimed
    by_name = [sorted(one, key=lambda pair: pair[0]) for one in (pairs, sent_pairs)]
    same = segments == sent_segments and by_name[0] == by_name[1]
    header = forged(claims(path=target))
    assert passes(header, "GET", ["", *sent_segments], sent_pairs) is same


# Bodies


@pytest.mark.parametrize("algorithm", ["sha256", "SHA256", "Sha256"])
def test_the_token_is_bound_to_the_body(api: Client, algorithm: str) -> None:
    claim = {**tokens.body_claim(BODY), "alg": algorithm}
    answer = send(api, forged(claims("POST", "/systems", body=claim)), "POST", "/systems", BODY)
    assert (answer.status, answer.json["code"]) == (400, "ValidationError")


GOOD = hashlib.sha256(BODY).hexdigest()
BAD_CLAIMS = [
    (..., "Missing JWT claim: body"),
    (None, "Missing JWT claim: body"),
    ("sha256", "Missing JWT claim: body"),
    ([], "Missing JWT claim: body"),
    ({"hash": GOOD}, "Missing JWT claim: body.alg"),
    ({"alg": None, "hash": GOOD}, "Missing JWT claim: body.alg"),
    ({"alg": 256, "hash": GOOD}, "The JWT claim body.alg must be a string"),
    ({"alg": "sha256"}, "Missing JWT claim: body.hash"),
    ({"alg": "sha256", "hash": 5}, "The JWT claim body.hash must be a string"),
    ({"alg": "sha256", "hash": "00"}, "Computed hash does not match given hash"),
    ({"alg": "sha256", "hash": ""}, "Computed hash does not match given hash"),
    ({"alg": "sha256", "hash": GOOD.upper()}, "Computed hash does not match given hash"),
    ({"alg": "sha256", "hash": f"{GOOD} "}, "Computed hash does not match given hash"),
    ({"alg": "sha256", "hash": "é" * 64}, "Computed hash does not match given hash"),
    (tokens.body_claim(BODY + b" "), "Computed hash does not match given hash"),
    (tokens.body_claim(b""), "Computed hash does not match given hash"),
    (
        {"alg": "foo256", "hash": "00"},
        "Could not calculate hash, unsupported algorithm: foo256",
    ),
    (
        {"alg": "md5", "hash": hashlib.md5(BODY).hexdigest()},
        "Could not calculate hash, unsupported algorithm: md5",
    ),
    (
        {"alg": "sha512", "hash": hashlib.sha512(BODY).hexdigest()},
        "Could not calculate hash, unsupported algorithm: sha512",
    ),
]


@pytest.mark.parametrize(("claim", "message"), BAD_CLAIMS)
def test_a_token_for_another_body_is_refused(api: Client, claim: Any, message: str) -> None:
    header = forged(claims("POST", "/systems", body=claim))
    assert refused(send(api, header, "POST", "/systems", BODY)) == message


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unexpected_body_must_be_covered_too(api: Client, method: str) -> None:
    target = "/systems/chicago/badges/b/instances/a@example.org"
    header = forged(claims(method, target))
    assert refused(send(api, header, method, target, BODY)) == "Missing JWT claim: body"
    assert send(api, header, method, target).status == 404
    covered = forged(claims(method, target, body=tokens.body_claim(BODY)))
    assert send(api, covered, method, target, BODY).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_missing_body_must_be_covered_where_one_is_expected(api: Client, method: str) -> None:
    target = "/systems/chicago/badges/b/applications" + ("/a" if method == "PUT" else "")
    header = forged(claims(method, target))
    assert refused(send(api, header, method, target)) == "Missing JWT claim: body"
    covered = forged(claims(method, target, body=tokens.body_claim(b"")))
    assert send(api, covered, method, target).status == 400


def test_a_random_code_needs_no_body_and_then_no_claim_of_one(api: Client) -> None:
    target = "/systems/chicago/badges/b/codes/random"
    bare = forged(claims("POST", target))
    empty = forged(claims("POST", target, body=tokens.body_claim(b"")))
    for header in (bare, empty):
        assert send(api, header, "POST", target).status == 404
    assert refused(send(api, bare, "POST", target, BODY)) == "Missing JWT claim: body"
    covered = forged(claims("POST", target, body=tokens.body_claim(BODY)))
    assert send(api, covered, "POST", target, BODY).status == 404
    assert "does not match" in refused(send(api, covered, "POST", target))


def test_the_hash_is_of_the_bytes_that_api_gateway_encoded(api: Client) -> None:
    body = '{"slug":"ü"}'.encode()
    header = forged(claims("POST", "/systems", body=tokens.body_claim(body)))
    sent = event("POST", "/systems", b"", {"Authorization": header})
    sent |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    assert api.app(sent, None)["statusCode"] == 400


# What is answered before


def test_unknown_paths_and_wrong_methods_are_reported_before_authorization(api: Client) -> None:
    unknown = send(api, None, target="/systems/chicago/nope")
    assert (unknown.status, unknown.json) == (
        404,
        {"code": "ResourceNotFound", "message": "/systems/chicago/nope does not exist"},
    )
    wrong = send(api, None, "PATCH", "/systems")
    assert (wrong.status, wrong.json["code"], wrong.headers["Allow"]) == (
        405, "MethodNotAllowedError", "GET, POST",
    )  # fmt: skip


def test_existence_is_not_revealed_without_authorization(api: Client) -> None:
    answers = [send(api, None, target=f"/systems/{slug}") for slug in ("chicago", "nowhere")]
    assert refused(answers[0]) == refused(answers[1])


# Whatever a token holds

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["master", "GET", "/systems", "sha256", GOOD]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["alg", "hash", "a"]), inner),
)


@pytest.mark.usefixtures("database")
@same_settings
@given(claimed=st.dictionaries(st.sampled_from(MEMBERS), ANYTHING))
def test_no_claim_upsets_the_check_and_none_is_taken_for_another(claimed: dict[str, Any]) -> None:
    good = {"key": "master", "method": "POST", "path": "/systems", "body": tokens.body_claim(BODY)}
    header = forged({**good, **claimed})
    for method in ("POST", "GET"):
        if passes(header, method, ["", "systems"], body=BODY):
            content = {**good, **claimed}
            assert content["key"] == "master"
            assert content["method"].upper() == method
            assert content["path"] in ("/systems", "/systems?")
            assert content["body"]["hash"] == GOOD
    assert not passes(header, "POST", ["", "systems"], body=BODY + b" ")
    assert not passes(
        forged({**good, **claimed}, secret="wrong"), "POST", ["", "systems"], body=BODY
    )


@same_settings
@given(
    text=st.text(st.characters()) | st.from_regex(r'JWT token="[A-Za-z0-9_.-]*"', fullmatch=True)
)
def test_no_header_upsets_the_check_or_passes(text: str) -> None:
    assert not passes(text, "GET", ["", "systems"])


# What the original was recorded to answer


def recorded() -> list[Any]:
    """Return the recorded steps about authorization.

    Not yet: keys of consumers, forms, and deleting systems.
    """
    if not recording.RECORDING.exists():
        return []
    lines = (recording.RECORDING / "transcript.jsonl").read_text("utf-8").splitlines()
    return [
        pytest.param(step, id=step["step"])
        for step in map(json.loads, lines)
        if step["step"].startswith("auth-")
        and step["auth"]["as"] != "consumer"
        and not {"form", "multipart"} & set(step.get("request", {}))
        and step["method"] != "DELETE"
    ]


@recording.needed
@pytest.mark.parametrize("step", recorded())
def test_requests_are_let_through_and_refused_as_they_were_recorded(
    api: Client, step: dict[str, Any]
) -> None:
    data = step.get("request", {}).get("json")
    body = b"" if data is None else json.dumps(data, separators=(",", ":")).encode()
    allowed = json.loads((recording.RECORDING / "deviations.json").read_text("utf-8"))
    wanted, rules = step["answer"], allowed.get(step["step"], {})
    answer = send(api, signed(step, body), step["method"], step["path_template"], body)
    assert answer.status in rules.get("status", [wanted["status"]])
    if answer.status == wanted["status"] >= 400:
        assert answer.json["code"] == wanted["json"]["code"]
        assert answer.json["message"].split(":")[0] == wanted["json"]["message"].split(":")[0]
    elif answer.status >= 400:
        assert answer.json.keys() >= {"code", "message"}


def signed(step: dict[str, Any], body: bytes) -> str | None:
    """Return the Authorization header of a step, as the recording's README explains it."""
    how = step["auth"]
    if "authorization" in how or how["as"] == "none":
        return how.get("authorization")
    content = claims(step["method"], step["path_template"])
    if body:
        content["body"] = tokens.body_claim(body)
    content.update(how.get("claims", {}))
    for name in how.get("drop", []):
        owner, _, member = name.rpartition(".")
        (content[owner] if owner else content).pop(member)
    payload = how["payload_raw"].encode() if "payload_raw" in how else content
    digest = getattr(hashlib, how.get("hmac", "sha256"))
    return forged(payload, how.get("header"), how.get("secret", SECRET), digest)

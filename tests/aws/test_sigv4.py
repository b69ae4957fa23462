"""AWS calls without boto3: the same endpoint and signature as boto3, or an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.aws import parameters, session, sigv4
from tests.servers import OK, serving, unused_port

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
TARGET = "AmazonSSM.GetParametersByPath"


@pytest.fixture(autouse=True)
def function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's environment."""
    for name in (*sigv4.UNSUPPORTED, "AWS_ENDPOINT_URL", "AWS_USE_DUALSTACK_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_LAMBDA_FUNCTION_NAME": "badgekit-test-http",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "a-secret/access+key",
        "AWS_SESSION_TOKEN": "a-token//of+a=role",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("token", ["a-token//of+a=role", ""])
def test_signatures_equal_botocore_s(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    body = b'{"Path":"/badgekit/prod"}'
    ours = sigv4.signed("ssm", TARGET, "ssm.us-east-1.amazonaws.com", body, NOW)
    authorization = ours.pop("authorization")
    request = AWSRequest("POST", "https://ssm.us-east-1.amazonaws.com/", headers=ours, data=body)
    request.context["timestamp"] = ours["x-amz-date"]
    credentials = Credentials("ASIAEXAMPLE", "a-secret/access+key", token or None)
    theirs = SigV4Auth(credentials, "ssm", "us-east-1")
    text = theirs.string_to_sign(request, theirs.canonical_request(request))
    scope = "ASIAEXAMPLE/20260314/us-east-1/ssm/aws4_request"
    assert authorization == (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(ours)}, "
        f"Signature={theirs.signature(text, request)}"
    )
    assert ("x-amz-security-token" in ours) == bool(token)


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2"])
@pytest.mark.parametrize("both", ["true", "false", ""])
def test_endpoints_equal_boto3_s(region: str, both: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", both)
    theirs = boto3.session.Session().client("ssm", region_name=region).meta.endpoint_url
    assert sigv4.endpoint("ssm") == theirs


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_REGION", "cn-north-1"),
        ("AWS_REGION", "us-iso-east-1"),
        ("AWS_REGION", ""),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("HTTPS_PROXY", "http://proxy.example.org:3128"),
    ],
)
def test_unsupported_environments_are_left_to_boto3(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(sigv4.NotAnsweredError):
        sigv4.endpoint("ssm")


@pytest.mark.parametrize("name", ["AWS_LAMBDA_FUNCTION_NAME", "AWS_ACCESS_KEY_ID"])
def test_outside_of_lambda_nothing_is_sent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    with serving() as serve:
        server = serve(OK + b"\r\n{}")
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(sigv4.NotAnsweredError):
            sigv4.call("ssm", TARGET, {})
        assert server.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n{}",
        b"HTTP/1.1 503 Slow Down\r\n\r\n{}",
        OK + b"\r\nnot JSON",
        b"not HTTP",
        b"",
    ],
)
def test_failed_calls_raise_not_answered(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as serve:
        monkeypatch.setenv("AWS_ENDPOINT_URL", serve(answer).url)
        with pytest.raises(sigv4.NotAnsweredError):
            sigv4.call("ssm", TARGET, {})
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(sigv4.NotAnsweredError):
        sigv4.call("ssm", TARGET, {})


# Reading settings


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """More settings than a page of SSM holds, in moto's server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    session.forget()
    settings = {f"P{number}": f"välue {number}" for number in range(23)}
    try:
        for name, value in settings.items():
            parameters.put_secret_once("/badgekit/signed", name, value)
        yield settings
    finally:
        session.forget()
        server.stop()


def _no_client(service: str) -> Any:
    raise AssertionError(f"boto3's client of {service} was made")


@pytest.mark.slow
def test_settings_are_read_without_boto3(
    stored: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameters, "client", _no_client)
    assert parameters.read("/badgekit/signed") == stored


def test_boto3_reads_settings_when_the_lean_call_fails(
    stored: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{unused_port()}")
    assert parameters.read("/badgekit/signed") == stored  # by the client that `stored` created

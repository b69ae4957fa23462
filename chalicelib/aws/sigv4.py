"""Signed AWS calls (Signature Version 4) with the standard library alone, for cold starts.

Importing boto3 takes longer than all our own imports, and most first requests need nothing of AWS
but the settings. In Lambda, the environment holds region and credentials, so that signing is a
handful of digests (AWS's IAM user guide, "Create a signed AWS API request"). In any other
environment, and after any error, `call` raises `NotAnsweredError`, and callers use boto3: it
retries, and its errors are more detailed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS = 3.0
ALGORITHM = "AWS4-HMAC-SHA256"
MEDIA_TYPE = "application/x-amz-json-1.1"
# Environment variables that change how boto3 connects, which this module does not implement.
UNSUPPORTED = (
    "AWS_USE_FIPS_ENDPOINT", "AWS_CA_BUNDLE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
)  # fmt: skip
# Regions of AWS's standard partition. Host names of China's end differently, and the names of
# other partitions' regions are longer.
_REGION = re.compile(r"(?!cn-)[a-z]{2}-[a-z]+-\d")


class NotAnsweredError(Exception):
    """The call was not made or failed; the message says why. boto3 may succeed."""


def call(service: str, target: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Call an operation of a service with a JSON API; return its output.

    Parameters
    ----------
    service : str
        Name of the service in its host name and in signatures, such as ``ssm``.
    target : str
        The value of ``X-Amz-Target``, such as ``AmazonSSM.GetParametersByPath``.
    content : Mapping[str, Any]
        The operation's input.

    Raises
    ------
    NotAnsweredError
        If this is not Lambda, or the call fails.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        raise NotAnsweredError("this is not Lambda")
    url = urlsplit(endpoint(service))
    body = json.dumps(content).encode()
    headers = signed(service, target, url.netloc, body, datetime.now(UTC))
    try:
        status, text = _post(url, headers, body)
        output: dict[str, Any] = json.loads(text)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise NotAnsweredError(type(problem).__name__) from problem
    if status != 200:
        raise NotAnsweredError(f"status {status}")
    return output


def endpoint(service: str) -> str:
    """Return the endpoint of a service, the same as boto3's in the same environment.

    Raises
    ------
    NotAnsweredError
        If this module does not support the environment.
    """
    if any(os.environ.get(name) for name in UNSUPPORTED):
        raise NotAnsweredError("the environment changes how to connect")
    for name in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if address := os.environ.get(name):
            return address
    region = os.environ.get("AWS_REGION", "")
    if not _REGION.fullmatch(region):
        raise NotAnsweredError("the region's host names are unknown")
    dual_stack = os.environ.get("AWS_USE_DUALSTACK_ENDPOINT", "").lower() == "true"
    return f"https://{service}.{region}.{'api.aws' if dual_stack else 'amazonaws.com'}"


def signed(service: str, target: str, host: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a request, signed with the credentials of the environment.

    Parameters
    ----------
    service, target : str
        See `call`.
    host : str
        The host that the request goes to.
    body : bytes
        The request's body.
    now : datetime
        The time in UTC; AWS accepts the signature for some minutes.

    Raises
    ------
    NotAnsweredError
        If the environment has no credentials.
    """
    try:
        key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        region = os.environ["AWS_REGION"]
    except KeyError as problem:
        raise NotAnsweredError(f"{problem} is not set") from problem
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"content-type": MEDIA_TYPE, "host": host, "x-amz-date": moment}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        headers["x-amz-security-token"] = token
    headers["x-amz-target"] = target
    names = ";".join(headers)  # in alphabetical order, as the signature requires
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    derived = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = f"SignedHeaders={names}, Signature={derived.hex()}"
    return {**headers, "authorization": f"{ALGORITHM} Credential={key}/{scope}, {signature}"}


def _post(url: SplitResult, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=SECONDS)
    try:
        connection.request("POST", "/", body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()

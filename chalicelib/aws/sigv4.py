"""Signed AWS calls (Signature Version 4) with the standard library alone, for cold starts.

Loading boto3 takes longer than all of ours, and most first requests need nothing of AWS but the
settings. In Lambda, region and credentials stand in the environment, so that signing is a handful of
digests (AWS's IAM user guide, "Create a signed AWS API request"). Whatever is not as plain as that,
or does not work at once, is refused here, and boto3 is to be asked: it retries, and its errors tell more.
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
# With these, boto3 goes other ways.
ELSEWHERE = (
    "AWS_USE_FIPS_ENDPOINT", "AWS_CA_BUNDLE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
)  # fmt: skip
# Those of AWS's common partition; China's hosts end otherwise, and others have longer names.
_REGION = re.compile(r"(?!cn-)[a-z]{2}-[a-z]+-\d")


class NotAnsweredError(Exception):
    """There is no answer, for the reason that the text says; boto3 may get one."""


def call(service: str, target: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Call a service that speaks JSON; return its answer.

    Parameters
    ----------
    service : str
        As its host is called, and what is signed for.
    target : str
        The operation, with the name of its API before it.
    content : Mapping[str, Any]
        Its input.

    Raises
    ------
    NotAnsweredError
        If this is not Lambda, or there is any trouble.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
        raise NotAnsweredError("this is not Lambda")
    where = urlsplit(endpoint(service))
    body = json.dumps(content).encode()
    headers = signed(service, target, where.netloc, body, datetime.now(UTC))
    try:
        status, answer = _post(where, headers, body)
        found: dict[str, Any] = json.loads(answer)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise NotAnsweredError(type(problem).__name__) from problem
    if status != 200:
        raise NotAnsweredError(f"status {status}")
    return found


def endpoint(service: str) -> str:
    """Return the address of a service, as boto3 would find it in the same environment.

    Raises
    ------
    NotAnsweredError
        If that takes more than this knows.
    """
    if any(os.environ.get(name) for name in ELSEWHERE):
        raise NotAnsweredError("the environment asks for another way")
    for name in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if address := os.environ.get(name):
            return address
    region = os.environ.get("AWS_REGION", "")
    if not _REGION.fullmatch(region):
        raise NotAnsweredError("the region's hosts are not known")
    both = os.environ.get("AWS_USE_DUALSTACK_ENDPOINT", "").lower() == "true"
    return f"https://{service}.{region}.{'api.aws' if both else 'amazonaws.com'}"


def signed(service: str, target: str, host: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a request, signed with the credentials of the environment.

    Parameters
    ----------
    service, target : str
        As of `call`.
    host : str
        Where it goes to.
    body : bytes
        Its body.
    now : datetime
        The time, in UTC; AWS takes a request for some minutes.

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
    names = ";".join(headers)  # which stand in the order that the signature wants
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    derived = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = f"SignedHeaders={names}, Signature={derived.hex()}"
    return {**headers, "authorization": f"{ALGORITHM} Credential={key}/{scope}, {signature}"}


def _post(where: SplitResult, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
    connection = kind(where.netloc, timeout=SECONDS)
    try:
        connection.request("POST", "/", body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()

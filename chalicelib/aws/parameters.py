"""Systems Manager Parameter Store: settings that are not in the environment, and secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from chalicelib.aws.session import client

log = logging.getLogger("badgekit")

PAGE_SIZE = 10  # parameters in a response: SSM's maximum


def read(path: str) -> dict[str, str]:
    """Return all parameters below a path, decrypted, by the last part of their names."""
    from chalicelib.aws import sigv4  # loads http.client, and not every request reads parameters

    try:
        pages = list(_lean_pages(path))
    except sigv4.NotAnsweredError as problem:
        log.debug("reading the Parameter Store with boto3: %s", problem)
        pages = list(_pages(path))
    return {
        parameter["Name"].rsplit("/", 1)[-1]: parameter["Value"]
        for page in pages
        for parameter in page["Parameters"]
    }


def _lean_pages(path: str) -> Iterator[dict[str, Any]]:
    """Yield the responses of SSM, read without boto3."""
    from chalicelib.aws import sigv4

    query: dict[str, Any] = {"Path": path, "WithDecryption": True, "MaxResults": PAGE_SIZE}
    while True:
        page = sigv4.call("ssm", "AmazonSSM.GetParametersByPath", query)
        yield page
        if not (next_token := page.get("NextToken")):
            return
        query["NextToken"] = next_token


def _pages(path: str) -> Iterator[dict[str, Any]]:
    pages = client("ssm").get_paginator("get_parameters_by_path")
    yield from pages.paginate(Path=path, WithDecryption=True)


def put_secret_once(path: str, name: str, value: str) -> bool:
    """Store an encrypted parameter unless it exists; return whether it was stored."""
    ssm = client("ssm")
    try:
        ssm.put_parameter(
            Name=f"{path.rstrip('/')}/{name}", Value=value, Type="SecureString", Overwrite=False
        )
    except ssm.exceptions.ParameterAlreadyExists:
        return False
    return True

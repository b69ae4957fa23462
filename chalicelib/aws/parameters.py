"""Systems Manager's Parameter Store: settings that are not in the environment, and secrets."""

from __future__ import annotations

from chalicelib.aws.session import client


def read(path: str) -> dict[str, str]:
    """Return all parameters below a path, decrypted, by the last part of their names."""
    found: dict[str, str] = {}
    pages = client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=path, WithDecryption=True):
        for parameter in page["Parameters"]:
            found[parameter["Name"].rsplit("/", 1)[-1]] = parameter["Value"]
    return found


def put_secret_once(path: str, name: str, value: str) -> bool:
    """Store an encrypted parameter unless there is one already; tell whether there was none."""
    ssm = client("ssm")
    try:
        ssm.put_parameter(
            Name=f"{path.rstrip('/')}/{name}", Value=value, Type="SecureString", Overwrite=False
        )
    except ssm.exceptions.ParameterAlreadyExists:
        return False
    return True

"""SSM: all parameters directly below a path, decrypted (the settings: tests/test_config.py)."""

from __future__ import annotations

from chalicelib.aws import parameters, session
from tests.conftest import Cloud


def test_reads_more_than_one_page(cloud: Cloud) -> None:
    for number in range(23):
        session.client("ssm").put_parameter(
            Name=f"/badgekit/P{number}", Value=str(number), Type="SecureString"
        )
    assert parameters.read("/badgekit") == {f"P{number}": str(number) for number in range(23)}


def test_an_empty_path_has_no_parameters(cloud: Cloud) -> None:
    assert parameters.read("/nothing/here") == {}


def test_a_secret_is_stored_once(cloud: Cloud) -> None:
    assert parameters.put_secret_once("/badgekit/", "API_SECRET", "first")
    assert not parameters.put_secret_once("/badgekit", "API_SECRET", "second")
    assert parameters.read("/badgekit") == {"API_SECRET": "first"}

"""AWS clients: created when needed, cached, with short timeouts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws import session
from infra.aws.functions import COURIER


def test_a_client_is_created_once_until_it_is_forgotten(settings: dict[str, str]) -> None:
    first = session.client("sqs")
    assert session.client("sqs") is first
    assert session.client("s3") is not first
    session.forget()
    assert session.client("sqs") is not first


def test_threads_share_a_client(
    settings: dict[str, str], together: Callable[..., list[Any]]
) -> None:
    made = together(*[lambda: session.client("sqs")] * 4)
    assert len({id(client) for client in made}) == 1


def test_timeouts_are_shorter_than_a_worker_s() -> None:
    config = session.client("s3").meta.config
    assert (config.connect_timeout, config.read_timeout) == (3, 10)
    assert config.retries["total_max_attempts"] == 2


@pytest.mark.parametrize("service", ["sesv2", "lambda"])
def test_emails_and_invocations_are_not_retried(service: str) -> None:
    assert session.client(service).meta.config.retries["total_max_attempts"] == 1


def test_the_timeout_of_invocations_covers_the_courier_s() -> None:
    """It has ten seconds for a request and a timeout of fifteen, after a cold start."""
    assert session.client("lambda").meta.config.read_timeout > COURIER.seconds


def test_importing_the_adapters_does_not_import_boto3() -> None:
    code = (
        "import sys; from chalicelib.aws import functions, mail, parameters, queues, session, storage; "
        "print([name for name in ('boto3', 'botocore') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-B", "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"

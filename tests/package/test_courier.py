"""The courier in the package: a process without settings that makes requests for others."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.data.connection import database
from chalicelib.data.models import Event, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import webhooks
from tests import lambdas, servers
from tests.conftest import COURIER
from tests.domain import places
from tests.package.deployment import Deployment, sqs_event
from tests.package.runtime import Function
from tests.servers import LOOPBACK, OK, Server, unused_port

PNG = b"\x89PNG\r\n\x1a\n"
ALLOWED = {"ALLOW_PRIVATE_ADDRESSES": "true"}
Made = Callable[[dict[str, str]], Function]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server that sends these bytes."""
    with servers.serving() as start:
        yield start


@pytest.fixture
def courier(task: Path, runtime: Path, serve: Any) -> Iterator[Made]:
    """Return a function that starts a courier; fails if the courier calls AWS."""
    aws = serve(b"HTTP/1.1 500 No\r\n\r\n")
    made: list[Function] = []

    def make(environ: dict[str, str]) -> Function:
        given = {"AWS_ENDPOINT_URL": aws.url, "AWS_MAX_ATTEMPTS": "1", **environ}
        made.append(Function(task, runtime, "app.courier", given))
        return made[-1]

    yield make
    for function in made:
        function.close()
    assert aws.requests == []


def event(url: str, **how: Any) -> dict[str, Any]:
    """Return the courier's event for a request."""
    usual = {"method": "GET", "body": "", "headers": {}, "limit": 1024, "seconds": 5.0}
    return {"url": url, **usual, **how}


def test_it_makes_a_request_and_returns_the_response(courier: Made, serve: Any) -> None:
    server = serve(OK + b"Content-Type: image/png\r\n\r\n" + PNG)
    body = base64.b64encode(b'{"action":"award"}').decode()
    answer = courier(ALLOWED)(event(server.url, method="POST", body=body, headers={"X-A": "b"}))
    assert answer == {
        "status": 200,
        "headers": {"content-type": "image/png"},
        "body": base64.b64encode(PNG).decode(),
    }
    head, _, sent = server.requests[0].partition(b"\r\n\r\n")
    assert b"\r\nX-A: b\r\n" in head
    assert sent == b'{"action":"award"}'


def test_errors_are_returned(courier: Made, serve: Any) -> None:
    function = courier(ALLOWED)
    closed_port = f"http://{LOOPBACK}:{unused_port()}/"
    assert function(event(closed_port))["error"] == "Unreachable"
    assert function(event(serve(OK + b"\r\nfour").url, limit=3))["error"] == "Refused"
    assert function(event("ftp://badges.example.org/"))["error"] == "Forbidden"
    moved = serve(b"HTTP/1.1 301 Moved\r\nLocation: https://example.org/\r\n\r\n")
    answer = function(event(moved.url))
    assert (answer["error"], answer["location"]) == ("Redirected", "https://example.org/")


def test_it_refuses_private_addresses(courier: Made, serve: Any) -> None:
    """In the stack, its environment is empty."""
    server = serve(OK + b"\r\n")
    answer = courier({})(event(server.url))
    assert answer["error"] == "Forbidden"
    assert "not on the public internet" in answer["message"]
    assert server.requests == []


def test_it_logs_nothing_of_the_request(courier: Made, serve: Any) -> None:
    function = courier(ALLOWED)
    body = base64.b64encode(b"secret").decode()
    headers = {"Authorization": "secret"}
    for url in (serve(OK + b"\r\nsecret").url, f"http://{LOOPBACK}:{unused_port()}/"):
        function(event(f"{url}?token=secret", body=body, headers=headers))
    assert "secret" not in function.log


def test_a_webhook_is_delivered_through_it(
    courier: Made, deployment: Deployment, serve: Any
) -> None:
    """`deliver` cannot reach the receiver itself, and invokes the courier."""
    receiver = serve(OK + b"Content-Length: 0\r\n\r\n")
    deployment.function("app.migrate")({})
    deployment.use_database()
    with lambdas.serving() as (account, url), database.connection_context():
        account.functions[COURIER] = courier(ALLOWED)
        deployment.more["app.deliver"] = {
            "COURIER_FUNCTION": COURIER, "AWS_ENDPOINT_URL_LAMBDA": url,
        }  # fmt: skip
        system = places.chicago()
        webhooks.put(system, {"url": receiver.url, "secret": "the-secret-of-the-webhook"})
        awards.give(places.published(system, "reader"), "earner@example.org")
        job = Job.get(Job.kind == "delivery")
        message = json.dumps({"version": 1, "kind": "delivery", "id": job.id})
        assert deployment.function("app.deliver")(sqs_event(message)) == {"batchItemFailures": []}
        job = Job.get_by_id(job.id)
        assert (job.state, job.outcome) == (outbox.DONE, "delivered"), job.reason
        (request,) = receiver.requests
        assert request.partition(b"\r\n\r\n")[2].decode() == Event.get().body
        assert len(account.calls) == 1

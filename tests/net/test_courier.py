"""The courier: requests through it have the same results as direct ones.

Requests go through Lambda's Invoke API, with its limits (`tests.lambdas`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.net import client, messages
from chalicelib.net import courier as net_courier
from chalicelib.net.client import Forbidden, Redirected, Refused, Unreachable
from tests.conftest import COURIER
from tests.lambdas import Context, Lambda
from tests.servers import LOOPBACK, OK, unused_port

EMPTY = OK + b"Content-Length: 0\r\n\r\n"


# Requests and responses


def test_the_request_is_made_by_the_courier(courier: Lambda, serve: Any) -> None:
    server = serve(EMPTY)
    client.request("POST", server.url, body=b'{"a":"\xc3\xbc"}', headers={"X-Event": "award"})
    ((name, event),) = courier.calls
    assert (name, event["url"]) == (COURIER, server.url)
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"X-Event: award" in head
    assert body == b'{"a":"\xc3\xbc"}'


def test_the_response_is_the_same_as_without_a_courier(courier: Lambda, serve: Any) -> None:
    content = bytes(range(256))
    server = serve(b"HTTP/1.1 404 Not Found\r\nContent-Type: image/png\r\n\r\n" + content)
    answer = client.request("GET", server.url)
    assert answer == client.send(_request(server.url))
    assert (answer.status, answer.content) == (404, content)
    assert len(courier.calls) == 1


def test_an_unneeded_body_is_not_returned(courier: Lambda, serve: Any) -> None:
    answer = client.request("POST", serve(OK + b"\r\nthanks").url, limit=None)
    assert (answer.status, answer.content) == (200, b"")


def test_concurrent_requests_are_possible(
    courier: Lambda, serve: Any, together: Callable[..., list[Any]]
) -> None:
    servers = [serve(OK + b"\r\n%d" % number) for number in range(10)]
    fetches = [lambda url=one.url: client.request("GET", url).content for one in servers]
    assert together(*fetches) == [b"%d" % number for number in range(10)]


# When the courier is used


def test_without_the_setting_requests_are_made_directly(
    courier: Lambda, settings: dict[str, str], serve: Any
) -> None:
    del settings["COURIER_FUNCTION"]
    assert client.request("GET", serve(EMPTY).url).status == 200
    assert courier.calls == []


def test_without_a_transport_requests_are_made_directly(
    courier: Lambda, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "transport", None)
    assert client.request("GET", serve(EMPTY).url).status == 200
    assert courier.calls == []


def test_the_application_s_transport_invokes_the_courier(courier: Lambda, serve: Any) -> None:
    assert wiring.through_courier(COURIER, _request(serve(EMPTY).url)).status == 200
    assert len(courier.calls) == 1


def test_an_invalid_url_is_not_sent_to_the_courier(courier: Lambda) -> None:
    for url in ("ftp://badges.example.org/", "http://badges.example.org/\ud800"):
        with pytest.raises(Forbidden, match="cannot be used"):
            client.request("GET", url)
    assert courier.calls == []


def test_the_courier_uses_no_courier(courier: Lambda, serve: Any) -> None:
    event = {
        "method": "GET", "url": serve(EMPTY).url, "body": "", "headers": {}, "limit": 9, "seconds": 9,
    }  # fmt: skip
    assert net_courier.run(event, Context())["status"] == 200
    assert courier.calls == []


# Errors


def test_the_courier_refuses_private_addresses(courier: Lambda, settings: dict[str, str]) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "false"
    with pytest.raises(Forbidden, match=r"127\.0\.0\.1 is not on the public internet"):
        client.request("GET", f"http://{LOOPBACK}:{unused_port()}/")
    assert len(courier.calls) == 1


def test_the_location_of_a_redirect_is_returned(courier: Lambda, serve: Any) -> None:
    server = serve(b"HTTP/1.1 302 Found\r\nLocation: http://example.org/b?c=d\r\n\r\n")
    with pytest.raises(Redirected, match="redirects elsewhere") as problem:
        client.request("GET", server.url)
    assert problem.value.location == "http://example.org/b?c=d"


def test_no_server_listens(courier: Lambda) -> None:
    with pytest.raises(Unreachable, match="does not accept connections"):
        client.request("GET", f"http://{LOOPBACK}:{unused_port()}/")


def test_a_response_beyond_the_limit_is_refused(courier: Lambda, serve: Any) -> None:
    with pytest.raises(Refused, match="larger than 3 bytes") as problem:
        client.request("GET", serve(OK + b"\r\nfour").url, limit=3)
    assert type(problem.value) is Refused


def test_it_times_out_before_lambda_does(serve: Any, settings: dict[str, str]) -> None:
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    event = {
        "method": "GET", "url": serve(EMPTY).url, "body": "", "headers": {}, "limit": 9, "seconds": 9,
    }  # fmt: skip
    answer = net_courier.run(event, Context(milliseconds=900))
    assert answer == {
        "error": "Unreachable",
        "message": "127.0.0.1 did not respond in time",
        "location": None,
    }


def test_an_unknown_error_of_a_newer_courier_is_temporary(courier: Lambda) -> None:
    courier.functions[COURIER] = lambda event: {"error": "Moved", "message": "?", "location": None}
    with pytest.raises(Unreachable):
        client.request("GET", "http://badges.example.org/")


def test_a_courier_that_crashed_is_unreachable(
    courier: Lambda, caplog: pytest.LogCaptureFixture
) -> None:
    def end(event: Any) -> Any:
        raise RuntimeError

    courier.functions[COURIER] = end
    with pytest.raises(Unreachable, match="see its log"):
        client.request(
            "POST", "http://badges.example.org/?token=secret", body=b"secret",
            headers={"Authorization": "secret"},
        )  # fmt: skip
    assert COURIER in caplog.text
    assert "secret" not in caplog.text
    assert len(courier.calls) == 1  # not repeated: the request may have been made


# Limits of Lambda


def test_bodies_of_the_largest_size_are_carried_both_ways(courier: Lambda, serve: Any) -> None:
    content = bytes(range(256)) * (net_courier.LARGEST // 256)
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"\xff" * 650) for n in range(90))
    server = serve(OK + headers + b"\r\n", content)
    answer = client.request("POST", server.url, body=content)
    assert answer.content == content
    assert server.requests[0].endswith(content)


def test_larger_bodies_are_refused_with_a_message(courier: Lambda, serve: Any) -> None:
    content = bytes(net_courier.LARGEST + 1)
    with pytest.raises(Refused, match="larger than the courier's limit of 4194304 bytes"):
        client.request("POST", serve(EMPTY).url, body=content)
    assert courier.calls == []
    with pytest.raises(Refused, match="is larger than 4194304 bytes"):
        client.request("GET", serve(OK + b"\r\n", content).url)


def test_too_many_headers_are_refused_with_a_message(courier: Lambda, serve: Any) -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(70))
    with pytest.raises(Refused, match="more than 65536 characters of headers"):
        client.request("GET", serve(OK + headers + b"\r\n").url)


def test_events_and_responses_are_json(courier: Lambda, serve: Any) -> None:
    client.request("GET", serve(EMPTY).url)
    ((_, event),) = courier.calls
    assert json.loads(json.dumps(event)) == event
    assert event.keys() == {"method", "url", "body", "headers", "limit", "seconds"}


def _request(url: str) -> messages.HttpRequest:
    return messages.HttpRequest("GET", url, b"", {}, 1024, 10.0)

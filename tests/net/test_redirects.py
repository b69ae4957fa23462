"""Redirects are followed a few times, within one time limit; every target is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.net import client, redirects
from tests.servers import Server, serving

Serve = Callable[..., Server]
FOUND = b"HTTP/1.1 200 OK\r\n\r\nfound"


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Serve]:
    """Start a server on this machine that answers one request after the other; it may be reached."""
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    with serving() as start:

        def one_by_one(*answers: bytes) -> Server:
            rest = iter(answers)
            return start(behave=lambda connection: connection.sendall(next(rest)))

        yield one_by_one


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\n\r\n".encode()


def test_a_redirect_is_followed_also_to_a_relative_address(serve: Serve) -> None:
    server = serve(moved("/other"), FOUND)
    assert redirects.get(server.url).content == b"found"


def test_redirects_are_followed_a_few_times(serve: Serve) -> None:
    assert redirects.get(serve(*[moved("/")] * redirects.HOPS, FOUND).url).content == b"found"
    with pytest.raises(client.Refused, match="redirects too often"):
        redirects.get(serve(*[moved("/")] * (redirects.HOPS + 1), FOUND).url)


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "file:///etc/passwd", "http://[", ""])
def test_targets_are_checked(
    target: str, serve: Serve, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    request: Any = client.request

    def only_here(method: str, url: str, **options: Any) -> Any:
        settings["ALLOW_PRIVATE_ADDRESSES"] = str(url == server.url).lower()
        return request(method, url, **options)

    server = serve(moved(target))
    monkeypatch.setattr(client, "request", only_here)
    with pytest.raises(client.Forbidden):
        redirects.get(server.url)


def test_one_time_limit_covers_all_requests(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    request: Any = client.request
    limits: list[float] = []

    def noted(*arguments: Any, **options: Any) -> Any:
        limits.append(options["seconds"])
        return request(*arguments, **options)

    monkeypatch.setattr(client, "request", noted)
    redirects.get(serve(moved("/"), FOUND).url, seconds=5)
    assert limits[1] < limits[0] <= 5

"""Fixtures of the tests of outgoing requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers import Server, serving


@pytest.fixture
def private(settings: dict[str, str]) -> None:
    """Allow requests to private addresses."""
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server that sends these bytes, or runs this function, and then closes."""
    with serving() as start:
        yield start

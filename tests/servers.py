"""Real servers on the loopback address, whose behavior tests define."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\n"

Behave = Callable[[socket.socket], None]


class Server:
    """A server that accepts connections one at a time and calls a function with each."""

    def __init__(self, behave: Behave) -> None:
        self.requests: list[bytes] = []
        self._behave = behave
        self._socket = socket.create_server((LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with closing(connection):
                try:
                    self.requests.append(read_request(connection))
                    self._behave(connection)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.close()

    def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """Resolve every host name to this server's address."""
        return [(LOOPBACK, self.port)]

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"


def read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return received
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")),
        0,
    )  # fmt: skip
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving() -> Iterator[Callable[..., Server]]:
    """Yield a function that starts a server that sends bytes, or calls `behave`, and closes."""
    servers: list[Server] = []

    def start(*pieces: bytes, behave: Behave | None = None) -> Server:
        def send(connection: socket.socket) -> None:
            for piece in pieces:
                connection.sendall(piece)

        servers.append(Server(behave or send))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def unused_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port

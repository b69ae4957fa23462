"""A proxy for a database that sleeps as Aurora Serverless does: connection attempts wake it up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.mariadb import Address
from tests.servers import LOOPBACK

SILENT, CLOSING = "silent", "closing"
FOREVER = 1_000_000


class Sleeper:
    """Accepts connections for a database, and forwards them while it is awake.

    Parameters
    ----------
    database : Address
        The database.
    """

    def __init__(self, database: Address) -> None:
        self.attempts = 0
        self._database = database
        self._left = 0  # connection attempts until it is awake
        self._how = SILENT
        self._open: list[socket.socket] = []
        self._dropped: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> Address:
        """The address to connect to instead of the database's."""
        port = self._listener.getsockname()[1]
        behind = self._database
        return Address(f"{LOOPBACK}:{port}", behind.user, behind.password, behind.name)

    def fall_asleep(self, attempts: int = FOREVER, how: str = SILENT) -> None:
        """Close all connections, and sleep until a number of connection attempts was made.

        Parameters
        ----------
        attempts : int
            Number of attempts that fail; the next one succeeds.
        how : str
            `SILENT`: they get no response; `CLOSING`: they are closed at once.
        """
        with self._lock:
            self.attempts, self._left, self._how = 0, attempts, how
            self._drop()

    def wake_up(self) -> None:
        """Be awake from now on; pending connections are closed."""
        with self._lock:
            self._left = 0
            self._drop()

    def drop_traffic(self) -> None:
        """Drop all data on existing connections, which stay open, as after a failover."""
        with self._lock:
            self._dropped = set(self._open)

    def close(self) -> None:
        """Stop accepting connections."""
        self._listener.close()
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _take(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.attempts += 1
                if self._left > 0:
                    self._left -= 1
                    if self._how == SILENT:
                        self._open.append(client)
                    else:
                        client.close()
                    continue
                server = self._connect()
                self._open += [client, server]
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := one.recv(65536):
                if one not in self._dropped:
                    other.sendall(chunk)
            other.shutdown(socket.SHUT_WR)

    def _connect(self) -> socket.socket:
        host = self._database.host
        if host.startswith("/"):
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            server.connect(host)
            return server
        name, _, port = host.partition(":")
        return socket.create_connection((name, int(port or 3306)))


@contextlib.contextmanager
def proxying(database: Address) -> Iterator[Sleeper]:
    """Yield a proxy of a database, awake, and close it at the end."""
    made = Sleeper(database)
    try:
        yield made
    finally:
        made.close()

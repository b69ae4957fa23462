"""A front before a real database which sleeps as Aurora Serverless does: it wakes up when knocked at."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.mariadb import Address
from tests.servers import LOOPBACK

SILENT, CLOSING = "silent", "closing"
FOR_EVER = 1_000_000


class Sleeper:
    """Takes connections for a database, and lets them through when it is awake.

    Parameters
    ----------
    database : Address
        What lies behind it.
    """

    def __init__(self, database: Address) -> None:
        self.knocks = 0
        self._database = database
        self._left = 0  # knocks until it is awake
        self._how = SILENT
        self._open: list[socket.socket] = []
        self._deaf: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server((LOOPBACK, 0))
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> Address:
        """Where to connect to instead of the database."""
        port = self._door.getsockname()[1]
        behind = self._database
        return Address(f"{LOOPBACK}:{port}", behind.user, behind.password, behind.name)

    def fall_asleep(self, knocks: int = FOR_EVER, how: str = SILENT) -> None:
        """Sleep, until somebody has knocked so many times, and drop whoever is connected.

        Parameters
        ----------
        knocks : int
            The first knock that is answered is the one after these.
        how : str
            Whether the others find silence, or a door that closes at once.
        """
        with self._lock:
            self.knocks, self._left, self._how = 0, knocks, how
            self._drop()

    def wake_up(self) -> None:
        """Be awake from now on; whoever knocked in vain has to knock again."""
        with self._lock:
            self._left = 0
            self._drop()

    def go_deaf(self) -> None:
        """Swallow whatever comes by connections that there are, which stay open; as after a failover."""
        with self._lock:
            self._deaf = set(self._open)

    def close(self) -> None:
        """Take no more connections."""
        self._door.close()
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
                client, _ = self._door.accept()
            except OSError:
                return
            with self._lock:
                self.knocks += 1
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
            while piece := one.recv(65536):
                if one not in self._deaf:
                    other.sendall(piece)
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
def sleeping_before(database: Address) -> Iterator[Sleeper]:
    """Stand before a database, awake, until the end."""
    made = Sleeper(database)
    try:
        yield made
    finally:
        made.close()

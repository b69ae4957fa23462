"""AWS for benchmarks: moto's server in a separate process that logs every call.

`python -m bench.cloud PORT LOG` runs that process; each line of the log is a call as JSON.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
POLL_SECONDS = 0.05
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/")


@dataclass(frozen=True)
class Call:
    """A call to AWS.

    Parameters
    ----------
    role : str
        Access key that signed it.
    what : str
        The service, and the operation or, for services that put it into the URL, the HTTP method.
    sent : int
        Size of its body in bytes.
    """

    role: str
    what: str
    sent: int

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Call:
        """Return the call in a WSGI request."""
        found = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        role, service = found.groups() if found else ("", "")
        target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        sent = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(role, f"{service} {target or environ['REQUEST_METHOD']}", sent)


class Cloud:
    """A running server.

    Parameters
    ----------
    port : int
        Port on the loopback address.
    log : Path
        Its log file.
    """

    def __init__(self, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        self._read = 0

    def calls(self) -> list[Call]:
        """Return the calls since the last call of this method."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            lines = log.readlines()
            self._read = log.tell()
        return [Call(**json.loads(line)) for line in lines]


@contextmanager
def running(folder: Path) -> Iterator[Cloud]:
    """Run an empty server.

    Parameters
    ----------
    folder : Path
        Folder for its log.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    log = folder / "calls.jsonl"
    log.touch()
    with (folder / "server.log").open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-B", "-m", "bench.cloud", str(port), str(log)],
            stdout=output,
            stderr=output,
        )
    try:
        until = time.monotonic() + START_SECONDS
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("moto's server did not start")
            time.sleep(POLL_SECONDS)
        yield Cloud(port, log)
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    """Serve until it is killed."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    if len(sys.argv) != 3:
        sys.exit("usage: python -m bench.cloud PORT LOG (the benchmarks start it themselves)")
    port, path = sys.argv[1:]
    serve = DomainDispatcherApplication(create_backend_app)
    with Path(path).open("a", buffering=1, encoding="utf-8") as log:

        def logging(environ: dict[str, Any], answer: Callable[..., Any]) -> Iterable[bytes]:
            log.write(json.dumps(asdict(Call.of(environ))) + "\n")
            return serve(environ, answer)

        run_simple("127.0.0.1", int(port), logging, threaded=True)


if __name__ == "__main__":
    main()

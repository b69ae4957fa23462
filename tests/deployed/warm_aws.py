"""The AWS CLI, kept warm: a server imports it once, and forks for each call.

`python warm_aws.py serve SOCKET` runs in the environment that has it, `python warm_aws.py call SOCKET
WORDS…` anywhere. Starting the AWS CLI for each documented command would take half a second each.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback

MOST = 1024 * 1024  # bytes for arguments and environment


def serve(path: str) -> None:
    """Serve calls until terminated."""
    from awscli import clidriver  # installed in ministack's environment

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # do not keep zombies of the forks
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(connection, clidriver)
        connection.close()


def _answer(connection: socket.socket, clidriver: object) -> None:
    """Run a call with its arguments, environment, working folder and standard streams."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 255
    try:
        message, streams, _, _ = socket.recv_fds(connection, MOST, 3)
        words, environ, folder = json.loads(message)
        for stream, number in zip(streams, range(3), strict=True):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(folder)
        data = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # set by the import
        os.environ.clear()
        os.environ.update({**environ, **data})
        sys.argv = ["aws", *words]
        status = clidriver.main()  # type: ignore[attr-defined]
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(str(status).encode())
        os._exit(0)


def call(path: str, words: list[str]) -> int:
    """Send a call to the server, and return its status."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        message = json.dumps([words, dict(os.environ), os.getcwd()]).encode()
        socket.send_fds(connection, [message], [0, 1, 2])
        return int(connection.recv(16) or b"255")


if __name__ == "__main__":
    action, where, *rest = sys.argv[1:]
    if action == "serve":
        serve(where)
    sys.exit(call(where, rest))

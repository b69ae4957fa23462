"""ministack, an AWS emulator that runs CloudFormation templates and Lambda packages.

It is installed in a separate virtual environment together with the AWS CLI, since it needs other
versions of our dependencies. Setting up
creates that once, by `python -m tests.deployed.ministack`; tests only start it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path
from typing import Any

from infra.aws import build, lock
from tests.servers import LOOPBACK, unused_port

PINS = Path(__file__).with_suffix(".txt")
VERSION = next(
    line.partition("==")[2]
    for line in PINS.read_text("utf-8").splitlines()
    if line.startswith("ministack==")
)
FOLDER = build.CACHE / f"ministack-{VERSION}"
PYTHON = FOLDER / "bin" / "python"
MARK = FOLDER / "installed.txt"

REGION = "eu-central-1"
START_SECONDS, STOP_SECONDS = 60.0, 20.0
POLL_SECONDS = 0.05


class NoMinistackError(Exception):
    """ministack is not installed, or did not start; the message says why."""


def install() -> None:
    """Create the environment unless it exists, and download the package's dependencies.

    Raises
    ------
    NoMinistackError
        If the installation fails.
    """
    try:
        build.dependencies([lock.PACKAGE, lock.RUNTIME], None)
    except build.BuildError as problem:
        raise NoMinistackError(str(problem)) from problem
    if is_installed():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.create(FOLDER, with_pip=True)
    arguments = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--only-binary=:all:", "--no-deps", f"--requirement={PINS}"]  # fmt: skip
    if subprocess.run([PYTHON, *arguments], check=False).returncode:
        raise NoMinistackError("pip could not install ministack; see above")
    shutil.copyfile(PINS, MARK)  # last: an incomplete installation starts over


def is_installed() -> bool:
    """Return whether it is installed in the pinned version."""
    return MARK.exists() and MARK.read_bytes() == PINS.read_bytes()


class Ministack:
    """An AWS emulator on the loopback address, which runs from `start()` to `stop()`.

    Parameters
    ----------
    folder : Path
        A folder for all files that it writes.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "ministack.log"
        port = unused_port()
        self.url = f"http://{LOOPBACK}:{port}"
        self._environ = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "STATE_DIR": str(folder),
            "BIND_HOST": LOOPBACK,
            "MINISTACK_HOST": LOOPBACK,
            "MINISTACK_REGION": REGION,
            "GATEWAY_PORT": str(port),
            "LAMBDA_EXECUTOR": "local",  # functions run in processes, not in containers
        }
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def environ(self) -> dict[str, str]:
        """Return the environment variables that direct clients to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of a service."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def start(self) -> None:
        """Start it, and wait until it responds.

        Raises
        ------
        NoMinistackError
            If it does not start; the message has the end of its log.
        """
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "ministack"],
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # identifies the processes of its functions
            )
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise NoMinistackError(f"ministack did not start:\n{self.last_words()}")
            time.sleep(POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            self.seen("/_ministack/health")
        except OSError:
            return False
        return True

    def seen(self, path: str) -> Any:
        """Return its health as JSON."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text("utf-8", "replace")[-4000:]

    def processes(self) -> list[int]:
        """Return the IDs of its own process and of its functions' processes; on Linux only."""
        if self._process is None:
            return []
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = entry.read_text().rpartition(")")[2].split()[:4]
            except OSError:  # the process just ended
                continue
            if int(session) == self._process.pid and state != "Z":
                found.append(int(entry.parent.name))
        return found

    def stop(self) -> None:
        """Stop it, and then all processes that it started.

        Raises
        ------
        NoMinistackError
            If one of its processes is left.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):  # if none of them is left
            os.killpg(self._process.pid, signal.SIGKILL)
        until = time.monotonic() + STOP_SECONDS
        while left := self.processes():
            if time.monotonic() > until:
                raise NoMinistackError(f"ministack left processes behind: {left}")
            time.sleep(POLL_SECONDS)


def main() -> None:
    """Install it; if that fails, print why and continue, since all other tests work without it."""
    try:
        install()
    except NoMinistackError as problem:
        print(  # noqa: T201
            f"{problem}\nTests of the deployed stack are skipped until "
            "`python -m tests.deployed.ministack` succeeds.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()

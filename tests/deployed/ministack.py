"""ministack, an emulator of AWS that runs CloudFormation's templates and Lambda's packages.

It lives in a virtual environment of its own, since it wants versions that are not ours, and AWS's own
command line lives with it. Setting up
makes that once, by `python -m tests.deployed.ministack`; tests only start what is there.
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
    """It is not there, or did not start; the text says why."""


def install() -> None:
    """Make the environment, unless it is there; have the package's parts at hand, too.

    Raises
    ------
    NoMinistackError
        If that does not work.
    """
    try:
        build.dependencies([lock.PACKAGE, lock.RUNTIME], None)
    except build.BuildError as problem:
        raise NoMinistackError(str(problem)) from problem
    if is_installed():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.create(FOLDER, with_pip=True)
    wish = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--only-binary=:all:", "--no-deps", f"--requirement={PINS}"]  # fmt: skip
    if subprocess.run([PYTHON, *wish], check=False).returncode:
        raise NoMinistackError("pip could not install ministack; see above")
    shutil.copyfile(PINS, MARK)  # last: without it, the next time begins anew


def is_installed() -> bool:
    """Tell whether it is there, as it is pinned now."""
    return MARK.exists() and MARK.read_bytes() == PINS.read_bytes()


class Ministack:
    """A whole AWS on the loopback address, from `start()` to `stop()`.

    Parameters
    ----------
    folder : Path
        Its own, for all that it writes.
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
            "LAMBDA_EXECUTOR": "local",  # in processes, not in containers
        }
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def environ(self) -> dict[str, str]:
        """Return the environment variables that make a client use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def client(self, service: str) -> Any:
        """Return boto3's client of a service."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def start(self) -> None:
        """Start it and return when it answers.

        Raises
        ------
        NoMinistackError
            If it does not; with the end of its log.
        """
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "ministack"],
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that its functions' processes can be told from others
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
        """Return the JSON that it tells of itself."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text("utf-8", "replace")[-4000:]

    def processes(self) -> list[int]:
        """Return the numbers of its processes, itself and those of functions; on Linux only."""
        if self._process is None:
            return []
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, session = entry.read_text().rpartition(")")[2].split()[:4]
            except OSError:  # it just ended
                continue
            if int(session) == self._process.pid and state != "Z":
                found.append(int(entry.parent.name))
        return found

    def stop(self) -> None:
        """End it, and then whatever it started.

        Raises
        ------
        NoMinistackError
            If something of it is left.
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
    """Install it; without it everything else still works, so say so and go on."""
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

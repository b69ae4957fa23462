"""Runs a package as Lambda does: read-only, with boto3 only, and a process for each function."""

from __future__ import annotations

import json
import os
import platform
import select
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.aws import runtimes

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
ARCH = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())
REGION = "us-east-1"
SECONDS = 60.0  # timeout of an invocation
# Without these capabilities, root must obey file modes like all other users.
WITHOUT = "-dac_override,-dac_read_search"


class FunctionError(Exception):
    """A function raised an exception, exited or timed out; the message includes its log."""


def unfit() -> str | None:
    """Return why this machine cannot run Lambda's packages, or None."""
    if sys.platform != "linux" or ARCH is None or platform.libc_ver()[0] != "glibc":
        return "the package runs on Linux with glibc, on x86_64 and arm64"
    try:
        runtimes.of_this_python()
    except runtimes.UnknownRuntimeError as problem:
        return str(problem)
    return None


@cache
def _unprivileged() -> tuple[str, ...]:
    """Return a command prefix that makes read-only folders read-only for root, too."""
    if os.geteuid() != 0:
        return ()
    found = shutil.which("setpriv")
    command = (str(found), f"--bounding-set={WITHOUT}")
    if not found or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        return ()
    return command


def is_read_only() -> bool:
    """Return whether this machine can keep a package read-only."""
    return os.geteuid() != 0 or bool(_unprivileged())


def unpack(package: Path, folder: Path) -> Path:
    """Unpack a package as Lambda does, without write permissions."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            (folder / entry.filename).chmod(mode & 0o555)
    for path in (folder, *folder.rglob("*/")):
        path.chmod(0o555)
    return folder


def release(folder: Path) -> None:
    """Restore write permissions, so that an unpacked package can be deleted."""
    for path in (folder, *folder.rglob("*/")):
        path.chmod(0o755)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the files and folders in a folder, with metadata that reveals writes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


@dataclass(frozen=True)
class Spent:
    """Time and memory of a cold start or an invocation.

    Parameters
    ----------
    seconds : float
        Duration.
    processor : float
        Processor seconds, including all threads and child processes.
    memory : float
        Peak memory of its process so far, in MB.
    """

    seconds: float
    processor: float
    memory: float


class Function:
    """A Lambda function: cold until its first invocation, then warm.

    Parameters
    ----------
    task : Path
        The unpacked package.
    runtime : Path
        Folder of Lambda's runtime, which provides boto3.
    handler : str
        Module and name, such as ``app.issue``.
    environ : Mapping[str, str]
        Its environment variables, in addition to those that Lambda sets.

    Attributes
    ----------
    init, last : Spent or None
        Measurements of its start and its last invocation; None before the first.
    """

    def __init__(
        self, task: Path, runtime: Path, handler: str, environ: Mapping[str, str] | None = None
    ) -> None:
        self.init: Spent | None = None
        self.last: Spent | None = None
        self._handler = handler
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (see `close`)
        self._process: Any = None
        self._buffer = b""
        self._command = [
            *_unprivileged(), sys.executable, "-I", "-S", str(BOOTSTRAP),
            str(task), str(runtime), handler,
        ]  # fmt: skip
        self._environ = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": handler,
            "LAMBDA_TASK_ROOT": str(task),
            "LAMBDA_RUNTIME_DIR": str(runtime),
            "PYTHONPATH": str(runtime),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtimes.of_this_python().name}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": f"badgekit-test-{handler.rpartition('.')[2]}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/badgekit-test",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/03/14/[$LATEST]0123456789abcdef",
            **(environ or {}),
        }

    def __call__(self, event: Any, context: Any = None) -> Any:
        """Invoke it; return its response.

        Raises
        ------
        FunctionError
            If it raises an exception, exits, or times out.
        """
        if self._process is None:
            self._start()
        self._send(json.dumps({"event": event, "seconds": SECONDS}))
        answer = self._receive()
        self.last = Spent(**answer["spent"])
        if "errorType" in answer:
            self._fail("{errorType}: {errorMessage}\n".format(**answer), *answer["stackTrace"])
        return answer["answer"]

    @property
    def log(self) -> str:
        """Its log so far."""
        self._log.seek(0)
        return self._log.read().decode()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environ, cwd="/", bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip
        self.init = Spent(**self._receive()["spent"])

    def _send(self, line: str) -> None:
        rest = memoryview(line.encode() + b"\n")
        try:
            while rest:
                rest = rest[self._process.stdin.write(rest) :]
        except BrokenPipeError:
            self._fail("it ended")

    def _receive(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            ready, _, _ = select.select([self._process.stdout], [], [], SECONDS)
            piece = self._process.stdout.read(1 << 20) if ready else b""
            if not piece:
                self._fail("it ended" if ready else "it does not answer")
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _fail(self, *words: str) -> None:
        raise FunctionError("".join([f"{self._handler}: ", *words, "\nIt logged:\n", self.log]))

    def close(self) -> None:
        """End its process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._log.close()

"""The environment for running documented commands: a clone, a shell, and the programs they name.

The shell finds only these programs. `aws` is the AWS CLI, connected to ministack, and to moto for
services that ministack lacks; `make` runs the targets that can be run here. The tables below list
the commands that are not run, with the reasons; these must at least exist.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from infra.aws.build import CACHE, ROOT
from tests.deployed import ministack
from tests.servers import LOOPBACK

# Commands that are not run, and the reasons.
NOT_RUN = {
    r"make run": "it runs until stopped; tests/local starts it",
    r"make test": "this is one of those tests",
    r"make package ARCH=x86_64": "the package for the other architecture is built the same way",
    r"make clean": "it would delete files that the next command downloads again",
    r"make lock": "it asks the package index for the newest versions",
    r"make deploy .*Database=aurora": "ministack lacks some network resources; cfn-lint checks that part",
    r"aws configure( sso)?": "it asks questions",
    r"aws sso login": "it opens a browser, and needs an organization",
    r"mysql(dump)? ": "MySQL's own programs, which need a server",
}
# Services for which moto is used, because ministack's support is missing or incomplete.
BY_MOTO = ("rds", "ce")
# AWS commands that neither supports: they are valid if only the connection fails.
ONLY_SPELLED = {
    "sqs start-message-move-task": "neither moves messages",
    "sqs list-message-move-tasks": "neither moves messages",
    "sesv2 get-suppressed-destination": "neither has a suppression list",
    "sesv2 delete-suppressed-destination": "neither has a suppression list",
    "service-quotas request-service-quota-increase": "neither has quotas",
}
UNREACHABLE = f"http://{LOOPBACK}:9"
PROGRAMS = ("bash", "sh", "env", "cat", "date", "git", "openssl", "touch", "rm")

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".build", ".local", "out", "__pycache__", ".*_cache", ".hypothesis", "screenshots"
)  # fmt: skip
WARM = Path(__file__).with_name("warm_aws.py")
START_SECONDS, POLL_SECONDS = 30.0, 0.05
_SELF = "from tests.deployed.made import main; raise SystemExit(main())"
_ENDS = "python3 -c 'import json, os, sys; json.dump(dict(os.environ), sys.stdout)'"


class Desk:
    """A shell in a clone of these sources.

    Parameters
    ----------
    folder : Path
        An empty working folder.
    environ : Mapping[str, str]
        Variables that direct AWS's tools to an emulator, and those used in the documents.
    moto : str
        URL of moto's server.
    package : Path
        The package that `make deploy` deploys, built for this machine.
    """

    def __init__(
        self, folder: Path, environ: Mapping[str, str], *, moto: str, package: Path
    ) -> None:
        self._folder = folder
        self._moto = moto
        self.origin = folder / "origin"
        self.clone = folder / "badgekit"
        self._socket = folder / "aws.sock"
        self._not_run = folder / "not-run.txt"
        self._not_run.touch()
        self._environ = {
            **environ,
            "PATH": str(folder / "bin"),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "DESK_PACKAGE": str(package),
            "DESK_NOT_RUN": str(self._not_run),
        }
        self._pages: dict[str, dict[str, str]] = {}
        self._make_programs()
        self._make_clone()

    def _make_programs(self) -> None:
        folder = self._folder / "bin"
        folder.mkdir()
        for name in PROGRAMS:
            found = shutil.which(name)
            assert found, f"{name} is not installed"
            (folder / name).symlink_to(found)
        _script(folder / "python3", f'exec {shlex.quote(sys.executable)} "$@"')
        _script(
            folder / "make", f'exec env PYTHONPATH={ROOT} python3 -B -c {shlex.quote(_SELF)} "$@"'
        )
        note = 'echo "${0##*/} $*" >>"$DESK_NOT_RUN"'
        for name in ("mysql", "mysqldump"):
            _script(folder / name, note)
        called = f"python3 -I -S {WARM} call {shlex.quote(str(self._socket))}"
        command = f'{called} --endpoint-url "$AWS_ENDPOINT_URL" "$@"'
        _script(
            folder / "aws",
            'case "$1 $2" in',
            f'  "configure "*|"sso login") {note}; exit ;;',
            *(f'  "{service} "*) AWS_ENDPOINT_URL={self._moto} ;;' for service in BY_MOTO),
            "esac",
            'case "$1 $2" in',
            *(f'  "{spelled}") {note} ;;' for spelled in ONLY_SPELLED),
            f"  *) exec {command} ;;",
            "esac",
            f"AWS_ENDPOINT_URL={UNREACHABLE}",
            f"output=$(AWS_MAX_ATTEMPTS=1 {command} 2>&1)",
            'case "$output" in *"Could not connect to the endpoint URL"*) exit 0 ;; esac',
            'echo "$output" >&2; exit 1',
        )

    def _make_clone(self) -> None:
        """Create a repository with the current sources, and a clone that is already set up."""
        shutil.copytree(ROOT, self.origin, ignore=_LEFT_OUT, symlinks=True)
        self._git(self.origin, "init", "--quiet", "--initial-branch=main")
        self._git(self.origin, "add", "--all")
        for message in ("The version before", "This version"):
            self._git(self.origin, "commit", "--quiet", "--allow-empty", f"--message={message}")
        self._git(self._folder, "clone", "--quiet", str(self.origin), str(self.clone))
        (self.clone / ".build").symlink_to(CACHE)
        venv = self.clone / ".venv"
        (venv / "bin").mkdir(parents=True)
        _script(venv / "bin/python", f'exec {shlex.quote(sys.executable)} "$@"')
        _script(venv / "bin/ruff", f'exec {shlex.quote(sys.executable)} -m ruff "$@"')
        (venv / ".ready").touch()
        (venv / ".ready-for-tests").touch()

    def open(self) -> None:
        """Start the AWS CLI's server, which runs until `close()`."""
        self._aws = subprocess.Popen([ministack.PYTHON, WARM, "serve", self._socket])
        until = time.monotonic() + START_SECONDS
        while not self._socket.exists():
            assert self._aws.poll() is None, "the AWS CLI's server ended"
            assert time.monotonic() < until, "the AWS CLI's server did not start"
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Stop the AWS CLI's server."""
        self._aws.terminate()
        self._aws.wait()

    def _git(self, folder: Path, *words: str) -> None:
        who = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"]
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    def enter(self, page: str, text: str) -> str:
        """Run a script with the variables set earlier on the page; return its output.

        Fails if one of its commands fails.
        """
        variables = self._pages.setdefault(page, dict(self._environ))
        is_new = text.startswith("git clone")
        state = self._folder / "variables.json"
        done = subprocess.run(
            [self._folder / "bin/bash", "-eu", "-o", "pipefail", "-c", f"set -a\n{text}\n{_ENDS} >{state}"],
            cwd=self._empty() if is_new else self.clone,
            env=variables, input="a long password\n", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        self._pages[page] = json.loads(state.read_text("utf-8"))
        return done.stdout + done.stderr

    def _empty(self) -> Path:
        made = self._folder / "elsewhere"
        made.mkdir(exist_ok=True)
        return made

    def not_run(self) -> set[str]:
        """Return the commands that were not run."""
        return set(self._not_run.read_text("utf-8").splitlines())


def reason_not_to_run(command: str) -> str | None:
    """Return why a command is not run, or None if it is."""
    return next((why for words, why in NOT_RUN.items() if re.match(words, command)), None)


def _script(path: Path, *lines: str) -> None:
    path.write_text("\n".join([f"#!{shutil.which('sh', path=os.defpath)}", *lines, ""]), "utf-8")
    path.chmod(0o755)

"""The `make` program in the environment for documented commands.

Each target and variable must exist, which `make -n` checks. Then it is run, unless there is a reason
not to; deployments use the package for this machine and short pauses.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from infra.aws import deploy, fragments
from tests.deployed.desk import reason_not_to_run

MAKE = shutil.which("make", path=os.defpath) or "make"  # the real one
DEPLOY = "infra.aws.deploy"
MADE = Path("out/badgekit-arm64.zip")


def main() -> int:
    """Run `make` with the arguments of the command line."""
    words = sys.argv[1:]
    found = subprocess.run([MAKE, "-n", *words], capture_output=True, text=True, check=False)
    if found.returncode:
        print(found.stdout, found.stderr, file=sys.stderr)  # noqa: T201
        return found.returncode
    command = " ".join(["make", *words])
    if reason_not_to_run(command):
        with Path(os.environ["DESK_NOT_RUN"]).open("a", encoding="utf-8") as notes:
            notes.write(f"{command}\n")
        return _unknown(words)
    if MADE.exists() and words[-1] == "package":
        return 0  # builds are reproducible
    deploying = [line for line in found.stdout.splitlines() if DEPLOY in line]
    if not deploying:
        return subprocess.run([MAKE, *words], check=False).returncode
    arguments = shlex.split(deploying[-1].partition(DEPLOY)[2])
    return deploy.main(["--package", os.environ["DESK_PACKAGE"], *arguments], seconds=0.2)


def _unknown(words: list[str]) -> int:
    """Return whether a deployment that is not run has unknown parameters."""
    chosen = [word for given in words if given.startswith("ARGS=") for word in given[5:].split()]
    known = fragments.read()["Parameters"]
    odd = [word for word in chosen if words[0] == "deploy" and word.partition("=")[0] not in known]
    print(*odd, file=sys.stderr)  # noqa: T201
    return len(odd)

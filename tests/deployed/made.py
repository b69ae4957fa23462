"""What `make` is on the desk of whoever enters the documents' commands.

Each target and variable must exist, which `make -n` tells. Then it is run, unless there is a reason not
to; what deploys is run with the package for this machine and without long pauses.
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

MAKE = shutil.which("make", path=os.defpath) or "make"  # not the one on the desk
DEPLOY = "infra.aws.deploy"
MADE = Path("out/badgekit-arm64.zip")


def main() -> int:
    """Do what somebody wanted by `make`."""
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
        return 0  # the same sources make the same file
    deploying = [line for line in found.stdout.splitlines() if DEPLOY in line]
    if not deploying:
        return subprocess.run([MAKE, *words], check=False).returncode
    arguments = shlex.split(deploying[-1].partition(DEPLOY)[2])
    return deploy.main(["--package", os.environ["DESK_PACKAGE"], *arguments], seconds=0.2)


def _unknown(words: list[str]) -> int:
    """Tell whether a deployment that is not run chooses something that cannot be chosen."""
    chosen = [word for given in words if given.startswith("ARGS=") for word in given[5:].split()]
    known = fragments.read()["Parameters"]
    odd = [word for word in chosen if words[0] == "deploy" and word.partition("=")[0] not in known]
    print(*odd, file=sys.stderr)  # noqa: T201
    return len(odd)

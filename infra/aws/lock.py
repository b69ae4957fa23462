"""Pins dependencies with digests: `make lock` takes the newest versions `requirements.txt` allows.

`requirements.lock` lists the package's content, `boto3.lock` what Lambda's runtime provides. Each
has one version for all of Lambda's Pythons and architectures, and the digests of their wheels. The
Makefile passes the same versions to pip as constraints, so tests run with them, too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping
from itertools import product
from pathlib import Path

from infra.aws.runtimes import RUNTIMES, Runtime
from infra.aws.wheels import ARCHES, Arch

HERE = Path(__file__).parent
REQUIREMENTS = HERE.parents[1] / "requirements.txt"
PACKAGE, RUNTIME = HERE / "requirements.lock", HERE / "boto3.lock"

IN_THE_RUNTIME = {"boto3"}
# Mostly a command line, whose dependencies no function needs.
ALONE = {"chalice"}

Pins = dict[str, str]  # name -> version
Digests = dict[str, set[str]]  # name -> one for each wheel


class LockError(Exception):
    """No suitable versions were found; the message says what to do."""


def plain(requirement: str) -> str:
    """Return a requirement's normalized name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ (]", requirement.strip())[0]).lower()


def requirements() -> list[str]:
    """Return the requirements in `requirements.txt`."""
    lines = REQUIREMENTS.read_text("utf-8").splitlines()
    return [line for line in lines if line and line[0] not in "#-"]


def pins(lock: Path) -> Pins:
    """Return the versions in a lock file by normalized name."""
    found = re.findall(r"^(\S+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE)
    return {plain(name): version for name, version in found}


def written(versions: Mapping[str, str], digests: Mapping[str, Iterable[str]], note: str) -> str:
    """Return the content of a lock file."""
    entries = [
        " \\\n    ".join(
            [f"{name}=={version}", *(f"--hash=sha256:{one}" for one in sorted(digests[name]))]
        )
        for name, version in sorted(versions.items())
    ]
    return "\n".join([f"# {note} Made by `make lock`.", *entries, ""])


def _resolved(
    wanted: Iterable[str], runtime: Runtime, arch: Arch, held: Mapping[str, str], *options: str
) -> list[tuple[str, str, str]]:
    """Return names, versions and digests of what pip would install."""
    with tempfile.TemporaryDirectory() as folder:
        report, constraints = Path(folder, "report.json"), Path(folder, "constraints.txt")
        constraints.write_text("".join(f"{name}=={held[name]}\n" for name in held), "utf-8")
        pip = [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--dry-run", "--ignore-installed", f"--target={folder}/none", f"--report={report}",
            f"--constraint={constraints}", *arch.pip_options(runtime), *options, *wanted,
        ]  # fmt: skip
        if subprocess.run(pip, check=False).returncode:
            raise LockError(
                f"pip found no wheels for {runtime.name} on {arch.machine}; see above. If only newer "
                "versions lack them, set an upper bound in requirements.txt"
            )
        content = json.loads(report.read_text("utf-8"))
    return [
        (
            plain(item["metadata"]["name"]),
            item["metadata"]["version"],
            item["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for item in content["install"]
    ]


def resolve(leave_out: Collection[str], held: Mapping[str, str]) -> tuple[Pins, Digests]:
    """Find versions with wheels for all Pythons and architectures, and their digests.

    Parameters
    ----------
    leave_out : Collection[str]
        Requirements to leave out.
    held : Mapping[str, str]
        Versions that are already chosen.

    Raises
    ------
    LockError
        If there are none, or two of the Pythons need different versions.
    """
    chosen = [line for line in requirements() if plain(line) not in leave_out]
    together = [line for line in chosen if plain(line) not in ALONE]
    alone = [line for line in chosen if plain(line) in ALONE]
    found: Pins = {}
    digests: Digests = {}
    for runtime, arch in product(RUNTIMES.values(), ARCHES.values()):
        items = _resolved(together, runtime, arch, {**held, **found})
        items += _resolved(alone, runtime, arch, {**held, **found}, "--no-deps")
        versions = {name: version for name, version, _ in items}
        found = found or versions
        if odd := sorted(name for name, _ in found.items() ^ versions.items()):
            raise LockError(
                f"{runtime.name} on {arch.machine} needs other versions: {', '.join(odd)}"
            )
        for name, _, digest in items:
            digests.setdefault(name, set()).add(digest)
    return found, digests


def main() -> int:
    """Renew both files."""
    try:
        everything, digests = resolve((), {})
        ships, _ = resolve(IN_THE_RUNTIME, everything)
    except LockError as problem:
        print(problem, file=sys.stderr)
        return 1
    rest = {name: version for name, version in everything.items() if name not in ships}
    PACKAGE.write_text(written(ships, digests, "What the package holds."), "utf-8")
    RUNTIME.write_text(written(rest, digests, "What Lambda's runtime brings."), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

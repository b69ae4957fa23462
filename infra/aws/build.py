"""Makes the folder that ships to Lambda: `python -m infra.aws.build OUT`.

The application, its dependencies as `requirements.lock` pins them, and Chalice's runtime, with
bytecode.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra import catalogs
from infra.aws import bytecode, lock, runtimes, wheels
from infra.aws.runtimes import Runtime
from infra.aws.wheels import ARCHES

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".build"
MARK = ".badgekit-package"

OURS = ("app.py", "chalicelib")
# What Chalice's own packager takes of it; the rest is its command line.
CHALICE = ("__init__.py", "app.py")
USELESS = (
    "bin",
    "__pycache__",
    "*.pyc",
    "*-stubs",
    "*.pyi",
    "py.typed",
    "pwiz.py",
    "*.po",
    "*.pot",
)
# What pip notes about its own work, which says when and where. Licences stay.
OF_INSTALLING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt")


class BuildError(Exception):
    """The package cannot be made; the text says what to do."""


def dependencies(locks: Sequence[Path], arch: str | None, runtime: Runtime | None = None) -> Path:
    """Return a folder with what lock files name, installed once for each content of theirs.

    Parameters
    ----------
    locks : Sequence[Path]
        Made by `infra.aws.lock`.
    arch : str or None
        For which of Lambda's architectures; None: for this machine, whose wheels have no digests.
    runtime : Runtime or None
        For which of Lambda's Pythons; None: for the one that runs this.

    Raises
    ------
    BuildError
        If they cannot be installed, or do not run on Lambda.
    """
    chosen = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
              "--no-deps", "--no-compile", "--no-warn-conflicts"]  # fmt: skip
    there = _runtime(runtime) if arch else None
    if arch and there:
        chosen += [*ARCHES[arch].pip_options(there), "--require-hashes"]
        chosen += [f"--requirement={path}" for path in locks]
    else:
        pins = [f"{name}=={version}" for path in locks for name, version in lock.pins(path).items()]
        chosen += ["--only-binary=:all:", *pins]
    machine = arch or platform.platform() + sys.version
    key = "\n".join([machine, *chosen[1:], *(path.read_text("utf-8") for path in locks)])
    folder = CACHE / f"dependencies-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as made:
        out = Path(made, "dependencies")
        if subprocess.run([*chosen, f"--target={out}"], check=False).returncode:
            raise BuildError("pip could not install the dependencies; see above")
        if arch and there and (problems := wheels.problems(out, ARCHES[arch], there)):
            raise BuildError("\n".join(["these do not belong on Lambda:", *problems]))
        try:
            os.rename(out, folder)
        except OSError:
            if not folder.exists():  # unless another build was faster
                raise
    return folder


def _runtime(chosen: Runtime | None) -> Runtime:
    """Return the runtime that was chosen, or that of the Python that runs this."""
    try:
        return chosen or runtimes.of_this_python()
    except runtimes.UnknownRuntimeError as problem:
        raise BuildError(str(problem)) from problem


def _useless(folder: str, names: list[str]) -> set[str]:
    """Name what of a folder does not ship."""
    found = shutil.ignore_patterns(*USELESS)(folder, names)
    if Path(folder).name == "chalice":
        return set(names) - set(CHALICE)
    if folder.endswith(".dist-info"):
        found |= shutil.ignore_patterns(*OF_INSTALLING)(folder, names)
    return found


def _copy_ours(out: Path) -> None:
    for name in OURS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, out / name, ignore=shutil.ignore_patterns(*USELESS))
        else:
            shutil.copyfile(ROOT / name, out / name)
    for path in catalogs.languages():
        catalogs.compile_to(path, out / path.with_suffix(".mo").relative_to(ROOT))


def _clear(out: Path) -> None:
    """Make room, but only where nothing or an earlier package stands."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise BuildError(f"{out} holds something else; name an empty folder")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()


def build(
    out: Path,
    arch: str = wheels.DEFAULT,
    *,
    compiled: bool = True,
    boto3: bool = False,
    here: bool = False,
    runtime: Runtime | None = None,
) -> Path:
    """Make the folder that ships.

    Parameters
    ----------
    out : Path
        Where to; an empty folder, or one with an earlier package.
    arch : str
        For which of Lambda's architectures.
    compiled : bool
        Whether to compile everything.
    boto3 : bool
        Whether to include boto3, which Lambda's runtime has already.
    here : bool
        Whether the package is for this machine, as the benchmarks need it, not for Lambda.
    runtime : Runtime or None
        For which of Lambda's Pythons; None: for the one that runs this. Others' bytecode cannot be
        made.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BuildError
        If it cannot be made.
    """
    if compiled and runtime and runtime != _runtime(None):
        raise BuildError(f"bytecode for {runtime.name} can only be made by it")
    locks = [lock.PACKAGE, *([lock.RUNTIME] if boto3 else [])]
    installed = dependencies(locks, None if here else arch, runtime)
    _clear(out)
    shutil.copytree(installed, out, dirs_exist_ok=True, ignore=_useless)
    _copy_ours(out)
    if compiled:
        bytecode.compile_all(out)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Make the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.build", description=__doc__)
    parser.add_argument("out", type=Path, help="an empty folder, or one with an earlier package")
    parser.add_argument("--arch", choices=ARCHES, default=wheels.DEFAULT, help="of the functions")
    parser.add_argument("--no-bytecode", action="store_true", help="leave the compiling to Lambda")
    parser.add_argument("--with-boto3", action="store_true", help="do not rely on the runtime's")
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    chosen = parser.parse_args(arguments)
    try:
        out = build(
            chosen.out.resolve(),
            chosen.arch,
            compiled=not chosen.no_bytecode,
            boto3=chosen.with_boto3,
            here=chosen.here,
        )
    except BuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1024 / 1024:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

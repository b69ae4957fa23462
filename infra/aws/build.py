"""Builds the folder that ships to Lambda: `python -m infra.aws.build OUT`.

It contains the application, its dependencies at the versions in `requirements.lock`, Chalice's
runtime, and bytecode for all of them.
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
# The files that Chalice's own packager includes; the rest is its command line.
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
# pip's installation records, which depend on time and place. Licenses stay.
OF_INSTALLING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt")


class BuildError(Exception):
    """The package cannot be built; the message says what to do."""


def dependencies(locks: Sequence[Path], arch: str | None, runtime: Runtime | None = None) -> Path:
    """Install the packages of some lock files, cached by content; return the folder.

    Parameters
    ----------
    locks : Sequence[Path]
        Lock files written by `infra.aws.lock`.
    arch : str or None
        One of Lambda's architectures; None: this machine, whose wheels have no digests.
    runtime : Runtime or None
        One of Lambda's Pythons; None: the one running this program.

    Raises
    ------
    BuildError
        If the packages cannot be installed, or do not run on Lambda.
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
            raise BuildError("\n".join(["these packages do not run on Lambda:", *problems]))
        try:
            os.rename(out, folder)
        except OSError:
            if not folder.exists():  # a concurrent build may have created it
                raise
    return folder


def _runtime(chosen: Runtime | None) -> Runtime:
    """Return the chosen runtime, or that of the Python running this program."""
    try:
        return chosen or runtimes.of_this_python()
    except runtimes.UnknownRuntimeError as problem:
        raise BuildError(str(problem)) from problem


def _useless(folder: str, names: list[str]) -> set[str]:
    """Return the files and folders within a folder that do not ship."""
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
    """Empty the output folder, but only if it is empty or holds an earlier package."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise BuildError(f"{out} is not empty; name an empty folder")
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
    """Build the folder that ships.

    Parameters
    ----------
    out : Path
        The output: an empty folder, or one with an earlier package.
    arch : str
        One of Lambda's architectures.
    compiled : bool
        Whether to include bytecode.
    boto3 : bool
        Whether to include boto3, which Lambda's runtime already provides.
    here : bool
        Whether to build for this machine instead of Lambda, as the benchmarks do.
    runtime : Runtime or None
        One of Lambda's Pythons; None: the one running this program. Bytecode can only be made for
        the latter.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BuildError
        If the package cannot be built.
    """
    if compiled and runtime and runtime != _runtime(None):
        raise BuildError(f"only {runtime.name} can compile bytecode for {runtime.name}")
    locks = [lock.PACKAGE, *([lock.RUNTIME] if boto3 else [])]
    installed = dependencies(locks, None if here else arch, runtime)
    _clear(out)
    shutil.copytree(installed, out, dirs_exist_ok=True, ignore=_useless)
    _copy_ours(out)
    if compiled:
        bytecode.compile_all(out)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Build the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.build", description=__doc__)
    parser.add_argument("out", type=Path, help="an empty folder, or one with an earlier package")
    parser.add_argument(
        "--arch", choices=ARCHES, default=wheels.DEFAULT, help="the functions' architecture"
    )
    parser.add_argument("--no-bytecode", action="store_true", help="let Lambda compile the modules")
    parser.add_argument("--with-boto3", action="store_true", help="include boto3")
    parser.add_argument("--here", action="store_true", help="build for this machine")
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

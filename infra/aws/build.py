"""Makes the folder that ships to Lambda: `python -m infra.aws.build OUT`.

The application, its dependencies and Chalice's runtime, with bytecode. The bytecode is made in this
copy, never beside the sources, and is not compared with them when it is loaded: Lambda's code folder
cannot be written to, and the times of files in a package say nothing.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from infra import catalogs

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".build"
CODE_FOLDER = "/var/task"  # where Lambda unpacks it; tracebacks name it
MARK = ".badgekit-package"

PYTHON = (3, 11)
# Lambda's Python 3.11 lives on Amazon Linux 2, whose glibc is 2.26.
PLATFORMS = ["manylinux2014_x86_64", *(f"manylinux_2_{n}_x86_64" for n in range(17, 27))]

OURS = ("app.py", "chalicelib")
# What Chalice's own packager takes of it; the rest is its command line.
CHALICE = ("__init__.py", "app.py")
IN_THE_RUNTIME = {"boto3"}
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


class BuildError(Exception):
    """The package cannot be made; the text says what to do."""


def _name(requirement: str) -> str:
    """Return a requirement's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ (]", requirement.strip())[0]).lower()


def _requirements(*, boto3: bool) -> list[str]:
    """Return what is installed with pip: everything but Chalice and what the runtime has."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    left_out = {"chalice"} | (set() if boto3 else IN_THE_RUNTIME)
    return [line for line in lines if line and line[0] not in "#-" and _name(line) not in left_out]


def _constraints(requirements: Iterable[str]) -> list[str]:
    """Pin what is installed here, which is what was tested, with all that it needs."""
    pins: dict[str, str] = {}
    waiting = [_name(requirement) for requirement in requirements]
    while waiting:
        name = waiting.pop()
        if name in pins:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed elsewhere only; pip decides
        pins[name] = f"{name}=={distribution.version}"
        waiting += [
            _name(line) for line in distribution.requires or () if not re.search(r"extra *==", line)
        ]
    return sorted(pins.values())


def _dependencies(*, boto3: bool, here: bool) -> Path:
    """Return a folder with the installed dependencies, made once for each set of them."""
    requirements = _requirements(boto3=boto3)
    constraints = _constraints(requirements)
    target = [] if here else [f"--platform={name}" for name in PLATFORMS]
    if target:
        target += ["--python-version={}.{}".format(*PYTHON), "--implementation=cp"]
    machine = platform.platform() + sys.version if here else "lambda"
    key = "\n".join([machine, *requirements, *constraints, *target])
    folder = CACHE / f"dependencies-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as made:
        pins = Path(made, "constraints.txt")
        pins.write_text("\n".join(constraints))
        pip = [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-compile", "--no-warn-conflicts", "--only-binary=:all:",
            f"--target={made}/dependencies", f"--constraint={pins}", *target, *requirements,
        ]  # fmt: skip
        if subprocess.run(pip, check=False).returncode:
            raise BuildError("pip could not install the dependencies; see above")
        try:
            os.rename(f"{made}/dependencies", folder)
        except OSError:
            if not folder.exists():  # unless another build was faster
                raise
    return folder


def _copy_chalice(out: Path) -> None:
    found = importlib.util.find_spec("chalice")
    if found is None or not found.submodule_search_locations:
        raise BuildError("chalice is not installed here: pip install -r requirements.txt")
    (out / "chalice").mkdir()
    for name in CHALICE:
        shutil.copyfile(Path(found.submodule_search_locations[0], name), out / "chalice" / name)


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


def compile_all(out: Path) -> None:
    """Compile every module of a package, for wherever it will be unpacked."""
    fine = compileall.compile_dir(
        out,
        quiet=1,
        force=True,
        stripdir=str(out),
        prependdir=CODE_FOLDER,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        workers=0,
    )
    if not fine:
        raise BuildError("some modules could not be compiled; see above")


def build(out: Path, *, bytecode: bool = True, boto3: bool = False, here: bool = False) -> Path:
    """Make the folder that ships.

    Parameters
    ----------
    out : Path
        Where to; an empty folder, or one with an earlier package.
    bytecode : bool
        Whether to compile everything.
    boto3 : bool
        Whether to include boto3, which Lambda's runtime has already.
    here : bool
        Whether the package is for this machine, as the benchmarks need it, not for Lambda.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BuildError
        If it cannot be made.
    """
    if bytecode and not here and sys.version_info[:2] != PYTHON:
        raise BuildError("bytecode for Lambda can only be made by Python {}.{}".format(*PYTHON))
    _clear(out)
    shutil.copytree(
        _dependencies(boto3=boto3, here=here),
        out,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(*USELESS),
    )
    _copy_chalice(out)
    _copy_ours(out)
    if bytecode:
        compile_all(out)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Make the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.build", description=__doc__)
    parser.add_argument("out", type=Path, help="an empty folder, or one with an earlier package")
    parser.add_argument("--no-bytecode", action="store_true", help="leave the compiling to Lambda")
    parser.add_argument("--with-boto3", action="store_true", help="do not rely on the runtime's")
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    chosen = parser.parse_args(arguments)
    try:
        out = build(
            chosen.out.resolve(),
            bytecode=not chosen.no_bytecode,
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

"""Selects wheels that run on Lambda, and checks installed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.aws.runtimes import Runtime

OLDEST_GLIBC = 17  # the oldest with platform tags that contain the version
# The minor version of glibc in older platform tags.
EARLIER_NAMES = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


@dataclass(frozen=True)
class Arch:
    """One of Lambda's architectures.

    Parameters
    ----------
    machine : str
        Name in platform tags of wheels.
    elf : int
        Machine number in ELF headers.
    """

    machine: str
    elf: int

    def pip_options(self, runtime: Runtime) -> list[str]:
        """Return pip's options for choosing wheels of this architecture, without source packages.

        Parameters
        ----------
        runtime : Runtime
            The Lambda runtime.
        """
        numbers = range(OLDEST_GLIBC, runtime.glibc + 1)
        platforms = ["manylinux2014", *(f"manylinux_2_{number}" for number in numbers)]
        return [
            "--only-binary=:all:",
            "--implementation=cp",
            f"--python-version={runtime.version}",
            *(f"--platform={platform}_{self.machine}" for platform in platforms),
        ]


ARCHES = {"arm64": Arch("aarch64", 183), "x86_64": Arch("x86_64", 62)}
DEFAULT = "arm64"  # a fifth cheaper


def problems(folder: Path, arch: Arch, runtime: Runtime) -> list[str]:
    """Return descriptions of installed wheels that do not run on Lambda.

    Parameters
    ----------
    folder : Path
        The output of `pip install --target`.
    arch : Arch
        The Lambda architecture.
    runtime : Runtime
        The Lambda runtime.
    """
    return [*_of_wheels(folder, arch, runtime), *_of_libraries(folder, arch, runtime)]


def _of_wheels(folder: Path, arch: Arch, runtime: Runtime) -> Iterator[str]:
    for path in sorted(folder.glob("*.dist-info/WHEEL")):
        name = path.parent.name.removesuffix(".dist-info")
        tags = re.findall(r"^Tag: (\S+)-(\S+)-(\S+)$", path.read_text("utf-8"), re.MULTILINE)
        platforms = ", ".join(platform for _, _, platform in tags)
        pythons = ", ".join(sorted({f"{python}-{abi}" for python, abi, _ in tags}))
        if any(platform.startswith("linux_") for _, _, platform in tags):
            yield f"{name} was built for one machine ({platforms})"
        elif not any(_platform_runs(platform, arch, runtime) for _, _, platform in tags):
            there = f"{arch.machine} with glibc 2.{runtime.glibc}"
            yield f"{name} is for {platforms}, not for {there}"
        elif not any(_abi_runs(python, abi, runtime) for python, abi, _ in tags):
            yield f"{name} is for {pythons}, not for Python {runtime.version}"
        if (path.parent / "direct_url.json").exists():
            yield f"{name} does not come from a package index"


def _platform_runs(platform: str, arch: Arch, runtime: Runtime) -> bool:
    """Return whether wheels with this platform tag run on the architecture and glibc."""
    if platform == "any":
        return True
    system = platform.removesuffix(f"_{arch.machine}")
    numbered = re.fullmatch(r"manylinux_2_(\d+)", system)
    glibc = int(numbered[1]) if numbered else EARLIER_NAMES.get(system)
    return system != platform and glibc is not None and glibc <= runtime.glibc


def _abi_runs(python: str, abi: str, runtime: Runtime) -> bool:
    """Return whether the runtime can load wheels with these Python and ABI tags."""
    if abi == "none":
        return "py3" in python.split(".")
    made_for = re.fullmatch(r"cp3(\d+)", python)
    if abi == "abi3":  # also runs on later versions
        return made_for is not None and int(made_for[1]) <= runtime.minor
    return python == abi == f"cp3{runtime.minor}"


def _of_libraries(folder: Path, arch: Arch, runtime: Runtime) -> Iterator[str]:
    for path in sorted(folder.rglob("*.so*")):
        content, name = path.read_bytes(), path.relative_to(folder)
        if content[:4] != b"\x7fELF" or int.from_bytes(content[18:20], "little") != arch.elf:
            yield f"{name} is not a library for {arch.machine}"
        made_for = re.search(r"\.cpython-(\w+)-", path.name)
        if made_for and made_for[1] != f"3{runtime.minor}":
            yield f"{name} is not a library for Python {runtime.version}"
        newest = max((int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content)), default=0)
        if newest > runtime.glibc:
            yield f"{name} needs glibc 2.{newest}, but Lambda has 2.{runtime.glibc}"

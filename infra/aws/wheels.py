"""Which wheels run on Lambda, and whether what was installed does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PYTHON = (3, 11)
GLIBC = 26  # Lambda's Python 3.11 lives on Amazon Linux 2, whose glibc is 2.26


@dataclass(frozen=True)
class Arch:
    """One of Lambda's kinds of processor.

    Parameters
    ----------
    machine : str
        As wheels call it.
    elf : int
        As the headers of shared libraries do.
    """

    machine: str
    elf: int

    @property
    def platforms(self) -> list[str]:
        """The platforms whose wheels run there, but for those that run everywhere."""
        versions = (f"manylinux_2_{minor}_{self.machine}" for minor in range(17, GLIBC + 1))
        return [f"manylinux2014_{self.machine}", *versions]

    @property
    def pip_options(self) -> list[str]:
        """What makes pip choose wheels for there, and nothing that it would have to build."""
        return [
            "--only-binary=:all:",
            "--implementation=cp",
            "--python-version={}.{}".format(*PYTHON),
            *(f"--platform={name}" for name in self.platforms),
        ]


ARCHES = {"arm64": Arch("aarch64", 183), "x86_64": Arch("x86_64", 62)}
DEFAULT = "arm64"  # a fifth cheaper


def problems(folder: Path, arch: Arch) -> list[str]:
    """Tell what of a folder of installed wheels does not belong on Lambda.

    Parameters
    ----------
    folder : Path
        What `pip install --target` made.
    arch : Arch
        Where it is to run.
    """
    return [*_of_wheels(folder, arch), *_of_libraries(folder, arch)]


def _of_wheels(folder: Path, arch: Arch) -> Iterator[str]:
    for path in sorted(folder.glob("*.dist-info/WHEEL")):
        name = path.parent.name.removesuffix(".dist-info")
        platforms = re.findall(r"^Tag: \S+-\S+-(\S+)$", path.read_text("utf-8"), re.MULTILINE)
        if any(platform.startswith("linux_") for platform in platforms):
            yield f"{name} was built for one machine ({', '.join(platforms)})"
        elif not any(
            platform == "any"
            or (platform.startswith("manylinux") and platform.endswith(arch.machine))
            for platform in platforms
        ):
            yield f"{name} is for {', '.join(platforms)}, not for {arch.machine}"
        if (path.parent / "direct_url.json").exists():
            yield f"{name} does not come from a package index"


def _of_libraries(folder: Path, arch: Arch) -> Iterator[str]:
    for path in sorted(folder.rglob("*.so*")):
        content, name = path.read_bytes(), path.relative_to(folder)
        if content[:4] != b"\x7fELF" or int.from_bytes(content[18:20], "little") != arch.elf:
            yield f"{name} is no library for {arch.machine}"
        newest = max((int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", content)), default=0)
        if newest > GLIBC:
            yield f"{name} needs glibc 2.{newest}, and Lambda has 2.{GLIBC}"

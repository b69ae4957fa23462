"""Lambda's Pythons: which of them the package can be made for, and what each of them has.

A package holds bytecode and libraries for one of them, so template and deployment take theirs from
it. Source: AWS's developer guide, "Lambda runtimes". docs/upgrading.md says until when AWS keeps
each.
"""

from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """One of Lambda's Pythons.

    Parameters
    ----------
    minor : int
        The number behind Python's 3.
    glibc : int
        The number behind the 2 of its glibc.
    """

    minor: int
    glibc: int

    @property
    def version(self) -> str:
        """As people call it."""
        return f"3.{self.minor}"

    @property
    def name(self) -> str:
        """As Lambda calls it."""
        return f"python{self.version}"


_KNOWN = (
    Runtime(11, glibc=26),  # Amazon Linux 2
    Runtime(12, glibc=34),  # Amazon Linux 2023, as all later ones
    Runtime(13, glibc=34),
    Runtime(14, glibc=34),
)
RUNTIMES = {one.version: one for one in _KNOWN}


class UnknownRuntimeError(Exception):
    """Lambda cannot run it; the text says what to do."""


def of_this_python() -> Runtime:
    """Return the runtime for what the Python that runs this compiles.

    Raises
    ------
    UnknownRuntimeError
        If there is none, or it is not known here.
    """
    version = "{}.{}".format(*sys.version_info)
    if version not in RUNTIMES:
        first, *_, last = RUNTIMES
        raise UnknownRuntimeError(
            f"packages for Lambda are made by Python {first} to {last}, and this is {version}: "
            f"make clean, then make PYTHON=python{last} ..."
        )
    return RUNTIMES[version]


def of_package(path: Path) -> Runtime:
    """Return the runtime that a package was made for, as its bytecode and its libraries say.

    Raises
    ------
    UnknownRuntimeError
        If it was made for none, or for several.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = "\n".join(archive.namelist())
    except zipfile.BadZipFile:
        names = ""
    found = {f"3.{minor}" for minor in re.findall(r"\.cpython-3(\d+)[-.]", names)}
    if len(found) != 1 or not found <= RUNTIMES.keys():
        raise UnknownRuntimeError(f"{path} is not made for one of Lambda's Pythons: make package")
    return RUNTIMES[found.pop()]

"""The Lambda Python runtimes that the package can be built for.

A package holds bytecode and libraries for one runtime, so template and deployment use the
package's. Source: AWS's developer guide, "Lambda runtimes". docs/upgrading.md lists how long AWS
supports each.
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
        Python's minor version.
    glibc : int
        glibc's minor version.
    """

    minor: int
    glibc: int

    @property
    def version(self) -> str:
        """Python's version, such as ``3.12``."""
        return f"3.{self.minor}"

    @property
    def name(self) -> str:
        """Lambda's identifier, such as ``python3.12``."""
        return f"python{self.version}"


_KNOWN = (
    Runtime(11, glibc=26),  # Amazon Linux 2
    Runtime(12, glibc=34),  # Amazon Linux 2023, also used by later runtimes
    Runtime(13, glibc=34),
    Runtime(14, glibc=34),
)
RUNTIMES = {one.version: one for one in _KNOWN}


class UnknownRuntimeError(Exception):
    """Lambda does not provide this Python; the message says what to do."""


def of_this_python() -> Runtime:
    """Return the runtime that matches the Python running this program.

    Raises
    ------
    UnknownRuntimeError
        If there is none.
    """
    version = "{}.{}".format(*sys.version_info)
    if version not in RUNTIMES:
        first, *_, last = RUNTIMES
        raise UnknownRuntimeError(
            f"building for Lambda needs Python {first} to {last}, and this is {version}: "
            f"run make clean, then make PYTHON=python{last} ..."
        )
    return RUNTIMES[version]


def of_package(path: Path) -> Runtime:
    """Return the runtime that a package was built for, judging by its bytecode and libraries.

    Raises
    ------
    UnknownRuntimeError
        If the package fits no runtime, or mixes several.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = "\n".join(archive.namelist())
    except zipfile.BadZipFile:
        names = ""
    found = {f"3.{minor}" for minor in re.findall(r"\.cpython-3(\d+)[-.]", names)}
    if len(found) != 1 or not found <= RUNTIMES.keys():
        raise UnknownRuntimeError(
            f"{path} was not built for one of Lambda's Pythons: run make package"
        )
    return RUNTIMES[found.pop()]

"""Builds the Lambda package: `make package`, or `python -m infra.aws.archive --arch arm64`.

Builds are reproducible: the same sources give the same bytes, because files are sorted by name and
share one time and mode. Only a different version of zlib may compress them differently.
"""

from __future__ import annotations

import argparse
import hashlib
import stat
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from infra.aws import build, wheels

OUT = build.ROOT / "out"
BUDGET = 20 * 1024 * 1024  # bytes, zipped: downloaded at each cold start
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can store
MODE = stat.S_IFREG | 0o644  # Lambda's user does not own the files, but must read them
UNIX = 3  # the host system in a zip entry; needed for file modes
LARGEST = 5  # number of parts listed in the error message


class TooLarge(build.BuildError):
    """The package exceeds its size budget; the message lists the largest parts."""


def pack(folder: Path, path: Path) -> Path:
    """Pack a built folder into a zip file.

    Parameters
    ----------
    folder : Path
        The output of `build.build`.
    path : Path
        The zip file to write; an existing one is replaced.

    Returns
    -------
    Path
        The file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    files = {
        file.relative_to(folder).as_posix(): file
        for file in folder.rglob("*")
        if file.is_file() and file.name != build.MARK
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            archive.writestr(entry, files[name].read_bytes(), compresslevel=9)
    return path


def sizes(path: Path) -> list[tuple[str, int]]:
    """Return the folders of a package with their compressed sizes in bytes, largest first."""
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            parts[_part(entry.filename)] += entry.compress_size
    return parts.most_common()


def _part(name: str) -> str:
    """Return the folder that a file is counted under; our own package is split one level deeper."""
    first, *rest = name.split("/")
    if first.endswith(".dist-info"):
        return "licenses and versions"
    if first == "chalicelib" and len(rest) > 1:
        return f"{first}/{rest[0]}"
    return first


def check_size(path: Path, budget: int) -> None:
    """Check that a package is within a size budget in bytes.

    Raises
    ------
    TooLarge
        If it exceeds the budget.
    """
    size = path.stat().st_size
    if size > budget:
        large = ", ".join(f"{name} {_mb(part)}" for name, part in sizes(path)[:LARGEST])
        raise TooLarge(
            f"the package is {_mb(size)}, {_mb(size - budget)} over its budget; largest: {large}"
        )


def digest(path: Path) -> str:
    """Return a file's SHA-256, and write it to a `.sha256` file in `sha256sum`'s format."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{found}  {path.name}\n", "utf-8")
    return found


def _mb(size: int) -> str:
    return f"{size / 1024 / 1024:.2f} MB"


def make(arch: str, out: Path = OUT) -> Path:
    """Build and pack for one of Lambda's architectures; return the zip file.

    Raises
    ------
    BuildError
        If the package cannot be built, or is too large.
    """
    build.CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build.CACHE) as folder:
        path = pack(build.build(Path(folder, "package"), arch), out / f"badgekit-{arch}.zip")
    check_size(path, BUDGET)
    return path


def main(arguments: list[str] | None = None) -> int:
    """Build the package described by the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.archive", description=__doc__)
    parser.add_argument("--arch", choices=wheels.ARCHES, default=wheels.DEFAULT)
    parser.add_argument("--out", type=Path, default=OUT, help="output folder")
    chosen = parser.parse_args(arguments)
    try:
        path = make(chosen.arch, chosen.out)
    except build.BuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    for name, size in sizes(path):
        print(f"{_mb(size):>10}  {name}")
    print(f"{_mb(path.stat().st_size):>10}  {path}")
    print(f"sha256 {digest(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

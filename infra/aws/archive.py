"""Makes the package that Lambda takes: `make package`, or `python -m infra.aws.archive --arch arm64`.

The same sources make the same file, byte by byte: files in the order of their names, one time and
one mode for all. How well it is compressed depends on zlib, so another version of that may pack the
same files into other bytes.
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
BUDGET = 20 * 1024 * 1024  # bytes, zipped: what a cold start has to fetch
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name
MODE = stat.S_IFREG | 0o644  # Lambda's user owns nothing of it, and must be able to read it
UNIX = 3  # where files have modes
LARGEST = 5  # parts to name where there is too much


class TooLarge(build.BuildError):
    """The package is over its budget; the text says what is large."""


def pack(folder: Path, path: Path) -> Path:
    """Pack a built folder into a zip file.

    Parameters
    ----------
    folder : Path
        What `build.build` made.
    path : Path
        The file; one that is there already is replaced.

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
    """Return what is in a package, by folders, with its size in bytes, the largest first."""
    parts: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            parts[_part(entry.filename)] += entry.compress_size
    return parts.most_common()


def _part(name: str) -> str:
    """Return the folder that a file is counted with: for ours, one below ours."""
    first, *rest = name.split("/")
    if first.endswith(".dist-info"):
        return "licences and versions"
    if first == "chalicelib" and len(rest) > 1:
        return f"{first}/{rest[0]}"
    return first


def weigh(path: Path, budget: int) -> None:
    """See that a package is within its budget, in bytes.

    Raises
    ------
    TooLarge
        If it is not.
    """
    size = path.stat().st_size
    if size > budget:
        large = ", ".join(f"{name} {_mb(part)}" for name, part in sizes(path)[:LARGEST])
        raise TooLarge(
            f"the package has {_mb(size)}, {_mb(size - budget)} more than it may; largest: {large}"
        )


def digest(path: Path) -> str:
    """Return a file's SHA-256, and write it beside it as `sha256sum` does."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{found}  {path.name}\n", "utf-8")
    return found


def _mb(size: int) -> str:
    return f"{size / 1024 / 1024:.2f} MB"


def make(arch: str, out: Path = OUT) -> Path:
    """Build and pack for one of Lambda's architectures; return the file.

    Raises
    ------
    BuildError
        If it cannot be made, or is too large.
    """
    build.CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build.CACHE) as folder:
        path = pack(build.build(Path(folder, "package"), arch), out / f"badgekit-{arch}.zip")
    weigh(path, BUDGET)
    return path


def main(arguments: list[str] | None = None) -> int:
    """Make the package that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m infra.aws.archive", description=__doc__)
    parser.add_argument("--arch", choices=wheels.ARCHES, default=wheels.DEFAULT)
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to put it into")
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

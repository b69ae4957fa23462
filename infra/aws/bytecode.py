"""Compiles a package's modules: the same bytes wherever and whenever it is done.

The bytecode is not compared with the sources when it is loaded: Lambda's code folder cannot be
written to, and the times of files in a package say nothing. It is made in the package, never beside
the sources, and by a process of its own: `python -I -S bytecode.py FOLDER`, which needs nothing but
the standard library.
"""

from __future__ import annotations

import importlib.util
import marshal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import Any

CODE_FOLDER = PurePosixPath("/var/task")  # where Lambda unpacks it; tracebacks name it
# What is written of the code of a module or function.
MARSHALLED = (
    "co_name", "co_qualname", "co_filename", "co_consts", "co_names", "co_varnames",
    "co_freevars", "co_cellvars", "co_linetable", "co_exceptiontable",
)  # fmt: skip
# Python has one of each of these, and marshal notes whether anybody interned it.
_SHARED = [sys.intern(text) for text in ("", *map(chr, range(256)))]
UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: hash-based, and not compared with the source


def compiled(source: bytes, name: str) -> bytes:
    """Return a module's bytecode, as a file.

    Parameters
    ----------
    source : bytes
        The module.
    name : str
        The file that tracebacks are to name.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    # marshal notes which objects anybody else refers to, such as the words that this process
    # happened to meet before. So that this is no matter of luck, each is held here once more.
    held = list(_parts(code))
    content = marshal.dumps(code)
    del held
    head = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(source)
    return head + content


def _parts(thing: Any) -> Iterator[Any]:
    """Return an object of a module's code, and all that it is made of."""
    yield thing
    if isinstance(thing, CodeType):
        for name in MARSHALLED:
            yield from _parts(getattr(thing, name))
    elif isinstance(thing, tuple | frozenset):
        for part in thing:
            yield from _parts(part)


def compile_all(folder: Path) -> None:
    """Compile every module of a package, for wherever it will be unpacked.

    A process that imported one of the modules knows its words; from Python 3.13 on that shows in
    what it compiles. So this is done by one that imported nothing.

    Raises
    ------
    SyntaxError
        If one is no Python.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", __file__, str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SyntaxError(done.stderr)


def _compile_here(folder: Path) -> None:
    for path in sorted(folder.rglob("*.py")):
        target = Path(importlib.util.cache_from_source(str(path), optimization=""))
        name = str(CODE_FOLDER / path.relative_to(folder).as_posix())
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(compiled(path.read_bytes(), name))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -I -S bytecode.py FOLDER")
    _compile_here(Path(sys.argv[1]))

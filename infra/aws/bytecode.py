"""Compiles a package's modules to reproducible bytecode.

Python does not check this bytecode against the sources when loading it: Lambda's code folder is
read-only, and file times in a package carry no information. Bytecode is written into the package,
never beside the sources, by a separate process, `python -I -S bytecode.py FOLDER`, which needs only
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

CODE_FOLDER = PurePosixPath("/var/task")  # where Lambda unpacks the package; shown in tracebacks
# The attributes of a code object that marshal writes.
MARSHALLED = (
    "co_name", "co_qualname", "co_filename", "co_consts", "co_names", "co_varnames",
    "co_freevars", "co_cellvars", "co_linetable", "co_exceptiontable",
)  # fmt: skip
# Python has one instance of each of these, and marshal records whether a string is interned.
_SHARED = [sys.intern(text) for text in ("", *map(chr, range(256)))]
UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: hash-based, and not compared with the source


def compiled(source: bytes, name: str) -> bytes:
    """Return the content of a module's bytecode file.

    Parameters
    ----------
    source : bytes
        The module's source.
    name : str
        The file name for tracebacks.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    # marshal records which objects have further references, for example names that this process
    # has already used elsewhere. An extra reference to each makes the result reproducible.
    held = list(_parts(code))
    content = marshal.dumps(code)
    del held
    head = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(source)
    return head + content


def _parts(thing: Any) -> Iterator[Any]:
    """Yield a constant or code object, and recursively all that it contains."""
    yield thing
    if isinstance(thing, CodeType):
        for name in MARSHALLED:
            yield from _parts(getattr(thing, name))
    elif isinstance(thing, tuple | frozenset):
        for part in thing:
            yield from _parts(part)


def compile_all(folder: Path) -> None:
    """Compile every module of a package.

    In a process that has already imported one of the modules, its interned names would change the
    output (from Python 3.13 on). So a fresh process compiles them.

    Raises
    ------
    SyntaxError
        If a module is not valid Python.
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

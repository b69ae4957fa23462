"""Renders untrusted images in a sandboxed subprocess without settings, credentials, files or network.

Memory and processor time are limited. If an image crashes the decoder, only that process ends, and
the user gets an error message.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext

MEMORY = 136 * 1024 * 1024  # bytes of address space; actual use is lower
QUICK, PATIENT = 0.8, 10.0  # seconds of processor time
LONGEST = 25.0  # seconds of wall-clock time, also on slow machines

_SCRIPT = Path(__file__).with_name("sandbox_main.py")
_OUT_OF_TIME = {-signal.SIGPROF, -signal.SIGXCPU}
# Lambda's Python needs this to find its own library.
_ENVIRONMENT = ("LD_LIBRARY_PATH",)


def png(svg: str, size: int, *, seconds: float = QUICK) -> bytes:
    """Render an SVG image as a PNG file.

    Parameters
    ----------
    svg : str
        An SVG image checked by `imaging.svg`, or our own SVG around an uploaded raster image.
    size : int
        Pixels along the longer side.
    seconds : float
        Limit of processor time.

    Raises
    ------
    PictureRefused
        If the image is invalid, or exceeds the limits.
    """
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Each thread's heap would take 64 MB of address space.
    environment["MALLOC_ARENA_MAX"] = "1"
    bounds = (str(size), str(MEMORY), str(seconds))
    command = [sys.executable, "-I", "-S", "-B", str(_SCRIPT), _folder(), *bounds]
    try:
        done = subprocess.run(  # noqa: S603 (no untrusted arguments)
            command, input=svg.encode("utf-8"), env=environment, cwd="/",
            capture_output=True, timeout=LONGEST, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise _takes_too_long() from problem
    if done.returncode in _OUT_OF_TIME:
        raise _takes_too_long()
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise PictureRefused(
            gettext("This image takes too much memory to draw. Make it smaller or simpler.")
        )
    if done.returncode or not done.stdout:
        raise PictureRefused(gettext("This image cannot be read. Export it again, ideally as PNG."))
    return done.stdout


def _takes_too_long() -> PictureRefused:
    return PictureRefused(
        gettext("This image takes too long to draw. Simplify it, or save it as PNG.")
    )


@functools.cache
def _folder() -> str:
    found = importlib.util.find_spec("resvg_py")
    if found is None or found.origin is None:
        raise RuntimeError("resvg_py is not installed: pip install -r requirements.txt")
    return str(Path(found.origin).parents[1])

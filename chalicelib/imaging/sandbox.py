"""Renders untrusted images in a sandboxed subprocess without settings, credentials, files or network.

It has no settings, no credentials, no files and no network, some memory and little time. Whatever a
picture does to the decoder ends with that process, and becomes a refusal in words.
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

MEMORY = 136 * 1024 * 1024  # bytes of addresses; what is really in use is less
QUICK, PATIENT = 0.8, 10.0  # seconds of the processor's time
LONGEST = 25.0  # seconds on the clock, on however slow a machine

_SCRIPT = Path(__file__).with_name("sandbox_main.py")
_OUT_OF_TIME = {-signal.SIGPROF, -signal.SIGXCPU}
# What Lambda's Python needs to find its own library.
_ENVIRONMENT = ("LD_LIBRARY_PATH",)


def png(svg: str, size: int, *, seconds: float = QUICK) -> bytes:
    """Return a picture as a PNG file of `size` pixels, wide or high, whichever is more.

    Parameters
    ----------
    svg : str
        An SVG picture that `studio.vector` looked through, or one of ours around a picture of theirs.
    size : int
        Pixels along its longer side.
    seconds : float
        How long it may take.

    Raises
    ------
    PictureRefused
        If it is none, or cannot be drawn within the bounds.
    """
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Each thread's heap would take 64 MB of addresses.
    environment["MALLOC_ARENA_MAX"] = "1"
    bounds = (str(size), str(MEMORY), str(seconds))
    command = [sys.executable, "-I", "-S", "-B", str(_SCRIPT), _folder(), *bounds]
    try:
        done = subprocess.run(  # noqa: S603 (every word of it is ours)
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

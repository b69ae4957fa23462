"""The sandboxed process: SVG in, PNG out. Run by `imaging/sandbox.py`.

It is a script, not a module: it knows nothing of this project, so that it starts quickly and has
nothing to give away. Before it reads a picture, it gives up what drawing does not need: files,
sockets, processes, memory, and time.
"""

from __future__ import annotations

import sys


def main(folder: str, size: str, memory: str, seconds: str) -> None:
    """Draw the picture on standard input to standard output.

    Parameters
    ----------
    folder : str
        Where resvg_py lies.
    size : str
        Pixels along the picture's longer side.
    memory : str
        Bytes that this process may have.
    seconds : str
        How long it may work. A timer of the processor's time ends it: a slow machine draws what a
        quick one does.
    """
    import resource
    import signal

    sys.path.append(folder)
    import resvg_py

    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        resource.setrlimit(limit, (0, 0))
    if sys.platform == "linux":  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    svg = sys.stdin.buffer.read().decode("utf-8")
    pixels = int(size)
    sys.stdout.buffer.write(
        resvg_py.svg_to_bytes(svg_string=svg, width=pixels, height=pixels, skip_system_fonts=True)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

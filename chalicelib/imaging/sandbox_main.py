"""The sandboxed process: SVG in, PNG out. Run by `imaging/sandbox.py`.

This is a standalone script that imports nothing from this project, so that it starts quickly and
holds no secrets. Before it reads an image, it gives up everything that rendering does not need:
files, sockets and processes, and most memory and time.
"""

from __future__ import annotations

import sys

DOTS_PER_INCH = 96.0  # as in CSS


def main(folder: str, size: str, memory: str, seconds: str) -> None:
    """Render the SVG on standard input to a PNG on standard output.

    Parameters
    ----------
    folder : str
        Folder of resvg_py.
    size : str
        Pixels along the longer side.
    memory : str
        Limit of this process's memory, in bytes.
    seconds : str
        Limit of processor time, so that slow machines render the same images as fast ones.
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
        resvg_py.svg_to_bytes(
            svg_string=svg, width=pixels, height=pixels, skip_system_fonts=True, dpi=DOTS_PER_INCH
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

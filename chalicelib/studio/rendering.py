"""Renders our own SVG as PNG; untrusted SVG goes through `imaging/sandbox.py`."""

from __future__ import annotations

from chalicelib.studio import fonts


def png(svg: str, size: int = 512) -> bytes:
    """Return an SVG picture as a PNG file of `size` pixels, wide or high, whichever is more.

    Parameters
    ----------
    svg : str
        A picture of ours. It must name no files: resvg would read them.
    size : int
        Pixels along its longer side.

    Raises
    ------
    ValueError
        If this is no SVG picture.
    """
    import resvg_py

    # Fonts are read anew for each picture, and so only those that it names.
    files = fonts.files_in(svg) if "<text" in svg else []
    return resvg_py.svg_to_bytes(
        svg_string=svg, width=size, height=size, skip_system_fonts=True, font_files=files
    )

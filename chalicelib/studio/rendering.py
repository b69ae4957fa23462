"""Renders our own SVG as PNG; untrusted SVG goes through `imaging/sandbox.py`."""

from __future__ import annotations

from chalicelib.studio import fonts


def png(svg: str, size: int = 512) -> bytes:
    """Render an SVG image as a PNG file.

    Parameters
    ----------
    svg : str
        Our own SVG. It must not refer to files, since resvg would read them.
    size : int
        Pixels along the longer side.

    Raises
    ------
    ValueError
        If this is not an SVG image.
    """
    import resvg_py

    # resvg reads fonts again for each image, so pass only those that it needs.
    files = fonts.files_in(svg) if "<text" in svg else []
    return resvg_py.svg_to_bytes(
        svg_string=svg, width=size, height=size, skip_system_fonts=True, font_files=files
    )

"""The studio: rendering badges, its memory use, and baking assertions into images.

Baking is compared with an equivalent package from PyPI, which is installed for the run only.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench import prepare
from bench.processes import measure
from bench.report import Finding
from chalicelib.imaging import png
from chalicelib.openbadges import baking
from chalicelib.studio import drawing, rendering
from chalicelib.studio.presets import PRESETS
from infra.aws import build, bytecode
from tests.package.runtime import Function

ROUNDS = 11
BAKERY = "openbadges_bakery==2.0.0"
PICTURE = 217 * 1024  # bytes of the image to bake into
PARTS = {"one part": PICTURE, "parts of 8 KB": 8192}  # as written by resvg, and by libpng
ASSERTION = '{"type":"Assertion","note":"' + "x" * 1500 + '"}'
EMPTY = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">'
    '<circle cx="256" cy="256" r="250" fill="none"/></svg>'
)
# Modules that no other route needs.
LAZY = ("resvg_py", *(f"chalicelib.studio.{name}" for name in (
    "drawing", "fonts", "glyphs", "graphics", "lettering", "packs", "presets", "rendering",
)))  # fmt: skip

APP = """\
import functools, json, pathlib, re, typing, zlib  # already imported in the application
import time

def draw(event, context):
    from chalicelib.studio import presets, rendering
    return len(rendering.png(presets.draw(event["preset"]), event["size"]))

def load(event, context):
    start = time.perf_counter()
    from chalicelib.studio import graphics
    graphics.get("star")
    return (time.perf_counter() - start) * 1000
"""


def findings(folder: Path) -> list[Finding]:
    """Measure the studio.

    Parameters
    ----------
    folder : Path
        An empty working folder.
    """
    package = build.build(folder / "package", here=True)
    return [*_drawing(), *_processes(folder, package), *_baking(folder / "bakery")]


def _drawing() -> list[Finding]:
    designs = [preset.design for preset in PRESETS.values()]
    svgs = [drawing.svg(design) for design in designs]
    found: dict[str, list[float]] = {"svg": [], "png": [], "ratio": []}
    for design, svg in zip(designs, svgs, strict=True):
        times = _in_turn(
            {
                "svg": lambda design=design: drawing.svg(design),
                "png": lambda svg=svg: rendering.png(svg),
                "empty": lambda: rendering.png(EMPTY),
            }
        )
        found["svg"].append(median(times["svg"]) * 1000)
        found["png"].append(median(times["png"]) * 1000)
        found["ratio"].append(_ratio(times, "png", "empty"))
    return [
        Finding("Studio: SVG of a design, the slowest preset", max(found["svg"]), "ms", 2),
        Finding("Studio: PNG of 512 pixels, the median preset", median(found["png"]), "ms", 40),
        Finding("Studio: PNG of 512 pixels, the slowest preset", max(found["png"]), "ms"),
        Finding("Studio: PNG, to that of an empty circle", median(found["ratio"]), "x"),
        Finding("Studio: largest SVG of a preset", max(map(len, svgs)) / 1024, "KB", 64),
    ]


def _processes(folder: Path, package: Path) -> list[Finding]:
    """Measure fresh processes: memory, reading the packs, and that other routes do not import them."""
    small = folder / "small"
    shutil.copytree(package, small, ignore=shutil.ignore_patterns("__pycache__"))
    (small / "app.py").write_text(APP, "utf-8")
    bytecode.compile_all(small)
    found = []
    for size in (512, 2048):
        draw = Function(small, folder, "app.draw")
        draw({"preset": "reader", "size": size})
        assert draw.last
        what = f"Studio: memory, PNG of {size} pixels"
        found.append(Finding(what, draw.last.memory, "MB", 100))
        draw.close()
    loads = [measure(small, {}, {}, "load")["answer"] for _ in range(ROUNDS)]
    found.append(Finding("Studio: reading all graphics, once", median(loads), "ms", 30))
    settings = prepare.sqlite(folder / "studio.db")
    prepare.fill(settings, applications=1)
    early: set[str] = set()
    for event in (prepare.front_page(), prepare.signed_request()):
        early |= set(measure(package, event, settings)["modules"]) & set(LAZY)
    what = "Studio: modules that other routes import"
    return [*found, Finding(what, len(early), "", 0)]


def _baking(folder: Path) -> list[Finding]:
    theirs = _bakery(folder)
    found = []
    for name, part in PARTS.items():
        image = _picture(part)
        times = _in_turn(
            {
                "ours": lambda image=image: baking.bake(image, ASSERTION),
                "theirs": lambda image=image: theirs(io.BytesIO(image), ASSERTION).read(),
                "floor": lambda image=image: (zlib.crc32(image), bytearray(image)),
                "copy": lambda image=image: bytearray(image),
            },
            rounds=101,
        )
        what = f"Baking into 217 KB in {name}"
        found += [
            Finding(what, median(times["ours"]) * 1000, "ms"),
            Finding(f"{what}, to {BAKERY}", _ratio(times, "ours", "theirs"), "x", 0.2),
            Finding(f"{what}, to its checksum and a copy", _ratio(times, "ours", "floor"), "x"),
            Finding(f"{what}, to a copy", _ratio(times, "ours", "copy"), "x"),
        ]
    return found


def _bakery(folder: Path) -> Callable[..., Any]:
    """Install the other package into a folder; return its function for baking."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(folder), BAKERY], check=True)
    sys.path.append(str(folder))  # behind everything else
    try:
        from openbadges_bakery import bake
    finally:
        sys.path.remove(str(folder))
    return bake


def _picture(part: int) -> bytes:
    """Return a PNG file of 217 KB whose pixel data is split into chunks of some size."""
    rows = b"".join(b"\0" + Random(row).randbytes(300 * 3) for row in range(246))
    pixels = zlib.compress(rows, 0)
    parts = (pixels[n : n + part] for n in range(0, len(pixels), part))
    header = struct.pack(">IIBBBBB", 300, 246, 8, 2, 0, 0, 0)
    return png.file(
        [
            png.Chunk(b"IHDR", header),
            *(png.Chunk(b"IDAT", content) for content in parts),
            png.Chunk(b"IEND", b""),
        ]
    )


def _in_turn(
    works: Mapping[str, Callable[[], Any]], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Return the durations of some functions in seconds, called in turn in each round."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return times


def _ratio(times: Mapping[str, list[float]], one: str, other: str) -> float:
    return median(a / b for a, b in zip(times[one], times[other], strict=True))

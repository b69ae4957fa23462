"""Fetches complete fonts for the world's scripts and their licenses: `python -m infra.assets.fonts`.

Characters that the studio has as outlines (see `infra/assets/packs.py`) need none of these. The
table below is in order of preference; the digests are the registries' own. The characters of each
font are written to a pack, so that they are known without reading the font. `make packs` runs this.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import sys
import tarfile
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from infra.assets import npm
from infra.assets.packs import (  # fmt: skip
    LICENCES,
    NUNITO,
    NUNITO_FILE,
    NUNITO_SHA512,
    STUDIO,
    packed,
    run,
    write,
)

FONTS = STUDIO / "fonts"
DEJAVU = ("dejavu-fonts-ttf", "2.37.3")
DEJAVU_SHA512 = (
    "f1hd7jJbeQa1VWcw+K2KrTXS50zTMaHpVC4XIKJpNcDeYR5ajMtj/iLlQDYNvLOKamUB3ARVVCf79lNwNVztSQ=="
)
# Chinese, Japanese and Korean in 3 MB: Debian's copy of Android's font, which no registry has.
DROID = (
    "https://deb.debian.org/debian/pool/main/f/fonts-android/"
    "fonts-droid-fallback_6.0.1r16-1.1_all.deb"
)
DROID_SHA256 = "d2096d4edde128fedf6749be2dd204a5810210a6201126d99b8d412344f71056"
DROID_FILE = (
    "./usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf"  # the other one lacks Korean
)
DROID_LICENCE = "./usr/share/doc/fonts-droid-fallback/copyright"


class Noto(NamedTuple):
    """The font of a script: its name, and the version and digest of its package."""

    script: str
    version: str
    sha512: str


NOTO = (
    Noto(
        "Devanagari",
        "0.4.1",
        "26boYPNKGP1r4R5MxsMAY/zCQOwiXLOJzX8sh1a2oEWyQurQsyniaCv4992c+9jjwshEEt2NNVv5GcnyzaL7QQ==",
    ),
    Noto(
        "Bengali",
        "0.4.3",  # the font of 0.4.4 needs a newer renderer to join its conjuncts
        "hnfdn+EYAozhQ9jz0/xkyteNN1tCm0X1yYqbzNAoXAqVmJ1uyvZCTZ6SwBY6tFDD1mjJ2Fg2JgmcUMPjdiz+kA==",
    ),
    Noto(
        "Gurmukhi",
        "0.4.1",
        "yAaWoUawvVD/50HnZWN1lABWOy9eNcbS3i9bRjoXwEueaoI7E2dTd7liA2BcJ/uTkFUgYWd5QOjIfoCXnTo44Q==",
    ),
    Noto(
        "Gujarati",
        "0.4.2",
        "KtJySkho6C2Yf28dZx1SYwAs671hncIpBpIlTDzxLv7i7iOFJ2p74nzyP23aY04HUm28ELX7r86Dmui/qpLpMg==",
    ),
    Noto(
        "Tamil",
        "0.4.3",
        "1TBkwJ8gJPnt1UIC+um987hYb/QmRDATGKbtwDW6dajISxr8b7+EVjwMESMJaQxfNS8VWE4IBT2jYmpBGw4D+w==",
    ),
    Noto(
        "Telugu",
        "0.4.2",
        "t5wZI1/2u69ugVr2v9P4Qqt9BHHwDQ/26+1p9MLrwf1lNSW64Mw16AIRzGWIOcRMd0drYWeZzZO1DqoFts3KiA==",
    ),
    Noto(
        "Kannada",
        "0.4.3",
        "nFDeSKVlpCJpd4x4E+W5WwfJVJ5fGN5pa/szOvE9GotDEYTPuhd8SzKYsQ4F2PVbzXRT21jMXxJ70tKPvItuGA==",
    ),
    Noto(
        "Malayalam",
        "0.4.2",
        "TZfS4nKhsQftD4nJr5R4fOO7EKe0L5RAscmYehignHr5JJVzW49Nxom0w0rnmHDU2iV3zWIOeyx3rN3bkHGI0A==",
    ),
    Noto(
        "Thai",
        "0.4.2",
        "PGBBBDGfJJ/5y2hNweLBZWD4YmVT4uOO4chsOPXyl0TktaBJamDKVKv/WbGiDTeBGdkegLiytsWo+lhnkHP5qA==",
    ),
    Noto(
        "Myanmar",
        "0.4.2",
        "qG8DHmy+7xFvW5z8lN3r5jjEXoQBhjpjoxXR/Y8/WcywirPIBZnFpAy5IlwCRSobJdCw3+i7gvmIz1bl6mp7bg==",
    ),
    Noto(
        "Ethiopic",
        "0.4.2",
        "puS0u1/7b0kZ6fqOYaSlCdai8zHuD9CQY2qlyJEtYzUC5Nd1fH3QENmQc0a1Gcqe0q9s3n7440eNJSLK2mGouw==",
    ),
)


def noto() -> dict[str, bytes]:
    """Fetch the fonts of the Noto family; return their files and their license."""
    files, copyrights, license = {}, [], b""
    for row in NOTO:
        package = npm.fetch(f"@expo-google-fonts/noto-sans-{row.script.lower()}", row.version)
        name = f"700Bold/NotoSans{row.script}_700Bold.ttf"
        files[f"NotoSans{row.script}-Bold.ttf"] = npm.unpacked(package, row.sha512, name)[name]
        terms = npm.unpacked(package, row.sha512, "LICENSE_FONT")["LICENSE_FONT"]
        whose, _, license = terms.partition(b"\n")
        copyrights.append(whose)
    return {**files, "noto.txt": b"\n".join([*copyrights, license])}


def dejavu() -> dict[str, bytes]:
    """Fetch DejaVu; return the file of its bold font and its license."""
    package = npm.fetch(*DEJAVU)
    name = "ttf/DejaVuSans-Bold.ttf"
    return {
        "DejaVuSans-Bold.ttf": npm.unpacked(package, DEJAVU_SHA512, name)[name],
        "dejavu.txt": npm.unpacked(package, DEJAVU_SHA512, "LICENSE")["LICENSE"],
    }


def nunito() -> dict[str, bytes]:
    """Fetch Nunito; return its font file, used in `<text>` for letters with combining marks."""
    found = npm.unpacked(npm.fetch(*NUNITO), NUNITO_SHA512, NUNITO_FILE)
    return {"Nunito-ExtraBold.ttf": found[NUNITO_FILE]}


def droid() -> dict[str, bytes]:
    """Fetch Droid Sans Fallback; return its file and its license.

    Raises
    ------
    npm.FetchError
        If the download fails, or the digest does not match.
    """
    package = npm.download(DROID)
    found = hashlib.sha256(package).hexdigest()
    if found != DROID_SHA256:
        raise npm.FetchError(f"the digest of {DROID} is {found}, not {DROID_SHA256}")
    files = debian(package, {DROID_FILE, DROID_LICENCE})
    return {"DroidSansFallback.ttf": files[DROID_FILE], "droid.txt": files[DROID_LICENCE]}


def debian(package: bytes, wanted: set[str]) -> dict[str, bytes]:
    """Return files of a Debian package, an `ar` archive whose last member is compressed."""
    start = package.index(b"data.tar.xz")
    size = int(package[start + 48 : start + 58])
    data = lzma.decompress(package[start + 60 : start + 60 + size])
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        files = {name: archive.extractfile(name) for name in sorted(wanted)}
        return {name: file.read() for name, file in files.items() if file}


def ranges(advances: Mapping[int, int]) -> list[list[Any]]:
    """Return characters as ranges: first character, count, and their advances (one if equal)."""
    found: list[tuple[int, list[int]]] = []
    for code, advance in sorted(advances.items()):
        if found and code == found[-1][0] + len(found[-1][1]):
            found[-1][1].append(advance)
        else:
            found.append((code, [advance]))
    return [[first, len(many), many[0] if len(set(many)) == 1 else many] for first, many in found]


def described(name: str, content: bytes) -> list[Any]:
    """Return a font's file name, its family name in SVG, and the ranges of its characters."""
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(content)) as font:
        names, widths = font["name"], font["hmtx"].metrics
        family = names.getDebugName(16) or names.getDebugName(1)
        units = font["head"].unitsPerEm
        advances = {
            code: 0
            if unicodedata.category(chr(code)) == "Mn"
            else round(widths[glyph][0] * 1000 / units)
            for code, glyph in font.getBestCmap().items()
        }
        return [name, family, ranges(advances)]


def main() -> None:
    """Write all fonts, their licenses, and the pack of their characters."""
    fetched = {**nunito(), **dejavu(), **noto(), **droid()}
    table = []
    for name, content in fetched.items():
        font = name.endswith(".ttf")
        write((FONTS if font else LICENCES) / name, content)
        if font:
            table.append(described(name, content))
    write(STUDIO / "fonts.pack", packed(table))


if __name__ == "__main__":
    sys.exit(run(main))

"""Redraws the golden images: `python -m tests.studio.golden [--sheet all.png]`.

Review the whole sheet before you commit changes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.studio import golden

parser = argparse.ArgumentParser(prog="python -m tests.studio.golden", description=__doc__)
parser.add_argument("--sheet", type=Path, help="where to put one picture of them all")
sheet = parser.parse_args().sheet
golden.renew()
if sheet:
    golden.sheet(sheet)

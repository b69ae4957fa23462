"""Scripts print a message about what is missing, and exit with status 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.assets import npm, packs

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"  # the port of "discard", where nothing listens

# Each script with the last line of its output.
CALLS = {
    "-m infra.assets.packs": f"The studio's packs are unchanged: {NOWHERE}/",
    "-m infra.assets.fonts": f"The studio's packs are unchanged: {NOWHERE}/",
    "-m infra.aws.certificates": f"aws.pem is unchanged: {NOWHERE}/",
    "infra/aws/bytecode.py": "usage: python -I -S bytecode.py FOLDER",
    "-m docs.screenshots": "CHROMIUM names /no/browser, which is not a program",
    "-m bench --rounds 0": "python -m bench: error: argument --rounds: must be a number from 1 up",
    "-m bench.main_job": "COOKIE_SECRET is missing; `make bench` sets it",
    "-m bench.api": "COOKIE_SECRET is missing; `make bench` sets it",
    "-m bench.cloud": "usage: python -m bench.cloud PORT LOG",
}


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_it_says_what_is_missing(call: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-B", *call.split()],
        env={**kept, "npm_config_registry": NOWHERE, "NO_PROXY": "*", "CHROMIUM": "/no/browser"},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert done.stderr.splitlines()[-1].startswith(CALLS[call])


def test_a_missing_package_of_make_packs_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work() -> None:
        raise ModuleNotFoundError("No module named 'uharfbuzz'", name="uharfbuzz")

    assert packs.run(work) == 1
    assert capsys.readouterr().err == ("uharfbuzz is missing: run `make packs` to install it\n")


def test_a_download_with_another_digest_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        npm.unpacked(b"another package", "what was looked at", "LICENSE")

    assert packs.run(work) == 1
    assert "unchanged: its digest is sha512-" in capsys.readouterr().err


def test_written_packs_are_a_success() -> None:
    made: list[str] = []
    assert packs.run(lambda: made.append("packs")) == 0
    assert made == ["packs"]

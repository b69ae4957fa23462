"""Untrusted images are rendered in a sandboxed process, and its failures become messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import PictureRefused
from chalicelib.imaging import sandbox
from chalicelib.studio import rendering
from tests.imaging.pictures import size, svg

DISC = svg('<circle cx="50" cy="50" r="50" fill="red"/>').decode()
EMPTY = svg("").decode()


def refused(picture: str) -> str:
    with pytest.raises(PictureRefused) as refusal:
        sandbox.png(picture, 512)
    return refusal.value.message


def test_it_draws_what_the_process_itself_would() -> None:
    assert sandbox.png(DISC, 64) == rendering.png(DISC, 64)
    assert size(sandbox.png(svg("", 'viewBox="0 0 20 10"').decode(), 100)) == (100, 50)


def test_no_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(rendering.png(DISC))
    for target in (str(file), file.as_uri(), "picture.png", "/etc/passwd"):
        picture = svg(f'<image width="100" height="100" href="{target}"/>').decode()
        assert sandbox.png(picture, 64) == sandbox.png(EMPTY, 64)


def test_it_is_given_no_settings_no_secrets_and_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: dict[str, Any] = {}

    def run(command: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        started.update(how, command=command)
        return subprocess.CompletedProcess(command, 0, b"drawn", b"")

    monkeypatch.setenv("COOKIE_SECRET", "chocolatechips")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/var/lang/lib")
    monkeypatch.setattr(subprocess, "run", run)
    assert sandbox.png(DISC, 64) == b"drawn"
    assert started["env"] == {"LD_LIBRARY_PATH": "/var/lang/lib", "MALLOC_ARENA_MAX": "1"}
    assert started["command"][:4] == [sys.executable, "-I", "-S", "-B"]
    assert "cookie" not in str(started["command"]).lower()


TOO_LONG = {
    "noise": '<filter id="f"><feTurbulence numOctaves="1000000" baseFrequency=".1"/></filter>',
    "blurs": '<filter id="f">' + '<feGaussianBlur stdDeviation="50"/>' * 1000 + "</filter>",
    "growth": '<filter id="f"><feMorphology operator="dilate" radius="1000000"/></filter>',
}


@pytest.mark.slow
@pytest.mark.parametrize("filtered", TOO_LONG.values(), ids=TOO_LONG)
def test_what_takes_too_long_is_ended(filtered: str) -> None:
    shape = '<rect width="100" height="100" filter="url(#f)"/>'
    assert "takes too long" in refused(svg(filtered + shape).decode())


def test_what_hangs_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LONGEST", 0.0)
    assert "takes too long" in refused(DISC)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_what_takes_too_much_memory_is_ended() -> None:
    assert "too much memory" in refused(svg('<path d="M0 0h9v9z"/>' * 200_000).decode())


def test_what_breaks_the_decoder_breaks_that_process_only() -> None:
    assert "too much memory" in refused(svg("<g>" * 10_000 + "</g>" * 10_000).decode())


@pytest.mark.parametrize("picture", ["", "no picture", "<svg", "<html/>"])
def test_what_is_no_picture_is_refused(picture: str) -> None:
    assert "cannot be read" in refused(picture)


@pytest.mark.skipif(sys.platform != "linux", reason="limits are read from /proc")
def test_the_process_gives_up_what_drawing_does_not_need(tmp_path: Path) -> None:
    """A fake decoder reports the limits of its process."""
    (tmp_path / "resvg_py.py").write_text(
        "import resource as r\n"
        "def svg_to_bytes(**how):\n"
        "    try:\n        open('/etc/passwd')\n    except OSError as problem:\n"
        "        found = [problem.errno, r.getrlimit(r.RLIMIT_AS)[1], r.getrlimit(r.RLIMIT_CORE)[1]]\n"
        "        return repr(found).encode()\n"
    )
    script = Path(sandbox.__file__).with_name("sandbox_main.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, str(tmp_path), "64", "123456789", "5"],
        input=b"<svg/>", capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == b"[24, 123456789, 0]"  # 24: too many open files

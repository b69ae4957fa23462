"""`make screenshots`: takes screenshots of every page in two sizes, for `docs/screenshots/`.

It runs the whole product in a temporary folder, creates demo data (`docs/demo.py`), signs in, and
opens each page in the tests' table of pages. It also takes the guide's images.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib import wiring
from chalicelib.domain.jobs import kinds
from chalicelib.queues import OUTBOX
from docs import demo, demo_designs
from infra.local.state import State
from tests.browser.conftest import FLAGS
from tests.browser.pages import Page, World, pages

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs/screenshots"
GUIDE = ROOT / "chalicelib/guide"
ADMINISTRATOR = "ada.king@example.org"
WIDTHS = {390: 844, 1280: 800}  # window sizes of a phone and a laptop
TALLEST = 1800  # pixels; longer pages are cut off
GUIDE_SIZE = {"width": 1000, "height": 640}
GUIDE_LARGEST = 60 * 1024  # bytes
TIMEOUT_SECONDS = 60
# The guide's images, and the pages that they show.
GUIDE_PAGES = {
    "directory": "directory",
    "editor": "drafts-draft-edit-description",
    "studio": "drafts-draft-studio",
    "visual": "drafts-draft-edit-visual",
    "publish": "drafts-draft-publish",
    "application": "applications-application",
    "issue": "badges-badge-issue",
    "codes": "badges-badge-codes",
    "users": "settings-systems-system-users",
    "activity": "activity-failed",
}
# JavaScript that reduces an image to a palette of at most 256 colors.
REDUCE = """async (picture) => {
  const image = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  const counts = new Map();
  const at = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  for (let i = 0; i < pixels.length; i += 4) counts.set(at(i), (counts.get(at(i)) || 0) + 1);
  const distance = (a, b) =>
    ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  const palette = [];
  for (const least of [300, 60, 0]) {
    for (const [color] of [...counts].sort((a, b) => b[1] - a[1])) {
      if (palette.length >= (least ? 240 : 256)) break;
      if (palette.every((known) => distance(known, color) > least)) palette.push(color);
    }
  }
  const nearest = new Map();
  for (const color of counts.keys()) {
    let best = 0;
    for (let i = 1; i < palette.length; i++)
      if (distance(palette[i], color) < distance(palette[best], color)) best = i;
    nearest.set(color, best);
  }
  const rows = new Uint8Array((image.width + 1) * image.height);
  for (let y = 0, i = 0, o = 0; y < image.height; y++) {
    o++;
    for (let x = 0; x < image.width; x++, i += 4) rows[o++] = nearest.get(at(i));
  }
  let text = "";
  for (let i = 0; i < rows.length; i += 8192) text += String.fromCharCode(...rows.subarray(i, i + 8192));
  return [image.width, image.height, palette, btoa(text)];
}"""


def free_port(wanted: int = 3000) -> int:
    """Return a free port: the default one, which pages show, if possible."""
    with socket.socket() as free:
        try:
            free.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port(0)
        port: int = free.getsockname()[1]
        return port


def environ_of(folder: Path) -> dict[str, str]:
    """Return the environment of the run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "LOCAL_STATE": str(folder),
        "PORT": str(free_port()),
        "OPENBADGER_SYSTEM": demo.SYSTEM,
        "BRANDING": demo.BRAND,
        "ACCESS_LIST": json.dumps([ADMINISTRATOR.replace(".", r"\.")]),
    }


@contextmanager
def running(environ: dict[str, str]) -> Iterator[None]:
    """Run the product, and connect this process to its database and mocks."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local"],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        if process.stdout is None or not any("Ctrl-C" in line for line in process.stdout):
            sys.exit("the product did not start; see above")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        _look_into(environ)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _look_into(environ: dict[str, str]) -> None:
    port = (Path(environ["LOCAL_STATE"]) / "stand-ins.port").read_text()
    os.environ |= {
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    from chalicelib.aws.session import client

    sqs = client("sqs")
    queues = {
        queue.setting: sqs.get_queue_url(QueueName=queue.name)["QueueUrl"] for queue in OUTBOX
    }
    wiring.install(State([], environ).settings(queues))


def settle() -> None:
    """Wait until all awards are made and mailed, and mark one job as failed."""
    from chalicelib.data.connection import transact
    from chalicelib.data.models import Job

    open_jobs = Job.select().where(Job.due.is_null(False), Job.kind != kinds.DELIVERY)
    pause, until = threading.Event(), time.monotonic() + TIMEOUT_SECONDS
    while transact(open_jobs.exists) and time.monotonic() < until:
        pause.wait(0.2)
    last = Job.select(Job.id).where(Job.kind == kinds.AWARD_MAIL).order_by(Job.id.desc()).limit(1)
    reason = "SES refused to send the email: the sender badges@example.org is not verified."
    failed = Job.update(state="failed", reason=reason, outcome=None, due=None, attempts=10)
    transact(lambda: failed.where(Job.id == last.scalar()).execute())


class Camera:
    """A browser that takes screenshots.

    Parameters
    ----------
    chromium : Any
        The browser.
    base : str
        URL of the product.
    """

    def __init__(self, chromium: Any, base: str) -> None:
        self._chromium = chromium
        self._base = base
        self._darkroom = chromium.new_context().new_page()

    def tab(self, size: dict[str, int], *, signed_in: bool) -> Any:
        """Open a tab in a window of this size."""
        from chalicelib.admin.auth import session

        context = self._chromium.new_context(
            viewport=size, base_url=self._base, reduced_motion="reduce", locale="en-GB",
            timezone_id="Europe/London", color_scheme="light",
        )  # fmt: skip
        if signed_in:
            name, _, value = session.start(ADMINISTRATOR)["Set-Cookie"].split(";")[0].partition("=")
            context.add_cookies([{"name": name, "value": value, "url": self._base}])
        return context.new_page()

    def shoot(self, tab: Any, address: str, tallest: int, part: str = "html") -> bytes:
        """Return a screenshot of a page, or of the top of a part of it, with few colors."""
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        box = tab.locator(part).bounding_box()
        clip = {**box, "height": min(box["height"], tallest)}
        return self.reduced(tab.screenshot(full_page=True, clip=clip))

    def reduced(self, picture: bytes) -> bytes:
        """Return a PNG with at most 256 colors."""
        address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        width, height, palette, rows = self._darkroom.evaluate(REDUCE, address)
        small = b"".join(
            [
                b"\x89PNG\r\n\x1a\n",
                _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
                _chunk(b"PLTE", b"".join(color.to_bytes(3, "big") for color in palette)),
                _chunk(b"IDAT", zlib.compress(base64.b64decode(rows), 9)),
                _chunk(b"IEND", b""),
            ]
        )
        return min(small, picture, key=len)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def everything(camera: Camera, world: World, found: list[Page]) -> None:
    """Take the guide's images first, and then screenshots of all pages, which include the guide."""
    GUIDE.mkdir(exist_ok=True)
    by_name = {page.name: page for page in found}
    tab = camera.tab(GUIDE_SIZE, signed_in=True)
    for name, of in GUIDE_PAGES.items():
        if of in by_name and (address := world.address(by_name[of])):
            picture = camera.shoot(tab, address, GUIDE_SIZE["height"], "main")
            if len(picture) > GUIDE_LARGEST:
                print(f"the guide's image {name} is too large: {len(picture)} bytes")
            (GUIDE / f"{name}.png").write_bytes(picture)
    OUT.mkdir(exist_ok=True)
    (OUT / "badges.svg").write_text(demo_designs.gallery(), "utf-8")
    total = 0
    for width, height in WIDTHS.items():
        for old in OUT.glob(f"*-{width}.png"):
            old.unlink()
        size = {"width": width, "height": height}
        tabs = {signed_in: camera.tab(size, signed_in=signed_in) for signed_in in (True, False)}
        for page in found:
            if address := world.address(page):
                picture = camera.shoot(tabs[page.signed_in], address, TALLEST)
                (OUT / f"{page.name}-{width}.png").write_bytes(picture)
                total += len(picture)
    print(f"{OUT}: {total / 1024 / 1024:.1f} MB")


def main() -> None:
    """Run the product, create the demo data and take all screenshots."""
    from playwright.sync_api import Error, sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        sys.exit("no browser: install Chromium, or name it in the environment variable CHROMIUM")
    if shutil.which(program) is None:
        sys.exit(f"CHROMIUM names {program}, which is not a program")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        environ = environ_of(Path(folder))
        base = f"http://localhost:{environ['PORT']}"
        with running(environ):
            from app import app

            _look_into(environ)  # importing the application installed its own settings
            try:
                chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
            except Error as problem:
                sys.exit(f"{program} does not start: {problem.message.splitlines()[0]}")
            camera = Camera(chromium, base)
            world = demo.populate(base, ADMINISTRATOR)
            settle()
            everything(camera, world, pages(app.routes))
            chromium.close()


if __name__ == "__main__":
    main()

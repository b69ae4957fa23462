"""What we publish, judged by 1EdTech's own validator of Open Badges 2.0.

The validator is not part of this project: `ob2_judge.py` and `ob2_setup.sh` are looked for in the
folder `judges` of what `BADGEKIT_SHARED` names, by default `shared` beside the checkout.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import peewee
import pytest

from chalicelib import config
from chalicelib.aws import session, storage
from chalicelib.data import connection
from chalicelib.data.models import Alignment, Award, Criterion, Tag
from chalicelib.domain.owners.places import Scope
from chalicelib.openbadges import default_image, v2
from chalicelib.openbadges.baking import bake
from chalicelib.openbadges.links import Links
from tests.client import event
from tests.contract import recording
from tests.openbadges import examples
from tests.openbadges.examples import stored
from tests.public.conftest import application

pytestmark = [pytest.mark.judge, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]

SETUP_SECONDS = 600
JUDGEMENT_SECONDS = 120

# The earner's address as backpacks know it; the award has it as it was typed.
BACKPACK = "ada@example.org"

Judge = Callable[..., dict[str, Any]]


# The judge


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """Judge a URL or a file; what comes back is the validator's report."""
    folder = recording.FOLDER / "judges"
    if not (folder / "ob2_judge.py").exists():
        pytest.skip("the validator is not here (BADGEKIT_SHARED names its folder)")
    assert pytestconfig.cache is not None
    venv = pytestconfig.cache.mkdir("ob2-judge") / "venv"
    _set_up(folder / "ob2_setup.sh", venv)

    def run(
        target: str | Path, recipient: str | None = None, *options: str | Path
    ) -> dict[str, Any]:
        words = [target, *(["--recipient", recipient] if recipient else []), *options]
        done = subprocess.run(
            [venv / "bin" / "python", folder / "ob2_judge.py", *words],
            capture_output=True,
            timeout=JUDGEMENT_SECONDS,
            check=False,
            cwd=venv,  # some of its libraries leave caches behind
        )
        assert done.returncode in (0, 1), done.stderr.decode()
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    return run


def _set_up(script: Path, venv: Path) -> None:
    """Build the validator's virtual environment, unless this very script has built it before."""
    built_by = venv / "built-by"
    if built_by.exists() and built_by.read_bytes() == script.read_bytes():
        return
    # The script calls python3.11: any on the path, or the one that runs these tests.
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    if shutil.which("python3.11", path=path) is None:
        pytest.skip("the validator needs python3.11, and there is none on the path")
    shutil.rmtree(venv, ignore_errors=True)
    done = subprocess.run(
        ["sh", script, venv],
        env={**os.environ, "PATH": path},
        capture_output=True,
        timeout=SETUP_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"the validator cannot be installed:\n{done.stderr.decode()}"
    built_by.write_bytes(script.read_bytes())


# What is judged


class Front:
    """The public pages on a real port, as API Gateway would serve them."""

    def __init__(self) -> None:
        app = application()
        self.hidden_headers: set[str] = set()
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name not in front.hidden_headers
                }
                answer = app(event("GET", self.path, headers=headers), None)
                body = answer["body"].encode()
                self.send_response(answer["statusCode"])
                for name, value in answer["headers"].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)
        connection.database.close()  # this thread's own

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def bucket(settings: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """S3 on a real port, for links that the validator follows."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    session.forget()
    session.client("s3").create_bucket(Bucket=config.settings().text("IMAGE_BUCKET"))
    yield
    server.stop()


@pytest.fixture
def front(settings: dict[str, str], database: peewee.Database, bucket: None) -> Iterator[Front]:
    server = Front()
    settings["PERSONA_AUDIENCE"] = server.url
    server.start()
    yield server
    server.stop()


def award_of(scope: Scope | None, **changes: Any) -> Award:
    """Store a badge with all that it can have and an award of it, baked."""
    storage.put("images/star.png", default_image.content(), "image/png")
    image = stored(examples.image(key="images/star.png", alt="A star — ☃"))
    badge = stored(examples.badge(scope, image=image))
    stored(Criterion(badge=badge, description="Cross ten bridges", required=True))
    stored(Criterion(badge=badge, description="Draw a map"))
    stored(Alignment(badge=badge, name="CCSS.1", url="http://example.org/ccss?a=ü"))
    stored(Alignment(badge=badge, name="No address", url="see the handbook"))
    stored(Tag(badge=badge, value="city"))
    row = stored(examples.award(badge, baked_key="awards/one.png", **changes))
    storage.put("awards/one.png", baked(row), "image/png")
    return row


def baked(award: Award) -> bytes:
    document = v2.assertion(Links(_base()), award, baked=True)
    return bake(default_image.content(), json.dumps(document, ensure_ascii=False))


def _base() -> str:
    return config.settings().url("")


@pytest.fixture
def scratch(front: Front) -> Scope:
    """A program that leaves to its issuer and system whatever it can."""
    chicago = stored(examples.system(email=None, url="cityofchicago.org"))
    library = stored(examples.issuer(chicago, email=None))
    return Scope(chicago, library, stored(examples.program(library, email=None, description=None)))


@pytest.fixture
def award(scratch: Scope) -> Award:
    return award_of(
        scratch, comment="Found *every* bridge — ü!", expires=datetime(2099, 1, 1, tzinfo=UTC)
    )


# Judgements


def test_a_hosted_assertion_is_valid(judge: Judge, front: Front, award: Award) -> None:
    report = judge(f"{front.url}/public/assertions/{award.slug}", BACKPACK)
    assert (report["valid"], report["errors"], report["warnings"]) == (True, 0, 0), report
    assert report["version"] == "2.0"
    assert report["recipient"] == {"email": BACKPACK}
    assert not report["blocked"]


def test_a_baked_image_is_valid(judge: Judge, front: Front, award: Award, tmp_path: Path) -> None:
    image = tmp_path / "baked.png"
    image.write_bytes(baked(award))
    report = judge(image, BACKPACK)
    assert (report["valid"], report["errors"], report["warnings"]) == (True, 0, 0), report


def test_an_earlier_image_with_the_hash_of_the_address_as_typed_is_valid(
    judge: Judge, front: Front, award: Award, tmp_path: Path
) -> None:
    document = v2.assertion(Links(front.url), award, baked=True)
    hashed = hashlib.sha256((award.email + award.salt).encode()).hexdigest()
    assert document["recipient"]["identity"] != f"sha256${hashed}"
    document["recipient"]["identity"] = f"sha256${hashed}"
    image = tmp_path / "earlier.png"
    image.write_bytes(bake(default_image.content(), json.dumps(document, ensure_ascii=False)))
    report = judge(image, BACKPACK)
    assert (report["valid"], report["errors"]) == (True, 0), report


def test_the_address_of_a_baked_image_is_valid(judge: Judge, front: Front, award: Award) -> None:
    report = judge(f"{front.url}/public/assertions/{award.slug}/image", BACKPACK)
    assert (report["valid"], report["errors"], report["warnings"]) == (True, 0, 0), report


def test_an_award_outlives_the_system_of_its_badge(judge: Judge, front: Front) -> None:
    award = award_of(None)
    report = judge(f"{front.url}/public/assertions/{award.slug}", BACKPACK)
    assert (report["valid"], report["errors"]) == (True, 0), report


def test_slugs_may_hold_anything(judge: Judge, front: Front) -> None:
    award = award_of(Scope(stored(examples.system(slug="chic ago ü"))), slug="50% + 1?")
    report = judge(Links(front.url).assertion(award.slug), BACKPACK)
    assert (report["valid"], report["errors"]) == (True, 0), report


def test_clients_that_do_not_say_what_they_accept_find_valid_open_badges_1(
    judge: Judge, front: Front, award: Award, context_1_1: str
) -> None:
    front.hidden_headers = {"Accept"}
    url = f"{front.url}/public/assertions/{award.slug}"
    report = judge(url, BACKPACK, "--context", context_1_1)
    assert (report["valid"], report["errors"], report["warnings"]) == (True, 0, 0), report
    assert report["version"] == "1.0"


@pytest.fixture
def context_1_1(judge: Judge, pytestconfig: pytest.Config, tmp_path: Path) -> str:
    """The terms of Open Badges 1.1, which the validator upgrades 1.0 to and would fetch.

    They are those of 2.0, but for `verify` being a term of its own.
    """
    assert pytestconfig.cache is not None
    (file,) = pytestconfig.cache.mkdir("ob2-judge").rglob("verifier/openbadges_context.py")
    terms = runpy.run_path(str(file))["OPENBADGES_CONTEXT_V2_DICT"]["@context"]
    terms = {**terms, "verify": {"@id": "obi:verify", "@type": "@id"}}
    path = tmp_path / "context-1.1.json"
    path.write_text(json.dumps({"@context": terms}))
    return f"https://w3id.org/openbadges/v1={path}"


# What must not be valid: these show that the judge would notice


def test_the_award_of_another_address_is_not_valid(
    judge: Judge, front: Front, award: Award
) -> None:
    report = judge(f"{front.url}/public/assertions/{award.slug}", "eve@example.org")
    assert not report["valid"]
    assert any("did not match" in message for _, _, message in report["messages"])


def test_a_forged_image_is_not_valid(
    judge: Judge, front: Front, award: Award, tmp_path: Path
) -> None:
    award.slug = "forged"
    image = tmp_path / "forged.png"
    image.write_bytes(baked(award))
    assert not judge(image)["valid"]


def test_a_revoked_award_is_not_valid(judge: Judge, front: Front, award: Award) -> None:
    award.revoked = datetime(2026, 1, 2, tzinfo=UTC)
    award.save()
    assert not judge(f"{front.url}/public/assertions/{award.slug}")["valid"]

"""`make run` from a user's perspective: a separate process, HTTP, and sudden kills.

All recorded webhooks are sent three times, shuffled; meanwhile the whole product is killed with
SIGKILL and restarted. Without the recording, generated webhooks are sent.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib import tokens
from chalicelib.data.fields import moment
from chalicelib.openbadges import baking, default_image
from tests.contract import recording
from tests.contract.recording import Webhook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SECRET = "the-webhook-s-secret"
TIMEOUT_SECONDS = 120


class LocalRun:
    """A local run with its state in a folder.

    Parameters
    ----------
    folder : Path
        The state, which the next run continues to use.
    settings : dict[str, str]
        Environment variables.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ |= {"LOCAL_STATE": str(folder), "PORT": str(port), **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"the local run ended with status {self.process.wait()}")
        self._reader = threading.Thread(target=self.process.stdout.read, daemon=True)
        self._reader.start()

    def post(self, webhook: Webhook) -> int:
        """Send a webhook; return the response's status."""
        request = urllib.request.Request(
            f"{self.url}/webhooks/badgekit", webhook.body, webhook.headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)

    def get(self, path: str) -> tuple[int, Any]:
        """Return JSON from a URL."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)

    def rows(self, sql: str) -> list[Any]:
        """Return rows of the database."""
        with sqlite3.connect(self.folder / "badgekit.sqlite3", timeout=30) as database:
            return database.execute(sql).fetchall()

    def settle(self) -> None:
        """Wait until all jobs have ended; feedback to one address does not wait for its hour."""
        pause, until = threading.Event(), time.monotonic() + TIMEOUT_SECONDS
        while self.rows("SELECT 1 FROM job WHERE due IS NOT NULL LIMIT 1"):
            self.let_turns_come()
            assert time.monotonic() < until, self.rows("SELECT kind, state, reason FROM job")
            pause.wait(0.1)

    def let_turns_come(self) -> None:
        """Let limited mails be sent now instead of within the next hours."""
        held = "SELECT job_id FROM mail_turn WHERE at > :now"
        now = {"now": moment(datetime.now(UTC) - timedelta(minutes=1))}
        with sqlite3.connect(self.folder / "badgekit.sqlite3", timeout=30) as database:
            waits = f"state = 'waiting' AND outcome IS NULL AND id IN ({held})"
            database.execute(f"UPDATE job SET due = :now WHERE {waits}", now)
            database.execute("UPDATE mail_turn SET at = :now WHERE at > :now", now)

    def kill(self) -> None:
        """Kill the process with SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Press Ctrl-C; return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def mails(self) -> Counter[tuple[str, str]]:
        """Return the number of sent mails by recipient and subject."""
        found: Counter[tuple[str, str]] = Counter()
        for path in sorted((self.folder / "mail").glob("*.eml")):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            found[str(mail["To"]), str(mail["Subject"])] += 1
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


def seed(
    folder: Path, run: LocalRun, content: dict[str, Any], bodies: list[dict[str, Any]]
) -> None:
    """Create the badges and applications that the webhooks refer to."""
    source = (
        "import json, sys\n"
        "from chalicelib.data import connection\n"
        "from chalicelib.data.models import Application, Badge\n"
        "from chalicelib.registry import mirror\n"
        "connection.use(connection.open_sqlite(sys.argv[1]))\n"
        "badges, bodies = json.load(sys.stdin)\n"
        "def work():\n"
        "    for body in bodies:\n"
        "        about = body.get('badge') or body['application']['badge']\n"
        "        shown = badges.get(about['slug'], about)\n"
        "        badge = mirror.badge({**shown, 'imageUrl': None, 'limit': None})\n"
        "        if body['action'] == 'review':\n"
        "            a = body['application']\n"
        "            Application.get_or_create(slug=a['slug'], defaults={'badge': badge,\n"
        "                'learner': a['learner'], 'learner_key': a['learner']})\n"
        "connection.transact(work)\n"
    )
    subprocess.run(
        [sys.executable, "-c", source, str(folder / "badgekit.sqlite3")],
        input=json.dumps([content, bodies]),
        cwd=ROOT,
        text=True,
        check=True,
    )


def signed(step: str, body: bytes) -> Webhook:
    """Return a webhook with a body, signed with our secret."""
    token = tokens.sign({"body": tokens.body_claim(body)}, SECRET)
    headers = {"Content-Type": "application/json", "Authorization": tokens.header(token)}
    return Webhook(step, body, headers, SECRET)


def webhooks() -> tuple[list[Webhook], dict[str, Any]]:
    """Return the recorded webhooks and badges, or generated ones with the same structure.

    `make run` refuses a secret as short as the recorded one, so their bodies are signed anew.
    """
    if (recording.RECORDING / "webhooks.jsonl").exists():
        return [signed(one.step, one.body) for one in recording.webhooks()], recording.badges()
    system = {"slug": "chicago", "name": "Chicago", "url": "http://example.org"}
    badge = {"slug": "reader", "name": "Reader", "system": system}
    bodies: list[dict[str, Any]] = []
    for number in range(12):
        email_ = f"earner{number}@example.org"
        application = {"slug": f"application-{number}", "learner": email_, "badge": badge}
        review = {"slug": f"review-{number}", "author": "r@example.org", "comment": None}
        bodies.append(
            {
                "action": "review",
                "application": application,
                "review": review,
                "approved": number % 3 > 0,
            }
        )
        award = {"uid": f"award-{number}", "badge": badge, "email": f"other{number}@example.org"}
        bodies.append({"action": "award", **award, "comment": None})
        if number % 4 == 0:
            bodies.append({"action": "revoke", **award})
    made = []
    for body in bodies:
        made.append(signed("ours", json.dumps(body).encode()))
    return made, {"reader": badge}


def test_nothing_is_lost_or_doubled_when_the_whole_product_is_killed(folder: Path) -> None:
    settings = {"WEBHOOK_SECRET": SECRET, "OPENBADGER_SYSTEM": "chicago"}
    sent, badges = webhooks()
    bodies = [webhook.content for webhook in sent]
    run = LocalRun(folder, settings)
    seed(folder, run, badges, bodies)
    todo = sent * 3
    random.Random(20140610).shuffle(todo)
    for number, webhook in enumerate(todo):
        if number in (len(todo) // 3, len(todo) * 2 // 3):
            run.kill()
            run = LocalRun(folder, settings)
        assert run.post(webhook) == 200
    run.kill()  # right after the last response, with all jobs still pending
    run = LocalRun(folder, settings)
    try:
        run.settle()
        check(run, bodies)
    finally:
        assert run.stop() == 0


def check(run: LocalRun, bodies: list[dict[str, Any]]) -> None:
    """Check the invariants that hold regardless of kills."""
    assert run.rows("SELECT kind, reason FROM job WHERE state = 'failed'") == []
    mails = run.mails()
    approved = {
        (body["application"]["learner"], body["application"]["badge"]["slug"])
        for body in bodies
        if body["action"] == "review" and body["approved"]
    }
    found = run.rows(
        "SELECT badge.slug, badge.name, award.email, award.slug, award.revoked, award.baked_key "
        "FROM award JOIN badge ON badge.id = award.badge_id"
    )
    for learner, slug in approved:
        (own,) = [row for row in found if (row[2], row[0]) == (learner, slug)]
        subject = f"You earned the badge “{own[1]}”"
        assert mails[learner, subject] == 1
    keys = [(email_, subject) for email_, subject in mails if subject.startswith("You have")]
    assert all(mails[key] == 1 for key in keys)
    assert not [
        n
        for n in Counter((row[0], row[2].lower()) for row in found if not row[4]).values()
        if n > 1
    ]
    known = {row[3]: row for row in found}
    for body in bodies:
        if body["action"] == "revoke":
            assert known[body["uid"]][4] is not None
            assert run.get(f"/public/assertions/{body['uid']}")[0] == 410
    for row in found:
        if row[5] is None:  # revoked before its approval arrived, and not approved since
            assert row[4] is not None
            continue
        (path,) = (run.folder / "s3").glob(f"*/awards%2F{row[3]}.png.object")
        assert f"/public/assertions/{row[3]}" in str(baking.unbake(path.read_bytes()))


def test_all_data_survives_ctrl_c_and_a_restart(folder: Path) -> None:
    run = LocalRun(folder, {"WEBHOOK_SECRET": SECRET, "OPENBADGER_SYSTEM": "chicago"})
    sent, badges = webhooks()
    award = next(w for w in sent if w.content["action"] == "award")
    seed(folder, run, badges, [award.content])
    assert run.post(award) == 200
    run.settle()
    mails, path = run.mails(), f"/public/assertions/{award.content['uid']}"
    before = run.get(path)
    assert run.stop() == 0
    run = LocalRun(folder, {"WEBHOOK_SECRET": SECRET, "OPENBADGER_SYSTEM": "chicago"})
    try:
        assert before[0] == 200
        assert run.mails() == mails
        assert run.get(path)[1]["recipient"] == before[1]["recipient"]
        with urllib.request.urlopen(f"{run.url}{path}/image", timeout=30) as answer:
            assert answer.headers["Content-Type"] == "image/png"
            assert len(answer.read()) > len(default_image.content())
    finally:
        assert run.stop() == 0

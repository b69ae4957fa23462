"""Webhooks to a bad receiver, by workers that are killed: each arrives, signed, none is lost.

Every fifth request fails in one way or another, messages are lost and repeated, and workers die at
any SQL statement or commit.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import peewee
import pytest

from chalicelib import tokens
from chalicelib.aws import queues
from chalicelib.data.models import Event, Job
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import badges
from chalicelib.domain.images import images
from chalicelib.domain.jobs import outbox
from chalicelib.domain.owners import owners, places, webhooks
from chalicelib.pipeline import relay, worker
from chalicelib.pipeline.handlers import deliver_webhook
from tests.conftest import SQLITE, Clock
from tests.pipeline.harness import KilledError, Killer, bury

SECRET = "the-secret-of-the-webhook-of-chicago"
LONGEST = timedelta(hours=2)  # longer than any pause or lease
FAILURES = ("500", "503", "404", "redirect", "close", "hang")


class Receiver:
    """Somebody's server: it takes four requests of five, and keeps what it took."""

    def __init__(self, luck: random.Random) -> None:
        self.taken: list[bytes] = []
        self.signed: list[tuple[bytes, str]] = []
        self.failures: list[str] = []
        self._over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.signed.append((body, self.headers["Authorization"]))
                failure = luck.choice(FAILURES) if luck.random() < 0.2 else None
                receiver.failures += [failure] if failure else []
                if failure == "hang":
                    receiver._over.wait()
                if failure in ("hang", "close"):
                    self.close_connection = True
                    return
                if failure is None:
                    receiver.taken.append(body)
                status = {None: 200, "redirect": 302}.get(failure) or int(str(failure))
                self.send_response(status)
                self.send_header("Location", "http://localhost/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(random.Random(1))
    yield made
    made.close()


def awarded(url: str, times: int) -> None:
    """Award a badge to many, in a system that wants to hear of it."""
    system = owners.create_system({"slug": "chicago", "name": "C", "url": "http://example.org"})
    webhooks.put(system, {"url": url, "secret": SECRET})
    badge = badges.create(
        places.Scope(system),
        {
            "name": "Reader", "slug": "reader", "earnerDescription": "E", "unique": True,
            "consumerDescription": "C", "criteriaUrl": "http://example.org/c",
        },
        images.Picture(url="http://example.org/r.png"),
    )  # fmt: skip
    given = awards.give_all(badges.by_id(badge.id), [f"{n}@example.org" for n in range(times)])
    assert len(given) == times
    Job.delete().where(Job.kind != "delivery").execute()


def test_a_thousand_webhooks_arrive_at_a_bad_receiver_though_workers_die(
    database: peewee.Database,
    engine: str,
    receiver: Receiver,
    settings: dict[str, str],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings |= {"ALLOW_PRIVATE_ADDRESSES": "true", "WEBHOOK_QUEUE_URL": "webhooks"}
    monkeypatch.setattr(deliver_webhook, "SECONDS", 0.25)
    luck, queue = random.Random(2), list[int]()

    def send(url: str, messages: list[dict[str, Any]], delays: list[int]) -> None:
        ids = [message["id"] for message in messages if luck.random() > 0.05]  # some are lost
        queue.extend([*ids, *(one for one in ids if luck.random() < 0.05)])  # some come twice

    monkeypatch.setattr(queues, "send", send)
    times = 1000 if engine == SQLITE else 200
    awarded(receiver.url, times)
    deaths, deadly = 0, times // 20
    open_ = Job.select().where(Job.state != outbox.DONE)
    while open_.exists():
        if not queue:
            clock.move(LONGEST)
            relay.sweep()
            continue
        batch, queue[:10] = queue[:10], []
        records = [
            {"messageId": str(n), "body": f'{{"version":1,"kind":"delivery","id":{one}}}'}
            for n, one in enumerate(batch)
        ]
        with monkeypatch.context() as patch:
            if (
                deaths < deadly
            ):  # how many batches there are is not known: threads answer as they like
                killer = Killer(luck.randrange(4 * len(batch)))
                for name in ("execute_sql", "commit"):
                    whole = getattr(peewee.Database, name)
                    patch.setattr(peewee.Database, name, killer.around(name, whole))
            try:
                worker.work({"Records": records}, None)
            except KilledError:
                deaths += 1
        bury()

    bodies = {event.body.encode() for event in Event.select()}
    assert len(bodies) == times
    assert set(receiver.taken) == bodies
    assert {job.outcome for job in Job.select()} == {"delivered"}
    assert deaths == deadly
    assert set(receiver.failures) == set(FAILURES)
    assert len(receiver.failures) > times / 10
    for body, header in receiver.signed:
        claims = jwt.decode(tokens.from_header(header), SECRET, algorithms=["HS256"])
        assert claims == {"body": {"alg": "sha256", "hash": hashlib.sha256(body).hexdigest()}}

"""Every webhook that the original API was recorded to send, sent to us over HTTP.

Whatever the order, however often, and with a worker killed on the way: each earner with an
approved review has exactly one award of that badge and one mail about it, each `award` event has a
baked picture, each `revoke` a revoked award.
"""

from __future__ import annotations

import http.server
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import peewee
import pytest

from chalicelib.data.models import Application, Award, Badge, Event, Job, System
from chalicelib.domain.awards import awards
from chalicelib.domain.jobs import outbox
from chalicelib.net import client
from chalicelib.openbadges import baking, default_image
from chalicelib.pipeline import worker
from chalicelib.registry import mirror
from tests.client import Client
from tests.conftest import Clock, Cloud
from tests.contract import recording
from tests.contract.original import SECRET, OriginalApi
from tests.pipeline.harness import KilledError, Killer, Pipeline, bury, start_over

pytestmark = recording.needed

DEATHS = 25
ORDERS = ("as recorded", "three times", "shuffled", "with a worker killed")


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> Iterator[None]:
    """Let example.org, where the recorded badges have their pictures, be a server of ours."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = default_image.content()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings["ALLOW_PRIVATE_ADDRESSES"] = "true"
    monkeypatch.setattr(client, "resolver", lambda *_: [("127.0.0.1", server.server_port)])
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def webhook_secret(settings: dict[str, str]) -> None:
    settings["WEBHOOK_SECRET"] = "hook-secret"


@pytest.fixture
def embedded(clock: Clock, database: peewee.Database, settings: dict[str, str]) -> None:
    """The embedded API, holding the recorded badges and applications; limits were not enforced."""
    content = recording.badges()
    for webhook in recording.webhooks():
        body = webhook.content
        about = body["badge"] if body["action"] != "review" else body["application"]["badge"]
        mirror.badge({**content[about["slug"]], "limit": None})
        if body["action"] == "review":
            sent = body["application"]
            Application.get_or_create(
                slug=sent["slug"],
                defaults={
                    "badge": Badge.get(Badge.slug == about["slug"]),
                    "learner": sent["learner"],
                    "learner_key": sent["learner"],
                },
            )


@pytest.fixture
def remote(database: peewee.Database, settings: dict[str, str]) -> Iterator[OriginalApi]:
    """Another API, the recorded one."""
    true = recording.true_badges()
    assertions = {}
    for webhook in recording.webhooks():
        body = webhook.content
        if body["action"] == "award":
            same_step = [
                true[w.content["uid"]]
                for w in recording.webhooks()
                if w.step == webhook.step
                and "comment" not in w.content
                and w.content["uid"] in true
            ]
            wrong = "comment" not in body
            fallback = same_step[0] if wrong else body["badge"]["slug"]
            assertions[body["uid"]] = true.get(body["uid"], fallback)
    with OriginalApi(recording.badges(), assertions) as api:
        settings |= {"OPENBADGER_URL": api.url, "OPENBADGER_SECRET": SECRET}
        yield api


def send(client: Client, order: str) -> None:
    """Send all recorded webhooks; each is answered with 200, again and again."""
    todo = list(recording.webhooks())
    if order != "as recorded":
        todo *= 3
    if order in ("shuffled", "with a worker killed"):
        random.Random(20140610).shuffle(todo)
    for webhook in todo:
        answer = client.send("POST", "/webhooks/badgekit", webhook.body, webhook.headers)
        assert answer.status == 200, answer.text


def killing(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have the worker killed again and again, each time at another step; return at which."""
    deaths: list[int] = []
    chance = random.Random(711)

    def work(event: dict[str, Any], context: Any) -> dict[str, Any]:
        killer = Killer(chance.randrange(3, 90) if len(deaths) < DEATHS else None)
        with monkeypatch.context() as patch:
            killer.watch(patch)
            try:
                return worker.work(event, context)
            except KilledError:
                deaths.append(len(killer.log))
        bury()
        everything = [record["messageId"] for record in event["Records"]]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in everything]}

    pipeline.work = work
    return deaths


def check(cloud: Cloud) -> dict[str, Any]:
    """Check what must hold whatever happened, and return what must be alike every time."""
    bodies = [webhook.content for webhook in recording.webhooks()]
    mails = cloud.mails()
    about = Counter((str(mail["To"]), str(mail["Subject"])) for mail in mails)
    failed = [(job.kind, job.reason) for job in Job.select().where(Job.state == outbox.FAILED)]
    assert failed == []

    approved = {
        (body["application"]["learner"], body["application"]["badge"]["slug"])
        for body in bodies
        if body["action"] == "review" and body["approved"]
    }
    for learner, slug in approved:
        badge = Badge.get(Badge.slug == slug)
        found = list(Award.select().where(Award.badge == badge, Award.email_key == learner))
        assert len(found) == 1
        assert found[0].revoked is None
        assert about[learner, f"You earned the badge “{badge.name}”"] == 1

    pictures = cloud.objects()
    for event in Event.select().where(Event.action == "award"):
        uid = event_uid(event)
        body = next((body for body in bodies if body.get("uid") == uid), None)
        award = Award.get_or_none(Award.slug == uid)
        if award is None:  # the second award of a badge to an address: the first one counts
            assert body is not None
            badge = Badge.get(Badge.slug == body["badge"]["slug"])
            award = Award.get(Award.active_key == awards.active_key(badge, body["email"]))
        picture = pictures[str(award.baked_key)]
        assert f"/public/assertions/{award.slug}" in str(baking.unbake(picture))

    for body in bodies:
        if body["action"] == "revoke":
            assert Award.get(Award.slug == body["uid"]).revoked is not None

    return {
        "awards": sorted(
            (award.badge.slug, award.email, award.revoked is not None) for award in Award.select()
        ),
        "feedback": sum(1 for _, subject in about.elements() if subject.startswith("Feedback")),
        "doubled": {key: n for key, n in about.items() if n > 1 and not key[1].startswith("Feed")},
    }


def event_uid(event: Event) -> str:
    """Return the uid in an event's body."""
    from chalicelib.domain.events import payloads

    uid: str = payloads.load(event.body)["uid"]
    return uid


@dataclass
class Delivery:
    """All recorded webhooks in one order.

    Parameters
    ----------
    order : str
        One of `ORDERS`.
    client : Client
        Sends them.
    pipeline : Pipeline
        Works them off.
    deaths : list[int]
        The steps at which the worker was killed so far.
    """

    order: str
    client: Client
    pipeline: Pipeline
    deaths: list[int]

    @property
    def kills(self) -> bool:
        """Whether the worker is killed on the way."""
        return self.order == "with a worker killed"

    def run(self) -> None:
        """Send the webhooks, and have the pipeline work them off."""
        send(self.client, self.order)
        self.pipeline.settle()
        assert bool(self.deaths) == self.kills


@pytest.fixture(params=ORDERS)
def delivery(
    request: pytest.FixtureRequest,
    app: Any,
    pictures: None,
    pipeline_with_ses: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
) -> Delivery:
    """The recorded webhooks, in each order."""
    made = Delivery(request.param, Client(app), pipeline_with_ses, [])
    if made.kills:
        made.deaths = killing(made.pipeline, monkeypatch)
    return made


def test_with_the_embedded_api(embedded: None, delivery: Delivery, cloud: Cloud) -> None:
    delivery.run()
    result = check(cloud)
    assert result["doubled"] == {}
    assert Application.select().where(Application.processed.is_null()).count() == 0
    assert System.select().count() == 1


def test_with_another_api(remote: OriginalApi, delivery: Delivery, cloud: Cloud) -> None:
    if delivery.kills:
        remote.failures = [500, 503]
    delivery.run()
    for body in remote.webhooks:  # the other API reports the awards that we requested
        assert delivery.client.webhook(body, "hook-secret").status == 200
    delivery.pipeline.settle()
    result = check(cloud)
    assert result["doubled"] == {}
    assert len(remote.webhooks) == len({
        (w.content["application"]["learner"], w.content["application"]["badge"]["slug"])
        for w in recording.webhooks()
        if w.content["action"] == "review" and w.content["approved"]
    })  # fmt: skip
    assert remote.processed == {
        w.content["application"]["slug"]
        for w in recording.webhooks()
        if w.content["action"] == "review" and w.content["approved"]
    }
    milestones = {
        w.content["uid"]: remote.assertions[w.content["uid"]]
        for w in recording.webhooks()
        if w.content["action"] == "award" and "comment" not in w.content
    }
    for uid, slug in milestones.items():
        assert Award.get(Award.slug == uid).badge.slug == slug


def test_the_result_is_the_same_in_every_order(
    app: Any, embedded: None, cloud: Cloud, pictures: None, pipeline_with_ses: Pipeline
) -> None:
    pipeline, client, results = pipeline_with_ses, Client(app), []
    for order in ORDERS[:3]:
        start_over(cloud, (Job, Event, Award))
        Application.update(processed=None).execute()
        send(client, order)
        pipeline.settle()
        results.append(check(cloud)["awards"])
    assert results[0] == results[1] == results[2]

"""Dead letters: messages that workers could not process, their meaning, and redriving them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.admin.activity import dead_letters
from chalicelib.aws import queues, session
from chalicelib.aws.queues import QueueError
from chalicelib.data.models import Event, Job
from chalicelib.domain.jobs import kinds, parked_webhooks
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place
from chalicelib.pipeline import worker
from tests.admin.browser import Browser, csrf, title, words
from tests.conftest import Cloud, dead_letter_queue
from tests.domain import places

PAGE = "/activity/dead-letters"
REDRIVE = f"{PAGE}/redrive"
SECRET = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzZWNyZXQiOjF9"


@pytest.fixture
def dead(cloud: Cloud) -> dict[str, str]:
    """The URLs of the dead-letter queues, by the queues' settings."""
    return {setting: dead_letter_queue(cloud, setting) for setting in cloud.queues}


def put(url: str, *bodies: Any) -> None:
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        session.client("sqs").send_message(QueueUrl=url, MessageBody=text)


def wakes(job: Job) -> dict[str, Any]:
    return {"version": 1, "kind": job.kind, "id": job.id}


def job(state: str, **values: Any) -> Job:
    event = Event.create(key="1", source="own", action="award", body="{}")
    made: Job = Job.create(**{"event": event, "kind": "award-mail", "state": state, **values})
    return made


def panel(browser: Browser, setting: str) -> str:
    """Return the text of a queue's panel."""
    text = browser.get(PAGE).text
    section = re.search(rf'<section [^>]*"{setting}">.*?</section>', text, flags=re.DOTALL)
    assert section
    return " ".join(re.sub(r"<[^>]*>", " ", section[0]).split())


@pytest.mark.usefixtures("dead")
def test_empty_queues_show_no_problem(administrator: Browser) -> None:
    page = administrator.get(PAGE)
    assert title(page) == "Dead letters"
    assert page.text.count("No dead letters") == 4
    assert "Redrive all" not in page.text


def test_a_queue_without_a_dead_letter_queue_is_reported(
    administrator: Browser, cloud: Cloud
) -> None:
    dead_letter_queue(cloud, "MAIL_QUEUE_URL")
    assert "has no dead-letter queue" in panel(administrator, "AWARD_QUEUE_URL")
    assert "has no dead-letter queue" not in panel(administrator, "MAIL_QUEUE_URL")


def test_a_queue_without_its_setting_is_reported(administrator: Browser) -> None:
    page = administrator.get(PAGE)
    assert page.status == 200
    assert (
        page.text.count("This queue isn’t configured. Set its URL in the deployment’s settings.")
        == 4
    )


@pytest.mark.parametrize(
    ("state", "values", "said"),
    [
        ("done", {"outcome": "mailed"}, "Its job is done. Redriving it changes nothing."),
        ("failed", {}, "Its job failed. Redriving it changes nothing: retry the job"),
        ("queued", {}, "Redriving it wakes a worker for its job."),
    ],
)
def test_a_message_shows_its_job_and_the_effect_of_redriving(
    state: str, values: dict[str, Any], said: str, administrator: Browser, dead: dict[str, str]
) -> None:
    its = job(state, **values)
    put(dead["MAIL_QUEUE_URL"], wakes(its))
    shown = panel(administrator, "MAIL_QUEUE_URL")
    assert "About one message." in shown
    assert f"Email earner job {its.id} {said}" in shown
    assert {"done": "emailed", "queued": "next in line"}.get(state, state) in shown
    assert f'href="/activity?event={its.event_id}"' in administrator.get(PAGE).text


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>", "[]", "null", '{"id": 1}', "{" * 5000,
        '{"version":1,"kind":"strange","id":1}', '{"version":2,"kind":"award","id":1}',
        '{"version":1,"kind":"award","id":"one"}', '{"version":1,"kind":["award"],"id":1}',
    ],
)  # fmt: skip
def test_an_unreadable_message_is_shown_as_text(
    body: str, administrator: Browser, dead: dict[str, str]
) -> None:
    job("done", id=1)
    put(dead["MAIL_QUEUE_URL"], body)
    page = administrator.get(PAGE)
    assert "Workers can’t read it. Redriving it brings it back here." in words(page)
    assert "unknown" in words(page)
    assert "<script>" not in page.text
    event = {"Records": [{"messageId": "m", "body": body}]}
    assert worker.work(event, None)["batchItemFailures"] == [{"itemIdentifier": "m"}]


def test_a_message_of_a_deleted_job_is_explained(
    administrator: Browser, dead: dict[str, str]
) -> None:
    put(dead["MAIL_QUEUE_URL"], {"version": 1, "kind": "award", "id": 77})
    assert "Its job no longer exists. Redriving it removes it." in words(administrator.get(PAGE))


def test_unknown_messages_are_shortened_and_without_secrets(
    administrator: Browser, dead: dict[str, str]
) -> None:
    put(dead["MAIL_QUEUE_URL"], f"Authorization: {SECRET} " + "word " * 2000)
    page = administrator.get(PAGE)
    assert "eyJ" not in page.text
    assert len(page.text) < 12_000
    assert "Authorization: …" in page.text


def test_showing_the_page_moves_nothing(administrator: Browser, dead: dict[str, str]) -> None:
    put(dead["MAIL_QUEUE_URL"], "a", "b")
    assert panel(administrator, "MAIL_QUEUE_URL") == panel(administrator, "MAIL_QUEUE_URL")


def test_messages_of_one_queue_are_redriven_to_it(
    administrator: Browser, cloud: Cloud, dead: dict[str, str]
) -> None:
    its = job("queued")
    put(dead["MAIL_QUEUE_URL"], wakes(its))
    put(dead["AWARD_QUEUE_URL"], {"n": 1})
    answer = administrator.submit(PAGE, REDRIVE, queue="MAIL_QUEUE_URL")
    assert answer.headers["Location"] == f"{PAGE}?notice=redriven"
    assert "back in their queues" in words(administrator.get(answer.headers["Location"]))
    assert cloud.messages("MAIL_QUEUE_URL") == [wakes(its)]
    assert cloud.messages("AWARD_QUEUE_URL") == []
    assert "About one message." in panel(administrator, "AWARD_QUEUE_URL")


def test_messages_of_all_queues_are_redriven_each_to_its_own(
    administrator: Browser, cloud: Cloud, dead: dict[str, str]
) -> None:
    for number, url in enumerate(dead.values()):
        put(url, {"n": number})
    assert "Redrive all" in administrator.get(PAGE).text
    administrator.submit(PAGE, REDRIVE)
    assert [cloud.messages(setting) for setting in dead] == [[{"n": n}] for n in range(4)]


def test_queues_may_share_a_dead_letter_queue(administrator: Browser, cloud: Cloud) -> None:
    shared = dead_letter_queue(cloud, "ISSUING_QUEUE_URL")
    sqs = session.client("sqs")
    of = {"QueueUrl": cloud.queues["ISSUING_QUEUE_URL"], "AttributeNames": ["RedrivePolicy"]}
    policy = sqs.get_queue_attributes(**of)["Attributes"]
    for url in cloud.queues.values():
        sqs.set_queue_attributes(QueueUrl=url, Attributes=policy)
    put(shared, "a")
    page = administrator.get(PAGE)
    assert page.text.count("About one message.") == page.text.count("<section") == 1
    assert "Reviews, issuing, and revocations · Badge baking · Emails · Webhook" in words(page)
    answer = administrator.submit(PAGE, REDRIVE)
    assert answer.headers["Location"] == f"{PAGE}?notice=redriven"


def test_more_messages_than_a_request_moves_are_reported(
    administrator: Browser, dead: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST", 3)
    put(dead["MAIL_QUEUE_URL"], *"abcde")
    answer = administrator.submit(PAGE, REDRIVE)
    assert answer.headers["Location"] == f"{PAGE}?notice=redriven-some"
    assert "About 2 messages." in panel(administrator, "MAIL_QUEUE_URL")


@pytest.mark.usefixtures("dead")
def test_nothing_to_redrive_is_reported(administrator: Browser) -> None:
    form = administrator.submit(PAGE, REDRIVE, queue="MAIL_QUEUE_URL")
    assert form.headers["Location"] == f"{PAGE}?notice=nothing-redriven"
    assert administrator.submit(PAGE, REDRIVE, queue="OPENBADGER_SECRET").status == 404


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDenied", "AWS denied access."),
        ("AccessDeniedException", "AWS denied access."),
        ("AWS.SimpleQueueService.NonExistentQueue", "This queue doesn’t exist in AWS."),
        ("EndpointConnectionError", "AWS returned an error: EndpointConnectionError."),
        ("<b>", "AWS returned an error: <b>."),
    ],
)
@pytest.mark.parametrize("verb", ["dead_letters_of", "peek", "redrive"])
def test_errors_of_aws_are_explained(
    verb: str, code: str, said: str, administrator: Browser, dead: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def refuse(*_: Any, **__: Any) -> None:
        raise QueueError(code)

    put(dead["MAIL_QUEUE_URL"], "a")
    form = {"csrf": csrf(administrator.get(PAGE))}
    monkeypatch.setattr(queues, verb, refuse)
    page = administrator.post(REDRIVE, form) if verb == "redrive" else administrator.get(PAGE)
    assert page.status == (503 if verb == "redrive" else 200)
    assert said in words(page)
    assert "<b>" not in page.text


def test_publishers_have_no_access_to_pages_of_the_deployment(
    signed_in: Callable[[str], Browser], database: Any
) -> None:
    places.chicago()
    accounts.allow("pat@example.org", Place("chicago"), Rights(True, True, True))
    publisher = signed_in("pat@example.org")
    form = {"csrf": csrf(publisher.get("/context"))}
    assert publisher.get(PAGE).status == 403
    assert publisher.get("/activity/deliveries").status == 403
    assert publisher.post(REDRIVE, form).status == 403
    assert publisher.post("/activity/deliveries/1/again", form).status == 403


def test_messages_are_read_as_workers_read_them() -> None:
    assert dead_letters.messages is worker.job_messages
    shown = {line.setting: line.title for line in dead_letters._lines()}
    assert set(shown) == {kind.queue.setting for kind in kinds.KINDS}
    assert all(shown.values())


def test_a_parked_webhook_is_explained_and_redriven(
    dead: dict[str, str], administrator: Browser, cloud: Cloud
) -> None:
    webhook = parked_webhooks.serialize(
        parked_webhooks.SignedWebhook(b'{"action": "review"}', f'JWT token="{SECRET}"')
    )
    put(dead["ISSUING_QUEUE_URL"], webhook)
    shown = panel(administrator, "ISSUING_QUEUE_URL")
    assert "A webhook that arrived while the database was unavailable." in shown
    assert "Redriving it saves it." in shown
    assert SECRET not in administrator.get(PAGE).text
    administrator.submit(PAGE, REDRIVE, queue="ISSUING_QUEUE_URL")
    assert cloud.messages("ISSUING_QUEUE_URL") == [webhook]

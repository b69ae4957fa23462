"""The table of queues: each row has its consumer, setting, title and resources."""

from __future__ import annotations

from typing import Any

from chalicelib import config
from chalicelib.queues import OUTBOX, QUEUES
from infra.aws.functions import FUNCTIONS


def test_each_queue_has_its_row_s_consumer(app: Any) -> None:
    found = [
        (one.name, one.queue, one.batch_size) for one in app.event_sources if "queue" in vars(one)
    ]
    assert found == [(queue.consumer, queue.name, queue.batch) for queue in QUEUES]


def test_names_settings_and_resources_are_unique() -> None:
    for values in (
        [queue.name for queue in QUEUES],
        [queue.resource for queue in QUEUES],
        [queue.consumer for queue in QUEUES],
        [queue.setting for queue in OUTBOX],
        [queue.title for queue in OUTBOX],
    ):
        assert len(set(values)) == len(values)


def test_each_queue_of_the_outbox_has_a_setting_and_a_title() -> None:
    documented = {setting.name: setting.help for setting in config.SETTINGS}
    for queue in OUTBOX:
        assert documented[queue.setting] == queue.carries
        assert queue.title


def test_each_consumer_is_a_function_of_the_stack() -> None:
    assert {queue.consumer for queue in QUEUES} <= {function.handler for function in FUNCTIONS}

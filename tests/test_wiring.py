"""The dependencies of a process: settings, the outbox's relay and the HTTP client's courier."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from chalicelib import config, wiring
from chalicelib.domain.jobs import outbox
from chalicelib.net import messages
from chalicelib.pipeline import relay

APPLICATION = """
import app
from chalicelib import config, wiring
from chalicelib.domain.jobs import outbox
from chalicelib.net import messages
from chalicelib.pipeline import relay
assert outbox.publish is relay.publish
assert messages.transport is wiring.through_courier
assert config.settings()._read_parameters is not None
"""


def test_the_application_is_wired_for_lambda() -> None:
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", APPLICATION], check=True, cwd=root)


def test_callers_can_replace_each_dependency() -> None:
    mine = config.Settings(environ={"PORT": "1"})
    sent: list[object] = []
    wiring.install(mine, publish=sent.extend, transport=None)
    assert config.settings() is mine
    assert messages.transport is None
    outbox.publish([])
    wiring.install(mine)
    assert outbox.publish is relay.publish
    assert messages.transport is wiring.through_courier

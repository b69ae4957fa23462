"""The state of a local run: generated secrets, and the precedence of the user's settings."""

from __future__ import annotations

import contextlib
import json
import stat
import tempfile
from pathlib import Path

import pytest

from chalicelib.config import SettingError
from infra.local.state import GENERATED, State
from tests.cases import every


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"LOCAL_STATE": str(tmp_path / "state")}


def test_secrets_are_generated_once_and_readable_by_the_owner_only(environ: dict[str, str]) -> None:
    first = State([], environ).settings()
    second = State([], environ).settings()
    for name in GENERATED:
        assert first.text(name) == second.text(name)
        assert len(first.text(name)) >= 32
    path = State([], environ).config_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == set(GENERATED)


def test_secrets_that_are_set_are_not_generated(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"apiSecret": "from-the-file-it-is"}')
    environ |= {"OPENBADGER_SECRET": "from-the-environment"}
    state = State(["--cookieSecret", "chocolate-chip-cookies"], environ)
    settings = state.settings()
    assert settings.text("COOKIE_SECRET") == "chocolate-chip-cookies"
    assert settings.text("OPENBADGER_SECRET") == "from-the-environment"
    assert settings.text("API_SECRET") == "from-the-file-it-is"
    assert set(json.loads(state.config_path.read_text())) == {"WEBHOOK_SECRET"}


@every(source=["environment", "file", "kept"], secret=["", "   ", "fifteen-letters"])
def test_a_blank_or_short_secret_is_refused_before_anything_changes(
    source: str, secret: str
) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        environ = {"LOCAL_STATE": f"{folder}/state"}
        if source == "environment":
            environ["API_SECRET"] = secret
        if source == "file":
            Path("config.json").write_text(json.dumps({"apiSecret": secret}))
        if source == "kept":
            Path("state").mkdir()
            Path("state/config.json").write_text(json.dumps({"API_SECRET": secret}))
        before = sorted(Path().rglob("*"))
        with pytest.raises(SettingError, match="the setting API_SECRET"):
            State([], environ).settings()
        assert sorted(Path().rglob("*")) == before


def test_the_public_url_follows_the_port(environ: dict[str, str]) -> None:
    settings = State(["--port=3456"], environ).settings()
    assert settings.text("PERSONA_AUDIENCE") == "http://localhost:3456"
    assert settings.text("OPENBADGER_SYSTEM") == "badgekit"
    environ["PERSONA_AUDIENCE"] = "https://badges.example.org"
    assert State([], environ).settings().url("/x") == "https://badges.example.org/x"


def test_local_queues_do_not_override_the_user_s(environ: dict[str, str]) -> None:
    environ["MAIL_QUEUE_URL"] = "https://mine.example.org"
    settings = State([], environ).settings({"MAIL_QUEUE_URL": "a", "AWARD_QUEUE_URL": "b"})
    assert settings.text("MAIL_QUEUE_URL") == "https://mine.example.org"
    assert settings.text("AWARD_QUEUE_URL") == "b"

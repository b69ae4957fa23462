"""Fetching axe-core: a failure does not break the setup."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import axe


def test_the_setup_continues_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(axe, "SCRIPT", tmp_path / "axe.js")
    monkeypatch.setenv("npm_config_registry", (tmp_path / "nowhere").as_uri())
    axe.main()
    assert "cannot be fetched" in capsys.readouterr().err
    assert not axe.SCRIPT.exists()

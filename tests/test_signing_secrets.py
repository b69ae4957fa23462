"""Secrets that are blank or short."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import signing_secrets
from chalicelib.config import SettingError
from tests.cases import every

LONG = "sixteen-letters-"


@every(
    case=[
        ({}, [], []),
        ({"COOKIE_SECRET": LONG, "API_SECRET": None, "DATABASE_PASSWORD": ""}, [], []),
        ({"COOKIE_SECRET": "", "API_SECRET": "  "}, ["COOKIE_SECRET", "API_SECRET"], []),
        ({"OPENBADGER_SECRET": LONG[1:]}, [], ["OPENBADGER_SECRET"]),
        ({"WEBHOOK_SECRET": f"{LONG}, {LONG}"}, [], []),
        ({"WEBHOOK_SECRET": f"{LONG},short"}, [], ["WEBHOOK_SECRET"]),
        ({"WEBHOOK_SECRET": ""}, [], []),
        ({"WEBHOOK_SECRET": " , "}, ["WEBHOOK_SECRET"], []),
    ]
)
def test_secrets_that_are_blank_or_short(case: Any) -> None:
    values, blank, short = case
    assert (signing_secrets.blank(values), signing_secrets.short(values)) == (blank, short)
    if not (blank or short):
        signing_secrets.check(values)
        return
    with pytest.raises(SettingError) as refused:
        signing_secrets.check(values)
    words = str(refused.value)
    assert all(f"the setting {name} is blank" in words for name in blank)
    assert all(f"the setting {name} has fewer than 16 characters" in words for name in short)
    assert "openssl rand -hex 32" in words
    assert LONG[1:] not in words

"""Secrets that sign sessions, requests, and webhooks: which are blank, or short enough to guess.

What already runs with a short secret goes on, because others may share it, and says so. Nothing new
begins with one.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib import config

SHORTEST = 16  # characters
LIST = "WEBHOOK_SECRET"  # holds several secrets, or none
SHORT = (
    f"this secret has fewer than {SHORTEST} characters, so it can be guessed; "
    "docs/operating.md says how to change it"
)


def blank(values: Mapping[str, str | None]) -> list[str]:
    """Return the names of secrets that are set, but to nothing other than spaces and commas."""
    found = ((name, values.get(name)) for name in config.SIGNING_SECRETS)
    return [
        name
        for name, value in found
        if value is not None and not value.strip(" \t\r\n,") and (value or name != LIST)
    ]


def short(values: Mapping[str, str | None]) -> list[str]:
    """Return the names of secrets that have fewer characters than `SHORTEST`.

    A list of secrets is as short as its shortest one. Those that are not set are not short.

    Parameters
    ----------
    values : Mapping[str, str or None]
        Values of settings by their names.
    """
    found: list[str] = []
    for name in config.SIGNING_SECRETS:
        value = values.get(name) or ""
        parts = value.split(",") if name == LIST else [value]
        if any(0 < len(part.strip()) < SHORTEST for part in parts):
            found.append(name)
    return found


def check(values: Mapping[str, str | None]) -> None:
    """Refuse secrets that nothing should be started with.

    Raises
    ------
    SettingError
        If one is blank or short; the message names each, but shows none.
    """
    blanks, shorts = blank(values), short(values)
    problems = [f"the setting {name} is blank" for name in blanks]
    problems += [f"the setting {name} has fewer than {SHORTEST} characters" for name in shorts]
    if problems:
        raise config.SettingError(
            f"{'; '.join(problems)}. `openssl rand -hex 32` generates a secret that cannot be guessed"
        )

"""The state of a local run: its folder, its generated secrets, and the resulting settings."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from chalicelib import config, signing_secrets
from chalicelib.aws import parameters
from infra.local.aws_mocks import CONFIGURATION_SET

ADMINISTRATOR = "admin@example.org"
GENERATED = ("COOKIE_SECRET", "OPENBADGER_SECRET", "API_SECRET", "WEBHOOK_SECRET")


class State:
    """The folder of one local deployment, `.local` unless `LOCAL_STATE` names another.

    Parameters
    ----------
    arguments : Sequence[str]
        Command-line arguments.
    environ : Mapping[str, str]
        The environment.
    """

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environ = environ
        self.folder = Path(environ.get("LOCAL_STATE") or ".local").absolute()
        self.config_path = self.folder / "config.json"

    def settings(self, queues: Mapping[str, str] | None = None) -> config.Settings:
        """Return the user's settings, with local defaults for those that are not set.

        Secrets that are not set are generated at the first start and kept.

        Parameters
        ----------
        queues : Mapping[str, str], optional
            URLs of the local queues, by the names of their settings.

        Raises
        ------
        SettingError
            If a setting is invalid, or a secret blank or short.
        """
        signing_secrets.check(config.Settings(self._arguments, environ=self._environ).secrets())
        environ = {**self._secrets(), **self._environ}
        given = config.Settings(self._arguments, environ=environ)
        signing_secrets.check(given.secrets())
        defaults = {
            "OPENBADGER_SYSTEM": "badgekit",
            "ACCESS_LIST": json.dumps([ADMINISTRATOR.replace(".", r"\.")]),
            "ALLOW_PRIVATE_ADDRESSES": "true",
            "MAIL_FROM": "badges@example.org",
            "MAIL_CONFIGURATION_SET": CONFIGURATION_SET,
            "MAIL_CONFIRMED_WITHIN": "3",  # the mock sends the event before it responds
            "PERSONA_AUDIENCE": f"http://localhost:{given.integer('PORT')}",
            **(queues or {}),
        }
        if given.text("DATABASE_DRIVER") == "sqlite":
            defaults["DATABASE_DATABASE"] = str(self.folder / "badgekit.sqlite3")
        return config.Settings(
            self._arguments, environ={**defaults, **environ}, parameters=parameters.read
        )

    def _secrets(self) -> dict[str, str]:
        """Return the kept secrets, after generating those that are not set."""
        given = config.Settings(self._arguments, environ=self._environ)
        try:
            file = config.Settings(file=self.config_path, environ={})
        except config.SettingError as problem:
            raise config.SettingError(
                f"{problem}. It holds this run’s secrets: repair it, or move it away to have new ones "
                "generated"
            ) from problem
        kept = {
            setting.name: file.text(setting.name)
            for setting in config.SETTINGS
            if file.is_set(setting.name)
        }
        new = {
            name: secrets.token_hex(32)
            for name in GENERATED
            if not given.is_set(name) and name not in kept
        }
        if new:
            kept |= new
            self._write(json.dumps(kept, indent=2) + "\n")
        return kept

    def _write(self, text: str) -> None:
        """Replace the kept secrets atomically, in a file that only its owner can ever read."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, half = tempfile.mkstemp(prefix=".config", dir=self.folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, self.config_path)

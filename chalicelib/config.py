"""All settings in one table, with name, default and meaning, and the sources they are read from.

Sources, in order of precedence: the command line, the JSON file `config.json`, the environment,
the Parameter Store, the default. Names are those of the original BadgeKit; on the command line and
in the file they may also be in camel case (`--cookieSecret`, `"cookieSecret"`), as BadgeKit's were.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.queues import OUTBOX

log = logging.getLogger("badgekit")

File = str | os.PathLike[str]  # not pathlib.Path: importing it would slow each cold start

PARAMETER_CACHE_SECONDS = 300

SIGNING_SECRETS = ("COOKIE_SECRET", "OPENBADGER_SECRET", "API_SECRET", "WEBHOOK_SECRET")


class Setting(NamedTuple):
    """One row of the table.

    Parameters
    ----------
    name : str
        Name of the environment variable, and below ``PARAMETER_PATH/`` of the parameter.
    help : str
        What it is for, as shown in the documentation.
    default : str or None
        The value when no source sets it; None means unset.
    kind : str
        ``text``, ``integer``, ``flag``, ``list`` (comma-separated) or ``json``.
    required : bool
        Whether reading it while it is unset is an error.
    secret : bool
        Whether its value must never be displayed or logged.
    """

    name: str
    help: str
    default: str | None = None
    kind: str = "text"
    required: bool = False
    secret: bool = False


def _test_database(part: str, help: str, *, secret: bool = False) -> Setting:
    return Setting(f"TEST_DATABASE_{part}", help, secret=secret)


SETTINGS: tuple[Setting, ...] = (
    Setting("COOKIE_SECRET", "Key that signs sessions, sign-in links, and form tokens.", required=True, secret=True),
    Setting("PORT", "Port of the local HTTP server.", "3000", "integer"),
    Setting("OPENBADGER_URL", "Base URL of another BadgeKit API. Unset: this deployment serves the API itself."),
    Setting("OPENBADGER_SECRET", "Master secret of the API: verifies calls to the embedded API, or signs calls to the one at `OPENBADGER_URL`.", required=True, secret=True),
    Setting("OPENBADGER_SYSTEM", "Slug of the system that this deployment serves.", required=True),
    Setting("DATABASE_DRIVER", "`mysql` (also MariaDB and Aurora) or `sqlite`.", "sqlite"),
    Setting("DATABASE_HOST", "Host name, `host:port` or path of a Unix socket.", "localhost"),
    Setting("DATABASE_USER", "Database user.", "badgekit"),
    Setting("DATABASE_PASSWORD", "Password of the database user.", "", secret=True),
    Setting("DATABASE_DATABASE", "Name of the database, or with `sqlite` the path of its file.", "badgekit"),
    Setting("DATABASE_CERTIFICATES", "Certificate authorities trusted for the database connection: `system` (the operating system's), `aws` (Amazon's for RDS and Aurora), the path of a PEM file, or `none`: the server certificate is not verified.", "none"),
    Setting("DATABASE_SLEEPS", "Whether the database pauses when idle, as Aurora Serverless can. While it resumes, pages show a notice and reload; other requests wait.", "false", "flag"),
    Setting("PERSONA_AUDIENCE", "Public URL of this deployment. All links and assertions start with it.", "http://localhost:3000"),
    Setting("FORMER_HOSTS", "Hosts that `PERSONA_AUDIENCE` named before, such as `badges.old.example.org`, separated by commas; with `http://` if it was not HTTPS, and with the path if there was one, such as `/prod`. Requests to one of them are answered with its own ids, so that badges issued there still verify. They must still lead here.", "", "list"),
    Setting("ACCESS_LIST", "JSON array of regular expressions. A user whose whole email address matches one of them is an administrator.", "[]", "json"),
    Setting("API_SECRET", "Verifies calls to the user API.", required=True, secret=True),
    Setting("BRANDING", "Name to show instead of the systems' own names on pages, in emails, and in the studio: a string for all, or a JSON object keyed by system slug."),
    Setting("TERMS_OF_USE", "Text of the Terms of use page, with blank lines between paragraphs, or `@` and the path of a file that holds it. Unset: a short default text."),
    Setting("DEBUG", "Whether to log at debug level.", "false", "flag"),
    _test_database("DRIVER", "Second database of the test suite: `mysql` uses a running server instead of a private MariaDB."),
    _test_database("HOST", "Host name, `host:port` or socket of that server."),
    _test_database("USER", "User on that server."),
    _test_database("PASSWORD", "Password of that user.", secret=True),
    _test_database("DATABASE", "Database on that server. The tests delete everything in it."),
    Setting("WEBHOOK_SECRET", "Verifies incoming BadgeKit webhooks. Several secrets, separated by commas, are accepted during a rotation.", "", "list", secret=True),
    Setting("AUTO_AWARD", "Whether an approved review awards the badge automatically: a flag, or a JSON object of flags keyed by system slug. Systems that are not listed use the default.", "true", "flag"),
    Setting("MAIL_FROM", "Sender address of all emails. It must be verified in SES.", "badges@localhost.localdomain"),
    Setting("MAIL_CONFIGURATION_SET", "SES configuration set whose `Send` and `Bounce` events reach the mail event queue. Unset: an interrupted email is not sent again automatically."),
    Setting("MAIL_CONFIRMED_WITHIN", "Seconds to wait for SES to confirm an interrupted email. An email that is not confirmed in time is sent again.", "600", "integer"),
    Setting("SIGN_IN_MAILS_PER_HOUR", "Most sign-in emails to one address within an hour at the request of browsers in which it has not signed in before. A network gets fewer of them the more were sent. Browsers in which it has signed in do not count.", "48", "integer"),
    Setting("IMAGE_BUCKET", "S3 bucket for badge images and baked badges.", "badgekit-images"),
    Setting("IMAGE_BASE_URL", "Base URL of a host that serves the bucket's `images/`, such as `https://pictures.example.org`. Unset: images are served by signed links that expire after an hour."),
    *(Setting(queue.setting, queue.carries) for queue in OUTBOX),
    Setting("PARAMETER_PATH", "Path in the Parameter Store that holds the settings, such as `/badgekit/prod`."),
    Setting("COURIER_FUNCTION", "Lambda function that makes outgoing requests for functions whose network has no internet access. Unset: functions make their own requests."),
    Setting("ALLOW_PRIVATE_ADDRESSES", "Whether outgoing requests may reach private and loopback addresses. For local use only.", "false", "flag"),
)  # fmt: skip

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off", ""}


class SettingError(Exception):
    """A setting is missing or invalid. Never shown to clients."""


def _normalized(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _from_command_line(arguments: Sequence[str]) -> dict[str, str]:
    """Parse ``--port 3456 --cookieSecret=chocolatechips`` into values by normalized name."""
    known = {_normalized(name) for name in _BY_NAME}
    values: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if not name.startswith("--") or _normalized(name) not in known:
            # A value, or a word without dashes, may be a secret.
            shown = name if name.startswith("--") else f"word {len(arguments) - len(rest)}"
            raise SettingError(f"{shown} is not a setting; see docs/settings.md for the list")
        if not equals:
            if not rest:
                raise SettingError(f"{name} needs a value")
            value = rest.pop(0)
        values[_normalized(name)] = value
    return values


def _from_file(path: File) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise SettingError(f"{path} cannot be read as JSON: {problem}") from problem
    if not isinstance(content, dict):
        raise SettingError(f"{path} must hold one JSON object")
    return {
        _normalized(name): value if isinstance(value, str) else json.dumps(value)
        for name, value in content.items()
        if value is not None
    }


def _as_flag(name: str, text: str) -> bool:
    value = text.strip().lower()
    if value not in _TRUE | _FALSE:
        raise SettingError(f"the setting {name} must be true or false")
    return value in _TRUE


class Settings:
    """The settings of one process.

    Parameters
    ----------
    arguments : Sequence[str]
        Command-line arguments (none in Lambda).
    file : str or os.PathLike
        The JSON file; it may be missing.
    environ : Mapping[str, str]
        The environment.
    parameters : Callable[[str], Mapping[str, str]], optional
        Returns all parameters below a path of the Parameter Store, decrypted, by the last part of
        their names.
    """

    def __init__(
        self,
        arguments: Sequence[str] = (),
        file: File = "config.json",
        environ: Mapping[str, str] = os.environ,
        parameters: Callable[[str], Mapping[str, str]] | None = None,
    ) -> None:
        self._arguments = _from_command_line(arguments)
        self._file_path = file
        self._file = _from_file(file)
        self._environ = environ
        self._read_parameters = parameters
        self._parameters: dict[str, str] = {}
        self._parameters_until = float("-inf")

    def _local(self, name: str) -> str | None:
        """Return the value from the command line, file or environment, or None."""
        plain = _normalized(name)
        return self._arguments.get(plain, self._file.get(plain, self._environ.get(name)))

    def _stored(self, name: str) -> str | None:
        """Return the value from the Parameter Store, or None."""
        path = self._local("PARAMETER_PATH")
        if not path or self._read_parameters is None:
            return None
        if time.monotonic() >= self._parameters_until:
            try:
                self._parameters = {
                    _normalized(key): value for key, value in self._read_parameters(path).items()
                }
            except Exception:
                if not self._parameters:
                    raise
                log.warning("the Parameter Store is not responding; its last values stay in use")
            self._parameters_until = time.monotonic() + PARAMETER_CACHE_SECONDS
        return self._parameters.get(_normalized(name))

    def expire_parameters(self) -> None:
        """Read the Parameter Store again at the next use, because its values may have changed."""
        self._parameters_until = float("-inf")

    def optional(self, name: str) -> str | None:
        """Return a setting as text, or None when it is unset and has no default.

        Raises
        ------
        KeyError
            If the table has no such setting.
        """
        setting = _BY_NAME[name]
        value = self._local(name)
        if value is None:
            value = self._stored(name)
        return setting.default if value is None else value

    def text(self, name: str) -> str:
        """Return a setting as text.

        Raises
        ------
        SettingError
            If it is unset; the message names every source.
        """
        value = self.optional(name)
        if value and not value.strip() and name in SIGNING_SECRETS:
            raise SettingError(f"the setting {name} is blank: it consists of spaces only")
        if value is None or (value == "" and _BY_NAME[name].required):
            path = self._local("PARAMETER_PATH")
            store = (
                f"the parameter {path.rstrip('/')}/{name}"
                if path
                else "the Parameter Store (PARAMETER_PATH is unset)"
            )
            raise SettingError(
                f"the setting {name} is required and was found nowhere: not on the command line "
                f"(--{name}), in {self._file_path}, in the environment variable {name}, nor in {store}"
            )  # fmt: skip
        return value

    def secrets(self) -> dict[str, str | None]:
        """Return the secrets that sign requests, pages, and webhooks; None for those not set."""
        return {name: self.optional(name) for name in SIGNING_SECRETS}

    def integer(self, name: str) -> int:
        """Return a setting as an integer."""
        try:
            return int(self.text(name))
        except ValueError as problem:
            raise SettingError(f"the setting {name} must be a whole number") from problem

    def flag(self, name: str) -> bool:
        """Return a setting as true or false."""
        return _as_flag(name, self.text(name))

    def flag_without_store(self, name: str, stored: Mapping[str, str]) -> bool:
        """Return a setting as true or false without reading the Parameter Store.

        Parameters
        ----------
        name : str
            The setting.
        stored : Mapping[str, str]
            Values of the Parameter Store that were read already.
        """
        value = self._local(name)
        if value is None:
            value = stored.get(name, _BY_NAME[name].default)
        return _as_flag(name, value or "")

    def flag_for(self, name: str, key: str | None) -> bool:
        """Return one key's value of a setting that is a flag or a JSON object of flags.

        Parameters
        ----------
        name : str
            The setting.
        key : str or None
            Key of the object, such as a system's slug, compared without regard to case. Keys that
            the object lacks have the setting's default.
        """
        if not self.text(name).lstrip().startswith("{"):
            return self.flag(name)
        flags = {str(one).lower(): flag for one, flag in self.json(name).items()}
        default = _BY_NAME[name].default
        return _as_flag(name, str(flags.get((key or "").lower(), default)))

    def list(self, name: str) -> list[str]:
        """Return the parts of a comma-separated setting, stripped, without empty ones."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def json(self, name: str) -> Any:
        """Return the value of a setting that holds JSON."""
        try:
            return json.loads(self.text(name))
        except ValueError as problem:
            raise SettingError(f"the setting {name} must be JSON: {problem}") from problem

    def is_set(self, name: str) -> bool:
        """Return whether any source sets a setting (its default does not count)."""
        return self._local(name) is not None or self._stored(name) is not None

    def url(self, path: str) -> str:
        """Return the public URL of a path of this deployment."""
        return self._base() + path

    def _base(self) -> str:
        return _with_ascii_host(self.text("PERSONA_AUDIENCE").rstrip("/"))

    def _bases(self) -> Iterator[str]:
        """Yield the public URL of this deployment, and then its former ones."""
        yield self._base()
        for former in self.list("FORMER_HOSTS"):
            url = former if "://" in former else f"https://{former}"
            yield _with_ascii_host(url.rstrip("/"))

    def base_at(self, host: str) -> str:
        """Return the public URL of this deployment at a host: a former URL, or else the present one."""
        wanted = host.lower()
        for base in self._bases():
            if base.partition("://")[2].partition("/")[0].lower() == wanted:
                return base
        return self._base()

    def own_path(self, url: str) -> str | None:
        """Return the path of a URL of this deployment, at any of its hosts, or None."""
        for base in self._bases():
            if url[: len(base)].lower() == base.lower() and url[len(base) :].startswith("/"):
                return url[len(base) :]
        return None


def _with_ascii_host(url: str) -> str:
    if url.isascii():
        return url
    from chalicelib import web_addresses  # most deployments have a host in ASCII

    return web_addresses.with_ascii_host(url)


_current: Settings | None = None


def use(settings: Settings | None) -> None:
    """Make these the settings of the process (None: create them again at the next use)."""
    global _current
    _current = settings


def settings() -> Settings:
    """Return the settings of the process."""
    global _current
    if _current is None:
        _current = Settings()
    return _current

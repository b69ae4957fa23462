"""Settings: sources, their precedence, and errors of missing and invalid values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import config
from chalicelib.aws import parameters, session
from chalicelib.config import SETTINGS, SettingError, Settings
from tests.conftest import Cloud

NAMES = [setting.name for setting in SETTINGS]


def camel(name: str) -> str:
    """Return a name in the camel case of BadgeKit: `cookieSecret`."""
    first, *others = name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


@pytest.fixture
def places(tmp_path: Path) -> Any:
    """Return a function that makes settings from the values of each source."""

    def make(
        arguments: list[str] | None = None,
        file: Any = None,
        environ: Mapping[str, str] | None = None,
        store: Mapping[str, str] | None = None,
    ) -> Settings:
        path = tmp_path / "config.json"
        path.unlink(missing_ok=True)
        if file is not None:
            path.write_text(file if isinstance(file, str) else json.dumps(file))
        return Settings(
            arguments or [],
            path,
            {"PARAMETER_PATH": "/badgekit/prod/", **(environ or {})},
            lambda where: store or {},
        )

    return make


HOSTS = {
    "PERSONA_AUDIENCE": "https://new.example.org/badges/",
    "FORMER_HOSTS": "old.example.org, http://older.example.org:8080/, api.example.com/prod",
}

# The table


def test_names_are_unique_in_every_spelling() -> None:
    assert len({name.replace("_", "").lower() for name in NAMES}) == len(NAMES)


def test_settings_named_secret_or_password_are_secret() -> None:
    for setting in SETTINGS:
        assert setting.secret == any(word in setting.name for word in ("SECRET", "PASSWORD"))


def test_defaults_are_of_their_kind() -> None:
    nowhere = Settings(environ={}, file=Path("/nowhere"))
    for setting in SETTINGS:
        if setting.default is not None and setting.kind in ("integer", "flag", "json", "list"):
            getattr(nowhere, setting.kind)(setting.name)


def test_required_settings_have_no_default_and_every_setting_an_explanation() -> None:
    for setting in SETTINGS:
        assert not (setting.required and setting.default is not None), setting.name
        assert len(setting.help) > 5, setting.name
        assert setting.help.endswith("."), setting.name


# Precedence


def test_the_first_source_wins(places: Any) -> None:
    everywhere: dict[str, Any] = {
        "arguments": ["--branding", "command line"],
        "file": {"branding": "file"},
        "environ": {"BRANDING": "environment"},
        "store": {"BRANDING": "parameter store"},
    }
    for nearest in ["command line", "file", "environment", "parameter store", None]:
        assert places(**everywhere).optional("BRANDING") == nearest
        if everywhere:
            everywhere.pop(next(iter(everywhere)))
    assert everywhere == {}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["command line", "file", "environment", "store"])
def test_every_setting_can_be_set_in_every_source(places: Any, name: str, place: str) -> None:
    if place == "store" and name == "PARAMETER_PATH":
        return  # it says where the store is
    made = {
        "command line": lambda: places(arguments=[f"--{camel(name)}", "here"]),
        "file": lambda: places(file={camel(name): "here"}),
        "environment": lambda: places(environ={name: "here"}),
        "store": lambda: places(store={name: "here"}),
    }[place]()
    assert made.optional(name) == "here"
    assert made.is_set(name)


def test_an_empty_text_is_set(places: Any) -> None:
    made = places(environ={"DATABASE_PASSWORD": "", "BRANDING": ""}, store={"BRANDING": "stored"})
    assert made.text("BRANDING") == ""
    assert made.is_set("DATABASE_PASSWORD")


def test_an_unset_setting_has_its_default(places: Any) -> None:
    assert places().text("PORT") == "3000"
    assert not places().is_set("PORT")
    assert places().optional("OPENBADGER_URL") is None


def test_unknown_names_raise_key_errors(places: Any) -> None:
    with pytest.raises(KeyError):
        places().optional("NO_SUCH_SETTING")


def test_the_environment_is_read_at_each_use() -> None:
    environ = {"DEBUG": "false"}
    made = Settings(environ=environ, file=Path("/nowhere"))
    assert made.flag("DEBUG") is False
    environ["DEBUG"] = "true"
    assert made.flag("DEBUG") is True


# The command line


@pytest.mark.parametrize(
    "arguments",
    [
        ["--cookieSecret", "chocolatechips", "--port", "3456"],
        ["--cookieSecret=chocolatechips", "--port=3456"],
        ["--COOKIE_SECRET", "chocolatechips", "--PORT", "3456"],
        ["--cookie-secret", "chocolatechips", "--Port", "3456"],
        ["--port", "1", "--cookiesecret=chocolatechips", "--port", "3456"],
    ],
)
def test_the_command_line_is_parsed_as_in_badgekit(arguments: list[str]) -> None:
    made = Settings(arguments, Path("/nowhere"), {})
    assert (made.text("COOKIE_SECRET"), made.integer("PORT")) == ("chocolatechips", 3456)


@pytest.mark.parametrize("value", ["", "a=b", "--port", "-1", " spaces ", "é"])
def test_values_on_the_command_line_are_not_changed(value: str) -> None:
    assert Settings(["--branding", value], Path("/nowhere"), {}).text("BRANDING") == value
    assert Settings([f"--branding={value}"], Path("/nowhere"), {}).text("BRANDING") == value


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--nope", "1"], "--nope"),
        (["--nope=1"], "--nope"),
        (["port", "1"], "word 1"),
        (["-port", "1"], "word 1"),
        (["--port", "1", "stray"], "word 3"),
        (["--"], "--"),
        ([""], "word 1"),
    ],
)
def test_unknown_words_are_refused_and_named(arguments: list[str], word: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings(arguments, Path("/nowhere"), {})
    assert str(caught.value) == f"{word} is not a setting; see docs/settings.md for the list"


def test_a_word_without_value_is_refused() -> None:
    with pytest.raises(SettingError, match="--port needs a value"):
        Settings(["--port"], Path("/nowhere"), {})


spellings = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from([name, name.lower(), camel(name), name.replace("_", "-")])
    )
)


@given(st.lists(st.tuples(spellings, st.text(), st.booleans())))
def test_the_last_value_on_the_command_line_counts(
    words: list[tuple[tuple[str, str], str, bool]],
) -> None:
    arguments: list[str] = []
    expected: dict[str, str] = {}
    for (name, spelling), value, joined in words:
        arguments += [f"--{spelling}={value}"] if joined else [f"--{spelling}", value]
        expected[name] = value
    made = Settings(arguments, Path("/nowhere"), {})
    assert {name: made.optional(name) for name in expected} == expected


@given(st.lists(st.text() | st.sampled_from(["--port", "--port=1", "--debug"])))
def test_any_command_line_is_parsed_or_refused(arguments: list[str]) -> None:
    try:
        Settings(arguments, Path("/nowhere"), {})
    except SettingError:
        return


# The file


def test_the_file_may_hold_json_values(places: Any) -> None:
    made = places(
        file={
            "port": 3456,
            "debug": True,
            "accessList": [".+@example\\.org"],
            "branding": {"chicago": "City of Learning"},
            "PERSONA_AUDIENCE": "https://badges.example.org",
            "openbadgerUrl": None,
            "somethingElse": "is not ours",
        }
    )
    assert made.integer("PORT") == 3456
    assert made.flag("DEBUG") is True
    assert made.json("ACCESS_LIST") == [".+@example\\.org"]
    assert made.json("BRANDING") == {"chicago": "City of Learning"}
    assert made.url("/x") == "https://badges.example.org/x"
    assert not made.is_set("OPENBADGER_URL")


def test_the_file_may_be_missing(tmp_path: Path) -> None:
    assert Settings(file=tmp_path / "config.json", environ={}).text("PORT") == "3000"


@pytest.mark.parametrize("content", ["", "{", "{'port': 1}", "[1]", '"text"', "null"])
def test_a_file_that_cannot_be_parsed_is_named(places: Any, tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingError, match=r"config\.json"):
        places(file=content)


def test_a_folder_or_a_binary_file_cannot_be_parsed(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read as JSON"):
        Settings(file=tmp_path, environ={})
    (tmp_path / "config.json").write_bytes(b'{"port": "\xff"}')
    with pytest.raises(SettingError, match="cannot be read as JSON"):
        Settings(file=tmp_path / "config.json", environ={})


# The Parameter Store


class Store:
    """A Parameter Store that records each read."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.reads: list[str] = []
        self.away = False

    def __call__(self, path: str) -> dict[str, str]:
        self.reads.append(path)
        if self.away:
            raise ConnectionError
        return self.values


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the settings; change its only item to move it."""
    seconds = [1000.0]
    monkeypatch.setattr("chalicelib.config.time.monotonic", lambda: seconds[0])
    return seconds


def stored(store: Store) -> Settings:
    environ = {"PARAMETER_PATH": "/badgekit/prod", "PORT": "1"}
    return Settings(environ=environ, file=Path("/nowhere"), parameters=store)


def test_the_store_is_read_once_for_all_settings_and_again_after_five_minutes(
    moves: list[float],
) -> None:
    store = Store({"API_SECRET": "first", "cookieSecret": "too"})
    made = stored(store)
    assert (made.text("API_SECRET"), made.text("COOKIE_SECRET")) == ("first", "too")
    assert made.optional("OPENBADGER_URL") is None
    store.values = {"API_SECRET": "second"}
    moves[0] += 299
    assert made.text("API_SECRET") == "first"
    assert store.reads == ["/badgekit/prod"]
    moves[0] += 1
    assert made.text("API_SECRET") == "second"
    assert store.reads == ["/badgekit/prod"] * 2
    with pytest.raises(SettingError):
        made.text("COOKIE_SECRET")


def test_the_store_is_not_read_for_a_setting_of_another_source() -> None:
    store = Store({"PORT": "2"})
    assert stored(store).integer("PORT") == 1
    assert store.reads == []


def test_without_a_path_there_is_no_store() -> None:
    store = Store({"BRANDING": "x"})
    made = Settings(environ={}, file=Path("/nowhere"), parameters=store)
    assert made.optional("BRANDING") is None
    assert store.reads == []


def test_the_last_values_stay_when_the_store_stops_responding(
    moves: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    store = Store({"API_SECRET": "first"})
    made = stored(store)
    made.text("API_SECRET")
    store.away = True
    moves[0] += config.PARAMETER_CACHE_SECONDS
    assert made.text("API_SECRET") == "first"
    assert "Parameter Store is not responding" in caplog.text
    assert "first" not in caplog.text


def test_a_store_that_never_responded_is_an_error() -> None:
    store = Store({})
    store.away = True
    with pytest.raises(ConnectionError):
        stored(store).text("API_SECRET")


def test_all_parameters_below_the_path_are_read_and_decrypted(
    cloud: Cloud, settings: dict[str, str]
) -> None:
    ssm = session.client("ssm")
    ssm.put_parameter(Name="/badgekit/prod/API_SECRET", Value="s3cret", Type="SecureString")
    ssm.put_parameter(Name="/badgekit/prod/BRANDING", Value="Chicago", Type="String")
    ssm.put_parameter(Name="/badgekit/test/BRANDING", Value="not this", Type="String")
    ssm.put_parameter(Name="/badgekit/prod/deeper/DEBUG", Value="not this", Type="String")
    for number in range(25):
        ssm.put_parameter(Name=f"/badgekit/prod/OTHER_{number}", Value="x", Type="String")
    for path in ("/badgekit/prod", "/badgekit/prod/"):
        made = Settings(
            environ={"PARAMETER_PATH": path}, file=Path("/nowhere"), parameters=parameters.read
        )
        assert made.text("API_SECRET") == "s3cret"
        assert made.text("BRANDING") == "Chicago"
        assert not made.is_set("DEBUG")


# Missing and invalid values


def test_the_error_of_a_missing_setting_names_every_source(places: Any, tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        places().text("COOKIE_SECRET")
    assert str(caught.value) == (
        "the setting COOKIE_SECRET is required and was found nowhere: not on the command line "
        f"(--COOKIE_SECRET), in {tmp_path / 'config.json'}, in the environment variable "
        "COOKIE_SECRET, nor in the parameter /badgekit/prod/COOKIE_SECRET"
    )


def test_it_says_so_when_there_is_no_store() -> None:
    with pytest.raises(SettingError, match=r"nor in the Parameter Store \(PARAMETER_PATH is unset"):
        Settings(environ={}, file=Path("/nowhere")).text("API_SECRET")


@pytest.mark.parametrize("name", [s.name for s in SETTINGS if s.required])
def test_required_settings_must_not_be_empty(places: Any, name: str) -> None:
    with pytest.raises(SettingError, match=name):
        places(environ={name: ""}).text(name)


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", " on "])
def test_flags_that_are_true(places: Any, word: str) -> None:
    assert places(environ={"DEBUG": word}).flag("DEBUG") is True


@pytest.mark.parametrize("word", ["false", "False", "0", "no", "off", ""])
def test_flags_that_are_false(places: Any, word: str) -> None:
    assert places(environ={"DEBUG": word}).flag("DEBUG") is False


@pytest.mark.parametrize("flag", [False, "false", "off", 0])
def test_a_flag_may_differ_by_key(places: Any, flag: object) -> None:
    made = places(environ={"AUTO_AWARD": json.dumps({"Pittsburgh": flag, "chicago": True})})
    assert made.flag_for("AUTO_AWARD", "pittsburgh") is False
    assert made.flag_for("AUTO_AWARD", "CHICAGO") is True


def test_a_key_that_is_not_listed_has_the_default(places: Any) -> None:
    made = places(environ={"AUTO_AWARD": '{"pittsburgh": false}'})
    assert made.flag_for("AUTO_AWARD", "chicago") is True
    assert made.flag_for("AUTO_AWARD", None) is True


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("off", False)])
def test_a_single_flag_applies_to_all_keys(places: Any, text: str, flag: bool) -> None:
    made = places(environ={"AUTO_AWARD": text})
    assert made.flag_for("AUTO_AWARD", "chicago") is flag
    assert made.flag_for("AUTO_AWARD", None) is flag


@pytest.mark.parametrize(
    "text", ["perhaps", '{"chicago": "swordfish"}', '{"chicago": []}', "{chicago"]
)
def test_invalid_flags_are_named_but_not_shown(places: Any, text: str) -> None:
    with pytest.raises(SettingError, match="AUTO_AWARD") as caught:
        places(environ={"AUTO_AWARD": text}).flag_for("AUTO_AWARD", "chicago")
    assert "swordfish" not in str(caught.value)


def test_lists_are_separated_by_commas(places: Any) -> None:
    made = places(environ={"WEBHOOK_SECRET": " one , two,,three "})
    assert made.list("WEBHOOK_SECRET") == ["one", "two", "three"]
    assert places().list("WEBHOOK_SECRET") == []


@pytest.mark.parametrize(
    ("name", "read", "value"),
    [
        ("PORT", "integer", "x8080-swordfish"),
        ("PORT", "integer", ""),
        ("DEBUG", "flag", "swordfish"),
        ("ACCESS_LIST", "json", "[swordfish"),
    ],
)
def test_values_of_the_wrong_kind_are_named_but_not_shown(
    places: Any, name: str, read: str, value: str
) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        getattr(places(environ={name: value}), read)(name)
    assert "swordfish" not in str(caught.value)


def test_public_urls_start_with_the_audience(places: Any) -> None:
    for audience in ("https://badges.example.org/prod", "https://badges.example.org/prod/"):
        made = places(environ={"PERSONA_AUDIENCE": audience})
        assert made.url("/badges/x") == "https://badges.example.org/prod/badges/x"


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("new.example.org", "https://new.example.org/badges"),
        ("old.example.org", "https://old.example.org"),
        ("OLD.example.org", "https://old.example.org"),
        ("older.example.org:8080", "http://older.example.org:8080"),
        ("api.example.com", "https://api.example.com/prod"),
        ("evil.example.org", "https://new.example.org/badges"),
        ("", "https://new.example.org/badges"),
    ],
)
def test_a_former_host_has_its_own_address(places: Any, host: str, base: str) -> None:
    settings = places(environ=HOSTS)
    assert settings.base_at(host) == base


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://new.example.org/badges/id/badges/1", "/id/badges/1"),
        ("HTTPS://Old.example.org/public/images/1", "/public/images/1"),
        ("http://older.example.org:8080/", "/"),
        ("https://api.example.com/prod/id/badges/1", "/id/badges/1"),
        ("https://new.example.org/other/id/badges/1", None),
        ("https://old.example.org.evil.example.org/id", None),
        ("http://old.example.org/id", None),
        ("/id/badges/1", None),
        ("", None),
    ],
)
def test_a_path_of_ours_is_known_at_each_host(places: Any, url: str, path: str | None) -> None:
    assert places(environ=HOSTS).own_path(url) == path


# The settings of the process


def test_the_process_creates_its_settings_unless_others_are_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRANDING", "from the environment")
    config.use(None)
    assert config.settings().text("BRANDING") == "from the environment"
    assert config.settings() is config.settings()
    other = Settings(environ={"BRANDING": "another"}, file=Path("/nowhere"))
    config.use(other)
    assert config.settings() is other


@pytest.mark.parametrize("words", [["--cookieSecretx=hunter2"], ["hunter2"], ["-s=hunter2"]])
def test_a_word_that_may_be_a_secret_is_not_shown(words: list[str]) -> None:
    with pytest.raises(config.SettingError) as problem:
        config.Settings(words, environ={})
    assert "hunter2" not in str(problem.value)


@pytest.mark.parametrize("name", config.SIGNING_SECRETS)
def test_a_secret_of_spaces_signs_nothing(name: str, settings: dict[str, str]) -> None:
    settings[name] = "   "
    with pytest.raises(SettingError, match=f"the setting {name} is blank"):
        config.settings().text(name)

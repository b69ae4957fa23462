"""The test runtime for packages: what functions can and cannot access."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.package.runtime import Function, FunctionError, is_read_only, release, unpack

APP = """
import os, sys
calls = []

def count(event, context):
    calls.append(event)
    return {"calls": len(calls), "left": context.get_remaining_time_in_millis()}

def look(event, context):
    return {"environ": dict(os.environ), "path": sys.path, "folder": os.getcwd()}

def load(event, context):
    __import__(event)
    return sys.modules[event].__file__

def write(event, context):
    with open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], event), "w") as file:
        file.write("was here")

def end(event, context):
    print("good-bye", flush=True)
    os._exit(3)

def answer(event, context):
    return event and object()
"""
Made = Callable[[str], Function]


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Made]:
    """Return a function of a small package."""
    with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
        archive.writestr("app.py", APP)
        archive.writestr("folder/file.txt", "")
    task = unpack(tmp_path / "package.zip", tmp_path / "task")
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "boto3.py").touch()
    made: list[Function] = []

    def make(name: str) -> Function:
        made.append(Function(task, runtime, f"app.{name}", {"SETTING": "value"}))
        return made[-1]

    yield make
    for one in made:
        one.close()
    release(task)


def test_a_function_is_imported_once(function: Made) -> None:
    count = function("count")
    assert [count({"n": n})["calls"] for n in range(3)] == [1, 2, 3]
    assert function("count")({})["calls"] == 1


def test_it_knows_how_long_it_may_take(function: Made) -> None:
    assert 0 < function("count")({})["left"] <= 60_000


def test_it_has_lambda_s_environment_and_no_other(
    function: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COOKIE_SECRET", "of this machine")
    seen = function("look")({})
    assert seen["environ"]["SETTING"] == "value"
    assert seen["environ"]["AWS_LAMBDA_FUNCTION_NAME"] == "badgekit-test-look"
    assert seen["environ"]["LAMBDA_TASK_ROOT"] == seen["folder"] == seen["path"][0]
    assert "COOKIE_SECRET" not in seen["environ"]


def test_it_has_the_package_boto3_and_the_standard_library(function: Made) -> None:
    assert "runtime" in function("load")("boto3")
    assert function("load")("json")
    for foreign in ("pytest", "jinja2", "chalice", "chalicelib", "tests"):
        with pytest.raises(FunctionError, match=f"No module named '{foreign}'"):
            function("load")(foreign)


@pytest.mark.skipif(not is_read_only(), reason="root may write anywhere, without setpriv")
@pytest.mark.parametrize("name", ["new.py", "app.py", "folder/new.txt"])
def test_its_folder_cannot_be_written_to(function: Made, name: str) -> None:
    with pytest.raises(FunctionError, match="PermissionError"):
        function("write")(name)


def test_what_it_raises_is_told(function: Made) -> None:
    with pytest.raises(FunctionError, match=r"app\.answer: TypeError.*not JSON serializable"):
        function("answer")(True)
    assert function("answer")(None) is None


def test_if_it_ends_its_log_is_told(function: Made) -> None:
    end: Any = function("end")
    with pytest.raises(FunctionError, match=r"it ended\s+It logged:\s+good-bye"):
        end({})
    with pytest.raises(FunctionError, match="it ended"):
        end({})

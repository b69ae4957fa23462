"""Invoking the courier: once, and with a reason when it fails."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from chalicelib.aws import functions, session
from tests.conftest import COURIER
from tests.lambdas import Lambda
from tests.servers import LOOPBACK, unused_port

EVENT = {"url": "http://badges.example.org/"}


def test_the_courier_is_invoked_as_a_lambda_function(settings: dict[str, str]) -> None:
    """In moto's simple mode, where functions return a configured response."""
    from moto import mock_aws

    with mock_aws(config={"lambda": {"use_docker": False}}):
        session.forget()
        trust = {"RoleName": "courier", "AssumeRolePolicyDocument": "{}", "Path": "/"}
        role = session.client("iam").create_role(**trust)["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "")
        session.client("lambda").create_function(
            FunctionName=COURIER, Runtime="python3.11", Role=role, Handler="app.courier",
            Code={"ZipFile": code.getvalue()},
        )  # fmt: skip
        assert functions.invoke(COURIER, EVENT) == EVENT
    session.forget()


def test_its_response_is_returned(courier: Lambda) -> None:
    courier.functions[COURIER] = lambda event: {"event": event}
    assert functions.invoke(COURIER, EVENT) == {"event": EVENT}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDeniedException", "not allowed to call it; redeploy the stack"),
        ("ResourceNotFoundException", "does not exist; redeploy the stack"),
        ("TooManyRequestsException", "ask AWS for a higher limit"),
        ("ServiceException", "Lambda returned ServiceException"),
    ],
)
def test_the_reason_of_a_failed_call_is_reported_and_logged(
    code: str, message: str, courier: Lambda, caplog: pytest.LogCaptureFixture
) -> None:
    courier.refuses = code
    with pytest.raises(functions.InvokeError, match=message) as problem:
        functions.invoke(COURIER, EVENT)
    assert COURIER in str(problem.value)
    assert message in caplog.text
    assert "badges.example.org" not in caplog.text


def test_a_missing_courier_is_reported(courier: Lambda) -> None:
    with pytest.raises(functions.InvokeError, match=r"badgekit-test-other, .* does not exist"):
        functions.invoke("badgekit-test-other", EVENT)


@pytest.mark.parametrize("answer", [None, [], "message", 5])
def test_a_response_that_is_no_object_is_an_error(answer: Any, courier: Lambda) -> None:
    courier.functions[COURIER] = lambda event: answer
    with pytest.raises(functions.InvokeError, match="ended without a response"):
        functions.invoke(COURIER, EVENT)


def test_a_failed_call_is_not_repeated(courier: Lambda) -> None:
    def end(event: Any) -> Any:
        raise RuntimeError

    courier.functions[COURIER] = end
    with pytest.raises(functions.InvokeError, match="see its log"):
        functions.invoke(COURIER, EVENT)
    assert len(courier.calls) == 1


def test_lambda_may_not_respond(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://{LOOPBACK}:{unused_port()}")
    with pytest.raises(functions.InvokeError, match="Lambda did not respond"):
        functions.invoke(COURIER, EVENT)
